package main

import (
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// batch is what was made of a stretch of one input.
type batch struct {
	lines   []byte // of JSON
	records []batched
	texts   []byte // messages of the records
}

// batched is one record of a batch, with what relating needs of it.
type batched struct {
	end     int // of its line, in lines of the batch
	message int // where its message begins
	log     string
	record  parsers.Record
	verdict *rules.Verdict
}

// add takes a copy of a record and writes its line. What relates records sees them as they are; the line may hide names.
func (b *batch) add(name string, r *pipeline.Result, hide *redactFlags) {
	shownName, shown := hide.record(name, r)
	b.lines = appendRecord(b.lines, shownName, shown)
	one := batched{end: len(b.lines), message: len(b.texts), log: r.Log, record: parsers.Record{
		Format: r.Record.Format, Stamp: r.Record.Stamp, Thread: r.Record.Thread, LineStart: r.Record.LineStart,
	}}
	b.texts = append(b.texts, r.Record.Message...)
	if r.Log == "" {
		one.record.Component = strings.Clone(r.Record.Component)
	}
	if r.Verdict != nil {
		one.verdict = r.Verdict.Clone()
	}
	b.records = append(b.records, one)
}

// each gives the records, in order.
func (b *batch) each(take func(r *batched)) {
	texts := string(b.texts)
	for i := range b.records {
		r := &b.records[i]
		to := len(texts)
		if i+1 < len(b.records) {
			to = b.records[i+1].message
		}
		r.record.Message = texts[r.message:to]
		take(r)
	}
}

// ahead reads several inputs at once and gives what they hold in the order of the inputs. What waits for its turn is
// bounded, but for the one batch by which the input whose turn it is can always go on.
type ahead struct {
	mu      sync.Mutex
	changed sync.Cond
	waiting [][]*batch // by input
	ended   []bool     // by input
	failed  []error    // by input
	turn    int
	held    int // batches that wait
	stopped bool
	spare   sync.Pool
}

const (
	stretch  = 64 << 10 // bytes that are read at once, of which a batch is made
	maxAhead = 256      // batches that may wait: 16 MiB of log
)

func newAhead(inputs int) *ahead {
	a := &ahead{waiting: make([][]*batch, inputs), ended: make([]bool, inputs), failed: make([]error, inputs)}
	a.changed.L = &a.mu
	a.spare.New = func() any {
		return &batch{lines: make([]byte, 0, 3*stretch), records: make([]batched, 0, stretch/128), texts: make([]byte, 0, stretch)}
	}
	return a
}

// put leaves a batch of an input for its turn. It is false when nobody waits for it any more.
func (a *ahead) put(input int, b *batch) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	for !a.stopped && a.held >= maxAhead && (input != a.turn || len(a.waiting[input]) > 0) {
		a.changed.Wait()
	}
	a.waiting[input] = append(a.waiting[input], b)
	a.held++
	a.changed.Broadcast()
	return !a.stopped
}

// end says that an input holds no more.
func (a *ahead) end(input int, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ended[input], a.failed[input] = true, err
	a.changed.Broadcast()
}

// next returns the next batch of an input, whose turn it is from now on; nil when it holds no more. idle is called when
// there is none yet.
func (a *ahead) next(input int, idle func()) *batch {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.turn != input {
		a.turn = input
		a.changed.Broadcast()
	}
	for first := true; len(a.waiting[input]) == 0; first = false {
		if a.ended[input] {
			return nil
		}
		if first {
			a.mu.Unlock()
			idle()
			a.mu.Lock()
			continue
		}
		a.changed.Wait()
	}
	b := a.waiting[input][0]
	a.waiting[input] = a.waiting[input][1:]
	a.held--
	a.changed.Broadcast()
	return b
}

// stop says that no more is wanted.
func (a *ahead) stop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.stopped = true
	a.changed.Broadcast()
}

// give takes a batch back for another use.
func (a *ahead) give(b *batch) {
	clear(b.records)
	b.lines, b.records, b.texts = b.lines[:0], b.records[:0], b.texts[:0]
	a.spare.Put(b)
}

// readAhead starts as many readers as there are processors.
func (t *tagger) readAhead(stdin io.Reader, inputs []input, p *progress) *ahead {
	a := newAhead(len(inputs))
	var taken atomic.Int64
	for range min(runtime.GOMAXPROCS(0), len(inputs)) {
		hide := t.redact.again()
		go func() {
			for i := int(taken.Add(1)) - 1; i < len(inputs); i = int(taken.Add(1)) - 1 {
				a.end(i, withoutPath(t.read(a, i, stdin, inputs[i], hide, p)))
			}
		}()
	}
	return a
}

// read reads one input whole.
func (t *tagger) read(a *ahead, number int, stdin io.Reader, in input, hide *redactFlags, p *progress) error {
	from := stdin
	if in.path != "-" {
		f, err := os.Open(in.path)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }() // read only: closing loses nothing
		from = f
	}
	source := in.source()
	source.Host, source.Arch = t.host, t.arch
	b := a.spare.Get().(*batch)
	s := t.pipeline.Open(source, t.options, func(r *pipeline.Result) { b.add(in.name, r, hide) })
	pass := func() bool {
		ready := b
		b = a.spare.Get().(*batch)
		return a.put(number, ready)
	}
	from = p.reader(from, in)
	buf := make([]byte, stretch)
	for {
		n, err := from.Read(buf)
		_, _ = s.Write(buf[:n]) // a stream takes all
		switch {
		case err != nil:
			s.Flush()
			pass()
			if err == io.EOF {
				err = nil
			}
			return err
		case len(b.records) > 0 && !pass():
			return nil
		}
	}
}
