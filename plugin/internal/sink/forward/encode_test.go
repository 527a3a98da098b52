package forward

import (
	"encoding/hex"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/tinylib/msgp/msgp"

	"github.com/cmtrail/cmtrail/plugin/internal/event"
	"github.com/cmtrail/cmtrail/plugin/internal/sink"
)

// mapOf encodes a map of texts, key and value in turn.
func mapOf(texts ...string) []byte {
	b := msgp.AppendMapHeader(nil, uint32(len(texts)/2))
	for _, text := range texts {
		b = msgp.AppendString(b, text)
	}
	return b
}

func join(parts ...[]byte) (all []byte) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// TestEntries holds the bytes of entries to the two forms of the protocol. The literals are msgpack by hand: 0x92 an array
// of two, 0xd7 0x00 an EventTime.
func TestEntries(t *testing.T) {
	const self = "srv1/0"
	two := []byte{0x92}
	four := []byte{0x92, 0x92}
	nano := []byte("\xd7\x00\x65\x53\xf1\x00\x07\x5b\xcd\x15")
	start := []byte("\xd7\x00\xff\xff\xff\xff\x00\x00\x00\x00")
	end := []byte("\xd7\x00\xff\xff\xff\xfe\x00\x00\x00\x00")
	now := []byte("\xd7\x00\x00\x00\x00\x05\x00\x00\x00\x06")
	float := func(f float64) []byte { return msgp.AppendFloat64(nil, f) }
	line := mapOf("log", "x")
	for _, tt := range []struct {
		name              string
		in                []byte
		plain, withInMeta []byte
	}{
		{"two parts", join(two, nano, line),
			join(two, nano, mapOf("log", "x", sink.Origin, self)),
			join(four, nano, mapOf(sink.Origin, self), line)},
		{"empty metadata", join(four, nano, mapOf(), line),
			join(two, nano, mapOf("log", "x", sink.Origin, self)),
			join(four, nano, mapOf(sink.Origin, self), line)},
		{"metadata", join(four, nano, mapOf("k", "v"), line),
			join(two, nano, []byte{0x83}, line[1:], msgp.AppendString(nil, sink.Metadata), mapOf("k", "v"), mapOf(sink.Origin, self)[1:]),
			join(four, nano, mapOf("k", "v", sink.Origin, self), line)},
		{"binary and numbers stay", join(two, nano, []byte("\x82\xc4\x01k\xcd\x00\x01\x05\xca\x00\x00\x00\x00")),
			join(two, nano, []byte("\x83\xc4\x01k\xcd\x00\x01\x05\xca\x00\x00\x00\x00"), mapOf(sink.Origin, self)[1:]),
			join(four, nano, mapOf(sink.Origin, self), []byte("\x82\xc4\x01k\xcd\x00\x01\x05\xca\x00\x00\x00\x00"))},
		{"long heads", join([]byte("\xdd\x00\x00\x00\x02\xdc\x00\x02"), nano, []byte("\xdf\x00\x00\x00\x00"), []byte("\xde\x00\x01"), line[1:]),
			join(two, nano, mapOf("log", "x", sink.Origin, self)),
			join(four, nano, mapOf(sink.Origin, self), []byte("\xde\x00\x01"), line[1:])},
		{"keys of ours are replaced", join(four, nano, mapOf("k", "v", sink.Origin, ""), mapOf(sink.Metadata, "old", "log", "x", sink.Origin, "srv9/1", sink.Origin, "twice")),
			join(two, nano, []byte{0x83}, line[1:], msgp.AppendString(nil, sink.Metadata), mapOf("k", "v", sink.Origin, ""), mapOf(sink.Origin, "")[1:]),
			join(four, nano, mapOf("k", "v", sink.Origin, ""), mapOf(sink.Metadata, "old", "log", "x", sink.Origin, "srv9/1", sink.Origin, "twice"))},
		{"the first origin stays", join(two, nano, mapOf(sink.Origin, "srv9/1", "log", "x")),
			join(two, nano, mapOf("log", "x", sink.Origin, "srv9/1")),
			join(four, nano, mapOf(sink.Origin, "srv9/1"), mapOf(sink.Origin, "srv9/1", "log", "x"))},
		{"metadata of an earlier hop stays", join(two, nano, mapOf(sink.Metadata, "m")),
			join(two, nano, mapOf(sink.Metadata, "m", sink.Origin, self)),
			join(four, nano, mapOf(sink.Origin, self), mapOf(sink.Metadata, "m"))},
		{"whole seconds", join(two, []byte{0xce, 0x65, 0x53, 0xf1, 0x00}, line),
			join(two, []byte{0xce, 0x65, 0x53, 0xf1, 0x00}, mapOf("log", "x", sink.Origin, self)),
			join(four, []byte{0xce, 0x65, 0x53, 0xf1, 0x00}, mapOf(sink.Origin, self), line)},
		{"float", join(two, float(1.5), line),
			join(two, []byte("\xd7\x00\x00\x00\x00\x01\x1d\xcd\x65\x00"), mapOf("log", "x", sink.Origin, self)),
			join(four, float(1.5), mapOf(sink.Origin, self), line)},
		{"float before 1970", join(two, float(-1.5), line),
			join(two, []byte{0xfe}, mapOf("log", "x", sink.Origin, self)),
			join(four, float(-1.5), mapOf(sink.Origin, self), line)},
		{"group start", join(four, start, mapOf(), line),
			join(two, now, mapOf("log", "x", sink.GroupKey, "start", sink.Origin, self)),
			join(four, start, mapOf(), line)},
		{"group end", join(four, end, mapOf("k", "v"), mapOf()),
			join(two, now, []byte{0x83}, mapOf(sink.GroupKey, "end")[1:], msgp.AppendString(nil, sink.Metadata), mapOf("k", "v"), mapOf(sink.Origin, self)[1:]),
			join(four, end, mapOf("k", "v"), mapOf())},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ev, rest, err := event.Next(tt.in)
			if err != nil || len(rest) > 0 {
				t.Fatalf("the input is no event: %v", err)
			}
			s := newSink(t, config("127.0.0.1:1"))
			s.instance, s.origin = self, msgp.AppendString(nil, self)
			s.now = func() time.Time { return time.Unix(5, 6) }
			for form, pair := range map[string][2][]byte{
				"plain":         {tt.plain, s.plain([]byte("before"), ev)},
				"with metadata": {tt.withInMeta, s.withMetadata([]byte("before"), ev)},
			} {
				if diff := cmp.Diff("before"+string(pair[0]), string(pair[1])); diff != "" {
					t.Errorf("%s: %s\n%s", form, diff, hex.EncodeToString(pair[1]))
				}
				if _, rest, err := event.Next(pair[1][len("before"):]); err != nil || len(rest) > 0 {
					t.Errorf("%s: the entry is no event: %v", form, err)
				}
			}
		})
	}
}

// TestMessage holds a whole message to its bytes.
func TestMessage(t *testing.T) {
	s := newSink(t, config("127.0.0.1:1"))
	s.instance, s.origin = "i", []byte{0xa1, 'i'}
	got, events := s.encode(nil, batchOf("x"), 0, "id")
	want := "\x93\xabcmtrail.ccm\xc6\x00\x00\x00\x25" +
		"\x92\xd7\x00\x65\x53\xf1\x00\x07\x5b\xcd\x15\x82\xa3log\xa1x\xb0cmtrail.instance\xa1i" +
		"\x82\xa4size\x01\xa5chunk\xa2id"
	if diff := cmp.Diff(want, string(got)); diff != "" || events != 1 {
		t.Errorf("%d events, %s", events, diff)
	}
}

// TestWideMap adds keys where the head of the map grows by them.
func TestWideMap(t *testing.T) {
	for _, n := range []int{14, 15, 16, math.MaxUint16 - 1, math.MaxUint16} {
		m := msgp.AppendMapHeader(nil, uint32(n))
		for i := range n {
			m = msgp.AppendInt(msgp.AppendInt(m, i), i)
		}
		got := appendMap(nil, m, pair{"k", []byte{0xc0}})
		fields := event.FieldsOf(got)
		if rest, err := msgp.Skip(got); err != nil || len(rest) > 0 || fields.Len() != n+1 {
			t.Errorf("%d pairs become %d, %v", n, fields.Len(), err)
		}
	}
}

func TestEncodeAllocates(t *testing.T) {
	for _, metadata := range []bool{false, true} {
		c := config("127.0.0.1:1")
		c.Metadata = metadata
		s := newSink(t, c)
		b := benchBatch(100)
		buf, _ := s.encode(nil, b, 0, "id")
		// The tag is put together once for a message; nothing is allocated for an event.
		if n := testing.AllocsPerRun(10, func() { s.encode(buf[:0], b, 0, "id") }); n > 1 {
			t.Errorf("metadata %v: %v allocations for %d events", metadata, n, b.Len())
		}
	}
}
