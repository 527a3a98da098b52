package wua

import (
	"bytes"

	"github.com/cmtrail/cmtrail/parsers/internal/framing"
	"github.com/cmtrail/cmtrail/parsers/internal/head"
	"github.com/cmtrail/cmtrail/parsers/internal/record"
	"github.com/cmtrail/cmtrail/parsers/internal/scan"
)

const tabShape = "dddd-dd-dd\tdd:dd:dd"

// tab reads the log that Windows 7 and 8 write themselves. The zone is that of the newest sign of it in the stream.
type tab struct {
	offset    int16
	hasOffset bool
}

// NewTab returns the format of the log that older agents write themselves, for one stream.
func NewTab(framing.Options) framing.Format {
	return &tab{}
}

// DetectTab says how sure a line makes us that an older agent wrote its file.
func DetectTab(line []byte) framing.Confidence {
	if head.Is(line, tabShape) {
		return framing.Certain
	}
	return framing.None
}

func (f *tab) Line(line []byte) framing.Move {
	if head.Is(line, tabShape) {
		return framing.Starts
	}
	return framing.Foreign
}

func (f *tab) Parse(text []byte, r *record.Record) {
	r.Format = record.WUATab
	r.Severity = record.Info
	first := head.First(text)
	if !head.Is(first, tabShape) {
		r.Message = scan.View(text)
		return
	}
	at := f.stamp(first, r)
	at = f.columns(text, first, at, r)
	f.learn(first[min(at, len(first)):], r)
	if f.hasOffset && r.Stamp.HasWall {
		r.Stamp.Offset, r.Stamp.HasOffset = f.offset, true
	}
	msg := first[min(at, len(first)):]
	r.Message = scan.View(text[at:])
	r.Tag, _ = marker(msg)
	r.Severity = tabSeverity(msg)
	details(msg, r)
}

func (f *tab) Reset() {
	*f = tab{}
}

// stamp reads date and time and returns the index of the tab after them, or of what stands there instead.
func (f *tab) stamp(first []byte, r *record.Record) int {
	at := len(tabShape)
	nanos, digits := 0, uint8(0)
	if at < len(first) && (first[at] == ':' || first[at] == '.') {
		nanos, digits, at = scan.Fraction(first, at+1)
	}
	if wall, ok := head.Wall(first, nanos); ok {
		r.Stamp = record.Stamp{Wall: wall, HasWall: true, Digits: digits}
	} else {
		r.Flags |= record.BadTime
	}
	if at < len(first) && (first[at] == '+' || first[at] == '-') {
		f.adopt(first, at, r)
		for at < len(first) && first[at] != '\t' {
			at++
		}
	}
	return at
}

// columns takes process, thread and component and returns where the message begins. The oldest agents write no
// component; then the message is the only column left.
func (f *tab) columns(text, first []byte, at int, r *record.Record) int {
	pid, next := cutTab(first, at)
	tid, next := cutTab(first, next)
	if v, ok := scan.ParseUint(bytes.TrimLeft(pid, " ")); ok {
		r.PID, r.HasPID = v, true
	}
	if v, ok := scan.ParseHex(bytes.TrimLeft(tid, " ")); ok {
		r.Thread, r.HasThread = v, true
	}
	if next < len(first) && bytes.IndexByte(first[next+1:], '\t') >= 0 {
		var component []byte
		component, next = cutTab(first, next)
		r.Component = scan.View(bytes.TrimRight(component, " "))
	}
	if next < len(first) {
		next++
	}
	return min(next, len(text))
}

// cutTab returns the column that begins after the tab at first[at], and the index of the tab behind it.
func cutTab(first []byte, at int) (column []byte, next int) {
	if at >= len(first) {
		return nil, len(first)
	}
	rest := first[at+1:]
	if i := bytes.IndexByte(rest, '\t'); i >= 0 {
		return rest[:i], at + 1 + i
	}
	return rest, len(first)
}

// learn takes the zone from the line an agent writes when its logging begins. The line repeats at every start of
// a process, so the offset follows daylight saving.
func (f *tab) learn(msg []byte, r *record.Record) {
	if !bytes.Contains(msg, []byte("Logging initialized")) {
		return
	}
	if i := bytes.Index(msg, []byte("tz: ")); i >= 0 {
		f.adopt(msg, i+len("tz: "), r)
	}
}

func (f *tab) adopt(b []byte, i int, r *record.Record) {
	if offset, ok := head.Offset(b, i); ok {
		f.offset, f.hasOffset = offset, true
	} else {
		r.Flags |= record.BadBias
	}
}

// tabSeverity knows the two words agents put first, after decoration such as "  * ".
func tabSeverity(msg []byte) record.Severity {
	body := bytes.TrimLeft(msg, " *#-=<>")
	switch {
	case bytes.HasPrefix(body, []byte("FATAL:")):
		return record.Error
	case bytes.HasPrefix(body, []byte("WARNING:")):
		return record.Warn
	}
	return record.Info
}
