package output

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/tinylib/msgp/msgp"

	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/internal/redact"
	"github.com/cmtrail/cmtrail/plugin/internal/event"
)

// withBody makes an event of pairs that are encoded.
func withBody(pairs ...[]byte) []byte {
	ev := event.AppendHead(nil, event.AppendStamp(nil, time.Unix(1700000000, 0)), msgp.AppendMapHeader(nil, 0))
	ev = msgp.AppendMapHeader(ev, uint32(len(pairs)))
	return append(ev, bytes.Join(pairs, nil)...)
}

func pair(key, value []byte) []byte { return append(bytes.Clone(key), value...) }

func str(s string) []byte { return msgp.AppendString(nil, s) }
func bin(s string) []byte { return msgp.AppendBytes(nil, []byte(s)) }

// Whatever the keys and values of an event, its line becomes a record, nothing of it is lost, and what goes on is msgpack and, where
// it is asked for, JSON. That holds beyond a restart as well.
func TestHostileEvents(t *testing.T) {
	line := pair(str("log"), str(numbered(1)))
	path := pair(str("path"), str("/logs/WUAHandler.log"))
	ext := append([]byte{0xc7, 3, 0x7f}, "\xff\x00\x01"...)
	var deep []byte
	const nested = 2000
	for range nested {
		deep = append(append(deep, 0x81), str("k")...)
	}
	deep = append(deep, str("\xff\x00")...)
	deepKey := append(bytes.Repeat([]byte{0x91}, nested), 0xc0)
	for name, tt := range map[string]struct {
		event []byte
		line  string   // what its message is
		has   [][]byte // pairs that go on as they are
	}{
		"a line with NUL":                 {withBody(path, pair(str("log"), str(strings.Replace(whole, "Done with it", "a\x00b\x00", 1)))), "ab", nil},
		"a line of another encoding":      {withBody(path, pair(str("log"), bin(strings.Replace(whole, "Done with it", "caf\xe9", 1)))), "café", nil},
		"a path that is no text":          {withBody(line, pair(str("path"), bin("/logs/\xff\x00/WUAHandler.log"))), "number 1", [][]byte{bin("/logs/\xff\x00/WUAHandler.log")}},
		"a host that is no text":          {withBody(line, path, pair(str("host"), str("PC\xff\x00"))), "number 1", [][]byte{str("PC\xff\x00")}},
		"a host that is a deep map":       {withBody(line, path, pair(str("host"), deep)), "number 1", [][]byte{deep}},
		"keys that are numbers":           {withBody(line, path, pair([]byte{7}, []byte{8}), pair(msgp.AppendInt64(nil, -1<<63), ext), pair(msgp.AppendFloat64(nil, 1.5), ext)), "number 1", [][]byte{ext}},
		"keys of other types":             {withBody(line, path, pair([]byte{0xc0}, str("nil")), pair(ext, str("ext")), pair(deepKey, str("deep")), pair(bin("\xff\x00"), bin("\xff\x00"))), "number 1", [][]byte{pair(ext, str("ext")), pair(bin("\xff\x00"), bin("\xff\x00"))}},
		"the same key twice":              {withBody(line, path, pair(str("k"), []byte{1}), pair(str("k"), []byte{2})), "number 1", [][]byte{pair(str("k"), []byte{1}), pair(str("k"), []byte{2})}},
		"a key of binary for the line":    {withBody(path, pair(bin("log"), bin(numbered(1)))), "number 1", nil},
		"a value as deep as it may be":    {withBody(line, path, pair(str("deep"), deep)), "number 1", [][]byte{deep}},
		"a large key":                     {withBody(line, path, pair(str(strings.Repeat("k", 1<<20)), []byte{1})), "number 1", nil},
		"an extension in place of a path": {withBody(line, pair(str("path"), ext)), "number 1", [][]byte{ext}},
	} {
		for _, hidden := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				change := func(c *Config) {
					c.Relate = &pipeline.LiveOptions{}
					if hidden {
						r, err := redact.Settings{Classes: []string{"sid"}, Key: "a key of the test that is long enough"}.Redactor()
						if err != nil {
							t.Fatal(err)
						}
						c.Redact = r
					}
				}
				folder := t.TempDir()
				f := newFixture(t, folder, 1<<20, change)
				open := bytes.Replace(tt.event, []byte("<![LOG["), []byte("<![LOG:"), 1) // a plain line, which waits for no other
				f.flush(t, OK, "tag", append(bytes.Clone(tt.event), open...))
				f.close(t)
				raw := f.sink.raw
				f = newFixture(t, folder, 1<<20, change)
				f.clock.forward(time.Minute)
				f.tick()
				f.close(t)
				raw = append(raw, f.sink.raw...)
				var got []event.Event
				for rest := raw; len(rest) > 0; {
					ev, after, err := event.Next(rest)
					if err != nil {
						t.Fatalf("what goes on is no event: %v", err)
					}
					got, rest = append(got, ev), after
				}
				if len(got) != 2 {
					t.Fatalf("%d events, want 2", len(got))
				}
				if text, _ := event.Text(event.Find(got[0].Body, "log")); string(text) != tt.line {
					t.Errorf("the message is %q, want %q", text, tt.line)
				}
				for _, ev := range got {
					for _, want := range tt.has {
						if !bytes.Contains(ev.Body, want) {
							t.Errorf("%.40q is not there any more", want)
						}
					}
					if text := append(event.AppendJSONFields([]byte("{"), ev.Body, nil), '}'); !json.Valid(text) || !utf8.Valid(text) {
						t.Errorf("no JSON: %.300q", text)
					}
					fields := event.FieldsOf(ev.Body)
					for field, ok := fields.Next(); ok; field, ok = fields.Next() {
						text, isText := event.Text(field.Value)
						if isText && strings.HasPrefix(string(field.Name), "configmgr.") && (!utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0) {
							t.Errorf("%s is %q", field.Name, text)
						}
					}
				}
			})
		}
	}
}
