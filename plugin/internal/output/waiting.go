package output

import (
	"context"
	"errors"

	"github.com/cmtrail/cmtrail/plugin/internal/sink"
	"github.com/cmtrail/cmtrail/plugin/internal/state"
)

// held are records whose lines Fluent Bit has been told are safe. Nobody would send them again.
type held struct {
	number uint64 // key in the store
	batch  *sink.Batch
	saved  bool // is in the store
	stale  bool // the store has more of it than is left
}

// collect moves the records that have become complete to those that wait. The caller holds handing.
func (o *Output) collect() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for tag, b := range o.carried {
		o.number++
		o.waiting = append(o.waiting, &held{number: o.number, batch: b})
		o.queued.Add(int64(b.Size()))
		delete(o.carried, tag)
	}
}

// deliverWaiting hands on what waits, oldest first, and tells whether the sink takes events.
func (o *Output) deliverWaiting(ctx context.Context) bool {
	o.handing.Lock()
	defer o.handing.Unlock()
	o.collect()
	for len(o.waiting) > 0 {
		h := o.waiting[0]
		before := h.batch.Size()
		for h.batch.Len() > 0 {
			_, again := o.send(ctx, h.batch)
			if again {
				h.stale = h.stale || h.batch.Size() != before
				o.queued.Add(int64(h.batch.Size() - before))
				return false
			}
		}
		o.queued.Add(int64(-before))
		if h.saved {
			o.gone = append(o.gone, h.number)
		}
		o.waiting[0] = nil
		o.waiting = o.waiting[1:]
	}
	return true
}

// send hands on as much of a batch as the sink takes in one go. ok is false when it refused some for good, again when the
// rest is to be tried later.
func (o *Output) send(ctx context.Context, b *sink.Batch) (ok, again bool) {
	n, err := o.sink.Send(ctx, b)
	b.Advance(n)
	o.counters.Delivered.Add(uint64(n))
	if n > 0 || err == nil {
		o.back()
	}
	if err == nil {
		return true, false
	}
	var refused *sink.Refused
	if errors.As(err, &refused) {
		b.Advance(min(refused.Events, b.Len()))
		o.counters.Refused.Add(uint64(refused.Events))
		o.faults.first(o.log, "refused", "events are refused for good and dropped; more of them are counted: "+err.Error())
		return false, false
	}
	o.away(err)
	return false, true
}

// remember adds to a change what has become of the records that wait. The caller holds handing.
func (o *Output) remember(c *state.Change) {
	for _, number := range o.gone {
		c.Waiting = append(c.Waiting, state.Item{Key: state.Sequence(number)})
	}
	for _, h := range o.waiting {
		if !h.saved || h.stale {
			c.Waiting = append(c.Waiting, state.Item{Key: state.Sequence(h.number), Value: encodeBatch(h.batch)})
		}
	}
}

// remembered says that the change has been written. The caller holds handing.
func (o *Output) remembered() {
	o.gone, o.forget = o.gone[:0], state.Change{}
	for _, h := range o.waiting {
		h.saved, h.stale = true, false
	}
}
