// Package wsus reads the logs of a WSUS server, SoftwareDistribution.log and Change.log. Their stamps are UTC.
package wsus

import (
	"bytes"

	"github.com/cmtrail/cmtrail/parsers/internal/framing"
	"github.com/cmtrail/cmtrail/parsers/internal/head"
	"github.com/cmtrail/cmtrail/parsers/internal/record"
	"github.com/cmtrail/cmtrail/parsers/internal/scan"
)

const shape = "dddd-dd-dd dd:dd:dd"

type format struct {
	textSeverity bool
}

// New returns the format for one stream.
func New(opt framing.Options) framing.Format {
	return &format{textSeverity: opt.TextSeverity}
}

// Detect says how sure a line makes us that a WSUS server wrote its file.
func Detect(line []byte) framing.Confidence {
	at, _, _, ok := stamp(line)
	switch {
	case !ok:
		return framing.None
	case at < len(line) && line[at] == '\t':
		return framing.Certain
	}
	return framing.Likely
}

func (f *format) Line(line []byte) framing.Move {
	if _, _, _, ok := stamp(line); ok {
		return framing.Starts
	}
	return framing.Foreign
}

func (f *format) Parse(text []byte, r *record.Record) {
	r.Format = record.WSUS
	first := head.First(text)
	at, nanos, digits, ok := stamp(first)
	if !ok {
		r.Message = scan.View(text)
		r.Severity = f.guess(r.Message)
		return
	}
	if wall, ok := head.Wall(first, nanos); ok {
		r.Stamp = record.Stamp{Wall: wall, HasWall: true, HasOffset: true, Digits: digits}
	} else {
		r.Flags |= record.BadTime
	}
	at = gap(first, at)
	level, next := column(first, at)
	process, next := column(first, next)
	method, next := column(first, next)
	if next > len(first) {
		// Change.log writes fewer columns; which of them are there is not known, so they stay text.
		r.Message = scan.View(text[at:])
		r.Severity = f.guess(r.Message)
		return
	}
	r.Message = scan.View(text[next:])
	f.process(process, r)
	if len(method) > 0 {
		r.Component = scan.View(method)
		add(r, "method", method)
	}
	f.level(level, r)
	event(first[next:], r)
}

func (f *format) Reset() {}

// stamp accepts "YYYY-MM-DD HH:MM:SS.mmm UTC" with a separator or the end of the line after it.
func stamp(line []byte) (at, nanos int, digits uint8, ok bool) {
	if !head.Is(line, shape) {
		return 0, 0, 0, false
	}
	at = len(shape)
	if at < len(line) && line[at] == '.' {
		nanos, digits, at = scan.Fraction(line, at+1)
	}
	if !bytes.HasPrefix(line[at:], []byte(" UTC")) {
		return 0, 0, 0, false
	}
	at += len(" UTC")
	return at, nanos, digits, at == len(line) || line[at] == '\t' || line[at] == ' '
}

// gap skips one separator: a tab, or the blanks of a copy in which tabs were expanded.
func gap(b []byte, at int) int {
	if at < len(b) && b[at] == '\t' {
		return at + 1
	}
	return head.SkipBlanks(b, at)
}

// column returns the column at b[at] and the index of the next one, which is past the end when there is none.
func column(b []byte, at int) (col []byte, next int) {
	for i := at; i < len(b); i++ {
		if b[i] == '\t' || b[i] == ' ' && i+1 < len(b) && b[i+1] == ' ' {
			return b[at:i], gap(b, i)
		}
	}
	return b[min(at, len(b)):], len(b) + 1
}

// process splits "w3wp.58" into process and managed thread.
func (f *format) process(col []byte, r *record.Record) {
	if dot := bytes.LastIndexByte(col, '.'); dot >= 0 {
		if thread, ok := scan.ParseUint(col[dot+1:]); ok {
			r.Thread, r.HasThread = thread, true
			col = col[:dot]
		}
	}
	if len(col) > 0 {
		add(r, "process", col)
	}
}

func (f *format) level(level []byte, r *record.Record) {
	switch string(level) {
	case "Info", "Information":
		r.Severity = record.Info
	case "Change":
		r.Severity, r.Tag = record.Info, "Change"
	case "Warning":
		r.Severity = record.Warn
	case "Error":
		r.Severity = record.Error
	case "Fatal", "Critical":
		r.Severity = record.Fatal
	case "Verbose", "Debug", "Trace":
		r.Severity = record.Debug
	default:
		r.Severity = f.guess(r.Message)
		add(r, "level", level)
	}
}

func (f *format) guess(message string) record.Severity {
	if !f.textSeverity {
		return record.Unset
	}
	return scan.TextSeverity(message)
}

func add(r *record.Record, key string, val []byte) {
	r.Attrs = append(r.Attrs, record.Attr{Key: key, Str: scan.View(val)})
}

var _ framing.Format = (*format)(nil)
