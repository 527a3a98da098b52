package measure

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

const questions = `schema: 1
pack: bench
version: 1.0.0
steps: [{id: bench.01, title: Asked}, {id: bench.02, title: Answered}]
rules:
  - {id: bench.01.asked, step: bench.01, match: {file: ScanAgent.log, line: 'asked <id:word>'}}
  - {id: bench.02.answered, step: bench.02, match: {file: ScanAgent.log, line: 'answered <id:word>'}}
  - {id: CM-BENCH-ANSWER, title: No answer, severity: error, absence: {after: bench.01.asked, expect: bench.02.answered, by: id, within: 24h}}
`

// BenchmarkOpen relates records while so many questions are open, on a thousand hosts: each asks or answers one.
func BenchmarkOpen(b *testing.B) {
	file := filepath.Join(b.TempDir(), "questions.yaml")
	if err := os.WriteFile(file, []byte(questions), 0o600); err != nil {
		b.Fatal(err)
	}
	engine, err := rules.LoadEngine(rules.Options{Paths: []string{file}, NoDefault: true})
	if err != nil {
		b.Fatal(err)
	}
	hosts := make([]string, 1000)
	for i := range hosts {
		hosts[i] = fmt.Sprintf("LAB-%04d", i)
	}
	for _, open := range []int{1000, 100_000, 1_000_000} {
		if short && open > 1000 {
			open /= 10
		}
		b.Run(fmt.Sprintf("record/open=%d", open), func(b *testing.B) {
			made.Corpus = nil
			before := heap()
			b.ReportAllocs()
			c := rules.NewCorrelator(engine.Set(), rules.CorrelatorOptions{MaxOpen: 2 << 20, MaxTotal: 2 << 20}, rules.CorrelatorOutput{})
			matcher := engine.NewMatcher()
			midnight := time.Date(2026, 6, 5, 0, 0, 0, 0, time.UTC)
			say := func(what string, n int, at time.Time) {
				host := hosts[n%len(hosts)]
				r := parsers.Record{Message: fmt.Sprintf("%s q%d", what, n), LineStart: n, Stamp: parsers.Stamp{Wall: at.UnixNano(), HasWall: true, HasOffset: true}}
				c.Record(&rules.CorrelatorInput{Host: host, Log: "scanagent.log", File: "ScanAgent.log", Record: &r, Verdict: matcher.Match(&r, "scanagent.log", host)})
				c.Advance(host, at)
			}
			for n := range open {
				say("asked", n, midnight)
			}
			at := midnight.Add(time.Hour)
			c.AdvanceAll(at)
			if c.Open() != open {
				b.Fatalf("%d are open, expected %d", c.Open(), open)
			}
			each := float64(heap()-before) / float64(open)
			n := 0
			w := watch{b: b}
			w.start()
			for b.Loop() {
				say("answered", n, at)
				say("asked", n+open, at)
				n++
				at = at.Add(time.Millisecond)
			}
			w.stop()
			if got := c.Open(); got < open*9/10 || got > open*11/10 {
				b.Fatalf("%d are open, expected about %d", got, open)
			}
			b.ReportMetric(w.spent.Seconds()*1e6/float64(b.N)/2, "cpu-us/record")
			b.ReportMetric(each, "bytes/open")
		})
	}
}
