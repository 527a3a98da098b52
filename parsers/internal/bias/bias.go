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
	// The digits of eight bytes at once, zero where other bytes stand: 12:34:56, 4:56.789, 07-14-20, -14-2021.
	hms, millis := digits(clock, 0x00FF0000FF0000), digits(clock[4:], 0xFFFFFFFFFF)
	md, year := digits(date, 0x00FF0000FF0000), digits(date[2:], 0xFFFFFFFF)
	// The high bit of a byte tells that it is more than nine.
	const sixes, highs = 0x7676767676767676, 0x8080808080808080
	if (hms|(hms+sixes)|millis|(millis+sixes)|md|(md+sixes)|year|(year+sixes))&highs != 0 {
		return 0, false
	}
	fraction := 100*(millis>>40&0xFF) + 10*(millis>>48&0xFF) + millis>>56
	hms, md, year = pairs(hms), pairs(md), pairs(year)
	return scan.Civil(100*byteOf(year, 4)+byteOf(year, 6), byteOf(md, 0), byteOf(md, 3), byteOf(hms, 0), byteOf(hms, 3), byteOf(hms, 6), 1e6*int(fraction))
}

// digits reads eight bytes as digits, the first in the lowest byte, but for those that others masks.
func digits(b []byte, others uint64) uint64 {
	return (binary.LittleEndian.Uint64(b) ^ 0x3030303030303030) &^ others
}

// pairs makes each byte the number that it and the next digit are.
func pairs(digits uint64) uint64 { return digits*10 + digits>>8 }

func byteOf(x uint64, i int) int { return int(x >> (8 * i) & 0xFF) }

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
