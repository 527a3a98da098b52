// Package output is one instance of the plugin: it reads the lines of the chunks that Fluent Bit flushes, tags their
// records and hands them to a sink, and keeps what it cannot hand on yet.
//
// A chunk is read when it comes first, whether the sink is there or not, so that the lines of a log are read in their
// order. Its tagged events are kept until the sink has them; when Fluent Bit comes with the chunk again, only they are
// handed on. Lines of a record that is not complete are held; Fluent Bit is told that they are safe, so they are kept in a
// file as well.
package output

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cmtrail/cmtrail/internal/fault"
	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/internal/redact"
	"github.com/cmtrail/cmtrail/plugin/internal/sink"
	"github.com/cmtrail/cmtrail/plugin/internal/state"
	"github.com/cmtrail/cmtrail/rules"
)

// Config is what an Output needs besides its sink.
type Config struct {
	Instance     string // its name; see sink.Origin
	TagPrefix    string // of the tags under which its output comes back when it is routed in a circle; "" = none
	Reader       Reader
	KeepOriginal bool
	RecordTime   bool // events take the time of their record
	RetryMemory  int  // bytes of tagged events kept until they are asked for again
	Clock        pipeline.Clock
	IdleAfter    time.Duration
	Grace        time.Duration         // how long Close may take to hand on what is left
	Relate       *pipeline.LiveOptions // nil: records are not related
	Reloader     *pipeline.Reloader    // nil: the rules stay as they are
	Redact       *redact.Redactor      // nil: names go on as they are
}

// Reporter is the log of an instance.
type Reporter interface {
	sink.Reporter
	Debugf(format string, args ...any)
}

// Answer is what Fluent Bit is told of a chunk.
type Answer int

// The answers.
const (
	Failed Answer = iota // will never be taken
	OK
	Retry
)

// Output is safe for concurrent use.
type Output struct {
	config   Config
	log      Reporter
	sink     sink.Sink
	state    *state.Store // nil: what is held is kept in memory alone
	counters Counters
	faults   faults

	mu       sync.Mutex // guards what follows, and the order in which chunks are read
	newTable func() *pipeline.Table
	table    *pipeline.Table
	writer   writer
	origins  []origin   // of the chunk that is being read
	spare    sink.Batch // an empty one whose room the next chunk takes
	retries  retries
	carried  map[string]*sink.Batch // records that began in an earlier chunk and are complete now, and what was found, by tag
	relater  *relater               // nil: records are not related
	anew     bool                   // the chunk under way has been read before

	handing sync.Mutex // guards what follows, and the order in which it is handed on; taken before mu
	waiting []*held
	gone    []uint64     // numbers in the store that have been handed on
	number  uint64       // the latest number given
	forget  state.Change // keys in the store that the next change begins with deleting

	queued atomic.Int64 // bytes in waiting
	absent atomic.Bool  // the sink has been found away
	failed atomic.Int64 // when, last, in nanoseconds of Unix time
	stop   func()       // ends the idle flush
}

// New returns an instance that goes on with what the store holds. The output owns the sink and the store from now on.
func New(c Config, engine *rules.Engine, parsing Parsing, to sink.Sink, store *state.Store, log Reporter) (*Output, error) {
	o := &Output{config: c, log: log, sink: to, state: store, carried: map[string]*sink.Batch{}}
	o.writer = writer{message: c.Reader.Message, original: c.KeepOriginal, recordTime: c.RecordTime}
	if c.Redact != nil {
		o.writer.hider = &hider{Redactor: c.Redact, host: c.Reader.Host}
	}
	o.retries.limit = c.RetryMemory
	p := pipeline.New(engine)
	o.counters.Pipeline, o.counters.Panics = p.Counters(), p.Faults()
	p.Faults().TellTo(c.Clock.Now, o.tellPanic)
	o.newTable = func() *pipeline.Table {
		table := p.NewTable(parsing.Options, parsing.Bounds, c.Clock, o.take)
		table.TrackChanges()
		return table
	}
	o.table = o.newTable()
	if c.Relate != nil {
		if err := o.relate(engine.Set(), *c.Relate); err != nil {
			return nil, err
		}
	}
	if err := o.restore(); err != nil {
		return nil, err
	}
	o.warn(engine.Set())
	o.stop = pipeline.Every(c.Clock, interval(c.IdleAfter), o.tick)
	return o, nil
}

// Counters returns the counters of the instance. They may be read at any time.
func (o *Output) Counters() *Counters { return &o.counters }

// Flush takes a chunk of a tag. The data is not kept.
func (o *Output) Flush(ctx context.Context, tag string, data []byte) Answer {
	if o.circular(tag) {
		return Failed
	}
	if int(o.queued.Load()) > o.config.RetryMemory && !o.deliverWaiting(ctx) {
		return Retry // before it is read: there is no room for what that would complete
	}
	c := o.read(tag, data)
	if c == nil {
		return Retry
	}
	answer := o.deliver(ctx, c)
	return o.answered(c, answer)
}

// answered keeps what belongs to the answer, and returns the answer that holds after that.
func (o *Output) answered(c *chunk, answer Answer) Answer {
	o.mu.Lock()
	if c.done = answer != Retry; c.done {
		o.reuse(&c.batch)
	}
	o.mu.Unlock()
	err := o.keep()
	if pending := o.keepPending(false); err == nil {
		err = pending
	}
	if err != nil && answer == OK && c.lines > 0 {
		answer = Retry
	}
	if answer == Retry {
		o.mu.Lock()
		c.done = false
		o.counters.Evicted.Add(uint64(o.retries.put(c)))
		o.counters.Forgotten.Store(o.retries.gone)
		o.mu.Unlock()
	}
	return answer
}

// maxSpare bounds the room that is kept for the next chunk, in bytes. Fluent Bit's chunks have 2 MiB.
const maxSpare = 8 << 20

// reuse keeps the room of a batch that has been answered for. mu is held.
func (o *Output) reuse(b *sink.Batch) {
	if b.Len() == 0 && b.Room() <= maxSpare {
		o.spare = b.Reuse()
	}
}

// deliver hands on what waits from before, and then the events of the chunk.
func (o *Output) deliver(ctx context.Context, c *chunk) (answer Answer) {
	defer func() {
		if r := recover(); r != nil {
			o.counters.Panics.Contained(fault.Output, r)
			if c.panics++; c.panics < maxPanics {
				answer = Retry
			} else {
				answer = Failed
			}
		}
	}()
	if !o.deliverWaiting(ctx) {
		return Retry
	}
	whole := true
	for c.batch.Len() > 0 {
		ok, again := o.send(ctx, &c.batch)
		if again {
			return Retry
		}
		whole = whole && ok
	}
	if !whole || c.own > 0 && c.lines == 0 {
		return Failed
	}
	return OK
}

// maxPanics is how often a chunk on which the sink breaks is tried.
const maxPanics = 3

// Close hands on what waits, or keeps it in the store, and lets go of the sink and the store. No Flush is under way.
func (o *Output) Close() error {
	o.stop()
	ctx, cancel := context.WithTimeout(context.Background(), o.config.Grace)
	defer cancel()
	o.mu.Lock()
	if o.state == nil {
		o.table.Flush()
		if o.relater != nil {
			o.relater.live.End()
			o.relater.count(&o.counters)
		}
	}
	o.mu.Unlock()
	delivered := o.deliverWaiting(ctx)
	errs := []error{o.keep(), o.sink.Close()}
	if o.relater != nil && o.relater.keeper != nil {
		errs = append(errs, o.relater.keeper.SaveAll(ctx))
	}
	if o.state != nil {
		errs = append(errs, o.state.Close())
	} else if !delivered {
		errs = append(errs, errors.New("records of unfinished logs could not be handed on, and no state_path keeps them"))
	}
	return errors.Join(errs...)
}

// away notes that the sink takes nothing, and tells it once.
func (o *Output) away(err error) {
	o.counters.Failures.Add(1)
	o.failed.Store(o.config.Clock.Now().UnixNano())
	if !o.absent.Swap(true) {
		o.log.Warnf("chunks are tried again: %v", err)
	}
}

// justFailed tells whether the sink was found away a moment ago, so that there is no use in reading for it.
func (o *Output) justFailed() bool {
	return o.absent.Load() && o.config.Clock.Now().UnixNano()-o.failed.Load() < int64(time.Second)
}

// back notes that the sink takes events.
func (o *Output) back() {
	if o.absent.Load() && o.absent.Swap(false) {
		o.log.Infof("the sink takes events again")
	}
}

// tick takes rules that have changed, and gives out what idle logs hold.
func (o *Output) tick() {
	for _, work := range []func(){
		o.reload,
		o.flushIdle,
		func() { o.deliverWaiting(context.Background()) },
		func() { _ = o.keep() },            // told, and tried again at the next tick
		func() { _ = o.keepPending(true) }, // likewise
	} {
		o.counters.Panics.Guard(fault.Ticker, work) // what breaks holds none of the rest up
	}
}

func (o *Output) flushIdle() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.guarded(o.table.FlushIdle)
	if o.relater != nil {
		o.relater.live.Tick()
		o.relater.count(&o.counters)
	}
}

// interval is how often to look for logs that have been quiet for the timeout.
func interval(timeout time.Duration) time.Duration {
	return min(max(timeout/4, 50*time.Millisecond), time.Second)
}
