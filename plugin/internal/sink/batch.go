package sink

import (
	"iter"

	"github.com/cmtrail/cmtrail/plugin/internal/event"
)

// Batch is a sequence of events of one tag. The zero value is empty.
type Batch struct {
	Tag  string
	buf  []byte
	ends []int // where each event ends in buf
	skip int   // events taken off the front
}

// Add appends an event; f appends its bytes to what it is given. All events of a batch have been made by this project or
// passed event.Next.
func (b *Batch) Add(f func(dst []byte) []byte) {
	b.buf = f(b.buf)
	b.ends = append(b.ends, len(b.buf))
}

// Len returns the number of events.
func (b *Batch) Len() int { return len(b.ends) - b.skip }

// Size returns the number of bytes of the events.
func (b *Batch) Size() int { return len(b.buf) - b.start(b.skip) }

// Room returns how many bytes of events the batch has room for, those that have been taken off included.
func (b *Batch) Room() int { return cap(b.buf) }

// Reuse returns an empty batch in the room of this one, whose events are gone.
func (b *Batch) Reuse() Batch {
	again := Batch{buf: b.buf[:0], ends: b.ends[:0]}
	*b = Batch{Tag: b.Tag}
	return again
}

// Advance takes the first n events off.
func (b *Batch) Advance(n int) { b.skip += n }

// Raw returns the bytes of event i.
func (b *Batch) Raw(i int) []byte { return b.buf[b.start(b.skip+i):b.ends[b.skip+i]] }

// Events returns the events from the first one on.
func (b *Batch) Events() iter.Seq2[int, event.Event] {
	return func(yield func(int, event.Event) bool) {
		for i := range b.Len() {
			ev, _, _ := event.Next(b.Raw(i)) // has passed before
			if !yield(i, ev) {
				return
			}
		}
	}
}

// Group returns the body of the marker whose group of OTLP logs is open in front of event i, even when the marker has been
// taken off; nil when none is.
func (b *Batch) Group(i int) []byte {
	for at := b.skip + i - 1; at >= 0; at-- {
		ev, _, _ := event.Next(b.buf[b.start(at):b.ends[at]])
		switch ev.Group() {
		case event.Start:
			return ev.Body
		case event.End:
			return nil
		}
	}
	return nil
}

func (b *Batch) start(i int) int {
	if i == 0 {
		return 0
	}
	return b.ends[i-1]
}
