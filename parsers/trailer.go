package parsers

import (
	"bytes"

	"github.com/cmtrail/cmtrail/parsers/internal/lines"
	"github.com/cmtrail/cmtrail/parsers/internal/record"
	"github.com/cmtrail/cmtrail/parsers/legacy"
)

// maxHeld is how many lines without a trailer wait for the line that has it.
const maxHeld = 64

// held is the lines that wait for a ccm-legacy trailer.
type held struct {
	buf    []byte // the lines with line feeds between
	lines  []heldLine
	blanks int // blank lines since the last
}

type heldLine struct {
	from, to int // in buf
	number   int
	end      int64
	oversize bool
}

func (h *held) reset() { h.buf, h.lines, h.blanks = h.buf[:0], h.lines[:0], 0 }

// hold keeps a line without trailer for the line that has one.
func (s *Stream) hold(l *lines.Line) {
	if legacy.IsRollover(l.Text) {
		s.blank(l)
		return
	}
	h := &s.held
	if len(h.lines)+h.blanks >= maxHeld || len(h.buf)+len(l.Text) >= s.opt.MaxRecord {
		s.releaseHeld()
	}
	if len(h.lines) > 0 {
		for ; h.blanks >= 0; h.blanks-- {
			h.buf = append(h.buf, '\n')
		}
	}
	h.blanks = 0
	from := len(h.buf)
	h.buf = append(h.buf, l.Text...)
	h.lines = append(h.lines, heldLine{from: from, to: len(h.buf), number: l.Number, end: l.End, oversize: !l.Whole()})
}

// holdMore adds to the last held line, which is longer than the limit.
func (s *Stream) holdMore(l *lines.Line) {
	h := &s.held
	if len(h.buf)+len(l.Text) > s.opt.MaxRecord {
		s.releaseHeld()
		s.plain(l, 0, len(l.Text))
		return
	}
	h.buf = append(h.buf, l.Text...)
	last := &h.lines[len(h.lines)-1]
	last.to, last.end = len(h.buf), l.End
	if l.Last && legacy.FindTrailer(h.buf[last.from:], &s.trail) {
		s.emitTrailed(h.buf, last.from, h.lines[0].number, l.Number, l.End, record.Oversize)
		h.reset()
	}
}

// trailer takes a line that completes a record.
func (s *Stream) trailer(l *lines.Line) {
	s.release(0)
	s.idled = false
	h := &s.held
	if len(h.lines) == 0 {
		h.reset()
		s.emitTrailed(l.Text, 0, l.Number, l.Number, l.End, 0)
		return
	}
	first := h.lines[0].number
	for ; h.blanks >= 0; h.blanks-- {
		h.buf = append(h.buf, '\n')
	}
	from := len(h.buf)
	h.buf = append(h.buf, l.Text...)
	var flags record.Flags
	for _, line := range h.lines {
		if line.oversize {
			flags |= record.Oversize
		}
	}
	s.emitTrailed(h.buf, from, first, l.Number, l.End, flags)
	h.reset()
}

// emitTrailed gives out a record whose last line begins at text[from:].
func (s *Stream) emitTrailed(text []byte, from, first, last int, end int64, flags record.Flags) {
	r := s.begin()
	r.Flags = flags
	legacy.Fill(r, text[:from+s.trail.At], &s.trail, s.opt.Bias, !s.opt.NoTextSeverity)
	s.finish(r, text, first, last, end)
}

// releaseHeld gives out lines whose trailer never came, one by one.
func (s *Stream) releaseHeld() {
	h := &s.held
	for i, line := range h.lines {
		text := h.buf[line.from:line.to]
		r := s.begin()
		if line.oversize {
			r.Flags |= record.Oversize
		}
		if i == len(h.lines)-1 && legacy.Cut(text) {
			r.Flags |= record.Unterminated
		}
		s.plainRecord(r, bytes.TrimRight(text, "\r"), line.number, line.end)
	}
	if n := len(h.lines); n > 0 {
		s.doneLine = max(s.doneLine, h.lines[n-1].number+h.blanks)
	}
	h.reset()
}
