package output

import (
	"bytes"
	"fmt"
	"unsafe"

	"github.com/cmtrail/cmtrail/internal/fault"
	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/plugin/internal/event"
	"github.com/cmtrail/cmtrail/plugin/internal/sink"
)

// origin is the event that a line came with.
type origin struct {
	chunk *chunk
	tag   string
	event event.Event
	kept  bool // the chunk has been read before; event is of a copy
}

// keepOrigin copies what a held line came with, because its chunk goes away.
func keepOrigin(o any) any {
	from := o.(*origin)
	if from.kept {
		return from
	}
	own := &origin{chunk: from.chunk, tag: from.tag, kept: true}
	own.event, _, _ = event.Next(bytes.Clone(from.event.Raw))
	return own
}

// untagged returns what appends the event as it came.
func (from *origin) untagged(h *hider) func([]byte) []byte {
	return func(dst []byte) []byte { return h.event(dst, from.event) }
}

// read returns what is to be handed on of a chunk. One that comes again has been read before. It returns nil for one that
// would have to be read anew while the sink is known to be away.
func (o *Output) read(tag string, data []byte) *chunk {
	id := fingerprintOf(tag, data)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.counters.Chunks.Add(1)
	c, known := o.retries.take(id)
	if known {
		o.counters.Again.Add(1)
	}
	if c != nil {
		return c
	}
	if known && o.justFailed() {
		o.retries.again(id)
		return nil
	}
	c = &chunk{id: id}
	if known {
		o.apart(func() { o.events(c, tag, data) })
	} else {
		o.events(c, tag, data)
	}
	if c.own > 0 {
		o.counters.Circular.Add(uint64(c.own))
		o.faults.first(o.log, "circle by marker", fmt.Sprintf("tag %q carries events that this instance has tagged before: "+
			"its own output is routed back to it. They are dropped; keep them out of its match pattern", tag))
	}
	return c
}

// events reads the events of a chunk. When that breaks, they go on as they came.
func (o *Output) events(c *chunk, tag string, data []byte) {
	data = bytes.Clone(data) // lines are views of it; those that are held are copied at the end
	defer func() {
		clear(o.origins)
		o.origins = o.origins[:0]
	}()
	o.spare, c.batch = sink.Batch{}, o.spare
	c.batch.Tag = tag
	if o.guarded(func() { o.each(c, tag, data) }) {
		o.table.Keep(keepOrigin)
		return
	}
	c.batch = sink.Batch{Tag: tag}
	for rest := data; len(rest) > 0; {
		var ev event.Event
		var err error
		ev, rest, err = event.Next(rest)
		o.pass(c, ev, err)
	}
}

// each gives the lines of a chunk to the table, and passes on what is no line.
func (o *Output) each(c *chunk, tag string, data []byte) {
	for rest := data; len(rest) > 0; {
		var ev event.Event
		var err error
		ev, rest, err = event.Next(rest)
		o.counters.Events.Add(1)
		if err != nil || ev.Group() != event.None {
			o.pass(c, ev, err)
			continue
		}
		l := o.config.Reader.line(tag, ev)
		switch {
		case string(l.origin) == o.config.Instance:
			c.own++
		case !l.found:
			o.pass(c, ev, nil)
		default:
			c.lines++
			o.origins = append(o.origins, origin{chunk: c, tag: tag, event: ev})
			o.table.WriteLine(l.source, view(l.text), &o.origins[len(o.origins)-1])
		}
	}
}

// pass hands an event on as it is, and a value that is no event inside one.
func (o *Output) pass(c *chunk, ev event.Event, err error) {
	o.counters.Passed.Add(1)
	if err == nil {
		c.batch.Add(func(dst []byte) []byte { return o.writer.hider.event(dst, ev) })
		return
	}
	o.counters.Undecoded.Add(1)
	o.faults.first(o.log, "undecoded", fmt.Sprintf("tag %q carries what is no event (%v); it goes on under the key %q, and more of it is counted",
		c.batch.Tag, err, o.config.Reader.Message))
	c.batch.Add(func(dst []byte) []byte {
		return o.writer.foreign(dst, o.config.Clock.Now(), ev.Raw, err == event.ErrBroken)
	})
}

// take receives a record from the table and puts its event where it belongs: behind those of the chunk it began in, or,
// when that has been answered for, among those that wait by themselves.
func (o *Output) take(res *pipeline.Result) {
	from := res.Origin.(*origin)
	if res.Verdict != nil && len(res.Verdict.Rules) > 0 {
		o.counters.Tagged.Add(1)
	}
	o.write(o.batchOf(from), from, res)
	o.takeRelated(from.tag, res)
}

// write adds the event of a record to a batch: as it came, when writing it breaks.
func (o *Output) write(to *sink.Batch, from *origin, res *pipeline.Result) {
	defer func() {
		if r := recover(); r != nil {
			o.counters.Panics.Contained(fault.Output, r)
			to.Add(from.untagged(o.writer.hider))
		}
	}()
	to.Add(func(dst []byte) []byte {
		if fault.Inject != nil {
			fault.Inject(fault.Output, res.Record.Message)
		}
		return o.writer.append(dst, from.event, res)
	})
}

func (o *Output) batchOf(from *origin) *sink.Batch {
	if !from.kept {
		return &from.chunk.batch
	}
	b, ok := o.carried[from.tag]
	if !ok {
		b = &sink.Batch{Tag: from.tag}
		o.carried[from.tag] = b
	}
	return b
}

// apart reads with a table of its own, and flushes it: the chunk has been read before, and the logs that it came from are
// further on by now. Its records have been related.
func (o *Output) apart(f func()) {
	live := o.table
	o.table, o.anew = o.newTable(), true
	f()
	o.guarded(o.table.Flush)
	o.table, o.anew = live, false
}

// guarded calls f, which reads. When it breaks, what is held goes on untagged, and reading begins anew.
func (o *Output) guarded(f func()) (ok bool) {
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		o.counters.Panics.Contained(fault.Parser, r)
		o.table.Abandon(func(what any) {
			if from := what.(*origin); from.kept {
				o.batchOf(from).Add(from.untagged(o.writer.hider))
			}
		})
		ok = false
	}()
	f()
	return true
}

// view returns bytes as text without copying them. The text holds as long as the bytes do.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
