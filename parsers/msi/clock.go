package msi

import (
	"github.com/cmtrail/cmtrail/parsers/internal/head"
	"github.com/cmtrail/cmtrail/parsers/internal/record"
	"github.com/cmtrail/cmtrail/parsers/internal/scan"
)

const (
	hour = int64(3600e9)
	day  = 24 * hour
)

// order is the order of day and month in a machine's short dates.
type order uint8

const (
	unknown order = iota
	dayMonth
	monthDay
)

// clock keeps the date that lines with a time of day fall on.
type clock struct {
	dayFirst bool
	proven   order
	date     int64
	hasDate  bool
	tod      int64 // last time of day
	rolled   bool  // midnight passed
}

// date is a short date as written; parts are its numbers in order and digits the width of the first.
type date struct {
	parts  [3]int
	digits int
}

// readDate reads three numbers with the same separator between them.
func readDate(b []byte, i int) (d date, next int, ok bool) {
	var sep byte
	for n := range d.parts {
		if n > 0 {
			if i >= len(b) || b[i] != '/' && b[i] != '-' && b[i] != '.' || n == 2 && b[i] != sep {
				return d, i, false
			}
			sep = b[i]
			i++
		}
		begin := i
		if d.parts[n], i, ok = scan.Run(b, i, 4); !ok {
			return d, i, false
		}
		if n == 0 {
			d.digits = i - begin
		}
	}
	return d, i, true
}

// readClock reads "H:MM:SS" as nanoseconds since midnight.
func readClock(b []byte, i int) (tod int64, next int, ok bool) {
	h, m, s, next, ok := scan.Clock(b, i)
	if !ok {
		return 0, i, false
	}
	tod, ok = scan.Civil(1970, 1, 1, h, m, s, 0)
	return tod, next, ok
}

// half moves a time of day by the AM or PM that may follow it.
func half(b []byte, i int, tod int64) int64 {
	i = head.SkipBlanks(b, i)
	if i+2 > len(b) || b[i+1] != 'M' || i+2 < len(b) && b[i+2] != ' ' {
		return tod
	}
	switch {
	case b[i] == 'A' && tod >= 12*hour && tod < 13*hour:
		return tod - 12*hour
	case b[i] == 'P' && tod < 12*hour:
		return tod + 12*hour
	}
	return tod
}

// set takes the date of a start or stop line.
func (c *clock) set(d date, tod int64) record.Flags {
	year, month, dom, flags := c.resolve(d)
	wall, ok := scan.Civil(year, month, dom, 0, 0, 0, 0)
	if !ok {
		c.hasDate = false
		return record.BadTime
	}
	c.date, c.hasDate, c.tod, c.rolled = wall, true, tod, false
	return flags
}

// resolve decides the order: a year in front, a part that can only be a day, what the stream proved before, and
// only then the configured order, which is a guess and marked as one.
func (c *clock) resolve(d date) (year, month, dom int, flags record.Flags) {
	if d.digits == 4 {
		return d.parts[0], d.parts[1], d.parts[2], 0
	}
	a, b := d.parts[0], d.parts[1]
	if year = d.parts[2]; year < 100 {
		year += 2000
	}
	dayFirst := c.dayFirst
	switch {
	case a > 12:
		c.proven, dayFirst = dayMonth, true
	case b > 12:
		c.proven, dayFirst = monthDay, false
	case c.proven != unknown:
		dayFirst = c.proven == dayMonth
	case a != b:
		flags = record.AmbiguousDate
	}
	if dayFirst {
		return year, b, a, flags
	}
	return year, a, b, flags
}

// tick takes the time of day of a line and shows it on the record. A step back by more than half a day is midnight; a
// line that was written just before midnight but comes just after it belongs to the day before.
func (c *clock) tick(tod int64, digits uint8, r *record.Record) {
	if !c.hasDate {
		return
	}
	date := c.date
	switch {
	case c.rolled && c.tod < hour && tod > day-hour:
		date -= day
	case c.tod-tod > day/2:
		c.date += day
		c.rolled, c.tod = true, tod
		date = c.date
	default:
		c.tod = tod
	}
	r.Stamp = record.Stamp{Wall: date + tod, HasWall: true, Digits: digits}
}
