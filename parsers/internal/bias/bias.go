// Package bias reads the stamps of ConfigMgr's own two formats, whose offset is a Windows bias: minutes to add to the
// wall clock to reach UTC, the opposite of an ISO offset.
package bias

import (
	"encoding/binary"

	"github.com/cmtrail/cmtrail/parsers/internal/record"
	"github.com/cmtrail/cmtrail/parsers/internal/scan"
)

// Sense says how to read the number behind a clock.
type Sense uint8

// The senses. Windows is what ConfigMgr writes; scripts write the others.
const (
	Windows Sense = iota // UTC = wall clock + number
	ISO                  // UTC = wall clock - number
	Ignore               // the number is not to be believed
)

// furthest is the greatest offset in use anywhere, in minutes.
const furthest = 14 * 60

// Time reads a clock, "8:52:46.657+240", and a date, "07-14-2021", into st. Seconds, fraction and bias may be absent.
// A stamp that does not exist leaves st without a wall clock and says so in the flags.
func Time(clock, date []byte, sense Sense, st *record.Stamp, flags *record.Flags) {
	if wall, ok := Usual(clock, date); ok {
		st.Wall, st.Digits, st.HasWall = wall, 3, true
		if len(clock) > usualClock {
			offset(clock[usualClock:], sense, st, flags)
		}
		return
	}
	unusual(clock, date, sense, st, flags)
}

func unusual(clock, date []byte, sense Sense, st *record.Stamp, flags *record.Flags) {
	year, month, dom, ok := Date(date)
	if !ok {
		*flags |= record.BadTime
		return
	}
	Clock(clock, year, month, dom, sense, st, flags)
}

// usualClock is the length of "08:52:46.657".
const usualClock = 12

// Usual reads a clock with two digits each and three of the fraction, and a date "07-14-2021", as ConfigMgr writes them. It
// is false for all others and for what does not exist.
func Usual(clock, date []byte) (wall int64, ok bool) {
	if len(clock) < usualClock || clock[2] != ':' || clock[5] != ':' || clock[8] != '.' ||
		len(clock) > usualClock && clock[usualClock] != '+' && clock[usualClock] != '-' ||
		len(date) != 10 || date[2] != '-' || date[5] != '-' {
		return 0, false
	}
	hms, ok1 := pairs(clock)
	md, ok2 := pairs(date)
	year, ok3 := four(date[6], date[7], date[8], date[9])
	millis, ok4 := four('0', clock[9], clock[10], clock[11])
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return 0, false
	}
	return scan.Civil(year, int(md&0xFF), int(md>>24&0xFF), int(hms&0xFF), int(hms>>24&0xFF), int(hms>>48&0xFF), 1e6*millis)
}

// pairs reads "12:34:56", whatever stands between the pairs, all at once: the numbers are bytes 0, 3 and 6 of the result.
func pairs(b []byte) (numbers uint64, ok bool) {
	const between, zeros, sixes, highs = 0x0000FF0000FF0000, 0x3030303030303030, 0x7676767676767676, 0x8080808080808080
	x := (binary.LittleEndian.Uint64(b) ^ zeros) &^ between
	// The high bit of a byte tells that it is more than nine.
	return x*10 + x>>8, (x|(x+sixes))&highs == 0
}

func four(a, b, c, d byte) (number int, ok bool) {
	a, b, c, d = a-'0', b-'0', c-'0', d-'0'
	return 1000*int(a) + 100*int(b) + 10*int(c) + int(d), max(a, b, c, d) <= 9
}

// Date reads "M-D-YYYY", dashes or slashes, all of b.
func Date(b []byte) (year, month, dom int, ok bool) {
	month, i, ok := scan.Run(b, 0, 2)
	if !ok || i >= len(b) || b[i] != '-' && b[i] != '/' {
		return 0, 0, 0, false
	}
	dom, i, ok = scan.Run(b, i+1, 2)
	if !ok || i >= len(b) || b[i] != '-' && b[i] != '/' {
		return 0, 0, 0, false
	}
	year, ok = scan.Four(b, i+1)
	return year, month, dom, ok && i+5 == len(b)
}

// Clock reads the clock of a known day, all of b.
func Clock(b []byte, year, month, dom int, sense Sense, st *record.Stamp, flags *record.Flags) {
	hour, minute, sec, nanos, digits, i, ok := hms(b)
	wall, exists := scan.Civil(year, month, dom, hour, minute, sec, nanos)
	if !ok || !exists || i < len(b) && b[i] != '+' && b[i] != '-' {
		*flags |= record.BadTime
		return
	}
	st.Wall, st.Digits, st.HasWall = wall, digits, true
	if i < len(b) {
		offset(b[i:], sense, st, flags)
	}
}

// IsClock reports whether b begins like a clock, and where the sign of its bias stands or the clock ends.
func IsClock(b []byte) (next int, ok bool) {
	_, _, _, _, _, next, ok = hms(b)
	return next, ok
}

func hms(b []byte) (hour, minute, sec, nanos int, digits uint8, next int, ok bool) {
	if hour, next, ok = scan.Run(b, 0, 2); !ok || next >= len(b) || b[next] != ':' {
		return 0, 0, 0, 0, 0, 0, false
	}
	if minute, next, ok = scan.Run(b, next+1, 2); !ok {
		return 0, 0, 0, 0, 0, 0, false
	}
	if next < len(b) && b[next] == ':' {
		if sec, next, ok = scan.Run(b, next+1, 2); !ok {
			return 0, 0, 0, 0, 0, 0, false
		}
	}
	if next < len(b) && b[next] == '.' {
		nanos, digits, next = scan.Fraction(b, next+1)
	}
	return hour, minute, sec, nanos, digits, next, true
}

// offset reads "+240", "-60" or, glued by a script, "+-480", whose inner sign is an ISO one.
func offset(b []byte, sense Sense, st *record.Stamp, flags *record.Flags) {
	negative, digits := b[0] == '-', b[1:]
	if len(digits) > 0 && (digits[0] == '+' || digits[0] == '-') {
		*flags |= record.DoubleSignBias
		negative, digits = digits[0] == '-', digits[1:]
		if sense == Windows {
			sense = ISO
		}
	}
	minutes, next, ok := scan.Run(digits, 0, len(digits))
	if !ok || next != len(digits) || minutes > furthest {
		*flags |= record.BadBias
		return
	}
	if negative != (sense == Windows) {
		minutes = -minutes
	}
	if sense != Ignore {
		st.Offset, st.HasOffset = int16(minutes), true
	}
}
