package event

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/tinylib/msgp/msgp"
)

// join encodes its arguments one after the other; bytes stand for themselves.
func join(parts ...any) (b []byte) {
	for _, p := range parts {
		switch p := p.(type) {
		case []byte:
			b = append(b, p...)
		default:
			b, _ = msgp.AppendIntf(b, p)
		}
	}
	return b
}

var (
	pair   = msgp.AppendArrayHeader(nil, 2)
	noMeta = msgp.AppendMapHeader(nil, 0)
	body   = join(map[string]any{"log": "line"})
	fixext = []byte{0xd7, 0, 0x6a, 0, 0, 1, 0, 0, 0, 2}
	ext8   = []byte{0xc7, 8, 0, 0x6a, 0, 0, 1, 0, 0, 0, 2}
	moment = time.Unix(0x6a000001, 2).UTC()
)

func TestNext(t *testing.T) {
	for _, tt := range []struct {
		name  string
		chunk []byte
		at    time.Time
		group Group
		meta  bool
		err   error
	}{
		{"v2", join(pair, pair, fixext, noMeta, body), moment, None, true, nil},
		{"v2 in array32", join([]byte{0xdd, 0, 0, 0, 2, 0xdd, 0, 0, 0, 2}, ext8, noMeta, body), moment, None, true, nil},
		{"v1", join(pair, fixext, body), moment, None, false, nil},
		{"v1 with an integer", join(pair, uint64(1700000000), body), time.Unix(1700000000, 0).UTC(), None, false, nil},
		{"v1 with a float", join(pair, 1700000000.5, body), time.Unix(1700000000, 5e8).UTC(), None, false, nil},
		{"group start", join(pair, pair, []byte{0xd7, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0}, noMeta, body), time.Unix(math.MaxUint32, 0).UTC(), Start, true, nil},
		{"group end", join(pair, pair, []byte{0xd7, 0, 0xff, 0xff, 0xff, 0xfe, 0, 0, 0, 0}, noMeta, body), time.Unix(math.MaxUint32-1, 0).UTC(), End, true, nil},
		{"nil", join(nil), time.Time{}, None, false, ErrForeign},
		{"a number", join(7), time.Time{}, None, false, ErrForeign},
		{"three items", join(msgp.AppendArrayHeader(nil, 3), fixext, body, body), time.Time{}, None, false, ErrForeign},
		{"a text for a body", join(pair, fixext, "text"), time.Time{}, None, false, ErrForeign},
		{"a text for a time", join(pair, "now", body), time.Time{}, None, false, ErrForeign},
		{"a float that is no number", join(pair, math.NaN(), body), time.Time{}, None, false, ErrForeign},
		{"an extension of another type", join(pair, []byte{0xd7, 5, 0, 0, 0, 0, 0, 0, 0, 0}, body), time.Time{}, None, false, ErrForeign},
		{"a text for metadata", join(pair, pair, fixext, "meta", body), time.Time{}, None, false, ErrForeign},
		{"cut short", join(pair, pair, fixext, noMeta, body)[:14], time.Time{}, None, false, ErrBroken},
		{"a map that lies about its length", join(pair, fixext, []byte{0xdf, 0xff, 0xff, 0xff, 0xff}), time.Time{}, None, false, ErrBroken},
		{"a byte that msgpack does not use", []byte{0xc1}, time.Time{}, None, false, ErrBroken},
	} {
		t.Run(tt.name, func(t *testing.T) {
			next := join(pair, fixext, body)
			ev, rest, err := Next(join(tt.chunk, next))
			if tt.err == ErrBroken {
				ev, rest, err = Next(tt.chunk)
				next = nil
			}
			if !errors.Is(err, tt.err) {
				t.Fatalf("error %v, want %v", err, tt.err)
			}
			if !bytes.Equal(ev.Raw, tt.chunk) || !bytes.Equal(rest, next) {
				t.Errorf("raw %x, rest %x", ev.Raw, rest)
			}
			if err != nil {
				return
			}
			if !ev.Time().Equal(tt.at) || ev.Group() != tt.group || (ev.Meta != nil) != tt.meta {
				t.Errorf("time %v, group %d, metadata %x", ev.Time(), ev.Group(), ev.Meta)
			}
			if again := append(AppendHead(nil, ev.Stamp, ev.Meta), ev.Body...); tt.name != "v2 in array32" && !bytes.Equal(again, ev.Raw) {
				t.Errorf("written again %x, want %x", again, ev.Raw)
			}
		})
	}
}

func TestWalkingAllocatesNothing(t *testing.T) {
	chunk := bytes.Repeat(join(pair, pair, fixext, noMeta, join(map[string]any{"log": "line", "n": 1, "nested": []any{1, "2"}})), 100)
	if n := testing.AllocsPerRun(10, func() {
		for rest := chunk; len(rest) > 0; {
			var ev Event
			ev, rest, _ = Next(rest)
			if Find(ev.Body, "log") == nil {
				t.Fatal("no line")
			}
		}
	}); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func TestJSON(t *testing.T) {
	for _, tt := range []struct {
		value any
		want  string
	}{
		{"text", `"text"`}, {"a\"b\\c\n\r\t\x01\x7f<>é", `"a\"b\\c\n\r\t\u0001\u007f<>é"`},
		{[]byte("binary"), `"binary"`}, {nil, `null`}, {true, `true`}, {-5, `-5`}, {uint64(math.MaxUint64), `18446744073709551615`},
		{1.5, `1.5`}, {2.0, `2.0`}, {1e300, `1e+300`}, {math.Inf(1), `"+Inf"`}, {float32(0.1), `0.1`},
		{[]any{1, "a", nil}, `[1,"a",null]`}, {map[string]any{"k": map[string]any{}}, `{"k":{}}`},
		{[]any{[]byte("\xff")}, `[{"text":"\ufffd","base64":"/w=="}]`},
	} {
		m := append(msgp.AppendString(msgp.AppendMapHeader(nil, 1), "v"), join(tt.value)...)
		if b, ok := tt.value.([]byte); ok {
			m = msgp.AppendBytes(msgp.AppendString(msgp.AppendMapHeader(nil, 1), "v"), b)
		}
		got := string(AppendJSONFields([]byte("{"), m, nil)) + "}"
		if diff := cmp.Diff(`{"v":`+tt.want+`}`, got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", tt.value, diff)
		}
	}
	m := join(msgp.AppendMapHeader(nil, 2), 7, "number", []byte{0xc4, 1, 'k'}, "\xfe")
	if got, want := string(AppendJSONFields(nil, m, nil)), `"7":"number","k":"\ufffd","k.base64":"/g=="`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Whatever the bytes, walking them ends, loses none of them, and what can be walked is valid JSON.
func FuzzNext(f *testing.F) {
	f.Add(join(pair, pair, fixext, noMeta, body))
	f.Add(join(pair, ext8, body, nil, 7, []byte{0xc1}))
	f.Add(bytes.Repeat([]byte{0x91}, 1000))
	f.Fuzz(func(t *testing.T, chunk []byte) {
		seen := 0
		for rest := chunk; len(rest) > 0; {
			ev, after, err := Next(rest)
			if len(ev.Raw) == 0 || len(ev.Raw)+len(after) != len(rest) {
				t.Fatalf("took %d of %d bytes, left %d", len(ev.Raw), len(rest), len(after))
			}
			seen += len(ev.Raw)
			rest = after
			if err == nil {
				line := append(AppendJSONFields([]byte("{"), ev.Body, nil), '}')
				if !json.Valid(line) {
					t.Fatalf("not JSON: %s", line)
				}
				ev.Group()
				ev.Time()
			}
		}
		if seen != len(chunk) {
			t.Fatalf("saw %d of %d bytes", seen, len(chunk))
		}
	})
}
