package otelprocessor

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

// deep puts maps into maps, as deep as the message that brings them can say.
func deep(v pcommon.Value, depth int) {
	for range depth {
		v = v.SetEmptyMap().PutEmpty("k")
	}
	v.SetStr("\xff\x00")
}

// Whatever a receiver sends, no record is lost, what is written about it is text, and what goes on can be written in both forms of OTLP.
func TestHostileRecords(t *testing.T) {
	const nested = 2000
	ccm := func(message string) string { return strings.Replace(done, "The search is done", message, 1) }
	set := func(f func(lr plog.LogRecord)) func(lr plog.LogRecord, _ pcommon.Map) {
		return func(lr plog.LogRecord, _ pcommon.Map) { f(lr) }
	}
	for name, tt := range map[string]struct {
		make func(lr plog.LogRecord, resource pcommon.Map)
		body string // what it holds in the end
	}{
		"a line with NUL":               {set(func(lr plog.LogRecord) { lr.Body().SetStr(ccm("a\x00b\x00")) }), "ab"},
		"a line of another encoding":    {set(func(lr plog.LogRecord) { lr.Body().SetStr(ccm("caf\xe9 \xff")) }), "café ÿ"},
		"a line cut within a character": {set(func(lr plog.LogRecord) { lr.Body().SetStr("plain \xe6\x9b") }), "plain æ›"},
		"surrogates":                    {set(func(lr plog.LogRecord) { lr.Body().SetStr("plain \xed\xa0\x80") }), "plain í\u00a0€"},
		"NUL alone":                     {set(func(lr plog.LogRecord) { lr.Body().SetStr("x\x00\x00\x00") }), "x"},
		"bytes":                         {set(func(lr plog.LogRecord) { lr.Body().SetEmptyBytes().FromRaw([]byte(ccm("caf\xe9\x00"))) }), "café"},
		"a map":                         {set(func(lr plog.LogRecord) { lr.Body().SetEmptyMap().PutStr("\xff\x00", "\xff\x00") }), ""},
		"a deep map":                    {set(func(lr plog.LogRecord) { deep(lr.Body(), nested) }), ""},
		"a list":                        {set(func(lr plog.LogRecord) { lr.Body().SetEmptySlice().AppendEmpty().SetStr("\xff") }), ""},
		"no body":                       {set(func(plog.LogRecord) {}), ""},
		"a path that is no text": {set(func(lr plog.LogRecord) {
			lr.Body().SetStr(ccm("m"))
			lr.Attributes().PutStr("log.file.path", "/logs/\xff\x00/Scan\xffAgent.log")
		}), "m"},
		"a name that is no text": {set(func(lr plog.LogRecord) {
			lr.Body().SetStr(ccm("m"))
			lr.Attributes().PutEmptyBytes("log.file.name").FromRaw([]byte("\xff\x00.log"))
		}), "m"},
		"a path that is a deep map": {set(func(lr plog.LogRecord) {
			lr.Body().SetStr(ccm("m"))
			deep(lr.Attributes().PutEmpty("log.file.path"), nested)
		}), "m"},
		"a host that is no text": {func(lr plog.LogRecord, resource pcommon.Map) {
			lr.Body().SetStr(ccm("Search failed with 0x8007000e"))
			resource.PutStr("host.name", "PC\xff\x00")
		}, "Search failed with 0x8007000e"},
		"a host that is a deep map": {func(lr plog.LogRecord, resource pcommon.Map) {
			lr.Body().SetStr(ccm("m"))
			deep(resource.PutEmpty("host.name"), nested)
		}, "m"},
		"other attributes": {func(lr plog.LogRecord, resource pcommon.Map) {
			lr.Body().SetStr(ccm("m"))
			deep(resource.PutEmpty("\xff\x00"), nested)
			deep(lr.Attributes().PutEmpty("\xff\x00"), nested)
		}, "m"},
		"marked as tagged": {set(func(lr plog.LogRecord) {
			lr.Body().SetStr("\xff\x00")
			deep(lr.Attributes().PutEmpty("configmgr.log.format"), nested)
			deep(lr.Attributes().PutEmpty("event.name"), nested)
		}), "\xff\x00"},
		"an offset that is none": {set(func(lr plog.LogRecord) {
			lr.Body().SetStr(ccm("m"))
			lr.Attributes().PutInt("log.file.record_offset", -1<<63)
		}), "m"},
	} {
		for _, classes := range [][]string{nil, {"all"}} {
			t.Run(name+" "+strings.Join(classes, ""), func(t *testing.T) {
				cfg := keeping(t)
				if cfg.Redact.Classes = classes; classes != nil {
					cfg.Redact.Key = "a key of the test that is long enough"
				}
				sink, d, c := new(consumertest.LogsSink), newDisk(), newClock()
				p, logs := begun(t, cfg, d, sink, c)
				ld := plog.NewLogs()
				rl := ld.ResourceLogs().AppendEmpty()
				sl := rl.ScopeLogs().AppendEmpty()
				tt.make(sl.LogRecords().AppendEmpty(), rl.Resource().Attributes())
				held := sl.LogRecords().AppendEmpty()
				sl.LogRecords().At(0).Attributes().CopyTo(held.Attributes())
				held.Body().SetStr("<![LOG[held \xff\x00")
				consume(t, p, ld)
				if err := p.Shutdown(context.Background()); err != nil {
					t.Fatal(err)
				}
				p, more := begun(t, cfg, d, sink, c) // what is held is in the storage
				c.pass(time.Minute)
				if err := p.Shutdown(context.Background()); err != nil {
					t.Fatal(err)
				}
				got := records(sink)
				if len(got) != 2 {
					t.Fatalf("%d records, want 2", len(got))
				}
				if tt.body != "" && classes == nil && got[0].Body().AsString() != tt.body {
					t.Errorf("the body is %q, want %q", got[0].Body().AsString(), tt.body)
				}
				if tt.body != "\xff\x00" && !strings.Contains(got[1].Body().AsString(), "held ÿ") {
					t.Errorf("the line that was held came as %q", got[1].Body().AsString())
				}
				for _, lr := range got {
					for name, v := range lr.Attributes().All() {
						if strings.HasPrefix(name, "configmgr.") && name != "configmgr.log.format" && !utf8.ValidString(v.AsString()) {
							t.Errorf("%s is %q", name, v.AsString())
						}
					}
				}
				for _, ld := range sink.AllLogs() {
					wire, err := (&plog.ProtoMarshaler{}).MarshalLogs(ld)
					if err != nil {
						t.Fatal(err)
					}
					if back, err := (&plog.ProtoUnmarshaler{}).UnmarshalLogs(wire); err != nil || back.LogRecordCount() != ld.LogRecordCount() {
						t.Errorf("it cannot be read back: %v", err)
					}
					if text, err := (&plog.JSONMarshaler{}).MarshalLogs(ld); err != nil || !json.Valid(text) {
						t.Errorf("no JSON: %v %.200q", err, text)
					}
				}
				if all := slices.Concat(logs.All(), more.All()); len(all) > 0 {
					t.Errorf("logged %v", all)
				}
			})
		}
	}
}

// What is pending of a host whose name is no text is found again after a restart, and so are its lines.
func TestAHostThatIsNoTextSurvivesARestart(t *testing.T) {
	cfg := keeping(t)
	sink, d, c := new(consumertest.LogsSink), newDisk(), newClock()
	p, _ := begun(t, cfg, d, sink, c)
	const scan = "/logs/ScanAgent.log"
	consume(t, p, batch("PC\xff", scan, asked))
	consume(t, p, batch("PC\xfe", scan, strings.Replace(asked, "9A1C2D3E", "00000000", 1)))
	consume(t, p, batch("PC\xff", "/logs/\xff\x00.log", "<![LOG[held by one"))
	consume(t, p, batch("PC\xfe", "/logs/\xff\x00.log", "<![LOG[held by two"))
	p2, _ := begun(t, cfg, d, sink, c) // the first is killed
	t.Cleanup(func() { _ = p.Shutdown(context.Background()) })
	defer func() { _ = p2.Shutdown(context.Background()) }()
	if n := p2.table.Held(); n != 2 {
		t.Errorf("%d lines are held, want 2", n)
	}
	for _, host := range []string{"PC\xff", "PC\xfe"} {
		consume(t, p2, batch(host, scan, strings.NewReplacer("Requesting scan for job", "Nothing of", "09:00:00", "09:20:00").Replace(asked)))
	}
	for range 3 {
		c.mu.Lock()
		c.now = c.now.Add(time.Minute)
		c.mu.Unlock()
		p2.tick(context.Background())
	}
	found := 0
	for _, lr := range records(sink) {
		if lr.EventName() != "configmgr.finding" {
			continue
		}
		found++
		for name, v := range lr.Attributes().All() {
			if !utf8.ValidString(v.AsString()) || bytes.IndexByte([]byte(v.AsString()), 0) >= 0 {
				t.Errorf("%s of a finding is %q", name, v.AsString())
			}
		}
	}
	if found != 2 {
		t.Errorf("%d findings, want one for each host", found)
	}
}
