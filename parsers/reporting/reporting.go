// Package reporting reads ReportingEvents.log, the event history of the update agent: one event a line, in columns.
package reporting

import (
	"bytes"

	"github.com/cmtrail/cmtrail/parsers/internal/framing"
	"github.com/cmtrail/cmtrail/parsers/internal/head"
	"github.com/cmtrail/cmtrail/parsers/internal/record"
	"github.com/cmtrail/cmtrail/parsers/internal/scan"
)

const (
	guidLen    = len("{00000000-0000-0000-0000-000000000000}")
	stampAt    = guidLen + 1
	stampShape = "dddd-dd-dd dd:dd:dd"
)

// keys names the columns between the stamp and the text. An empty name is a column that tells nothing; the caller
// is the component.
var keys = [...]string{"", "event_type", "event_code", "update_id", "revision", "hresult", "caller", "status", "category"}

type format struct {
	code head.Code
}

// New returns the format for one stream.
func New(framing.Options) framing.Format {
	return &format{}
}

// Detect says how sure a line makes us that its file is an event history.
func Detect(line []byte) framing.Confidence {
	if isHead(line) {
		return framing.Likely
	}
	return framing.None
}

func (f *format) Line(line []byte) framing.Move {
	if isHead(line) {
		return framing.Starts
	}
	return framing.Foreign
}

func (f *format) Parse(text []byte, r *record.Record) {
	r.Format = record.Reporting
	first := head.First(text)
	if !isHead(first) {
		r.Message = scan.View(text)
		return
	}
	r.Severity = record.Info
	add(r, "event_id", first[:guidLen])
	at := stamp(first, r)
	for _, key := range keys {
		end := bytes.IndexByte(first[at:], '\t')
		if end < 0 {
			break // a short line: what is left is the text
		}
		f.column(first[at:at+end], key, r)
		at += end + 1
	}
	r.Message = scan.View(text[at:])
}

func (f *format) Reset() {}

func isHead(line []byte) bool {
	if len(line) < stampAt+len(stampShape) || line[0] != '{' || line[guidLen-1] != '}' || line[guidLen] != '\t' {
		return false
	}
	for i, c := range line[1 : guidLen-1] {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (c == '-') || !dash && !scan.IsHex(c) {
			return false
		}
	}
	return head.Is(line[stampAt:], stampShape)
}

// stamp reads "YYYY-MM-DD HH:MM:SS:mmm±HHMM" and returns the index of the column after it. The offset is ISO.
func stamp(first []byte, r *record.Record) int {
	at := stampAt + len(stampShape)
	nanos, digits := 0, uint8(0)
	if at < len(first) && (first[at] == ':' || first[at] == '.') {
		nanos, digits, at = scan.Fraction(first, at+1)
	}
	if wall, ok := head.Wall(first[stampAt:], nanos); ok {
		r.Stamp = record.Stamp{Wall: wall, HasWall: true, Digits: digits}
	} else {
		r.Flags |= record.BadTime
	}
	if at < len(first) && first[at] != '\t' {
		offset, ok := head.Offset(first, at)
		switch {
		case !ok:
			r.Flags |= record.BadBias
		case r.Stamp.HasWall:
			r.Stamp.Offset, r.Stamp.HasOffset = offset, true
		}
	}
	if tab := bytes.IndexByte(first[at:], '\t'); tab >= 0 {
		return at + tab + 1
	}
	return len(first)
}

func (f *format) column(val []byte, key string, r *record.Record) {
	switch key {
	case "":
		return
	case "hresult":
		val = scan.Bytes(f.code.Spell(val))
	case "caller":
		r.Component = scan.View(val)
	case "status":
		if string(val) == "Failure" {
			r.Severity = record.Error
		}
	}
	add(r, key, val)
}

func add(r *record.Record, key string, val []byte) {
	if len(val) > 0 {
		r.Attrs = append(r.Attrs, record.Attr{Key: key, Str: scan.View(val)})
	}
}

var _ framing.Format = (*format)(nil)
