// Package w3c reads the W3C extended log files of IIS and of the kernel's HTTP listener. What a line means is said by
// directives that may stand anywhere above it; all times are UTC.
package w3c

import (
	"bytes"
	"strings"

	"github.com/cmtrail/cmtrail/parsers/internal/framing"
	"github.com/cmtrail/cmtrail/parsers/internal/head"
	"github.com/cmtrail/cmtrail/parsers/internal/record"
	"github.com/cmtrail/cmtrail/parsers/internal/scan"
)

const (
	dateShape  = "dddd-dd-dd"
	clockShape = "dd:dd:dd"

	dayNanos = int64(24 * 3600e9)

	// maxHeader bounds the names of columns, in bytes. Servers have some sixty, of a dozen bytes each.
	maxHeader = 16 << 10
)

var blank = []byte(" ")

type format struct {
	textSeverity bool

	header string   // the value of the last #Fields, to see a repetition
	fields []string // its column names

	day    int64 // the day entries without a date column fall on
	tod    int64 // the time of day last seen
	hasDay bool

	values [][]byte // the columns of the entry at hand; room for them behind it
}

// New returns the format for one stream.
func New(opt framing.Options) framing.Format {
	return &format{textSeverity: opt.TextSeverity}
}

// Detect says how sure a line makes us that its file is a W3C log. An entry alone says little.
func Detect(line []byte) framing.Confidence {
	switch {
	case bytes.HasPrefix(line, []byte("#Fields:")), bytes.HasPrefix(line, []byte("#Software: Microsoft")):
		return framing.Certain
	case bytes.HasPrefix(line, []byte("#Version:")), bytes.HasPrefix(line, []byte("#Date:")):
		return framing.Likely
	case head.Is(line, "dddd-dd-dd dd:dd:dd ") && bytes.Count(line, []byte(" ")) >= 7:
		return framing.Weak
	}
	return framing.None
}

func (f *format) Line(line []byte) framing.Move {
	if len(line) > 0 && line[0] == '#' {
		f.directive(line[1:])
		return framing.Directive
	}
	if scan.IsBlankLine(line) {
		return framing.Foreign
	}
	return framing.Whole
}

func (f *format) Parse(text []byte, r *record.Record) {
	f.parse(text, r)
	clear(f.values) // so that a quiet stream does not keep the text that they are views of
}

func (f *format) parse(text []byte, r *record.Record) {
	r.Message = scan.View(text)
	switch {
	case len(f.fields) == 0:
		f.raw(r, record.NoFields)
		return
	case !f.split(text):
		f.raw(r, record.ColumnMismatch)
		return
	}
	r.Format = record.W3C
	var date, clock []byte
	for i, name := range f.fields {
		val := f.values[i]
		if len(val) == 0 || len(val) == 1 && val[0] == '-' {
			continue
		}
		switch name {
		case "date":
			date = val
		case "time":
			clock = val
		case "sc-status":
			r.Severity = severity(val)
		}
		r.Attrs = append(r.Attrs, record.Attr{Key: name, Str: scan.View(val)})
	}
	f.stamp(date, clock, r)
}

func (f *format) Reset() {
	*f = format{textSeverity: f.textSeverity, values: f.values[:0]}
}

// raw gives back a line whose columns cannot be named.
func (f *format) raw(r *record.Record, why record.Flags) {
	r.Format = record.Plain
	r.Flags |= why
	if f.textSeverity {
		r.Severity = scan.TextSeverity(r.Message)
	}
}

// directive takes what follows the "#".
func (f *format) directive(line []byte) {
	name, val, ok := bytes.Cut(line, []byte(":"))
	if !ok {
		return
	}
	val = bytes.TrimSpace(val)
	switch string(name) {
	case "Fields":
		switch {
		case len(val) > maxHeader:
			f.header, f.fields = "", nil // no server writes it
		case string(val) != f.header:
			f.header = string(val)
			f.fields = strings.Fields(f.header)
		}
	case "Date":
		day, ok := head.Day(val)
		if !ok || !head.Is(val, dateShape) {
			return
		}
		f.day, f.tod, f.hasDay = day, 0, true
		if len(val) > len(dateShape) {
			if tod, ok := head.TimeOfDay(val[len(dateShape)+1:], 0); ok {
				f.tod = tod
			}
		}
	}
}

// split cuts an entry at single blanks. Real servers write a doubled blank before an empty user name, with or without
// a column for it; so runs are collapsed when the plain count does not fit. No more is kept than there are columns.
func (f *format) split(text []byte) bool {
	f.values = f.values[:0]
	plain := bytes.Count(text, blank)+1 == len(f.fields)
	for rest, more := text, true; more; {
		var val []byte
		val, rest, more = bytes.Cut(rest, blank)
		if len(val) == 0 && !plain {
			continue
		}
		if len(f.values) == len(f.fields) {
			return false
		}
		f.values = append(f.values, val)
	}
	return len(f.values) == len(f.fields)
}

// stamp combines the two columns. Without a date column the day is that of the last #Date, and moves on when the
// clock steps back by more than half a day.
func (f *format) stamp(date, clock []byte, r *record.Record) {
	if len(clock) == 0 {
		return
	}
	tod, ok := head.TimeOfDay(clock, 0)
	if !ok || !head.Is(clock, clockShape) {
		r.Flags |= record.BadTime
		return
	}
	day := f.day
	switch {
	case len(date) > 0:
		if day, ok = head.Day(date); !ok || !head.Is(date, dateShape) {
			r.Flags |= record.BadTime
			return
		}
	case !f.hasDay:
		return
	default:
		if f.tod-tod > dayNanos/2 {
			f.day += dayNanos
			day = f.day
		}
		f.tod = tod
	}
	r.Stamp = record.Stamp{Wall: day + tod, HasWall: true, HasOffset: true}
}

func severity(status []byte) record.Severity {
	switch n, ok := scan.ParseUint(status); {
	case !ok:
		return record.Unset
	case n >= 500:
		return record.Error
	case n >= 400:
		return record.Warn
	}
	return record.Info
}

var _ framing.Format = (*format)(nil)
