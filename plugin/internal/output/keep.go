package output

import (
	"bytes"
	"fmt"
	"iter"
	"slices"

	"github.com/tinylib/msgp/msgp"

	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/plugin/internal/event"
	"github.com/cmtrail/cmtrail/plugin/internal/sink"
	"github.com/cmtrail/cmtrail/plugin/internal/state"
)

// keep writes to the store what is held and has changed. Lines of chunks that are still Fluent Bit's own are left out: it
// comes with them again.
func (o *Output) keep() error {
	if o.state == nil {
		return nil
	}
	o.handing.Lock()
	defer o.handing.Unlock()
	o.collect()
	change := state.Change{Held: slices.Clone(o.forget.Held), Waiting: slices.Clone(o.forget.Waiting)}
	o.changed(&change)
	o.remember(&change)
	if err := o.state.Save(change); err != nil {
		o.faults.first(o.log, "state", fmt.Sprintf("what is held cannot be kept: state_path: %v", err))
		return err
	}
	o.remembered()
	return nil
}

// changed adds to a change the lines that are held now.
func (o *Output) changed(change *state.Change) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.table.Changed(func(src pipeline.Source, origins iter.Seq[any]) (whole bool) {
		var value []byte
		whole = true
		for what := range origins {
			from := what.(*origin)
			if !from.chunk.done {
				whole = false
				continue
			}
			value = appendItem(value, from.tag, from.event.Raw)
		}
		change.Held = append(change.Held, state.Item{Key: streamKey(src), Value: value})
		return whole
	})
}

// restore takes up what the store holds. What it took of held lines, and what cannot be read, is forgotten with the next keep: what
// is held or waits then is written with the same change, under the key that it has today.
func (o *Output) restore() error {
	if o.state == nil {
		return nil
	}
	bad := 0
	done := &chunk{done: true}
	var unnumbered []*held
	err := o.state.Load(func(item state.Item) {
		o.forget.Held = append(o.forget.Held, state.Item{Key: bytes.Clone(item.Key)})
		for rest := item.Value; len(rest) > 0; {
			tag, ev, left, ok := nextItem(rest)
			if !ok {
				bad++
				break
			}
			rest = left
			l := o.config.Reader.line(tag, ev)
			from := keepOrigin(&origin{chunk: done, tag: tag, event: ev}).(*origin)
			if !l.found { // the settings have changed
				o.batchOf(from).Add(from.untagged(o.writer.hider))
				continue
			}
			o.guarded(func() { o.table.WriteLine(l.source, string(l.text), from) })
			o.counters.Restored.Add(1)
		}
	}, func(item state.Item) {
		b, ok := decodeBatch(item.Value, o.writer.hider)
		if !ok {
			bad++
		}
		h := &held{number: state.Number(item.Key), batch: b, saved: true, stale: !ok}
		if b.Len() == 0 || h.number == 0 || h.number > maxNumber {
			o.forget.Waiting = append(o.forget.Waiting, state.Item{Key: bytes.Clone(item.Key)})
			h.saved = false
		}
		switch {
		case b.Len() == 0:
			return
		case h.saved:
			o.number = max(o.number, h.number)
			o.waiting = append(o.waiting, h)
		default:
			unnumbered = append(unnumbered, h)
		}
		o.queued.Add(int64(b.Size()))
		o.counters.Restored.Add(uint64(b.Len()))
	})
	if err != nil {
		return fmt.Errorf("state_path: %w", err)
	}
	for _, h := range unnumbered {
		o.number++
		h.number = o.number
		o.waiting = append(o.waiting, h)
	}
	if bad > 0 {
		o.log.Warnf("state_path: %d kept items cannot be read and are left out", bad)
	}
	return nil
}

// maxNumber is the highest number in the store that is believed, so that there are numbers beyond it.
const maxNumber = 1 << 62

// streamKey names a stream in the store.
func streamKey(src pipeline.Source) []byte {
	key := src.Host + "\x00" + src.Path + "\x00" + src.Stream + "\x00" + src.Name
	if len(key) > maxKey {
		sum := fingerprintOf("", []byte(key))
		return sum[:]
	}
	return []byte(key)
}

// maxKey is the longest key that is kept as it is, well below what the store takes.
const maxKey = 4096

func appendItem(dst []byte, tag string, raw []byte) []byte {
	dst = msgp.AppendString(dst, tag)
	return append(dst, raw...)
}

func nextItem(b []byte) (tag string, ev event.Event, rest []byte, ok bool) {
	tag, b, err := msgp.ReadStringBytes(b)
	if err != nil {
		return "", event.Event{}, nil, false
	}
	ev, rest, err = event.Next(b)
	return tag, ev, rest, err == nil
}

// encodeBatch writes what is left of a batch.
func encodeBatch(b *sink.Batch) []byte {
	dst := msgp.AppendString(nil, b.Tag)
	for i := range b.Len() {
		dst = append(dst, b.Raw(i)...)
	}
	return dst
}

// decodeBatch reads what encodeBatch wrote, as far as it can be read. Names may not have been hidden when it was written.
func decodeBatch(value []byte, h *hider) (*sink.Batch, bool) {
	tag, rest, err := msgp.ReadStringBytes(value)
	b := &sink.Batch{Tag: tag}
	for err == nil && len(rest) > 0 {
		var ev event.Event
		ev, rest, err = event.Next(rest)
		if err == nil {
			b.Add(func(dst []byte) []byte { return h.event(dst, ev) })
		}
	}
	return b, err == nil
}
