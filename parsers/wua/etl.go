package wua

import (
	"bytes"

	"github.com/cmtrail/cmtrail/parsers/internal/framing"
	"github.com/cmtrail/cmtrail/parsers/internal/head"
	"github.com/cmtrail/cmtrail/parsers/internal/record"
	"github.com/cmtrail/cmtrail/parsers/internal/scan"
)

// A converted stamp outside these years was printed in another calendar. The bound is fixed: what a line means must
// not depend on the day it is read.
const (
	firstYear = 1990
	lastYear  = 2100
)

// componentWidth and idWidth are the column widths of the converter's own format string.
const (
	componentWidth = 15
	idWidth        = 5
)

// etl reads converted traces. It learns nothing from the stream; code is room for an HRESULT.
type etl struct {
	code head.Code
}

// NewETL returns the format of converted traces, for one stream.
func NewETL(framing.Options) framing.Format {
	return &etl{}
}

// DetectETL says how sure a line makes us that its file holds converted traces.
func DetectETL(line []byte) framing.Confidence {
	h, ok := etlHead(line)
	switch {
	case !ok:
		return framing.None
	case h.slashes:
		return framing.Certain
	}
	return framing.Likely
}

func (f *etl) Line(line []byte) framing.Move {
	if _, ok := etlHead(line); ok {
		return framing.Starts
	}
	return framing.Foreign
}

func (f *etl) Parse(text []byte, r *record.Record) {
	r.Format = record.WUAETL
	r.Severity = record.Info
	first := head.First(text)
	h, ok := etlHead(first)
	if !ok {
		r.Message = scan.View(text)
		return
	}
	switch {
	case h.zero():
		r.Flags |= record.ZeroTime
	case h.ok:
		r.Stamp = record.Stamp{Wall: h.wall, HasWall: true, Digits: 7}
	default:
		r.Flags |= record.BadTime
	}
	if v, ok := scan.ParseUint(h.pid); ok {
		r.PID, r.HasPID = v, true
	}
	if v, ok := scan.ParseUint(h.tid); ok {
		r.Thread, r.HasThread = v, true
	}
	component, at := split(first, h)
	r.Component = scan.View(component)
	r.Message = scan.View(text[at:])
	f.message(first[min(at, len(first)):], r)
}

func (f *etl) Reset() {}

// message reads what a message says of itself. Only its head tells severity: many healthy lines speak of failure.
func (f *etl) message(msg []byte, r *record.Record) {
	body := bytes.TrimLeft(msg, " ")
	if bytes.HasPrefix(body, []byte("Unknown(")) && bytes.Contains(body, []byte("No Format Information found")) {
		r.Flags |= record.Undecoded
		r.Severity = record.Debug
		return
	}
	var rest []byte
	r.Tag, rest = marker(msg)
	switch {
	case r.Tag == "FAILED", bytes.HasPrefix(body, []byte("FATAL")), bytes.HasPrefix(body, []byte("ERROR")):
		r.Severity = record.Error
	case bytes.HasPrefix(body, []byte("WARN")):
		r.Severity = record.Warn
	}
	if r.Tag == "FAILED" {
		f.hresult(rest, r)
	}
	details(msg, r)
	vector(msg, r)
	method(msg, r)
}

// hresult takes the code of "[8024000C]".
func (f *etl) hresult(rest []byte, r *record.Record) {
	if len(rest) < 10 || rest[0] != '[' || rest[9] != ']' {
		return
	}
	if code := f.code.Spell(rest[1:9]); len(code) == len(f.code) {
		add(r, "hresult", scan.Bytes(code))
	}
}

// vector takes the correlation vector of "(cV = x.1)" or "(cV: x.1)".
func vector(msg []byte, r *record.Record) {
	i := bytes.LastIndex(msg, []byte("(cV"))
	if i < 0 {
		return
	}
	rest := bytes.TrimLeft(msg[i+len("(cV"):], " :=")
	if end := bytes.IndexByte(rest, ')'); end >= 0 {
		rest = rest[:end]
	}
	add(r, "cv", rest)
}

// method takes function and line of "Method failed [Class::Method:2047]".
func method(msg []byte, r *record.Record) {
	const words = "Method failed ["
	i := bytes.Index(msg, []byte(words))
	if i < 0 {
		return
	}
	name := msg[i+len(words):]
	end := bytes.IndexByte(name, ']')
	if end < 0 {
		return
	}
	name = name[:end]
	if colon := bytes.LastIndexByte(name, ':'); colon > 0 {
		if line, ok := scan.ParseUint(name[colon+1:]); ok {
			r.SourceLine = line
			name = name[:colon]
		}
	}
	add(r, "function", name)
}
