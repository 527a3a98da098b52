// Package cbs reads the servicing logs that share one layout: CBS.log, dism.log and the Panther logs of Windows setup.
package cbs

import (
	"bytes"

	"github.com/cmtrail/cmtrail/parsers/internal/framing"
	"github.com/cmtrail/cmtrail/parsers/internal/head"
	"github.com/cmtrail/cmtrail/parsers/internal/record"
	"github.com/cmtrail/cmtrail/parsers/internal/scan"
)

const shape = "dddd-dd-dd dd:dd:dd, "

type format struct {
	textSeverity bool
	learn        bool
	code         head.Code
	offset       int16
	hasOffset    bool
}

// New returns the format for one stream.
func New(opt framing.Options) framing.Format {
	return &format{textSeverity: opt.TextSeverity, learn: opt.LearnCSI}
}

// Detect says how sure a line makes us that its file is a servicing log.
func Detect(line []byte) framing.Confidence {
	if !head.Is(line, shape) {
		return framing.None
	}
	rest := line[len(shape):]
	if level, severity := levelOf(rest); severity != record.Unset {
		return framing.Certain
	} else if len(level) > 0 && level[0]|0x20 >= 'a' && level[0]|0x20 <= 'z' {
		return framing.Likely
	}
	return framing.None
}

func (f *format) Line(line []byte) framing.Move {
	if head.Is(line, shape) {
		return framing.Starts
	}
	return framing.Foreign
}

func (f *format) Parse(text []byte, r *record.Record) {
	r.Format = record.CBS
	if !head.Is(text, shape) {
		r.Message = scan.View(text)
		f.guess(r)
		return
	}
	if wall, ok := head.Wall(text, 0); ok {
		r.Stamp = record.Stamp{Wall: wall, HasWall: true}
	} else {
		r.Flags |= record.BadTime
	}
	first := head.First(text)
	at := f.columns(first, r)
	body := text[at:]
	r.Message = scan.View(body)
	if r.Severity == record.Unset {
		f.guess(r)
	}
	line := first[min(at, len(first)):]
	switch r.Component {
	case "CSI":
		f.csi(line, r)
	case "DISM":
		dism(line, body, r)
	}
	f.common(line, body, r)
	if f.learn && f.hasOffset && r.Stamp.HasWall && !r.Stamp.HasOffset {
		r.Stamp.Offset, r.Stamp.HasOffset = f.offset, true
	}
}

func (f *format) Reset() {
	f.offset, f.hasOffset = 0, false
}

func (f *format) guess(r *record.Record) {
	if f.textSeverity {
		r.Severity = scan.TextSeverity(r.Message)
	}
}

var _ framing.Format = (*format)(nil)

func add(r *record.Record, key string, val []byte) {
	if len(val) > 0 {
		r.Attrs = append(r.Attrs, record.Attr{Key: key, Str: scan.View(val)})
	}
}

// The widths of the columns after the stamp.
const (
	levelWidth     = 22 // the level, and in Panther logs a message id in the second half
	idColumn       = 11
	componentWidth = 7
)

// columns reads level, message id and component, and returns where the message begins.
func (f *format) columns(first []byte, r *record.Record) int {
	start := len(shape)
	rest := first[start:]
	level, severity := levelOf(rest)
	if r.Severity = severity; severity == record.Unset {
		add(r, "level", level)
	}
	if len(rest) <= levelWidth || len(level) > levelWidth {
		return head.SkipBlanks(first, start+len(level))
	}
	pad := rest[len(level):levelWidth]
	if len(level) <= idColumn && head.AllBlank(rest[len(level):idColumn]) {
		if id := rest[idColumn : levelWidth-1]; isMessageID(id) {
			add(r, "code", id[1:len(id)-1])
			pad = rest[levelWidth-1 : levelWidth]
		}
	}
	if !head.AllBlank(pad) {
		return head.SkipBlanks(first, start+len(level))
	}
	return start + levelWidth + component(rest[levelWidth:], r)
}

// component takes an upper-case word that stands in its column and returns where the message begins behind it.
func component(rest []byte, r *record.Record) int {
	n := 0
	for n < len(rest) && (rest[n] >= 'A' && rest[n] <= 'Z' || scan.IsDigit(rest[n]) || rest[n] == '_') {
		n++
	}
	width := max(componentWidth, n+1)
	switch {
	case n > 0 && n == len(rest):
		r.Component = scan.View(rest)
		return len(rest)
	case n == 1, n > 0 && rest[n] != ' ':
		return 0 // a message that begins in the component's column
	}
	r.Component = scan.View(rest[:n])
	if len(rest) <= width || !head.AllBlank(rest[n:width]) {
		return head.SkipBlanks(rest, n)
	}
	return width
}

// isMessageID accepts "[0x090008]".
func isMessageID(b []byte) bool {
	if !bytes.HasPrefix(b, []byte("[0x")) || b[len(b)-1] != ']' {
		return false
	}
	for _, c := range b[3 : len(b)-1] {
		if !scan.IsHex(c) {
			return false
		}
	}
	return true
}

// levelOf returns the level at the head of b, one word unless it is "Fatal Error", and what it means.
func levelOf(b []byte) (level []byte, s record.Severity) {
	const fatal = "Fatal Error"
	if bytes.HasPrefix(b, []byte(fatal)) {
		return b[:len(fatal)], record.Fatal
	}
	level = b
	if i := bytes.IndexByte(b, ' '); i >= 0 {
		level = b[:i]
	}
	switch string(level) {
	case "Info":
		return level, record.Info
	case "Warning":
		return level, record.Warn
	case "Error":
		return level, record.Error
	case "Perf", "Verbose", "Debug":
		return level, record.Debug
	}
	return level, record.Unset
}
