package otelprocessor

import (
	"bytes"
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/cmtrail/cmtrail/otelprocessor/internal/metadata"
)

const keptRules = `schema: 1
pack: kept
version: 1.0.0
steps:
  - {id: scan.01, title: A scan is asked for}
rules:
  - {id: scan.01.asked, step: scan.01, match: {line: 'Requesting scan for job {<scan_job_id:guid>}'}}
  - {id: scan.01.done, step: scan.01, match: {line: The search is done}}
  - {id: CM-TEST-UNDONE, title: t, severity: error, step: scan.01, absence: {after: scan.01.asked, expect: scan.01.done, within: 10m, covered_by: [ScanAgent.log]}}
`

// keeping returns the settings of a processor that keeps on a disk.
func keeping(tb testing.TB) *Config {
	tb.Helper()
	rules := filepath.Join(tb.TempDir(), "kept.yaml")
	if err := os.WriteFile(rules, []byte(keptRules), 0o600); err != nil {
		tb.Fatal(err)
	}
	cfg := createDefaultConfig().(*Config)
	cfg.DefaultRules, cfg.Rules, cfg.Storage, cfg.ReloadInterval = false, []string{rules}, &storageID, 0
	return cfg
}

// begun starts a processor of these settings, and returns what it logs as well.
func begun(tb testing.TB, cfg *Config, d *disk, next consumer.Logs, c *clock) (*tagger, *observer.ObservedLogs) {
	tb.Helper()
	core, logs := observer.New(zapcore.WarnLevel)
	set := processortest.NewNopSettings(metadata.Type)
	set.Logger = zap.New(core)
	p, err := newTagger(set, cfg, next, c)
	if err != nil {
		tb.Fatal(err)
	}
	if err := p.Start(context.Background(), host{componenttest.NewNopHost(), d}); err != nil {
		tb.Fatalf("it does not start: %v", err)
	}
	return p, logs
}

// keptBodies are the records and the line that keptValues holds.
var keptBodies = []string{"The first line", "Requesting scan for job {9A1C2D3E-4F50-4617-8829-3A4B5C6D7E8F}", "The line that is held"}

// keptValues returns what a processor has kept that was killed: two rounds of records that were refused, a line that is held, and a
// question that is pending.
func keptValues(tb testing.TB, cfg *Config) map[string][]byte {
	tb.Helper()
	d, c := newDisk(), newClock()
	p, _ := begun(tb, cfg, d, &gate{closed: true}, c)
	gone, cancel := context.WithCancel(context.Background())
	cancel() // the receiver waits no more
	give := func(path, line string) {
		if err := p.ConsumeLogs(gone, batch("PC1", path, line)); err != nil {
			tb.Fatal(err)
		}
	}
	give(wua, opens)
	c.pass(time.Minute)
	give("/logs/ScanAgent.log", asked)
	c.pass(time.Second)
	give("/logs/CAS.log", "<![LOG[The line that is held")
	d.mu.Lock()
	kept := maps.Clone(d.values)
	d.mu.Unlock()
	if err := p.Shutdown(context.Background()); err != nil {
		tb.Fatal(err)
	}
	for _, key := range []string{"waiting.page.0", "held.page.0", "correlation.page.0", "correlation.state.host/PC1"} {
		if kept[key] == nil {
			tb.Fatalf("%s is not kept of %q", key, slices.Sorted(maps.Keys(kept)))
		}
	}
	if len(roundsOf(kept)) != 2 {
		tb.Fatalf("two rounds are not kept of %q", slices.Sorted(maps.Keys(kept)))
	}
	return kept
}

// roundsOf returns the keys of rounds in the order of their numbers, which are below ten.
func roundsOf(kept map[string][]byte) (keys []string) {
	for _, key := range slices.Sorted(maps.Keys(kept)) {
		if strings.HasPrefix(key, "waiting.state.") {
			keys = append(keys, key)
		}
	}
	return keys
}

// FuzzStorage has something else write over a value in the storage, or put one there. The processor starts, all that stands in the other
// values comes out, once, and what could not be read is told, once.
func FuzzStorage(f *testing.F) {
	cfg := keeping(f)
	kept := keptValues(f, cfg)
	keys, rounds := slices.Sorted(maps.Keys(kept)), roundsOf(kept)
	for at, key := range keys {
		f.Add(uint8(at), "", []byte{}, false)
		f.Add(uint8(at), "", kept[key][:len(kept[key])/2], false)
		f.Add(uint8(at), "", kept[keys[(at+1)%len(keys)]], false)
		f.Add(uint8(at), "", []byte(`["a","a","","`+strings.Repeat(`","`, 1000)+`"]`), true)
	}
	f.Add(uint8(255), "held.page.1", []byte(`["x"]`), false)
	f.Add(uint8(255), "waiting.page.1", []byte(`["1","01","18446744073709551615","-1"]`), false)
	f.Add(uint8(255), "waiting.state.18446744073709551615", []byte("\n"), true)
	f.Add(uint8(255), "correlation.page.1", []byte(`{"a":1}`), false)
	f.Fuzz(func(t *testing.T, at uint8, name string, value []byte, cut bool) {
		key := name
		if int(at) < len(keys) {
			key = keys[at]
		}
		d := newDisk()
		d.values = maps.Clone(kept)
		given := value
		if cut { // behind half of what was there
			given = append(slices.Clone(kept[key][:len(kept[key])/2]), value...)
		}
		d.values[key] = given
		sink, c := new(consumertest.LogsSink), newClock()
		p, logs := begun(t, cfg, d, sink, c)
		c.pass(time.Second)
		consume(t, p, batch("PC2", wua, done))
		c.pass(time.Minute)
		if err := p.Shutdown(context.Background()); err != nil {
			t.Fatal(err)
		}
		count := map[string]int{}
		for _, body := range bodies(sink) {
			count[body]++
		}
		for i, body := range keptBodies {
			touched := strings.HasPrefix(key, "held.") && i == 2 || strings.HasPrefix(key, "waiting.") && i != 2
			if at := slices.Index(rounds, key); at >= 0 {
				touched = at == i
			}
			copied := bytes.Contains(given, []byte(body))
			if !touched && (count[body] < 1 || count[body] > 1 && !copied) && !slices.Contains([]string{"held.page.1", "waiting.page.1"}, key) {
				t.Errorf("%q came %d times with another %s: %v", body, count[body], key, logs.All())
			}
		}
		if count["The search is done"] < 1 {
			t.Errorf("a new record did not go on with another %s", key)
		}
		for _, ld := range sink.AllLogs() {
			if _, err := (&plog.ProtoMarshaler{}).MarshalLogs(ld); err != nil {
				t.Error(err)
			}
		}

		again, later := new(consumertest.LogsSink), newClock()
		p, logs = begun(t, cfg, d, again, later)
		later.pass(time.Minute)
		if err := p.Shutdown(context.Background()); err != nil {
			t.Fatal(err)
		}
		if n := again.LogRecordCount(); n > 0 {
			t.Errorf("%d records came again: %q", n, bodies(again))
		}
		if told := logs.FilterMessageSnippet("could not be read").All(); len(told) > 0 {
			t.Errorf("what cannot be read is told again: %v", told)
		}
	})
}

// What cannot be read is told.
func TestWhatTheStorageCannotGiveIsTold(t *testing.T) {
	cfg := keeping(t)
	kept := keptValues(t, cfg)
	for key, want := range map[string]string{
		"waiting.page.0": "waiting", "held.page.0": "held", roundsOf(kept)[1]: "waiting", "correlation.page.0": "pending", "correlation.state.host/PC1": "pending",
	} {
		d, c := newDisk(), newClock()
		d.values = maps.Clone(kept)
		d.values[key] = []byte("\xff no such value")
		p, logs := begun(t, cfg, d, new(consumertest.LogsSink), c)
		if err := p.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		told := logs.FilterMessageSnippet("could not be read and is given up").All()
		if len(told) != 1 {
			t.Errorf("%s: %d times told that it could not be read: %v", key, len(told), logs.All())
			continue
		}
		if fields := told[0].ContextMap(); want == "pending" && !strings.Contains(told[0].Message, want) || want != "pending" && fields["kind"] != want {
			t.Errorf("%s: told %q %v", key, told[0].Message, fields)
		}
	}
}
