package pipeline

import (
	"container/heap"
	"io"
	"iter"
	"time"

	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// File is one log to replay.
type File struct {
	Source Source
	Name   string // as findings are to name it
	Open   func() (io.ReadCloser, error)
}

// Replay reads whole files as one flow in the order of time, so that they give what their records gave live. A record
// without a time comes with the one before it in its file.
type Replay struct {
	pipeline   *Pipeline
	matching   *matching
	correlator *Relating
	options    parsers.Options
	emit       func(file int, r *Result)
	zones      map[string]int64 // the offset that a host's logs print, for those that print none
	result     Result
}

// NewReplay returns a replay whose records go to emit, which may be nil, and to the correlator.
func (p *Pipeline) NewReplay(opt parsers.Options, c *rules.Correlator, emit func(file int, r *Result)) *Replay {
	return &Replay{pipeline: p, matching: p.newMatching(), correlator: NewRelating(c, &p.faults), options: opt, emit: emit, zones: map[string]int64{}}
}

// head is the next record of a file.
type head struct {
	file   int
	source Source
	name   string
	log    string
	record *parsers.Record
	at     int64 // when it was written, never before the one before it
	next   func() (*parsers.Record, bool)
}

// Run reads the files and ends the correlation. failed is called for each file that could not be read whole.
func (r *Replay) Run(files []File, failed func(file int, err error)) {
	var heads heads
	for i, f := range files {
		next, stop := iter.Pull(r.records(i, f, failed))
		defer stop()
		h := &head{file: i, source: f.Source, name: f.Name, log: parsers.LogName(f.Source.Base()), next: next}
		if record, ok := next(); ok {
			h.record = record
			heads = append(heads, h)
			r.learn(h)
		}
	}
	for _, h := range heads {
		h.at = r.instant(h)
	}
	heap.Init(&heads)
	for len(heads) > 0 {
		h := heads[0]
		r.take(h)
		record, ok := h.next()
		if !ok {
			heap.Pop(&heads)
			continue
		}
		h.record = record
		r.learn(h)
		h.at = max(h.at, r.instant(h))
		heap.Fix(&heads, 0)
	}
	r.correlator.Do("", (*rules.Correlator).End)
}

// records reads a file.
func (r *Replay) records(i int, f File, failed func(int, error)) iter.Seq[*parsers.Record] {
	return func(yield func(*parsers.Record) bool) {
		from, err := f.Open()
		if err != nil {
			failed(i, err)
			return
		}
		defer func() { _ = from.Close() }() // read only: closing loses nothing
		more := true
		s := newReader(f.Source.Base(), r.options, r.matching.faults, func(record *parsers.Record) {
			if more {
				more = yield(record)
			}
		})
		buf := make([]byte, 64<<10)
		for more {
			n, err := from.Read(buf)
			s.Write(buf[:n])
			if err != nil {
				if err != io.EOF {
					failed(i, err)
				}
				break
			}
		}
		if more {
			s.end(s.parser.Flush)
		}
		r.pipeline.counters.Lines.Add(uint64(s.count()))
	}
}

func (r *Replay) learn(h *head) {
	if st := &h.record.Stamp; st.HasOffset && !st.HasUTC {
		r.zones[h.source.Host] = int64(st.Offset) * int64(time.Minute)
	}
}

func (r *Replay) instant(h *head) int64 {
	st := &h.record.Stamp
	switch {
	case st.HasUTC:
		return st.UTC
	case !st.HasWall:
		return h.at
	case st.HasOffset:
		return st.Wall - int64(st.Offset)*int64(time.Minute)
	}
	return st.Wall - r.zones[h.source.Host]
}

func (r *Replay) take(h *head) {
	r.result = Result{Source: h.source, Log: h.log, Record: h.record, Verdict: r.matching.match(h.record, h.log, &h.source), matching: r.matching}
	r.pipeline.counters.add(h.record, r.result.Verdict)
	r.correlator.Record(&rules.CorrelatorInput{Host: h.source.Host, Log: h.log, File: h.name, Record: h.record, Verdict: r.result.Verdict})
	if r.emit != nil {
		r.emit(h.file, &r.result)
	}
	r.correlator.Do(h.source.Host, func(c *rules.Correlator) { c.AdvanceAll(time.Unix(0, h.at)) })
}

// heads has the record that comes next on top.
type heads []*head

func (h heads) Len() int { return len(h) }
func (h heads) Less(i, j int) bool {
	if h[i].at != h[j].at {
		return h[i].at < h[j].at
	}
	return h[i].file < h[j].file
}
func (h heads) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *heads) Push(x any)   { *h = append(*h, x.(*head)) }
func (h *heads) Pop() any {
	all := *h
	last := all[len(all)-1]
	*h = all[:len(all)-1]
	return last
}
