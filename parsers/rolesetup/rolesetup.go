// Package rolesetup reads the logs of the role installation wrappers, SUPSetup.log and its siblings: a stamp in
// angle brackets, then free text.
package rolesetup

import (
	"bytes"

	"github.com/cmtrail/cmtrail/parsers/internal/framing"
	"github.com/cmtrail/cmtrail/parsers/internal/head"
	"github.com/cmtrail/cmtrail/parsers/internal/record"
	"github.com/cmtrail/cmtrail/parsers/internal/scan"
)

const shape = "<dd/dd/dd dd:dd:dd>"

type format struct {
	textSeverity bool
}

// New returns the format for one stream.
func New(opt framing.Options) framing.Format {
	return &format{textSeverity: opt.TextSeverity}
}

// Detect says how sure a line makes us that its file is a role installation log.
func Detect(line []byte) framing.Confidence {
	if head.Is(line, shape) {
		return framing.Certain
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
	r.Format = record.RoleSetup
	body := text
	if head.Is(text, shape) {
		body = text[head.SkipBlanks(text, len(shape)):]
		if wall, ok := stamp(text); ok {
			r.Stamp = record.Stamp{Wall: wall, HasWall: true}
		} else {
			r.Flags |= record.BadTime
		}
	}
	r.Message = scan.View(body)
	r.Tag = tag(body)
	switch {
	case bytes.HasPrefix(body, []byte("INFO:")):
		r.Severity = record.Info
	case bytes.HasPrefix(body, []byte("WARNING:")):
		r.Severity = record.Warn
	case bytes.HasPrefix(body, []byte("ERROR:")):
		r.Severity = record.Error
	case f.textSeverity:
		r.Severity = scan.TextSeverity(r.Message)
	}
}

func (f *format) Reset() {}

// stamp reads "<MM/DD/YY HH:MM:SS>". Two digits of a year reach from 1980 to 2079.
func stamp(text []byte) (wall int64, ok bool) {
	month, _ := scan.Two(text, 1)
	dom, _ := scan.Two(text, 4)
	year, _ := scan.Two(text, 7)
	if year += 1900; year < 1980 {
		year += 100
	}
	day, ok := scan.Civil(year, month, dom, 0, 0, 0, 0)
	tod, clockOK := head.TimeOfDay(text[10:], 0)
	return day + tod, ok && clockOK
}

func tag(body []byte) string {
	switch {
	case bytes.Contains(body, []byte("Setup Started")):
		return "START"
	case bytes.Contains(body, []byte("Installation was successful")):
		return "SUCCESS"
	}
	return ""
}

var _ framing.Format = (*format)(nil)
