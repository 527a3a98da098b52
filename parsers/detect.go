package parsers

import (
	"github.com/cmtrail/cmtrail/parsers/cbs"
	"github.com/cmtrail/cmtrail/parsers/ccm"
	"github.com/cmtrail/cmtrail/parsers/internal/framing"
	"github.com/cmtrail/cmtrail/parsers/internal/lines"
	"github.com/cmtrail/cmtrail/parsers/internal/record"
	"github.com/cmtrail/cmtrail/parsers/legacy"
	"github.com/cmtrail/cmtrail/parsers/msi"
	"github.com/cmtrail/cmtrail/parsers/reporting"
	"github.com/cmtrail/cmtrail/parsers/rolesetup"
	"github.com/cmtrail/cmtrail/parsers/w3c"
	"github.com/cmtrail/cmtrail/parsers/wsus"
	"github.com/cmtrail/cmtrail/parsers/wua"
)

// known is the formats in the order in which a line is tested. Formats without a constructor are framed by the stream.
var known = [...]struct {
	format Format
	detect func([]byte) framing.Confidence
	frame  func(framing.Options) framing.Format
}{
	{record.CCM, ccm.Detect, nil},
	{record.CCMLegacy, legacy.Detect, nil},
	{record.RoleSetup, rolesetup.Detect, rolesetup.New},
	{record.W3C, w3c.Detect, w3c.New},
	{record.WSUS, wsus.Detect, wsus.New},
	{record.WUATab, wua.DetectTab, wua.NewTab},
	{record.WUAETL, wua.DetectETL, wua.NewETL},
	{record.CBS, cbs.Detect, cbs.New},
	{record.MSI, msi.Detect, msi.New},
	{record.Reporting, reporting.Detect, reporting.New},
}

// How many lines are looked at before the name alone decides. Installer logs may begin with a long property dump.
const (
	patience    = 20
	patienceMSI = 50
	maxWaiting  = 256 << 10 // bytes of them
	maxBlanks   = 4096      // lines, of which most are blank and tell nothing
)

// waiting is the lines held until the format is known, and what they have told.
type waiting struct {
	buf    []byte
	lines  []lines.Line
	filled int // lines that are not blank
	likely [len(known)]int
	over   bool // no more patience: lines go through while the question stays open
}

func (w *waiting) reset() { *w = waiting{buf: w.buf[:0], lines: w.lines[:0]} }

// adopt settles the format.
func (s *Stream) adopt(f Format, sure bool) {
	s.format, s.sure, s.frame = f, sure, nil
	for _, k := range known {
		if k.format == f && k.frame != nil {
			s.frame = k.frame(s.opt.framing())
		}
	}
}

// detect looks at a line of a stream whose format is open, and reports whether it took the line.
func (s *Stream) detect(l *lines.Line) bool {
	w := &s.waiting
	if l.First && !l.IsBlank() {
		w.filled++
		if f := s.verdict(l.Text); f != "" {
			s.settle(f)
			return false
		}
	}
	if w.over {
		return false
	}
	var c lines.Line
	c, w.buf = l.CopyTo(w.buf)
	w.lines = append(w.lines, c)
	limit := patience
	if s.hint.first == record.MSI {
		limit = patienceMSI
	}
	if w.filled >= limit || len(w.buf) > maxWaiting || len(w.lines) > maxBlanks {
		s.giveUp()
	}
	return true
}

// settle adopts the format that the content shows, whatever the name had said.
func (s *Stream) settle(f Format) {
	if f == s.format {
		s.sure = true
		return
	}
	s.release(0)
	s.releaseHeld()
	s.adopt(f, true)
	s.replay()
}

// verdict returns the format that a line, with those before it, settles.
func (s *Stream) verdict(line []byte) Format {
	for i, k := range known {
		switch k.detect(line) {
		case framing.Certain:
			return k.format
		case framing.Likely:
			if s.waiting.likely[i]++; s.waiting.likely[i] > 1 || s.hint.allows(k.format) {
				return k.format
			}
			return ""
		case framing.Weak:
			if s.hint.allows(k.format) {
				return k.format
			}
		}
	}
	return ""
}

// giveUp lets the waiting lines go. The name decides how; lines to come may still prove it wrong.
func (s *Stream) giveUp() {
	guess := s.hint.first
	if s.hint.second != "" {
		guess = ""
	}
	if guess != "" {
		s.adopt(guess, false)
	}
	s.waiting.over = true
	s.replay()
}

// replay sends the waiting lines on their way.
func (s *Stream) replay() {
	w := &s.waiting
	for i := range w.lines {
		s.route(&w.lines[i])
	}
	w.lines, w.buf = w.lines[:0], w.buf[:0]
}
