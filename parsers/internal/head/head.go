// Package head reads what line-headed formats put before their text: fixed shapes, dashed dates, columns.
package head

import (
	"bytes"

	"github.com/cmtrail/cmtrail/parsers/internal/scan"
)

// Is reports whether b begins with the shape, in which "d" stands for a digit and any other byte for itself.
func Is(b []byte, shape string) bool {
	if len(b) < len(shape) {
		return false
	}
	for i := 0; i < len(shape); i++ {
		if shape[i] == 'd' {
			if !scan.IsDigit(b[i]) {
				return false
			}
		} else if b[i] != shape[i] {
			return false
		}
	}
	return true
}

// Wall reads "YYYY?MM?DD?HH?MM?SS" at the head of b, whatever the single bytes between the numbers, and adds the
// nanoseconds. It is false for a date or clock that does not exist.
func Wall(b []byte, nanos int) (wall int64, ok bool) {
	day, ok := Day(b)
	if !ok || len(b) < 19 {
		return 0, false
	}
	tod, ok := TimeOfDay(b[11:], nanos)
	return day + tod, ok
}

// Day reads "YYYY?MM?DD" at the head of b as the first instant of that day.
func Day(b []byte) (wall int64, ok bool) {
	year, ok1 := scan.Four(b, 0)
	month, ok2 := scan.Two(b, 5)
	dom, ok3 := scan.Two(b, 8)
	if !ok1 || !ok2 || !ok3 {
		return 0, false
	}
	return scan.Civil(year, month, dom, 0, 0, 0, 0)
}

// TimeOfDay reads "HH?MM?SS" at the head of b as nanoseconds since midnight.
func TimeOfDay(b []byte, nanos int) (tod int64, ok bool) {
	hour, ok1 := scan.Two(b, 0)
	minute, ok2 := scan.Two(b, 3)
	sec, ok3 := scan.Two(b, 6)
	if !ok1 || !ok2 || !ok3 {
		return 0, false
	}
	return scan.Civil(1970, 1, 1, hour, minute, sec, nanos)
}

// First returns the first physical line of a record's text.
func First(text []byte) []byte {
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		return text[:i]
	}
	return text
}

// SkipBlanks returns the index of the first byte at or after i that is neither blank nor tab.
func SkipBlanks(b []byte, i int) int {
	for i < len(b) && scan.IsBlank(b[i]) {
		i++
	}
	return i
}

// AllBlank reports whether b holds only blanks and tabs.
func AllBlank(b []byte) bool {
	return SkipBlanks(b, 0) == len(b)
}

// Offset reads a "±HHMM" offset at b[i] as minutes east of Greenwich. It is false for anything beyond 14 hours.
func Offset(b []byte, i int) (minutes int16, ok bool) {
	if i < 0 || i+5 > len(b) || b[i] != '+' && b[i] != '-' {
		return 0, false
	}
	hour, ok1 := scan.Two(b, i+1)
	minute, ok2 := scan.Two(b, i+3)
	total := hour*60 + minute
	if !ok1 || !ok2 || minute > 59 || total > 14*60 {
		return 0, false
	}
	if b[i] == '-' {
		total = -total
	}
	return int16(total), true
}

// Code is room for an HRESULT in its usual spelling, "0x8007000E".
type Code [10]byte

// Spell writes eight hexadecimal digits as a code and returns it as a string that holds until the room is written
// again. Anything else comes back as it was.
func (c *Code) Spell(digits []byte) string {
	if _, ok := scan.ParseHex(digits); !ok || len(digits) != 8 {
		return scan.View(digits)
	}
	copy(c[:], "0x")
	for i, d := range digits {
		if d >= 'a' {
			d -= 'a' - 'A'
		}
		c[2+i] = d
	}
	return scan.View(c[:])
}
