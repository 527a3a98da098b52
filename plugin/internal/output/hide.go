package output

import (
	"github.com/tinylib/msgp/msgp"

	"github.com/cmtrail/cmtrail/internal/redact"
	"github.com/cmtrail/cmtrail/plugin/internal/event"
)

// hider puts pseudonyms into what goes on besides what the writer writes: the keys that an event came with, and events that
// hold no line. A nil one changes nothing.
type hider struct {
	*redact.Redactor
	host string // the body's key that tells hosts apart
}

type fieldOf = func(name, value string) string

// field returns what reads the fields of what is no record.
func (h *hider) field() fieldOf {
	if h == nil {
		return nil
	}
	return h.Field
}

// event appends an event that goes on without a record.
func (h *hider) event(dst []byte, ev event.Event) []byte {
	if h == nil || ev.Body == nil {
		return append(dst, ev.Raw...)
	}
	dst = event.AppendHead(dst, ev.Stamp, h.meta(ev.Meta, h.Field))
	return h.value(dst, "", ev.Body, h.Field)
}

// meta returns the metadata of an event.
func (h *hider) meta(meta []byte, field fieldOf) []byte {
	if h == nil || len(meta) == 0 {
		return meta
	}
	return h.value(nil, "", meta, field)
}

// pair appends a pair of the body that a record's event came with.
func (h *hider) pair(dst []byte, f event.Field) []byte {
	if h == nil {
		return append(dst, f.Raw...)
	}
	dst = append(dst, f.Raw[:len(f.Raw)-len(f.Value)]...)
	return h.value(dst, string(f.Name), f.Value, h.Beside)
}

// value appends a value of any type. What is no text, list or map is copied.
func (h *hider) value(dst []byte, name string, v []byte, field fieldOf) []byte {
	if h == nil {
		return append(dst, v...)
	}
	if name == h.host {
		name = "host"
	}
	switch msgp.NextType(v) {
	case msgp.StrType, msgp.BinType:
		text, ok := event.Text(v)
		if !ok {
			break
		}
		hidden := field(name, string(text))
		switch {
		case hidden == string(text):
			return append(dst, v...)
		case msgp.NextType(v) == msgp.BinType:
			return msgp.AppendBytes(dst, []byte(hidden))
		}
		return msgp.AppendString(dst, hidden)
	case msgp.MapType:
		fields := event.FieldsOf(v)
		dst = msgp.AppendMapHeader(dst, uint32(fields.Len()))
		for f, ok := fields.Next(); ok; f, ok = fields.Next() {
			dst = append(dst, f.Raw[:len(f.Raw)-len(f.Value)]...)
			dst = h.value(dst, string(f.Name), f.Value, field)
		}
		return dst
	case msgp.ArrayType:
		n, rest, err := msgp.ReadArrayHeaderBytes(v)
		if err != nil {
			break
		}
		dst = msgp.AppendArrayHeader(dst, n)
		for range n {
			item := rest
			if rest, err = msgp.Skip(rest); err != nil {
				return append(dst, item...)
			}
			dst = h.value(dst, name, item[:len(item)-len(rest)], field)
		}
		return dst
	}
	return append(dst, v...)
}
