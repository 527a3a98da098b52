// Package lines cuts a stream of bytes into physical lines of UTF-8 text, whatever the chunks it comes in and whatever
// Windows program wrote it. It never fails: bytes that are no UTF-8 are read in a single-byte code page.
package lines

import (
	"bytes"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"github.com/cmtrail/cmtrail/parsers/internal/scan"
)

// Line is one physical line, or a piece of one that is longer than the limit.
type Line struct {
	Text   []byte // decoded, without terminator, byte order mark and NUL; holds until the taker returns
	Number int    // counts from 1
	First  bool   // the line begins here
	Last   bool   // the line ends here
	Single bool   // it is known to be ASCII with single spaces, without control characters
	End    int64  // stream offset after the piece and its terminator

	page *charmap.Charmap
	raw  []byte // what Text was decoded from
	base int64  // stream offset of raw
	enc  encoding

	atText, atRaw int // the last place that was looked up
}

// Whole reports whether the line is within the limit and thus in one piece.
func (l *Line) Whole() bool { return l.First && l.Last }

// At returns the stream offset of Text[i], or of what follows the line when i is its length.
func (l *Line) At(i int) int64 {
	if i >= len(l.Text) {
		return l.End
	}
	return l.base + int64(l.rawIndex(i))
}

// CopyTo returns the line with its bytes moved to the end of buf, so that it outlives the taker's call.
func (l *Line) CopyTo(buf []byte) (Line, []byte) {
	c := *l
	n := len(buf)
	buf = append(buf, l.Text...)
	c.Text = buf[n:len(buf):len(buf)]
	if l.enc == same {
		c.raw = c.Text
		return c, buf
	}
	n = len(buf)
	buf = append(buf, l.raw...)
	c.raw = buf[n:len(buf):len(buf)]
	return c, buf
}

// Splitter is the state of one stream. The zero value is not ready; use New.
type Splitter struct {
	limit int
	page  *charmap.Charmap
	take  func(*Line)

	source   source
	pend     []byte // bytes of the stream not yet taken
	searched int    // bytes of pend known to hold no terminator
	offset   int64  // stream offset of pend
	number   int
	within   bool // the next byte continues a line that was already given out in part
	clean    []byte
	line     Line
}

// New makes a splitter that hands lines to take, in pieces of at most limit bytes, and reads what is not UTF-8 in the
// given code page.
func New(limit int, page *charmap.Charmap, take func(*Line)) *Splitter {
	return &Splitter{limit: limit, page: page, take: take}
}

// Count returns how many physical lines began.
func (s *Splitter) Count() int { return s.number }

// Partial reports whether bytes of an unfinished line are held.
func (s *Splitter) Partial() bool { return len(s.pend) > 0 }

// Write takes the next bytes of the stream.
func (s *Splitter) Write(p []byte) {
	if s.source == unknown {
		s.pend = append(s.pend, p...)
		if s.sniff(false) {
			s.drain()
		}
		return
	}
	if s.source != utf8Source {
		s.pend = append(s.pend, p...)
		s.drain()
		return
	}
	for len(p) > 0 {
		i := bytes.IndexByte(p, '\n')
		if i < 0 {
			s.pend = append(s.pend, p...)
			s.overflow()
			s.searched = len(s.pend)
			return
		}
		if len(s.pend) == 0 {
			s.whole(p[:i], 1)
		} else {
			s.pend = append(s.pend, p[:i]...)
			s.whole(s.pend, 1)
			s.pend, s.searched = s.pend[:0], 0
		}
		p = p[i+1:]
	}
}

// WriteLine takes text that a receiver has already split and decoded: one line without terminator, or several with
// line feeds between them. Offsets count as if every line had been followed by one line feed.
func (s *Splitter) WriteLine(text string) {
	s.Release(true)
	source := s.source
	s.source, s.within = utf8Source, false
	for more := true; more; {
		var line string
		line, text, more = strings.Cut(text, "\n")
		s.whole(scan.Bytes(line), 1)
	}
	s.source = source
}

// Release hands out an unfinished line as if it ended here. What a half character needs stays unless final is set.
// Bytes that continue the line later come as a line with the same number.
func (s *Splitter) Release(final bool) {
	if len(s.pend) == 0 {
		return
	}
	if s.source == unknown && !s.sniff(true) && !final {
		return
	}
	if s.source == unknown {
		s.source = utf8Source
	}
	s.drain()
	n := len(s.pend)
	if !final {
		n = s.source.completePrefix(s.pend)
	}
	if n > 0 {
		s.whole(s.pend[:n], 0)
		s.within = true
	}
	s.pend = append(s.pend[:0], s.pend[n:]...)
	s.searched = 0
}

// Tidy lets go of room for more than keep bytes, unless it is in use, and of the line that was given out last.
func (s *Splitter) Tidy(keep int) {
	s.line.Text, s.line.raw = nil, nil
	if len(s.pend) == 0 && cap(s.pend)+cap(s.clean) > keep {
		s.pend, s.clean = nil, nil
	}
}

// Reset forgets everything, as for a stream that begins anew.
func (s *Splitter) Reset() {
	s.source, s.pend, s.searched, s.offset, s.number, s.within = unknown, s.pend[:0], 0, 0, 0, false
}

// drain hands out the finished lines of pend and keeps the rest.
func (s *Splitter) drain() {
	rest := s.pend
	for {
		i := s.source.terminator(rest, s.searched)
		if i < 0 {
			break
		}
		s.searched = 0
		s.whole(rest[:i], s.source.width())
		rest = rest[i+s.source.width():]
	}
	s.pend = append(s.pend[:0], rest...)
	s.overflow()
	s.searched = len(s.pend) &^ (s.source.width() - 1)
}

// overflow hands out the pieces of an unfinished line that has passed the limit.
func (s *Splitter) overflow() {
	rest := s.pend
	// Half a unit does not count: it may be the terminator's.
	for len(rest)&^(s.source.width()-1) > s.limit {
		n := s.source.cut(rest, s.limit)
		s.piece(rest[:n], n, false)
		rest = rest[n:]
	}
	if len(rest) < len(s.pend) {
		s.pend = append(s.pend[:0], rest...)
	}
}

// whole hands out the rest of a line, terminator bytes apart.
func (s *Splitter) whole(raw []byte, terminator int) {
	for len(raw) > s.limit {
		n := s.source.cut(raw, s.limit)
		s.piece(raw[:n], n, false)
		raw = raw[n:]
	}
	s.piece(raw, len(raw)+terminator, true)
	if terminator > 0 {
		s.within = false
	}
}

// piece hands out raw, which takes up size bytes of the stream.
func (s *Splitter) piece(raw []byte, size int, last bool) {
	l := &s.line
	first := l.Last || s.number == 0
	if first && !s.within {
		s.number++
	}
	l.Number, l.First, l.Last, l.End = s.number, first, last, s.offset+int64(size)
	l.raw, l.base, l.page, l.enc, l.Single, l.atText, l.atRaw = raw, s.offset, s.page, same, false, 0, 0
	s.offset = l.End
	s.decode(l)
	s.take(l)
	l.Text, l.raw = nil, nil
}
