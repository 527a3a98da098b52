package parsers

import (
	"github.com/cmtrail/cmtrail/parsers/ccm"
	"github.com/cmtrail/cmtrail/parsers/internal/framing"
	"github.com/cmtrail/cmtrail/parsers/internal/lines"
	"github.com/cmtrail/cmtrail/parsers/internal/record"
	"github.com/cmtrail/cmtrail/parsers/internal/scan"
	"github.com/cmtrail/cmtrail/parsers/legacy"
)

// Stream reads one log file. It takes bytes in any chunking, or lines, and gives the same records either way.
// It belongs to one goroutine.
type Stream struct {
	opt      Options
	emit     func(*Record)
	hint     hint
	fallback string // component of records that print none

	in      *lines.Splitter
	format  Format         // "" until found out
	sure    bool           // the format was asked for or seen, not guessed from the name
	frame   framing.Format // of a line-headed format
	waiting waiting        // lines held until the format is known

	open  open // the record under construction
	held  held // lines that wait for a ccm-legacy trailer
	tail  ccm.Tail
	trail legacy.Trailer
	rec   Record

	done     int64 // stream offset after the last emitted record
	doneLine int   // last physical line in an emitted record or known to be blank
	lead     []byte
	leadLine int   // first physical line of lead
	leadLast int   // last physical line of lead
	leadEnd  int64 // stream offset after lead
	leadGap  int   // blank lines since, which count only if more follows
	cutLine  int   // number of a line that an idle flush cut in two
	idled    bool  // an idle flush cut a record short, and what follows may be its rest
}

// maxLead bounds directives that wait for their first entry.
const maxLead = 64 << 10

// NewStream makes a stream for a log file. The name, a file name or a path, may be empty; it helps to find out the
// format. The function receives each record; the record and its strings hold until it returns.
func NewStream(name string, opt Options, emit func(*Record)) *Stream {
	opt = opt.withDefaults()
	s := &Stream{opt: opt, emit: emit, hint: hintOf(name), fallback: componentOf(name)}
	s.in = lines.New(opt.MaxLine, opt.CodePage, s.take)
	s.start()
	return s
}

// start sets the format that was asked for.
func (s *Stream) start() {
	s.format, s.sure, s.frame = "", false, nil
	if s.opt.Format != "" {
		s.adopt(s.opt.Format, true)
	}
}

// Write takes the next bytes of the file. It takes them all and never fails.
func (s *Stream) Write(p []byte) (int, error) {
	s.in.Write(p)
	return len(p), nil
}

// WriteLine takes one line without its terminator. Text with line feeds in it counts as several physical lines, as a
// receiver joins them.
func (s *Stream) WriteLine(text string) { s.in.WriteLine(text) }

// Idle gives out what is held because the file has not grown for a while. Lines that turn out to continue what was
// given out come as records flagged recovered.
func (s *Stream) Idle() {
	partial := s.in.Partial()
	s.in.Release(false)
	if len(s.waiting.lines) > 0 {
		s.giveUp()
	}
	if s.open.kind != closed {
		s.release(0)
		s.idled = true
	}
	s.releaseHeld()
	if partial {
		s.cutLine = s.in.Count()
	}
	s.tidy()
}

// Flush gives out all that is held, at the end of a file.
func (s *Stream) Flush() {
	s.in.Release(true)
	if len(s.waiting.lines) > 0 {
		s.giveUp()
	}
	s.release(0)
	s.releaseHeld()
	s.releaseLead()
	s.tidy()
}

// keptRoom is how much room for lines a stream keeps that is quiet.
const keptRoom = 64 << 10

// tidy lets go of room that one large record has made, and of the lines that the last record is a view of, so that a quiet stream
// does not keep them for the next. Nothing is given out but what has been given out.
func (s *Stream) tidy() {
	room := cap(s.open.buf) + cap(s.open.rest) + cap(s.waiting.buf) + cap(s.held.buf) + cap(s.lead)
	if s.Held() > 0 || len(s.lead) > 0 {
		return
	}
	s.in.Tidy(keptRoom)
	clear(s.rec.Attrs[:cap(s.rec.Attrs)])
	s.begin()
	s.tail, s.trail, s.waiting.lines = ccm.Tail{}, legacy.Trailer{}, nil
	if room <= keptRoom {
		return
	}
	s.open.buf, s.open.rest, s.waiting.buf, s.held.buf, s.lead = nil, nil, nil, nil, nil
}

// Reset gives out all that is held and begins anew: the file was truncated or replaced, and nothing learned from it
// holds any longer.
func (s *Stream) Reset() {
	s.Flush()
	s.in.Reset()
	if s.frame != nil {
		s.frame.Reset()
	}
	s.done, s.doneLine, s.cutLine, s.idled = 0, 0, 0, false
	s.waiting.reset()
	s.start()
}

// Held returns how many physical lines were taken but are not in an emitted record yet. Blank lines between records
// do not count.
func (s *Stream) Held() int {
	n := s.in.Count() - s.doneLine
	if s.in.Partial() {
		n++
	}
	return n
}

// Lines returns how many physical lines were taken since the stream began or was last reset.
func (s *Stream) Lines() int { return s.in.Count() }

// begin clears the record for its next use and keeps the room for attributes.
func (s *Stream) begin() *Record {
	s.rec = Record{Attrs: s.rec.Attrs[:0]}
	return &s.rec
}

// finish sets the record's place and gives it out. It takes up the bytes since the last record, and the directives
// before it count as its lines: each line is in one record.
func (s *Stream) finish(r *Record, original []byte, first, last int, end int64) {
	r.Original = view(original)
	if len(s.lead) > 0 {
		if len(original) > 0 {
			s.lead = append(s.leadOn(), original...)
		}
		r.Original = view(s.lead)
		first = min(first, s.leadLine)
	}
	r.LineStart, r.LineEnd = first, last
	r.Offset, r.End = s.done, max(end, s.done)
	s.done, s.doneLine = r.End, max(last, s.doneLine)
	if s.opt.Zone != nil {
		inZone(&r.Stamp, r.Flags, s.opt.Zone)
	}
	if r.Component == "" && (r.Format == record.Plain || r.Format == record.RoleSetup) {
		r.Component = s.fallback
	}
	r.Single = r.Single || scan.IsSingle(r.Message)
	s.emit(r)
	s.lead, s.leadGap = s.lead[:0], 0
}

// leadOn returns the directives with the line feeds up to the line that follows.
func (s *Stream) leadOn() []byte {
	for ; s.leadGap >= 0; s.leadGap-- {
		s.lead = append(s.lead, '\n')
	}
	s.leadGap = 0
	return s.lead
}

// releaseLead gives out directives that no entry followed.
func (s *Stream) releaseLead() {
	if len(s.lead) == 0 {
		return
	}
	last := s.leadLast + s.leadGap
	r := s.begin()
	r.Format, r.Tag, r.Severity = s.format, "directive", record.Info
	r.Message = view(s.lead)
	s.finish(r, nil, s.leadLine, s.leadLast, s.leadEnd)
	s.doneLine = max(s.doneLine, last)
}
