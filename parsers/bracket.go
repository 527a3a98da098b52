package parsers

import (
	"github.com/cmtrail/cmtrail/parsers/ccm"
	"github.com/cmtrail/cmtrail/parsers/internal/lines"
	"github.com/cmtrail/cmtrail/parsers/internal/record"
	"github.com/cmtrail/cmtrail/parsers/internal/scan"
)

// skim is how much of the end of an overlong line is kept to find the attributes in.
const skim = 64 << 10

// brackets reads the ccm records of a line from text[pos:], and what stands between them.
func (s *Stream) brackets(l *lines.Line, pos int) {
	opener := -1 // index of the first one at or after pos, once it was looked for
	for pos < len(l.Text) {
		text := l.Text[pos:]
		if ccm.Opens(text) {
			pos = s.openBracket(l, pos)
			continue
		}
		if opener < pos { // a line may hold thousands of records without a head
			opener = len(l.Text)
			if at := ccm.FindOpener(text); at >= 0 {
				opener = pos + at
			}
		}
		start := opener - pos
		// What stands before an opener or without one may be the end of a record whose head was overwritten.
		switch ccm.FindTail(text[:start], 0, &s.tail) {
		case ccm.Complete:
			s.orphan(l, pos)
			pos += s.tail.End
		case ccm.Incomplete:
			if start == len(text) && s.tail.Begun() {
				s.startBracket(l, pos, record.TruncatedHead)
				return
			}
			fallthrough
		default:
			s.plain(l, pos, pos+start)
			pos += start
		}
	}
}

// openBracket begins a record at an opener and returns where in the line it ended, or the line's length.
func (s *Stream) openBracket(l *lines.Line, pos int) int {
	s.idled = false
	text := l.Text[pos:]
	if ccm.FindTail(text, len(ccm.Opener), &s.tail) != ccm.Complete {
		s.startBracket(l, pos, 0)
		return len(l.Text)
	}
	r := s.begin()
	r.Single = l.Single
	if !l.Whole() {
		r.Flags |= record.Oversize
	}
	ccm.Fill(r, text[len(ccm.Opener):s.tail.Close], &s.tail, s.opt.ccm())
	end := pos + s.tail.End
	s.finish(r, text[:s.tail.End], l.Number, l.Number, restEnd(l, end))
	return end
}

// restEnd is the stream offset of a record's end at Text[end]: blanks up to the end of the line are the record's.
func restEnd(l *lines.Line, end int) int64 {
	if scan.IsBlankLine(l.Text[end:]) {
		return l.End
	}
	return l.At(end)
}

// orphan gives out a record whose head is lost.
func (s *Stream) orphan(l *lines.Line, pos int) {
	s.idled = false
	text := l.Text[pos:]
	r := s.begin()
	r.Flags |= record.TruncatedHead
	if !l.Whole() {
		r.Flags |= record.Oversize
	}
	ccm.Fill(r, text[:s.tail.Close], &s.tail, s.opt.ccm())
	s.finish(r, text[:s.tail.End], l.Number, l.Number, restEnd(l, pos+s.tail.End))
}

// startBracket keeps a record that goes on in the next line.
func (s *Stream) startBracket(l *lines.Line, pos int, flags record.Flags) {
	o := &s.open
	o.reset()
	o.kind, o.flags, o.firstLine, o.lastLine, o.end, o.lines = bracketed, flags, l.Number, l.Number, l.End, 1
	o.buf = append(o.buf, l.Text[pos:]...)
	o.search = s.opened()
	s.seek(ccm.FindTail(o.buf, o.search, &s.tail))
	if !l.Whole() {
		o.flags |= record.Oversize
	}
}

// opened is where the message of the open record begins.
func (s *Stream) opened() int {
	if s.open.flags&record.TruncatedHead != 0 {
		return 0
	}
	return len(ccm.Opener)
}

// seek remembers how far the open record was searched: a closer may yet turn out to count, or be cut in two.
func (s *Stream) seek(out ccm.Outcome) {
	o := &s.open
	o.begun = out == ccm.Incomplete && s.tail.Begun()
	if out == ccm.Incomplete {
		o.search = s.tail.Close
		return
	}
	o.search = max(o.search, len(o.buf)-len(ccm.Closer)+1)
}

// bracketMore adds a line to the open record.
func (s *Stream) bracketMore(l *lines.Line) {
	o := &s.open
	switch {
	case o.skimming:
		s.skimMore(l)
		return
	case l.First && ccm.Opens(l.Text):
		s.release(0)
		s.brackets(l, 0)
		return
	case l.First && o.lines >= s.opt.MaxLines:
		s.release(record.Oversize)
		s.route(l)
		return
	}
	if len(o.buf)+1+len(l.Text) > s.opt.MaxRecord {
		switch {
		case !l.First:
			s.startSkimming(l)
			return
		case ccm.FindTail(l.Text, 0, &s.tail) != ccm.Complete:
			s.release(record.Oversize)
			s.route(l)
			return
		}
		o.flags |= record.Oversize
	}
	if l.First {
		o.buf = append(o.buf, '\n')
		o.lines++
	}
	base := len(o.buf)
	o.buf = append(o.buf, l.Text...)
	o.lastLine, o.end = l.Number, l.End
	if !l.Whole() {
		o.flags |= record.Oversize
	}
	if o.begun && ccm.GoesOn(o.buf, o.search, l.Text) {
		return
	}
	out := ccm.FindTail(o.buf, o.search, &s.tail)
	if out != ccm.Complete {
		s.seek(out)
		return
	}
	end := s.tail.End - base
	o.buf = o.buf[:s.tail.End]
	o.end = restEnd(l, end)
	s.complete(o.buf[s.opened():s.tail.Close], 0)
	s.brackets(l, end)
}

// complete gives out the open record with the attributes that were found.
func (s *Stream) complete(message []byte, flags record.Flags) {
	o := &s.open
	s.idled = false
	r := s.begin()
	r.Flags = o.flags | flags
	ccm.Fill(r, message, &s.tail, s.opt.ccm())
	s.finish(r, o.buf, o.firstLine, o.lastLine, o.end)
	o.reset()
}

// releaseBracket gives out the open record though its end is missing: with the message before a closer, if there is
// one, and those attributes that are whole.
func (s *Stream) releaseBracket(flags record.Flags) {
	o := &s.open
	message := o.buf[s.opened():]
	if ccm.FindTail(o.buf, o.search, &s.tail) == ccm.Incomplete {
		message = o.buf[s.opened():s.tail.Close]
	}
	s.complete(message, flags|record.Unterminated)
}

// startSkimming fills the record up from a line that is too long for it. Of the rest of that line only the end is
// kept, because the attributes stand there.
func (s *Stream) startSkimming(l *lines.Line) {
	o := &s.open
	o.skimming = true
	o.flags |= record.Oversize
	part := ccm.Cut(l.Text, s.opt.MaxRecord-len(o.buf))
	o.buf = append(o.buf, part...)
	o.restAt = o.search
	o.rest = append(o.rest, o.buf[o.search:]...)
	s.skimText(l, l.Text[len(part):])
}

func (s *Stream) skimMore(l *lines.Line) {
	if l.First {
		s.release(0)
		s.route(l)
		return
	}
	s.skimText(l, l.Text)
}

func (s *Stream) skimText(l *lines.Line, text []byte) {
	o := &s.open
	o.rest = append(o.rest, text...)
	if len(o.rest) > 2*skim && !l.Last {
		o.restAt = -1
		o.rest = append(o.rest[:0], o.rest[len(o.rest)-skim:]...)
	}
	o.lastLine, o.end = l.Number, l.End
	if !l.Last {
		return
	}
	if ccm.FindTail(o.rest, 0, &s.tail) != ccm.Complete {
		s.release(0)
		return
	}
	message := o.buf[s.opened():]
	if o.restAt >= 0 {
		message = o.buf[s.opened():min(len(o.buf), o.restAt+s.tail.Close)]
	}
	after := len(o.rest) - s.tail.End
	if after > len(l.Text) {
		after = 0
	}
	end := len(l.Text) - after
	o.end = restEnd(l, end)
	s.complete(message, 0)
	s.brackets(l, end)
}
