package forward

import (
	"encoding/binary"

	"github.com/tinylib/msgp/msgp"

	"github.com/cmtrail/cmtrail/plugin/internal/event"
	"github.com/cmtrail/cmtrail/plugin/internal/sink"
)

// encode writes one message in the mode PackedForward: [tag, events, options]. It takes the events from number first on
// that fit, and one at least.
func (s *Sink) encode(dst []byte, b *sink.Batch, first int, id string) (message []byte, events int) {
	dst = msgp.AppendArrayHeader(dst, 3)
	dst = msgp.AppendString(dst, s.config.TagPrefix+b.Tag)
	dst = append(dst, 0xc6, 0, 0, 0, 0) // binary data; its length follows once it is known
	from := len(dst)
	for i := first; i < b.Len(); i++ {
		before := len(dst)
		ev, _, _ := event.Next(b.Raw(i))
		if s.config.Metadata {
			dst = s.withMetadata(dst, ev)
		} else {
			dst = s.plain(dst, ev)
		}
		if len(dst)-from > s.config.MaxBytes && events > 0 {
			dst = dst[:before]
			break
		}
		events++
	}
	binary.BigEndian.PutUint32(dst[from-4:], uint32(len(dst)-from))
	dst = msgp.AppendMapHeader(dst, 2)
	dst = msgp.AppendString(dst, "size")
	dst = msgp.AppendInt(dst, events)
	dst = msgp.AppendString(dst, "chunk")
	return msgp.AppendString(dst, id), events
}

// withMetadata writes [[time, metadata], body]: the event as it is, its origin added to its metadata.
func (s *Sink) withMetadata(dst []byte, ev event.Event) []byte {
	dst = msgp.AppendArrayHeader(dst, 2)
	dst = msgp.AppendArrayHeader(dst, 2)
	dst = append(dst, ev.Stamp...)
	if ev.Group() == event.None {
		dst = appendMap(dst, ev.Meta, pair{sink.Origin, s.originOf(ev)})
	} else {
		dst = appendMap(dst, ev.Meta) // markers stay as they are: they say nothing of their own
	}
	return append(dst, ev.Body...)
}

var (
	groupStart = msgp.AppendString(nil, "start")
	groupEnd   = msgp.AppendString(nil, "end")
)

// plain writes [time, body], which every server takes. What has no place there goes into the body.
func (s *Sink) plain(dst []byte, ev event.Event) []byte {
	dst = msgp.AppendArrayHeader(dst, 2)
	var room [3]pair
	extra := room[:0]
	switch ev.Group() {
	case event.Start:
		extra = append(extra, pair{sink.GroupKey, groupStart})
		dst = event.AppendStamp(dst, s.now()) // a marker's own would be the year 2106
	case event.End:
		extra = append(extra, pair{sink.GroupKey, groupEnd})
		dst = event.AppendStamp(dst, s.now())
	case event.None:
		dst = appendPlainStamp(dst, ev)
	}
	if fields := event.FieldsOf(ev.Meta); fields.Len() > 0 {
		extra = append(extra, pair{sink.Metadata, ev.Meta})
	}
	extra = append(extra, pair{sink.Origin, s.originOf(ev)})
	return appendMap(dst, ev.Body, extra...)
}

// appendPlainStamp writes the time of an event without a float, which the Collector refuses.
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

// originOf returns the instance that tagged an event, encoded.
func (s *Sink) originOf(ev event.Event) []byte {
	if name := sink.OriginOf(ev, s.instance); name != s.instance {
		return msgp.AppendString(nil, name)
	}
	return s.origin
}

// pair is a key and its encoded value.
type pair struct {
	key   string
	value []byte
}

// appendMap writes an encoded map with pairs added, which take the place of those of the same keys. No map is an empty one.
func appendMap(dst, m []byte, extra ...pair) []byte {
	fields := event.FieldsOf(m)
	again, n := fields, fields.Len()+len(extra)
	for f, ok := fields.Next(); ok; f, ok = fields.Next() {
		if has(extra, f.Name) {
			n--
		}
	}
	dst = msgp.AppendMapHeader(dst, uint32(n))
	for f, ok := again.Next(); ok; f, ok = again.Next() {
		if !has(extra, f.Name) {
			dst = append(dst, f.Raw...)
		}
	}
	for _, p := range extra {
		dst = append(msgp.AppendString(dst, p.key), p.value...)
	}
	return dst
}

func has(pairs []pair, name []byte) bool {
	for _, p := range pairs {
		if p.key == string(name) {
			return true
		}
	}
	return false
}
