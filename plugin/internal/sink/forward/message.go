package forward

import (
	"encoding/binary"
	"time"

	"github.com/tinylib/msgp/msgp"

	"github.com/cmtrail/cmtrail/plugin/internal/event"
	"github.com/cmtrail/cmtrail/plugin/internal/sink"
)

// message is a PackedForward message under way: [tag, entries as binary, options].
type message struct {
	buf     []byte
	entries int // where they begin in buf
	events  int
}

// begin starts a message of a tag.
func (m *message) begin(tag string) {
	m.buf = msgp.AppendArrayHeader(m.buf[:0], 3)
	m.buf = msgp.AppendString(m.buf, tag)
	m.buf = append(m.buf, 0xc6, 0, 0, 0, 0) // binary data; end knows its length
	m.entries, m.events = len(m.buf), 0
}

// add puts an event behind the others, unless the entries would then be longer than limit. The first one always fits.
func (m *message) add(e *entries, ev event.Event, limit int) bool {
	before := len(m.buf)
	m.buf = e.append(m.buf, ev)
	if m.events > 0 && len(m.buf)-m.entries > limit {
		m.buf = m.buf[:before]
		return false
	}
	m.events++
	return true
}

// end completes the message, which asks to be acknowledged by the name of chunk.
func (m *message) end(chunk string) []byte {
	binary.BigEndian.PutUint32(m.buf[m.entries-4:], uint32(len(m.buf)-m.entries))
	m.buf = msgp.AppendMapHeader(m.buf, 2)
	m.buf = msgp.AppendString(m.buf, "size")
	m.buf = msgp.AppendInt(m.buf, m.events)
	m.buf = msgp.AppendString(m.buf, "chunk")
	m.buf = msgp.AppendString(m.buf, chunk)
	return m.buf
}

// shrink lets go of the room that one very long event took.
func (m *message) shrink(limit int) {
	if cap(m.buf) > 4*limit {
		m.buf = nil
	}
}

// entries writes events as a server takes them.
type entries struct {
	metadata bool
	instance string
	origin   []byte // instance, encoded
	now      func() time.Time
}

func newEntries(metadata bool, instance string, now func() time.Time) entries {
	return entries{metadata: metadata, instance: instance, origin: msgp.AppendString(nil, instance), now: now}
}

// pair is a key and its encoded value.
type pair struct {
	key   string
	value []byte
}

var (
	groupStart = msgp.AppendString(nil, "start")
	groupEnd   = msgp.AppendString(nil, "end")
)

// append writes one event.
func (e *entries) append(dst []byte, ev event.Event) []byte {
	origin := e.origin
	if name := sink.OriginOf(ev, e.instance); name != e.instance {
		origin = msgp.AppendString(nil, name)
	}
	dst = msgp.AppendArrayHeader(dst, 2)
	if e.metadata {
		dst = msgp.AppendArrayHeader(dst, 2)
		dst = append(dst, ev.Stamp...)
		dst = appendMap(dst, ev.Meta, pair{sink.Origin, origin})
		return append(dst, ev.Body...)
	}
	var room [3]pair
	pairs := append(room[:0], pair{sink.Origin, origin})
	if fields := event.FieldsOf(ev.Meta); fields.Len() > 0 {
		pairs = append(pairs, pair{sink.Metadata, ev.Meta})
	}
	switch ev.Group() {
	case event.Start:
		pairs = append(pairs, pair{sink.GroupKey, groupStart})
		dst = event.AppendStamp(dst, e.now())
	case event.End:
		pairs = append(pairs, pair{sink.GroupKey, groupEnd})
		dst = event.AppendStamp(dst, e.now())
	default:
		dst = appendPlainStamp(dst, ev)
	}
	return appendMap(dst, ev.Body, pairs...)
}

// appendPlainStamp writes the time of an event without a float, which servers other than Fluent Bit refuse.
func appendPlainStamp(dst []byte, ev event.Event) []byte {
	switch msgp.NextType(ev.Stamp) {
	case msgp.Float32Type, msgp.Float64Type:
		t := ev.Time()
		if t.Unix() < 0 {
			return msgp.AppendInt64(dst, t.Unix()) // the other form begins in 1970
		}
		return event.AppendStamp(dst, t)
	}
	return append(dst, ev.Stamp...)
}

// appendMap writes a map with pairs in the place of those of the same keys. No map counts as an empty one.
func appendMap(dst, m []byte, pairs ...pair) []byte {
	fields := event.FieldsOf(m)
	size, first := fields.Len()+len(pairs), fields
	for f, ok := fields.Next(); ok; f, ok = fields.Next() {
		if sets(pairs, f.Name) {
			size--
		}
	}
	dst = msgp.AppendMapHeader(dst, uint32(size))
	for f, ok := first.Next(); ok; f, ok = first.Next() {
		if !sets(pairs, f.Name) {
			dst = append(dst, f.Raw...)
		}
	}
	for _, p := range pairs {
		dst = msgp.AppendString(dst, p.key)
		dst = append(dst, p.value...)
	}
	return dst
}

func sets(pairs []pair, name []byte) bool {
	for _, p := range pairs {
		if p.key == string(name) {
			return true
		}
	}
	return false
}
