package otelprocessor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/cmtrail/cmtrail/internal/fault"
	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/otelprocessor/internal/metadata"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// What may be more in the last quarter of a soak than in its second, in the median of the samples. The first quarter is for
// reaching the bounds.
const (
	heapTolerance      = 0.10 // of the heap, and
	heapSlack          = 4 << 20
	rssTolerance       = 0.15 // of the memory that the system has given, and
	rssSlack           = 32 << 20
	goroutineTolerance = 0
)

// soakRounds is how long the soak lasts where no time is given: long enough to reach its bounds in the first part.
const soakRounds = 1500

// soakTime is how long the soak lasts where SOAK says so: SOAK=1h.
func soakTime(t *testing.T) (d time.Duration, given bool) {
	t.Helper()
	s := os.Getenv("SOAK")
	if s == "" {
		return 0, false
	}
	d, err := time.ParseDuration(s)
	if err != nil {
		t.Fatalf("SOAK: %v", err)
	}
	return d, true
}

// TestSoak sends mixed logs through a processor that relates, keeps what it holds in a storage and reloads its rules, and
// through streams of bytes: files are rotated, hosts come and go, and the next component refuses now and then. Memory and
// goroutines must not grow. The bounds are narrow, so that a short run reaches them too.
func TestSoak(t *testing.T) {
	t.Logf("%s, %s/%s, %d processors", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0))
	s := newSoak(t)
	if testing.Short() {
		t.Skip("it looks at memory, which the race detector uses as well")
	}
	took, timed := soakTime(t)
	began := time.Now()
	done := func() float64 { // the share of it that is over
		if timed {
			return float64(time.Since(began)) / float64(took)
		}
		return float64(s.rounds) / soakRounds
	}
	var samples []sample
	for next := 1.0 / 40; done() < 1; {
		s.round()
		if done() >= next {
			samples = append(samples, s.sample(time.Since(began)))
			next = done() + 1.0/40
		}
	}
	s.judge(samples)
}

// soak is what a soak drives.
type soak struct {
	*testing.T
	clock   *clock
	disk    *disk
	tagger  *tagger
	rules   string // a rule file that changes
	rounds  int
	lines   int
	records atomic.Int64
	refuse  atomic.Int64 // batches that the next component is still to refuse

	live    *pipeline.Live // behind the streams of bytes
	engine  *pipeline.Pipeline
	streams []*pipeline.Stream
}

func newSoak(t *testing.T) *soak {
	t.Helper()
	s := &soak{T: t, clock: newClock(), disk: newDisk(), rules: filepath.Join(t.TempDir(), "soak.yaml")}
	s.writeRules()
	cfg := createDefaultConfig().(*Config)
	cfg.Rules, cfg.ReloadInterval, cfg.Storage = []string{s.rules}, time.Minute, &storageID
	cfg.MaxStreams, cfg.MaxHeldBytes, cfg.StreamTimeout = 300, 1<<20, 10*time.Minute
	cfg.Correlation.MaxOpen, cfg.Correlation.MaxTotal, cfg.Correlation.MaxHosts, cfg.Correlation.SilentAfter = 500, 2000, 200, 10*time.Minute
	next, err := consumer.NewLogs(s.take)
	if err != nil {
		t.Fatal(err)
	}
	if s.tagger, err = newTagger(processortest.NewNopSettings(metadata.Type), cfg, next, s.clock); err != nil {
		t.Fatal(err)
	}
	if err := s.tagger.Start(context.Background(), host{componenttest.NewNopHost(), s.disk}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.tagger.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	})
	engine, err := rules.LoadEngine(rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.engine = pipeline.New(engine)
	s.live = pipeline.NewLive(engine.Set(), cfg.Correlation.live(cfg.IdleTimeout), s.clock, new(fault.Log), rules.CorrelatorOutput{})
	s.streams = make([]*pipeline.Stream, 20)
	return s
}

func (s *soak) take(_ context.Context, logs plog.Logs) error {
	if s.refuse.Add(-1) >= 0 {
		return errors.New("not now")
	}
	s.records.Add(int64(logs.LogRecordCount()))
	return nil
}

// writeRules changes a rule, so that the next look reloads.
func (s *soak) writeRules() {
	text := fmt.Sprintf("schema: 1\npack: soak\nversion: 1.0.%d\nsteps:\n  - {id: soak.01, title: Soak}\nrules:\n"+
		"  - {id: soak.01.asked, step: soak.01, match: {line: 'Soak asks for <item:word>'}}\n"+
		"  - {id: soak.01.given, step: soak.01, match: {line: 'Soak gives <item:word> (%d)'}}\n"+
		"  - {id: CM-SOAK-UNANSWERED, title: t, severity: warning, step: soak.01, absence: {after: soak.01.asked, expect: soak.01.given, by: item, within: 30m}}\n"+
		"  - {id: CM-SOAK-OFTEN, title: t, severity: warning, step: soak.01, once: {per: 1h, by: item}, match: {line: 'Soak says <item:word> once'}}\n", s.rounds, s.rounds)
	if err := os.WriteFile(s.rules, []byte(text), 0o600); err != nil {
		s.Fatal(err)
	}
}

// round is one second of the soak's own time.
func (s *soak) round() {
	n := s.rounds
	if n%600 == 300 {
		s.writeRules()
	}
	if n%97 == 0 {
		s.refuse.Store(3)
	}
	logs := plog.NewLogs()
	for k := range 10 {
		age := n / 200                                   // hosts come and go: a new one takes each place after so many rounds
		name := fmt.Sprintf("PC-%d-%d", k+10*(n%3), age) // and takes part in every third round
		path := fmt.Sprintf(`C:\Windows\CCM\Logs\%s-%d.log`, []string{"LocationServices", "ScanAgent", "WUAHandler", "UpdatesHandler", "Soak"}[k%5], n/60)
		batch(name, path, s.mixed(n*10+k)...).ResourceLogs().MoveAndAppendTo(logs.ResourceLogs())
	}
	s.consume(logs)
	for k, stream := range s.streams {
		if stream == nil || (n+k)%500 == 0 { // rotated
			if stream != nil {
				stream.Flush()
			}
			src := pipeline.Source{Host: fmt.Sprintf("SRV-%d-%d", k, n/500), Path: fmt.Sprintf(`E:\Logs\WCM-%d.log`, n)}
			stream = s.engine.Open(src, parsers.Options{}, s.live.Take)
			s.streams[k] = stream
		}
		text := strings.Join(s.mixed(n*20+k), "\r\n") + "\r\n"
		cut := (n * 31) % len(text)
		for _, part := range []string{text[:cut], text[cut:]} {
			if _, err := stream.Write([]byte(part)); err != nil {
				s.Fatal(err)
			}
		}
		if n%10 == k%10 {
			stream.Idle()
		}
	}
	s.live.Tick()
	s.clock.pass(time.Second)
	s.rounds++
}

// consume hands a batch on. While the next component refuses it, time passes.
func (s *soak) consume(logs plog.Logs) {
	s.lines += logs.LogRecordCount()
	done := make(chan error, 1)
	go func() { done <- s.tagger.ConsumeLogs(context.Background(), logs) }()
	for {
		select {
		case err := <-done:
			if err != nil {
				s.Fatal(err)
			}
			return
		case <-time.After(20 * time.Millisecond):
			s.clock.pass(time.Second)
		}
	}
}

// mixed returns lines as they are mixed in practice, and worse.
func (s *soak) mixed(n int) []string {
	now := s.clock.Now().UTC()
	ccm := func(component, text string) string {
		return fmt.Sprintf(`<![LOG[%s]LOG]!><time="%s+000" date="%s" component="%s" context="" type="1" thread="%d" file="soak.cpp:%d">`,
			text, now.Format("15:04:05.000"), now.Format("01-02-2006"), component, 1000+n%16, n%500)
	}
	id := fmt.Sprintf("%08X-4C1F-4B0A-9D2E-%012X", n, n)
	lines := []string{
		ccm("LocationServices", "Created and Sent Location Request '{"+id+"}' for package {5b2a9e14-77c3-4f0d-8e65-1d9c3b0fa742}"),
		ccm("Soak", "Soak asks for item"+id), ccm("Soak", "Soak says item"+id+" once"),
		ccm("ScanAgent", "Nothing that a rule knows of, "+id), ccm("WUAHandler", "Async searching completed."),
		ccm("WUAHandler", "OnSearchComplete - Failed to end search job. Error = 0x80072ee2."),
		fmt.Sprintf("%s  1234  5678  Agent  WARNING: plain text of no format that is known", now.Format("2006-01-02 15:04:05:000")),
		"<![LOG[A message", "of two lines]LOG]!><time=\"" + now.Format("15:04:05.000") + "+000\" date=\"" + now.Format("01-02-2006") + "\" component=\"CAS\" context=\"\" type=\"2\" thread=\"7\" file=\"c.cpp:1\">",
		"\xff\xfe no text at all \x00\x1b[31m",
	}
	if n%2 == 0 { // half of the questions are answered
		lines = append(lines, ccm("LocationServices", "Calling back with locations for WSUS request {"+id+"}"))
	}
	if n%40 == 0 {
		lines = append(lines, ccm("PolicyAgent", strings.Repeat("long ", 20_000)))
	}
	if n%70 == 0 { // and is never closed
		lines = append(lines, "<![LOG["+strings.Repeat("x", 50_000))
	}
	return lines
}

// sample is how much was in use at a time.
type sample struct {
	at         time.Duration
	heap, rss  int64
	goroutines int64
}

func (s *soak) sample(at time.Duration) sample {
	runtime.GC()
	runtime.GC() // what finalizers and pools let go of
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return sample{at, int64(m.HeapAlloc), rss(), int64(runtime.NumGoroutine())}
}

// rss returns the memory that the system has given the process; 0 where it does not say.
func rss() int64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	kib := int64(0)
	_, _ = fmt.Sscan(rest, &kib) // 0 when it is not there
	return kib << 10
}

// judge compares the last quarter of the samples with the second.
func (s *soak) judge(all []sample) {
	s.Helper()
	c := s.tagger.relater.read()
	s.tagger.mu.Lock()
	p := s.tagger.table
	s.Logf("%d rounds, %d lines through the processor, %d records out; %d streams, %d bytes held, %d hosts, %d pending, %d let go of, %d hurried, %d cut, %d late; %d values in the storage",
		s.rounds, s.lines, s.records.Load(), p.Streams(), p.HeldBytes(), c.hosts, c.pending, c.Evicted, c.Hurried, c.Cut, c.Late, len(s.disk.values))
	s.tagger.mu.Unlock()
	for _, x := range all {
		s.Logf("%8s  heap %6.1f MiB  rss %6.1f MiB  goroutines %d", x.at.Round(time.Second/10), float64(x.heap)/(1<<20), float64(x.rss)/(1<<20), x.goroutines)
	}
	if len(all) < 12 {
		s.Fatalf("%d samples are too few to judge by", len(all))
	}
	if c.Evicted == 0 || s.records.Load() == 0 {
		s.Error("the bounds were not reached")
	}
	median := func(part []sample, of func(sample) int64) int64 {
		var list []int64
		for _, x := range part {
			list = append(list, of(x))
		}
		slices.Sort(list)
		return list[len(list)/2]
	}
	q := len(all) / 4
	for _, v := range []struct {
		name string
		of   func(sample) int64
		most func(before int64) int64
	}{
		{"heap", func(x sample) int64 { return x.heap }, func(n int64) int64 { return n + int64(heapTolerance*float64(n)) + heapSlack }},
		{"rss", func(x sample) int64 { return x.rss }, func(n int64) int64 { return n + int64(rssTolerance*float64(n)) + rssSlack }},
		{"goroutines", func(x sample) int64 { return x.goroutines }, func(n int64) int64 { return n + goroutineTolerance }},
	} {
		before, after := median(all[q:2*q], v.of), median(all[len(all)-q:], v.of)
		s.Logf("%s: %d in the second quarter, %d in the last", v.name, before, after)
		if after > v.most(before) {
			s.Errorf("%s grows: %d in the second quarter, %d in the last, at most %d", v.name, before, after, v.most(before))
		}
	}
}
