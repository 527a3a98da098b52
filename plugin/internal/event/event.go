// Package event reads and writes Fluent Bit's events where they lie: msgpack arrays of a time, metadata and a body.
// Nothing is decoded that nobody asks for, and what is copied is copied as bytes, so that types, order and nanoseconds stay.
package event

import (
	"encoding/binary"
	"errors"
	"math"
	"time"

	"github.com/tinylib/msgp/msgp"
)

var (
	// ErrBroken is returned for bytes that are no msgpack. Where the next value begins cannot be told.
	ErrBroken = errors.New("bytes are not msgpack")
	// ErrForeign is returned for a msgpack value that is no event.
	ErrForeign = errors.New("msgpack value is not an event")
)

// Event is one event of a chunk. Its fields are views of the chunk.
type Event struct {
	Raw   []byte // the whole event
	Stamp []byte // its time, encoded
	Meta  []byte // its metadata, an encoded map; nil in the form [time, body] of Fluent Bit 1 and Fluentd
	Body  []byte // its body, an encoded map
}

// Next returns the first event of a chunk and what follows it. With ErrForeign, Raw is the value that is no event. With
// ErrBroken, Raw is all that is left and nothing follows.
func Next(chunk []byte) (ev Event, rest []byte, err error) {
	rest, err = msgp.Skip(chunk)
	if err != nil {
		return Event{Raw: chunk}, nil, ErrBroken
	}
	ev.Raw = chunk[:len(chunk)-len(rest)]
	n, at, err := msgp.ReadArrayHeaderBytes(ev.Raw)
	if err != nil || n != 2 {
		return Event{Raw: ev.Raw}, rest, ErrForeign
	}
	if msgp.NextType(at) == msgp.ArrayType {
		n, at, err = msgp.ReadArrayHeaderBytes(at)
		if err != nil || n != 2 {
			return Event{Raw: ev.Raw}, rest, ErrForeign
		}
		ev.Stamp, at = cut(at)
		ev.Meta, at = cut(at)
		if msgp.NextType(ev.Meta) != msgp.MapType {
			return Event{Raw: ev.Raw}, rest, ErrForeign
		}
	} else {
		ev.Stamp, at = cut(at)
	}
	ev.Body = at
	if msgp.NextType(at) != msgp.MapType {
		return Event{Raw: ev.Raw}, rest, ErrForeign
	}
	if _, _, ok := clock(ev.Stamp); !ok {
		return Event{Raw: ev.Raw}, rest, ErrForeign
	}
	return ev, rest, nil
}

// cut splits the first value from b, which is known to hold whole values.
func cut(b []byte) (value, rest []byte) {
	rest, err := msgp.Skip(b)
	if err != nil {
		return b, nil
	}
	return b[:len(b)-len(rest)], rest
}

// The seconds that mark where a group of OTLP logs begins and ends; the event's body holds their resource and scope.
const (
	groupStart = math.MaxUint32
	groupEnd   = math.MaxUint32 - 1
)

// Group tells group markers from events.
type Group uint8

// The kinds of Group.
const (
	None Group = iota
	Start
	End
)

// Group returns whether the event marks the start or the end of a group instead of holding a record.
func (ev Event) Group() Group {
	if msgp.NextType(ev.Stamp) != msgp.ExtensionType {
		return None
	}
	switch sec, _, _ := clock(ev.Stamp); sec {
	case groupStart:
		return Start
	case groupEnd:
		return End
	}
	return None
}

// Time returns the event's time in UTC.
func (ev Event) Time() time.Time {
	sec, nsec, _ := clock(ev.Stamp)
	return time.Unix(sec, nsec).UTC()
}

// clock reads the three forms of a time: extension type 0, an integer or a float, the latter two in seconds.
func clock(b []byte) (sec, nsec int64, ok bool) {
	switch msgp.NextType(b) {
	case msgp.ExtensionType, msgp.TimeType, msgp.Complex64Type, msgp.Complex128Type, msgp.DurationType:
		switch { // fixext 8 and ext 8 of type 0
		case len(b) == 10 && b[0] == 0xd7 && b[1] == 0:
			b = b[2:]
		case len(b) == 11 && b[0] == 0xc7 && b[1] == 8 && b[2] == 0:
			b = b[3:]
		default:
			return 0, 0, false
		}
		return int64(binary.BigEndian.Uint32(b)), int64(binary.BigEndian.Uint32(b[4:])), true
	case msgp.IntType:
		i, _, err := msgp.ReadInt64Bytes(b)
		return i, 0, err == nil
	case msgp.UintType:
		u, _, err := msgp.ReadUint64Bytes(b)
		return int64(u), 0, err == nil && u <= math.MaxInt64
	case msgp.Float64Type, msgp.Float32Type:
		f, _, err := msgp.ReadFloat64Bytes(b)
		if err != nil || math.IsNaN(f) || math.Abs(f) > math.MaxUint32 {
			return 0, 0, false
		}
		whole, part := math.Modf(f)
		return int64(whole), int64(part * 1e9), true
	}
	return 0, 0, false
}

// AppendStamp writes a time as Fluent Bit's own events have it.
func AppendStamp(dst []byte, t time.Time) []byte {
	dst = append(dst, 0xd7, 0)
	dst = binary.BigEndian.AppendUint32(dst, uint32(t.Unix()))
	return binary.BigEndian.AppendUint32(dst, uint32(t.Nanosecond()))
}

// AppendHead begins an event of the given time and metadata; its body is to be appended. Without metadata it takes the
// form [time, body].
func AppendHead(dst, stamp, meta []byte) []byte {
	dst = msgp.AppendArrayHeader(dst, 2)
	if meta == nil {
		return append(dst, stamp...)
	}
	dst = msgp.AppendArrayHeader(dst, 2)
	dst = append(dst, stamp...)
	return append(dst, meta...)
}
