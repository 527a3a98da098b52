package pipeline

import (
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// Lateness is how far behind the newest record of its log a record may be before it counts as late.
const Lateness = rules.DefaultLateness

// Stream is one log file on one host.
type Stream struct {
	reader   *reader
	matching *matching
	counters *Counters
	emit     func(*Result)
	log      string // normalised log name; "" when the source has none
	result   Result
	origins  origins
	lined    bool  // it takes lines, not bytes
	mark     int64 // newest record so far, in nanoseconds of Unix time
	format   parsers.Format
	formatAt int // place of format in the counters
}

func newStream(src Source, opt parsers.Options, m *matching, c *Counters, emit func(*Result)) *Stream {
	s := &Stream{matching: m, counters: c, emit: emit, result: Result{Source: src, matching: m}}
	if name := src.Base(); name != "" {
		s.log = parsers.LogName(name)
		s.result.Log = s.log
	}
	s.reader = newReader(src.Base(), opt, m.faults, s.take)
	return s
}

// Write takes the next bytes of the file, cut anywhere.
func (s *Stream) Write(p []byte) (int, error) {
	before := s.reader.count()
	s.reader.Write(p)
	s.counters.Lines.Add(uint64(s.reader.count() - before))
	return len(p), nil
}

// WriteLine takes the next line, without its terminator. Several lines may come as one text, joined by "\n". origin
// comes back with the record that begins in this text.
func (s *Stream) WriteLine(text string, origin any) {
	s.lined = true
	before := s.reader.count()
	s.origins.push(before+1, origin, text)
	s.reader.line(text, &s.origins)
	s.settle(before)
}

// Idle gives out what is held and complete enough, because nothing has come for a while.
func (s *Stream) Idle() { s.release(s.reader.parser.Idle) }

// Flush gives out all that is held: no more is to come.
func (s *Stream) Flush() { s.release(s.reader.parser.Flush) }

func (s *Stream) release(f func()) {
	before := s.reader.count()
	if s.lined {
		s.reader.endLines(f, &s.origins)
	} else {
		s.reader.end(f)
	}
	s.settle(before)
}

// Close is Flush for those who expect a closer.
func (s *Stream) Close() error {
	s.Flush()
	return nil
}

// Held returns the number of lines taken whose record has not been given out.
func (s *Stream) Held() int { return s.reader.parser.Held() }

// settle counts the lines taken since there were before of them, and forgets the origins of those given out.
func (s *Stream) settle(before int) {
	last := s.reader.count()
	s.counters.Lines.Add(uint64(last - before))
	s.origins.release(last-s.Held()+1, last)
}

func (s *Stream) take(r *parsers.Record) {
	s.result.Record = r
	s.result.Verdict = s.matching.match(r, s.log, &s.result.Source)
	s.count(r)
	s.result.Origin = s.origins.of(r.LineStart)
	s.emit(&s.result)
}

func (s *Stream) count(r *parsers.Record) {
	if r.Format != s.format || s.format == "" {
		s.format, s.formatAt = r.Format, formatAt(r.Format)
	}
	s.counters.addAs(s.formatAt, r, s.result.Verdict)
	if t, ok := r.Stamp.UnixNano(); ok {
		switch {
		case t > s.mark:
			s.mark = t
		case s.mark-t > int64(Lateness):
			s.counters.Late.Add(1)
		}
	}
}
