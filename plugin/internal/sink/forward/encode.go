package forward

import (
	"encoding/binary"
	"time"

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
	origin := pairs{}
	origin.text(sink.Origin, sink.OriginOf(ev, s.instance))
	if ev.Group() != event.None { // markers stay as they are: they say nothing of their own
		origin = pairs{}
	}
	return append(event.AppendHead(dst, ev.Stamp, with(ev.Meta, origin)), ev.Body...)
}

// plain writes [time, body], which every server takes. What has no place there goes into the body.
func (s *Sink) plain(dst []byte, ev event.Event) []byte {
	var extra pairs
	stamp := ev.Stamp
	group := ev.Group()
	switch {
	case group == event.Start:
		extra.text(sink.GroupKey, "start")
	case group == event.End:
		extra.text(sink.GroupKey, "end")
	}
	if group != event.None {
		stamp = event.AppendStamp(nil, time.Now()) // a marker's own would be the year 2106
	} else if kind := msgp.NextType(stamp); kind == msgp.Float64Type || kind == msgp.Float32Type {
		stamp = event.AppendStamp(nil, ev.Time()) // the Collector takes no fractions
	}
	if fields := event.FieldsOf(ev.Meta); fields.Len() > 0 {
		extra.raw(sink.Metadata, ev.Meta)
	}
	extra.text(sink.Origin, sink.OriginOf(ev, s.instance))
	return append(event.AppendHead(dst, stamp, nil), with(ev.Body, extra)...)
}

// pairs are encoded pairs of a map.
type pairs struct {
	names []string
	bytes []byte
}

func (p *pairs) text(name, value string) {
	p.names = append(p.names, name)
	p.bytes = msgp.AppendString(msgp.AppendString(p.bytes, name), value)
}

func (p *pairs) raw(name string, value []byte) {
	p.names = append(p.names, name)
	p.bytes = append(msgp.AppendString(p.bytes, name), value...)
}

// with returns an encoded map with pairs added, which take the place of those of the same names. No map is an empty one.
func with(m []byte, extra pairs) []byte {
	fields := event.FieldsOf(m)
	var kept []byte
	n := len(extra.names)
	for f, ok := fields.Next(); ok; f, ok = fields.Next() {
		if !extra.has(f.Name) {
			kept = append(kept, f.Raw...)
			n++
		}
	}
	return append(append(msgp.AppendMapHeader(nil, uint32(n)), kept...), extra.bytes...)
}

func (p *pairs) has(name []byte) bool {
	for _, n := range p.names {
		if n == string(name) {
			return true
		}
	}
	return false
}
