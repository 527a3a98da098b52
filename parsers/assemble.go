package parsers

import (
	"time"

	"github.com/cmtrail/cmtrail/parsers/ccm"
	"github.com/cmtrail/cmtrail/parsers/internal/framing"
	"github.com/cmtrail/cmtrail/parsers/internal/lines"
	"github.com/cmtrail/cmtrail/parsers/internal/record"
	"github.com/cmtrail/cmtrail/parsers/internal/scan"
	"github.com/cmtrail/cmtrail/parsers/legacy"
)

// kind says what sort of record is under construction.
type kind uint8

const (
	closed    kind = iota
	bracketed      // ccm, until its attribute block ends
	headed         // a line-headed format, until its next head
)

// open is the record under construction.
type open struct {
	kind      kind
	buf       []byte // its physical lines with line feeds between
	flags     record.Flags
	firstLine int
	lastLine  int
	end       int64 // stream offset after its last line
	lines     int
	head      int  // bytes of its first line
	blanks    int  // blank lines since, which count only if more follows
	search    int  // ccm: where in buf to look for a closer
	begun     bool // ccm: a block of attributes has begun at search
	rest      []byte
	restAt    int  // ccm: index in buf of the first byte of rest, -1 when rest lost its beginning
	skimming  bool // ccm: the record is full, rest holds the end of the line
}

func (o *open) reset() {
	*o = open{buf: o.buf[:0], rest: o.rest[:0]}
}

func view(b []byte) string { return scan.View(b) }

// take is where physical lines come in.
func (s *Stream) take(l *lines.Line) {
	if !s.sure && s.open.kind != bracketed && s.detect(l) {
		return
	}
	s.route(l)
}

// route gives a line to the record it belongs to.
func (s *Stream) route(l *lines.Line) {
	switch {
	case s.open.kind == bracketed:
		s.bracketMore(l)
	case !l.First:
		s.piece(l)
	case l.IsBlank():
		s.blank(l)
	case s.format == record.Plain && s.sure:
		s.plain(l, 0, len(l.Text))
	case s.foreignRecord(l):
	case s.frame != nil:
		s.headLine(l)
	case s.format == record.CCMLegacy:
		s.hold(l)
	default:
		s.plain(l, 0, len(l.Text))
	}
}

// blank lines carry nothing of their own: they wait for what follows them.
func (s *Stream) blank(l *lines.Line) {
	switch {
	case s.open.kind == headed:
		s.open.blanks++
	case len(s.held.lines) > 0:
		s.held.blanks++
	case len(s.lead) == 0:
		s.doneLine = max(s.doneLine, l.Number)
	case s.leadGap >= maxLead:
		s.releaseLead()
		s.doneLine = max(s.doneLine, l.Number)
	default:
		s.leadGap = max(s.leadGap, l.Number-s.leadLast) // the rest of a line that was cut begins none
	}
}

// foreignRecord takes the records that may turn up in any stream: ccm and ccm-legacy, whose marks nothing else has.
func (s *Stream) foreignRecord(l *lines.Line) bool {
	own := s.format == record.CCM
	opens := ccm.Opens(l.Text)
	if !opens && !own && !endsInBracket(l.Text) {
		return false
	}
	found := ccm.Complete
	if !opens {
		found = ccm.FindTail(l.Text, 0, &s.tail)
	}
	switch {
	case found == ccm.Complete:
	case l.Last && legacy.FindTrailer(l.Text, &s.trail):
		s.trailer(l)
		return true
	case own && (found == ccm.Incomplete || ccm.FindOpener(l.Text) >= 0):
	default:
		return false
	}
	s.release(0)
	s.releaseHeld()
	s.brackets(l, 0)
	return true
}

// endsInBracket is a cheap look at the end of a line before the dear ones.
func endsInBracket(text []byte) bool {
	for i := len(text) - 1; i >= 0; i-- {
		if text[i] > ' ' {
			return text[i] == '>'
		}
	}
	return false
}

// piece takes the rest of a line that is longer than the limit.
func (s *Stream) piece(l *lines.Line) {
	switch {
	case len(s.held.lines) > 0:
		s.holdMore(l)
	case s.open.kind == headed && len(s.open.buf)-s.open.head+len(l.Text) <= s.opt.ContinuationBytes:
		s.open.buf = append(s.open.buf, l.Text...)
		s.open.end = l.End
	default:
		s.release(0)
		s.plain(l, 0, len(l.Text))
	}
}

// plain gives out part of a line as a record of its own.
func (s *Stream) plain(l *lines.Line, from, to int) {
	text := l.Text[from:to]
	if scan.IsBlankLine(text) {
		return
	}
	r := s.begin()
	if !l.Whole() {
		r.Flags |= record.Oversize
	}
	s.plainRecord(r, text, l.Number, l.At(to))
}

func (s *Stream) plainRecord(r *Record, text []byte, number int, end int64) {
	r.Format, r.Message = record.Plain, view(text)
	if !s.opt.NoTextSeverity {
		r.Severity = scan.TextSeverity(r.Message)
	}
	if s.idled || number == s.cutLine {
		r.Flags |= record.Recovered
	}
	s.finish(r, text, number, number, end)
}

// release gives out the record under construction, as it stands.
func (s *Stream) release(flags record.Flags) {
	switch s.open.kind {
	case bracketed:
		s.releaseBracket(flags)
	case headed:
		s.releaseHead(flags)
	}
}

// headLine gives a line to a line-headed format.
func (s *Stream) headLine(l *lines.Line) {
	move := s.frame.Line(l.Text)
	if move != framing.Foreign {
		s.release(0)
		s.idled = false
	}
	switch move {
	case framing.Starts:
		s.openHead(l)
	case framing.Whole:
		r := s.begin()
		if !l.Whole() {
			r.Flags |= record.Oversize
		}
		s.frame.Parse(l.Text, r)
		s.finish(r, l.Text, l.Number, l.Number, l.End)
	case framing.Directive:
		s.directive(l)
	default:
		s.continueHead(l)
	}
}

func (s *Stream) openHead(l *lines.Line) {
	o := &s.open
	o.reset()
	o.kind, o.firstLine, o.lastLine, o.end, o.lines = headed, l.Number, l.Number, l.End, 1
	o.buf = append(o.buf, l.Text...)
	o.head = len(o.buf)
	if !l.Whole() {
		o.flags |= record.Oversize
	}
}

// continueHead adds a line to the open record. A record that grows past the bounds is no record of this format: the
// rest comes line by line.
func (s *Stream) continueHead(l *lines.Line) {
	o := &s.open
	if o.kind != headed {
		s.plain(l, 0, len(l.Text))
		return
	}
	added := o.blanks + 1
	if o.lines+added > s.opt.ContinuationLines+1 ||
		len(o.buf)-o.head+added+len(l.Text) > s.opt.ContinuationBytes {
		s.release(record.Oversize)
		s.plain(l, 0, len(l.Text))
		return
	}
	for ; o.blanks > 0; o.blanks-- {
		o.buf = append(o.buf, '\n')
	}
	o.buf = append(append(o.buf, '\n'), l.Text...)
	o.lines += added
	o.lastLine, o.end = l.Number, l.End
	if !l.Whole() {
		o.flags |= record.Oversize
	}
}

func (s *Stream) releaseHead(flags record.Flags) {
	o := &s.open
	r := s.begin()
	r.Flags = o.flags | flags
	s.frame.Parse(o.buf, r)
	last := o.lastLine + o.blanks
	s.finish(r, o.buf, o.firstLine, o.lastLine, o.end)
	s.doneLine = max(s.doneLine, last)
	o.reset()
}

// directive keeps a line that says something of the lines to come.
func (s *Stream) directive(l *lines.Line) {
	if len(s.lead) == 0 {
		s.leadLine = l.Number
	} else {
		s.lead = s.leadOn()
	}
	s.lead = append(s.lead, l.Text...)
	s.leadLast, s.leadEnd = l.Number, l.End
	if len(s.lead) > maxLead {
		s.releaseLead()
	}
}

// inZone gives a stamp without an offset the one that the zone had at that wall clock.
func inZone(st *Stamp, flags record.Flags, zone *time.Location) {
	if !st.HasWall || st.HasOffset || flags&record.BadBias != 0 {
		return
	}
	east := func(nanos int64) int64 {
		_, seconds := time.Unix(0, nanos).In(zone).Zone()
		return int64(seconds) * int64(time.Second)
	}
	offset := east(st.Wall - east(st.Wall))
	st.Offset, st.HasOffset = int16(offset/int64(time.Minute)), true
}
