// Package msi reads Windows Installer logs. A log is a mixture of line kinds; the date stands only in its first
// line, in the writing machine's locale, and the point of failure is found by following nested actions.
package msi

import (
	"bytes"

	"github.com/cmtrail/cmtrail/parsers/internal/framing"
	"github.com/cmtrail/cmtrail/parsers/internal/head"
	"github.com/cmtrail/cmtrail/parsers/internal/record"
	"github.com/cmtrail/cmtrail/parsers/internal/scan"
)

type format struct {
	textSeverity bool
	clock        clock
	actions      actions
	ring         ring
}

// New returns the format for one stream.
func New(opt framing.Options) framing.Format {
	return &format{
		textSeverity: opt.TextSeverity,
		clock:        clock{dayFirst: opt.DayFirst},
		ring:         newRing(opt.Preceding),
	}
}

// Detect says how sure a line makes us that its file is a Windows Installer log.
func Detect(line []byte) framing.Confidence {
	switch {
	case bytes.HasPrefix(line, []byte("=== ")) && bytes.Contains(line, []byte("ogging started:")):
		return framing.Certain
	case isEngine(line):
		return framing.Certain
	case bytes.HasPrefix(line, []byte("Action start ")), bytes.HasPrefix(line, []byte("Action ended ")),
		bytes.HasPrefix(line, []byte("Property(S): ")), bytes.HasPrefix(line, []byte("Property(C): ")):
		return framing.Likely
	}
	return framing.None
}

// Line takes every line that is not indented as a record: beside the kinds with a head, custom actions write what
// they like. Indented and blank lines continue the record before.
func (f *format) Line(line []byte) framing.Move {
	if len(line) == 0 || scan.IsBlank(line[0]) || scan.IsBlankLine(line) {
		return framing.Foreign
	}
	return framing.Starts
}

func (f *format) Parse(text []byte, r *record.Record) {
	r.Format = record.MSI
	r.Message = scan.View(text)
	f.kind(text, head.First(text), r)
	f.ring.push(scan.Bytes(r.Message))
}

// kind tries the line kinds in the order of how sure their heads are.
func (f *format) kind(text, first []byte, r *record.Record) {
	switch {
	case f.frame(first, r), f.engine(text, first, r), property(first, r), f.action(first, r), numbered(first, r):
		return
	}
	r.Tag = "text"
	if f.textSeverity {
		r.Severity = scan.TextSeverity(r.Message)
	}
}

func (f *format) Reset() {
	f.clock = clock{dayFirst: f.clock.dayFirst}
	f.actions.clear()
	f.ring.clear()
}

var _ framing.Format = (*format)(nil)

// frame reads "=== Verbose logging started: 31/10/2023  9:12:53 ... ===". The words may be translated, so the
// shape decides.
func (f *format) frame(first []byte, r *record.Record) bool {
	if !bytes.HasPrefix(first, []byte("=== ")) {
		return false
	}
	colon := bytes.Index(first, []byte(": "))
	if colon < 0 {
		return false
	}
	d, next, ok := readDate(first, head.SkipBlanks(first, colon+1))
	if !ok {
		return false
	}
	tod, next, ok := readClock(first, head.SkipBlanks(first, next))
	if !ok {
		return false
	}
	title := first[:colon]
	r.Severity = record.Info
	r.Tag = "log-started"
	if bytes.HasSuffix(title, []byte("stopped")) {
		r.Tag = "log-stopped"
	}
	if bytes.Contains(title, []byte("Verbose")) && r.Tag == "log-started" {
		f.actions.clear() // the client side opens a log; without the word it is the server side joining in
	}
	tod = half(first, next, tod)
	r.Flags |= f.clock.set(d, tod)
	f.clock.tick(tod, 0, r)
	return true
}

// property reads "Property(S): Name = value".
func property(first []byte, r *record.Record) bool {
	const at = len("Property(S): ")
	if len(first) < at || !bytes.HasPrefix(first, []byte("Property(")) || string(first[at-3:at]) != "): " {
		return false
	}
	r.Tag, r.Severity = "property", record.Debug
	name, _, _ := bytes.Cut(first[at:], []byte(" ="))
	if len(name) > 0 {
		r.Attrs = append(r.Attrs, record.Attr{Key: "property", Str: scan.View(name)})
	}
	return true
}

// numbered reads installer messages such as "Error 1722. text" and "DEBUG: Error 2836: text".
func numbered(first []byte, r *record.Record) bool {
	body, debug := bytes.CutPrefix(first, []byte("DEBUG: "))
	word, rest, ok := bytes.Cut(body, []byte(" "))
	if !ok {
		return false
	}
	var severity record.Severity
	switch string(word) {
	case "Info":
		severity = record.Info
	case "Warning":
		severity = record.Warn
	case "Error":
		severity = record.Error
	default:
		return false
	}
	n, next, ok := scan.Run(rest, 0, 5)
	if !ok || next == len(rest) || rest[next] != '.' && rest[next] != ':' {
		return false
	}
	if debug {
		severity = record.Debug
	}
	r.Tag, r.Severity = "message", severity
	addInt(r, "message_number", rest[:next], n)
	return true
}

func addInt(r *record.Record, key string, digits []byte, n int) {
	r.Attrs = append(r.Attrs, record.Attr{Key: key, Str: scan.View(digits), Kind: record.KindInt, Int: int64(n)})
}
