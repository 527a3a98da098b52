package otelprocessor

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/cmtrail/cmtrail/otelprocessor/internal/metadata"
)

// Lines of an invented client.
const (
	asked  = `<![LOG[Requesting scan for job {9A1C2D3E-4F50-4617-8829-3A4B5C6D7E8F}]LOG]!><time="09:00:00.100+300" date="06-05-2026" component="ScanAgent" context="" type="1" thread="4020" file="scan.cpp:10">`
	failed = `<![LOG[Search failed with 0x8007000e]LOG]!><time="09:00:02.000+300" date="06-05-2026" component="WUAHandler" context="job" type="3" thread="4021" file="wua.cpp:77">`
	done   = `<![LOG[The search is done]LOG]!><time="09:00:03.000+300" date="06-05-2026" component="WUAHandler" context="" type="1" thread="4021" file="wua.cpp:80">`
	opens  = `<![LOG[The first line`
	closes = `and the second]LOG]!><time="09:00:04.000+300" date="06-05-2026" component="WUAHandler" context="" type="2" thread="4021" file="wua.cpp:81">`
)

// clock is moved by hand. Its ticker ticks when tick is called.
type clock struct {
	mu  sync.Mutex
	now time.Time
	c   chan time.Time
}

func newClock() *clock {
	return &clock{now: time.Date(2026, 6, 5, 15, 0, 0, 0, time.UTC), c: make(chan time.Time)}
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Ticker(time.Duration) (<-chan time.Time, func()) { return c.c, func() {} }

// pass moves the clock and lets the idle flush run twice, so that the first has ended when pass returns.
func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	c.now = c.now.Add(d)
	c.mu.Unlock()
	c.c <- c.now
	c.c <- c.now
}

func testConfig() *Config {
	cfg := createDefaultConfig().(*Config)
	cfg.DefaultRules, cfg.Rules = false, []string{"testdata/rules"}
	return cfg
}

// started returns a processor that runs until the test ends.
func started(t *testing.T, cfg *Config, next consumer.Logs, c *clock) *tagger {
	t.Helper()
	p, err := newTagger(processortest.NewNopSettings(metadata.Type), cfg, next, c)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Shutdown(context.Background()) })
	return p
}

// batch makes log records of the lines, as a receiver that follows one file makes them.
func batch(host, path string, lines ...string) plog.Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr("host.name", host)
	sl := rl.ScopeLogs().AppendEmpty()
	sl.Scope().SetName("test-receiver")
	for i, line := range lines {
		lr := sl.LogRecords().AppendEmpty()
		lr.Body().SetStr(line)
		lr.SetObservedTimestamp(7)
		lr.Attributes().PutStr("log.file.path", path)
		lr.Attributes().PutInt("line", int64(i))
	}
	return ld
}

func consume(t *testing.T, p *tagger, ld plog.Logs) {
	t.Helper()
	if err := p.ConsumeLogs(context.Background(), ld); err != nil {
		t.Fatal(err)
	}
}

// records returns what a sink got, in order.
func records(sink *consumertest.LogsSink) (list []plog.LogRecord) {
	for _, ld := range sink.AllLogs() {
		for _, rl := range ld.ResourceLogs().All() {
			for _, sl := range rl.ScopeLogs().All() {
				for _, lr := range sl.LogRecords().All() {
					list = append(list, lr)
				}
			}
		}
	}
	return list
}

func bodies(sink *consumertest.LogsSink) (list []string) {
	for _, lr := range records(sink) {
		list = append(list, lr.Body().AsString())
	}
	return list
}

func wantBodies(t *testing.T, sink *consumertest.LogsSink, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, bodies(sink)); diff != "" {
		t.Errorf("bodies (-want +got):\n%s", diff)
	}
}

func TestTags(t *testing.T) {
	sink := new(consumertest.LogsSink)
	cfg := testConfig()
	cfg.KeepOriginal = true
	p := started(t, cfg, sink, newClock())
	consume(t, p, batch("PC1", `C:\Windows\CCM\Logs\WUAHandler.log`, asked, failed, done))

	got := records(sink)
	if len(got) != 3 {
		t.Fatalf("%d records, want 3: %q", len(got), bodies(sink))
	}
	common := func(line int, original string, more map[string]any) map[string]any {
		m := map[string]any{
			"line": int64(line), "log.file.path": `C:\Windows\CCM\Logs\WUAHandler.log`, "log.file.name": "WUAHandler.log",
			"log.record.original": original, "configmgr.log.format": "ccm",
		}
		for k, v := range more {
			m[k] = v
		}
		return m
	}
	for i, tt := range []struct {
		body     string
		severity plog.SeverityNumber
		text     string
		at       string
		attrs    map[string]any
	}{
		{"Requesting scan for job {9A1C2D3E-4F50-4617-8829-3A4B5C6D7E8F}", plog.SeverityNumberInfo, "info", "2026-06-05T14:00:00.1Z",
			common(0, asked, map[string]any{
				"configmgr.component": "ScanAgent", "code.file.path": "scan.cpp", "code.line.number": int64(10), "thread.id": int64(4020),
				"configmgr.step.id": "scan.01.02", "configmgr.step.title": "A scan is asked for", "configmgr.step.order": int64(102),
				"configmgr.rule.ids":        []any{"scan.01.02.asked"},
				"configmgr.key.scan_job_id": "9a1c2d3e-4f50-4617-8829-3a4b5c6d7e8f",
			})},
		{"Search failed with 0x8007000e", plog.SeverityNumberError, "error", "2026-06-05T14:00:02Z",
			common(1, failed, map[string]any{
				"configmgr.component": "WUAHandler", "configmgr.context": "job", "code.file.path": "wua.cpp", "code.line.number": int64(77),
				"thread.id":         int64(4021),
				"configmgr.step.id": "scan.04", "configmgr.step.title": "The agent searches", "configmgr.step.order": int64(400),
				"configmgr.issue.ids": []any{"CM-TEST-NO-MEMORY"}, "configmgr.issue.severity": "error",
				"configmgr.issue.titles": []any{"The agent ran out of memory"},
				"configmgr.error.codes":  []any{"0x8007000E"}, "configmgr.error.names": []any{"ERROR_OUTOFMEMORY"},
				"configmgr.rule.ids": []any{"CM-TEST-NO-MEMORY"}, "configmgr.key.hr": "0x8007000E",
			})},
		{"The search is done", plog.SeverityNumberInfo, "info", "2026-06-05T14:00:03Z",
			common(2, done, map[string]any{
				"configmgr.component": "WUAHandler", "code.file.path": "wua.cpp", "code.line.number": int64(80), "thread.id": int64(4021),
				"configmgr.step.id": "scan.04", "configmgr.step.ids": []any{"scan.04", "scan.07"},
				"configmgr.step.title": "The agent searches", "configmgr.step.order": int64(400),
				"configmgr.rule.ids": []any{"scan.04.done"},
			})},
	} {
		lr := got[i]
		if lr.Body().Str() != tt.body || lr.SeverityNumber() != tt.severity || lr.SeverityText() != tt.text {
			t.Errorf("record %d: %q %s %q, want %q %s %q", i, lr.Body().Str(), lr.SeverityNumber(), lr.SeverityText(), tt.body, tt.severity, tt.text)
		}
		if at := lr.Timestamp().AsTime().Format(time.RFC3339Nano); at != tt.at {
			t.Errorf("record %d: time %s, want %s", i, at, tt.at)
		}
		if lr.ObservedTimestamp() != 7 {
			t.Errorf("record %d: observed at %d, want 7", i, lr.ObservedTimestamp())
		}
		if diff := cmp.Diff(tt.attrs, lr.Attributes().AsRaw()); diff != "" {
			t.Errorf("attributes of record %d (-want +got):\n%s", i, diff)
		}
	}
	rl := sink.AllLogs()[0].ResourceLogs()
	if rl.Len() != 1 || rl.At(0).ScopeLogs().Len() != 1 || rl.At(0).ScopeLogs().At(0).Scope().Name() != "test-receiver" {
		t.Error("records of one resource and scope did not stay together")
	}
}

func TestRecordTakesTheAttributesOfItsFirstLine(t *testing.T) {
	sink := new(consumertest.LogsSink)
	p := started(t, testConfig(), sink, newClock())
	consume(t, p, batch("PC1", "/logs/WUAHandler.log", done, opens))
	wantBodies(t, sink, "The search is done")
	consume(t, p, batch("PC1", "/logs/WUAHandler.log", closes, done))
	wantBodies(t, sink, "The search is done", "The first line\nand the second", "The search is done")
	joined := records(sink)[1]
	if n, _ := joined.Attributes().Get("line"); n.Int() != 1 {
		t.Errorf("line = %d, want 1, as the first line said", n.Int())
	}
	if host, _ := sink.AllLogs()[1].ResourceLogs().At(0).Resource().Attributes().Get("host.name"); host.Str() != "PC1" {
		t.Errorf("host.name = %q, want PC1", host.Str())
	}
}

func TestStreamsAreToldApart(t *testing.T) {
	sink := new(consumertest.LogsSink)
	p := started(t, testConfig(), sink, newClock())
	consume(t, p, batch("PC1", "/logs/WUAHandler.log", opens))
	consume(t, p, batch("PC2", "/logs/WUAHandler.log", done))
	consume(t, p, batch("PC1", "/logs/Other.log", done))
	consume(t, p, batch("PC1", "/logs/WUAHandler.log", closes))
	wantBodies(t, sink, "The search is done", "The search is done", "The first line\nand the second")
}

func TestIdleLogGivesOutWhatItHolds(t *testing.T) {
	sink, c := new(consumertest.LogsSink), newClock()
	p := started(t, testConfig(), sink, c)
	consume(t, p, batch("PC1", "/logs/WUAHandler.log", opens))
	c.pass(4 * time.Second)
	wantBodies(t, sink)
	c.pass(2 * time.Second)
	wantBodies(t, sink, "The first line")
}

func TestShutdownGivesOutWhatIsHeld(t *testing.T) {
	sink := new(consumertest.LogsSink)
	p := started(t, testConfig(), sink, newClock())
	consume(t, p, batch("PC1", "/logs/WUAHandler.log", opens))
	if err := p.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	wantBodies(t, sink, "The first line")
}

func TestWhatIsNoLineGoesThroughUntouched(t *testing.T) {
	sink := new(consumertest.LogsSink)
	p := started(t, testConfig(), sink, newClock())
	ld := batch("PC1", "/logs/WUAHandler.log", "", "")
	in := ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords()
	in.At(0).Body().SetEmptyMap().PutStr("message", done)
	in.At(1).Body().SetStr("tagged before")
	in.At(1).Attributes().PutStr("configmgr.log.format", "ccm")
	want := plog.NewLogs()
	ld.CopyTo(want)
	consume(t, p, ld)
	got, err := (&plog.JSONMarshaler{}).MarshalLogs(sink.AllLogs()[0])
	if err != nil {
		t.Fatal(err)
	}
	wanted, err := (&plog.JSONMarshaler{}).MarshalLogs(want)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(wanted), string(got)); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

func TestLineInAnAttribute(t *testing.T) {
	sink := new(consumertest.LogsSink)
	cfg := testConfig()
	cfg.MessageAttribute = "line.text"
	p := started(t, cfg, sink, newClock())
	ld := batch("PC1", "/logs/WUAHandler.log", "kept")
	ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes().PutStr("line.text", done)
	consume(t, p, ld)
	wantBodies(t, sink, "kept")
	if v, _ := records(sink)[0].Attributes().Get("line.text"); v.Str() != "The search is done" {
		t.Errorf("line.text = %q, want the message", v.Str())
	}
}

func TestBytesAreALine(t *testing.T) {
	sink := new(consumertest.LogsSink)
	p := started(t, testConfig(), sink, newClock())
	ld := batch("PC1", "/logs/WUAHandler.log", "")
	ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Body().SetEmptyBytes().FromRaw([]byte(done))
	consume(t, p, ld)
	wantBodies(t, sink, "The search is done")
}

// gate is a next component that can be closed.
type gate struct {
	consumertest.LogsSink
	closed bool
}

func (g *gate) ConsumeLogs(ctx context.Context, ld plog.Logs) error {
	if g.closed {
		return errors.New("closed for now")
	}
	return g.LogsSink.ConsumeLogs(ctx, ld)
}

func TestRefusedBatchComesBackTagged(t *testing.T) {
	next := &gate{}
	p := started(t, testConfig(), next, newClock())
	consume(t, p, batch("PC1", "/logs/WUAHandler.log", opens))

	next.closed = true
	ld := batch("PC1", "/logs/WUAHandler.log", closes, done)
	if err := p.ConsumeLogs(context.Background(), ld); err == nil || err.Error() != "closed for now" {
		t.Fatalf("ConsumeLogs = %v, want the error of the next component", err)
	}
	next.closed = false
	consume(t, p, ld) // as a receiver does that tries again
	wantBodies(t, &next.LogsSink, "The first line\nand the second", "The search is done")
}

func TestRefusedIdleRecordsAreTriedAgain(t *testing.T) {
	next, c := &gate{}, newClock()
	p := started(t, testConfig(), next, c)
	consume(t, p, batch("PC1", "/logs/WUAHandler.log", opens))
	next.closed = true
	c.pass(time.Minute)
	wantBodies(t, &next.LogsSink)
	p.mu.Lock()
	next.closed = false
	p.mu.Unlock()
	c.pass(time.Second)
	wantBodies(t, &next.LogsSink, "The first line")
}

func TestShutdownTellsWhatCouldNotGo(t *testing.T) {
	next := &gate{closed: true}
	p := started(t, testConfig(), next, newClock())
	consume(t, p, batch("PC1", "/logs/WUAHandler.log", opens))
	want := "1 held records could not be handed on: closed for now"
	if err := p.Shutdown(context.Background()); err == nil || err.Error() != want {
		t.Errorf("Shutdown = %v, want %s", err, want)
	}
	next.closed = false
}

func TestReadOnlyBatchIsLeftAlone(t *testing.T) {
	sink := new(consumertest.LogsSink)
	p := started(t, testConfig(), sink, newClock())
	ld := batch("PC1", "/logs/WUAHandler.log", done)
	ld.MarkReadOnly()
	consume(t, p, ld)
	wantBodies(t, sink, "The search is done")
	if got := ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Body().Str(); got != done {
		t.Errorf("the batch holds %q now", got)
	}
}

func TestReceiversTimeStaysWhenTheLineHasNone(t *testing.T) {
	sink := new(consumertest.LogsSink)
	cfg := testConfig()
	cfg.Format = "plain"
	p := started(t, cfg, sink, newClock())
	ld := batch("PC1", "/logs/notes.log", "no time here")
	ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).SetTimestamp(pcommon.Timestamp(99))
	consume(t, p, ld)
	if got := records(sink)[0].Timestamp(); got != 99 {
		t.Errorf("timestamp = %d, want 99", got)
	}
}

func TestFaultsInRuleFiles(t *testing.T) {
	cfg := testConfig()
	cfg.Rules = []string{"testdata/faulty"}
	set := processortest.NewNopSettings(metadata.Type)
	_, err := newTagger(set, cfg, consumertest.NewNop(), newClock())
	if err == nil {
		t.Fatal("newTagger took rules with faults")
	}
	for _, want := range []string{"testdata/faulty/rules.yaml:10:11: ", "testdata/faulty/rules.yaml:16:21: "} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error does not name %s:\n%v", want, err)
		}
	}
	cfg.OnError = OnErrorKeep
	p, err := newTagger(set, cfg, consumertest.NewNop(), newClock())
	if err != nil {
		t.Fatalf("with on_error keep: %v", err)
	}
	if err := p.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
}
