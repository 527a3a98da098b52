package correlate_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/cmtrail/cmtrail/internal/correlate"
	"github.com/cmtrail/cmtrail/internal/match"
	"github.com/cmtrail/cmtrail/parsers"
)

// record is a record of a client and what the rules say of it.
type known struct {
	record  parsers.Record
	verdict *match.Verdict
	log     string
}

// saying makes a record and keeps a verdict of it, which Match would give anew each time.
func (w *world) saying(log, message string, at time.Time) known {
	k := known{log: log, record: parsers.Record{Message: message, LineStart: 1, Stamp: parsers.Stamp{Wall: at.UnixNano(), HasWall: true, HasOffset: true}}}
	if v := match.New(w.set, w.codes).NewMatcher().Match(&k.record, log, ""); v != nil {
		k.verdict = v
	}
	return k
}

func (k *known) give(c *correlate.Correlator, host string, at time.Time) {
	k.record.Stamp.Wall = at.UnixNano()
	c.Record(&correlate.Input{Host: host, Log: k.log, File: k.log, Record: &k.record, Verdict: k.verdict})
}

// BenchmarkRecord takes records of one host: those that nobody waits for, and those that open a question and answer it.
func BenchmarkRecord(b *testing.B) {
	b.Run("nobody waits", func(b *testing.B) {
		w := newWorld(b, relations(), correlate.Options{})
		hello := w.saying("stateMessage.log", "hello", midnight)
		b.ReportAllocs()
		for i := range b.N {
			at := midnight.Add(time.Duration(i) * time.Millisecond)
			hello.give(w.Correlator, "LAB-01", at)
			w.AdvanceAll(at)
		}
	})
	b.Run("asked and answered", func(b *testing.B) {
		w := newWorld(b, rulesOfAll+"  - {id: CM-T-ONE, absence: {after: a.03.begin, expect: a.03.end, within: 10m}"+issue, correlate.Options{})
		search, done := w.saying("run.log", "begin", midnight), w.saying("run.log", "end", midnight)
		b.ReportAllocs()
		for i := range b.N {
			at := midnight.Add(time.Duration(i) * time.Second)
			if i%2 == 0 {
				search.give(w.Correlator, "LAB-01", at)
			} else {
				done.give(w.Correlator, "LAB-01", at)
			}
			w.AdvanceAll(at)
		}
	})
}

// BenchmarkHosts has one open scan on each of 100,000 hosts, and one more record of each. bytes/scan is what a host with its
// open scan costs in memory: the host, the run and the questions that it has open. ns/host is what changing the rules costs.
func BenchmarkHosts(b *testing.B) {
	const hosts = 100_000
	names := make([]string, hosts)
	for i := range names {
		names[i] = fmt.Sprintf("LAB-%06d", i)
	}
	for b.Loop() {
		w := newWorld(b, scanRules, correlate.Options{MaxOpen: 1 << 20, MaxTotal: 1 << 20})
		before := heap()
		job, requested, sent := w.saying("scanagent.log", "job a", midnight), w.saying("scanagent.log", "requested r for a", midnight), w.saying("locationservices.log", "sent r", midnight)
		start := time.Now()
		for n, k := range []*known{&job, &sent, &requested} {
			at := midnight.Add(time.Duration(n) * time.Second)
			for _, name := range names {
				k.give(w.Correlator, name, at)
			}
		}
		w.AdvanceAll(midnight.Add(time.Minute))
		spent := time.Since(start)
		if w.Open() != 2*hosts {
			b.Fatalf("%d are open, expected a run and a question of each host", w.Open())
		}
		b.ReportMetric(float64(heap()-before)/hosts, "bytes/scan")
		b.ReportMetric(float64(spent.Nanoseconds())/(3*hosts), "ns/record")
		start = time.Now()
		w.reload(scanRules)
		b.ReportMetric(float64(time.Since(start).Nanoseconds())/hosts, "ns/host")
		if w.Open() != 2*hosts {
			b.Fatalf("%d are open after the rules changed, expected what was open before", w.Open())
		}
		runtime.KeepAlive(w)
	}
}

// BenchmarkFlood opens questions under made-up keys. open/cap is how much of the configured bound is in use: never above 1.
func BenchmarkFlood(b *testing.B) {
	const bound = 10_000
	w := newWorld(b, rulesOfAll+"  - {id: CM-T-ONE, absence: {after: a.01.asked, expect: a.02.answered, by: id, within: 10m}"+issue, correlate.Options{MaxTotal: bound})
	matcher := match.New(w.set, w.codes).NewMatcher()
	b.ReportAllocs()
	for i := range b.N {
		at := midnight.Add(time.Duration(i) * time.Millisecond)
		r := parsers.Record{Message: fmt.Sprintf("asked k%d", i), LineStart: i, Stamp: parsers.Stamp{Wall: at.UnixNano(), HasWall: true, HasOffset: true}}
		w.Record(&correlate.Input{Host: "LAB-01", Log: "ask.log", File: "Ask.log", Record: &r, Verdict: matcher.Match(&r, "ask.log", "LAB-01")})
		w.AdvanceAll(at)
	}
	b.ReportMetric(float64(w.Open())/bound, "open/cap")
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
