package pipeline

import (
	"container/list"
	"iter"
	"strings"
	"sync/atomic"
	"time"

	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// Bounds of a Table. 0 takes the default.
type Bounds struct {
	MaxStreams int           // live streams: 10 000; the one unused for longest is flushed and let go beyond that
	IdleAfter  time.Duration // a stream without lines for so long gives out what it holds: 5 s
	DropAfter  time.Duration // and is forgotten after so long: 1 h
	MaxHeld    int64         // bytes of lines held in all: 256 MiB; the streams unused for longest give out what they hold beyond that
}

// The defaults of Bounds.
const (
	DefaultMaxStreams = 10_000
	DefaultIdleAfter  = 5 * time.Second
	DefaultDropAfter  = time.Hour
	DefaultMaxHeld    = 256 << 20
)

func (b Bounds) withDefaults() Bounds {
	if b.MaxStreams <= 0 {
		b.MaxStreams = DefaultMaxStreams
	}
	if b.IdleAfter <= 0 {
		b.IdleAfter = DefaultIdleAfter
	}
	if b.DropAfter <= 0 {
		b.DropAfter = DefaultDropAfter
	}
	if b.MaxHeld <= 0 {
		b.MaxHeld = DefaultMaxHeld
	}
	return b
}

// Table keeps the live streams of an adapter, told apart by host and path. It is for one goroutine at a time, but for
// Streams, Held and HeldBytes. Each stream gives out its records in the order of its lines.
type Table struct {
	pipeline *Pipeline
	matching *matching
	options  parsers.Options
	bounds   Bounds
	clock    Clock
	emit     func(*Result)

	streams map[key]*list.Element
	recent  *list.List // of *entry, the one used last in front
	last    *entry     // the one used last, for the run of lines of one file that usually follows
	waiting []*entry   // streams that were handed origins since the last Keep
	changed []*entry   // streams that hold other lines than at the last Changed
	track   bool       // somebody calls Changed

	live  atomic.Int64
	held  atomic.Int64
	bytes atomic.Int64
}

type key struct{ host, path string }

func (s Source) key() key {
	switch {
	case s.Path != "":
		return key{s.Host, s.Path}
	case s.Stream != "":
		return key{s.Host, s.Stream + "\x00" + s.Name}
	}
	return key{s.Host, s.Name}
}

type entry struct {
	*Stream
	key     key
	place   *list.Element
	used    time.Time
	held    int
	bytes   int64
	idle    bool  // nothing came since the last Idle
	waiting bool  // is in Table.waiting
	changed bool  // is in Table.changed
	at      int64 // where the last line began in its file; -1 when nobody says
}

// NewTable returns an empty table whose streams read with opt and give their records to emit.
func (p *Pipeline) NewTable(opt parsers.Options, b Bounds, clock Clock, emit func(*Result)) *Table {
	return &Table{
		pipeline: p,
		matching: p.newMatching(),
		options:  opt,
		bounds:   b.withDefaults(),
		clock:    clock,
		emit:     emit,
		streams:  map[key]*list.Element{},
		recent:   list.New(),
	}
}

// Reload makes the table, and its pipeline, match against another engine from the next record on. Nothing that is held is
// lost, and counters go on.
func (t *Table) Reload(engine *rules.Engine) {
	engine.GoOn(t.pipeline.Engine())
	t.pipeline.counters.count(engine.Set())
	t.pipeline.engine.Store(engine)
	matcher := engine.NewMatcher()
	matcher.GoOn(t.matching.matcher)
	t.matching.engine, t.matching.matcher = engine, matcher // of all streams
}

// Streams returns the number of live streams.
func (t *Table) Streams() int64 { return t.live.Load() }

// Held returns the number of lines taken whose record has not been given out.
func (t *Table) Held() int64 { return t.held.Load() }

// HeldBytes returns the size of those lines.
func (t *Table) HeldBytes() int64 { return t.bytes.Load() }

// WriteLine takes the next line of src. origin comes back with the record that begins in it.
func (t *Table) WriteLine(src Source, text string, origin any) {
	e := t.stream(src)
	e.WriteLine(text, origin)
	t.settle(e)
	e.idle = false
	if t.bytes.Load() > t.bounds.MaxHeld {
		t.makeRoom()
	}
	if !e.waiting && len(e.origins.queue) > 0 {
		e.waiting = true
		t.waiting = append(t.waiting, e)
	}
}

// At says where in its file the next line of src begins. A receiver that has been killed goes back to where it last noted
// how far it was, and a file may be replaced: a line that does not lie behind the one before it is none of the record that is
// held, which goes on as it is.
func (t *Table) At(src Source, offset int64) {
	e := t.stream(src)
	if offset <= e.at && e.held > 0 {
		e.Flush()
		t.settle(e)
	}
	e.at = offset
}

// Keep gives f each origin that came since the last Keep and is still waited for, and keeps what f returns in its
// place. An adapter calls it before it lets go of a batch that origins point into.
func (t *Table) Keep(f func(origin any) any) {
	for i, e := range t.waiting {
		e.origins.keep(f)
		e.waiting = false
		t.waiting[i] = nil
	}
	t.waiting = t.waiting[:0]
}

// TrackChanges makes the table note for Changed which streams hold other lines. It is called before the first line.
func (t *Table) TrackChanges() { t.track = true }

// Changed gives f each stream whose held lines have changed since f last answered true for it, and the origins of those it
// holds now: none when all of them have been given out.
func (t *Table) Changed(f func(src Source, held iter.Seq[any]) bool) {
	left := t.changed[:0]
	for _, e := range t.changed {
		if f(e.result.Source, e.origins.all) {
			e.changed = false
		} else {
			left = append(left, e)
		}
	}
	clear(t.changed[len(left):])
	t.changed = left
}

// Abandon gives f each origin whose record has not been given out, and forgets every stream without reading on. It is for
// when reading has failed.
func (t *Table) Abandon(f func(origin any)) {
	for at := t.recent.Front(); at != nil; at = at.Next() {
		for origin := range at.Value.(*entry).origins.all {
			f(origin)
		}
	}
	t.live.Store(0)
	t.held.Store(0)
	t.bytes.Store(0)
	t.streams, t.recent, t.last, t.waiting, t.changed = map[key]*list.Element{}, list.New(), nil, nil, nil
}

// FlushIdle gives out what idle streams hold, and forgets those idle for longer still.
func (t *Table) FlushIdle() {
	now := t.clock.Now()
	for at := t.recent.Back(); at != nil; {
		e := at.Value.(*entry)
		at = at.Prev()
		quiet := now.Sub(e.used)
		switch {
		case quiet >= t.bounds.DropAfter:
			t.drop(e)
		case quiet < t.bounds.IdleAfter:
			return // those in front were used later still
		case !e.idle:
			e.Idle()
			t.settle(e)
			e.idle = true
		}
	}
}

// Flush gives out all that is held and forgets every stream.
func (t *Table) Flush() {
	for t.recent.Len() > 0 {
		t.drop(t.recent.Back().Value.(*entry))
	}
}

// makeRoom has the streams that were used longest ago give out what they hold, until an eighth of the bound is free.
func (t *Table) makeRoom() {
	for at := t.recent.Back(); at != nil && t.bytes.Load() > t.bounds.MaxHeld-t.bounds.MaxHeld/8; at = at.Prev() {
		if e := at.Value.(*entry); e.held > 0 {
			e.Flush()
			t.settle(e)
			t.pipeline.counters.Hurried.Add(1)
		}
	}
}

func (t *Table) stream(src Source) *entry {
	now := t.clock.Now()
	if e := t.last; e != nil && src.Path != "" && e.result.Source.Path == src.Path && e.result.Source.Host == src.Host {
		e.used = now // its names are bounded, and these are the same
		return e
	}
	src = src.bounded()
	k := src.key()
	if e := t.last; e != nil && e.key == k {
		e.used = now
		return e
	}
	if at, ok := t.streams[k]; ok {
		e := at.Value.(*entry)
		e.used = now
		t.recent.MoveToFront(at)
		t.last = e
		return e
	}
	if t.recent.Len() >= t.bounds.MaxStreams {
		t.drop(t.recent.Back().Value.(*entry))
		t.pipeline.counters.Evicted.Add(1)
	}
	src = Source{
		Host: strings.Clone(src.Host), Path: strings.Clone(src.Path),
		Name: strings.Clone(src.Name), Stream: strings.Clone(src.Stream), Arch: strings.Clone(src.Arch),
	}
	k = src.key()
	e := &entry{Stream: newStream(src, t.options, t.matching, t.pipeline.counters, t.emit), key: k, used: now, at: -1}
	e.place = t.recent.PushFront(e)
	t.streams[k] = e.place
	t.last = e
	t.live.Add(1)
	return e
}

func (t *Table) drop(e *entry) {
	e.Flush()
	t.settle(e)
	t.recent.Remove(e.place)
	delete(t.streams, e.key)
	t.live.Add(-1)
	if t.last == e {
		t.last = nil
	}
}

func (t *Table) settle(e *entry) {
	held := e.Held()
	if t.track && (held > 0 || e.held > 0) && !e.changed {
		e.changed = true
		t.changed = append(t.changed, e)
	}
	t.held.Add(int64(held - e.held))
	t.bytes.Add(e.origins.size - e.bytes)
	e.held, e.bytes = held, e.origins.size
}
