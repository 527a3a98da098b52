package measure

import (
	"bytes"
	"runtime"
	"testing"
	"time"

	"github.com/cmtrail/cmtrail/bench/corpus"
	"github.com/cmtrail/cmtrail/bench/peers"
	"github.com/cmtrail/cmtrail/rules"
)

// BenchmarkRules tags the same bytes in every way there is, and finds their limits.
func BenchmarkRules(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 10_000} {
		set := corpus.Rules(n)
		bench := func(name string, make func() (peers.Tagger, error)) {
			b.Run(ruled(name, n), func(b *testing.B) {
				c := mixed(b, n)
				t, err := make()
				if err != nil {
					b.Fatal(err)
				}
				run(b, c, t)
			})
		}
		b.Run(ruled("newlines", n), func(b *testing.B) {
			total := 0
			over(b, mixed(b, n), func(c *corpus.Chunk, _ *watch) { total += bytes.Count(c.Data, []byte{'\n'}) })
			runtime.KeepAlive(total)
		})
		b.Run(ruled("cut", n), func(b *testing.B) {
			total := 0
			over(b, mixed(b, n), func(c *corpus.Chunk, _ *watch) {
				peers.CutChunk(c, func(f *peers.Fields) { total += len(f.Message) + len(f.Thread) })
			})
			runtime.KeepAlive(total)
		})
		bench("engine", func() (peers.Tagger, error) { return peers.LoadEngine(b.TempDir(), set) })
		b.Run(ruled("hyperscan", n), func(b *testing.B) {
			if peers.HyperscanRemark != "" {
				b.Skip(peers.HyperscanRemark)
			}
			h, err := peers.NewHyperscan(set)
			if err != nil {
				b.Fatal(err)
			}
			defer h.Close()
			over(b, mixed(b, n), func(c *corpus.Chunk, _ *watch) { h.Chunk(c) })
		})
		ripgrep(b, n)
		if n <= 100 {
			bench("byhand", func() (peers.Tagger, error) { return peers.NewByHand(), nil })
		}
		bench("processor", func() (peers.Tagger, error) { return processor(b, set) })
		if n > 1000 {
			continue
		}
		bench("grouped", func() (peers.Tagger, error) { return peers.NewCollector(set, true) })
		bench("flat", func() (peers.Tagger, error) { return peers.NewCollector(set, false) })
		bench("expr", func() (peers.Tagger, error) { return peers.NewExprs(set) })
		bench("regexps", func() (peers.Tagger, error) { return peers.NewRegexps(set, false) })
		bench("joined", func() (peers.Tagger, error) { return peers.NewRegexps(set, true) })
		bench("grok", func() (peers.Tagger, error) { return peers.NewGroks(set) })
	}
}

func processor(b *testing.B, set []corpus.Rule) (peers.Tagger, error) {
	file, err := peers.WriteRules(b.TempDir(), set)
	if err != nil {
		return nil, err
	}
	return peers.NewProcessor(map[string]any{"default_rules": false, "rules": []any{file}})
}

// BenchmarkGrowth is the engine with few rules and with many, one after the other.
func BenchmarkGrowth(b *testing.B) {
	made.Corpus = nil
	for _, n := range []int{10, corpus.MaxRules} {
		set := corpus.Rules(n)
		c := corpus.New(corpus.Options{Bytes: size() / 4, Rules: set, Tag: 50})
		t, err := peers.LoadEngine(b.TempDir(), set)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(ruled("engine", n), func(b *testing.B) { run(b, c, t) })
	}
}

// BenchmarkCorpus tags the other kinds of logs: nothing but noise, and records that all are tagged.
func BenchmarkCorpus(b *testing.B) {
	for _, k := range []struct {
		name string
		kind
	}{{"noise", kind{}}, {"tagged", kind{rules: 100, tag: 1}}} {
		for _, way := range []struct {
			name string
			make func(*testing.B, []corpus.Rule) (peers.Tagger, error)
		}{
			{"engine", func(b *testing.B, set []corpus.Rule) (peers.Tagger, error) { return peers.LoadEngine(b.TempDir(), set) }},
			{"processor", processor},
			{"grouped", func(_ *testing.B, set []corpus.Rule) (peers.Tagger, error) { return peers.NewCollector(set, true) }},
		} {
			b.Run(way.name+"/corpus="+k.name, func(b *testing.B) {
				c := makeCorpus(b, k.kind)
				t, err := way.make(b, corpus.Rules(100))
				if err != nil {
					b.Fatal(err)
				}
				run(b, c, t)
			})
		}
	}
}

// BenchmarkPacks tags with the shipped rules. One record in fifty is a line that their own tests tag.
func BenchmarkPacks(b *testing.B) {
	packs := kind{tag: 50, packs: "shipped"}
	b.Run("engine", func(b *testing.B) {
		c := makeCorpus(b, packs)
		engine, err := rules.LoadEngine(rules.Options{})
		if err != nil {
			b.Fatal(err)
		}
		run(b, c, peers.NewEngine(engine))
	})
	for name, related := range map[string]bool{"processor": true, "processor-unrelated": false} {
		b.Run(name, func(b *testing.B) {
			c := makeCorpus(b, packs)
			t, err := peers.NewProcessor(map[string]any{"correlation": map[string]any{"enabled": related}})
			if err != nil {
				b.Fatal(err)
			}
			run(b, c, t)
		})
	}
}

// BenchmarkLoad is what rules cost before the first record: from the text of a rule file to an engine.
func BenchmarkLoad(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		b.Run(ruled("load", n), func(b *testing.B) {
			file, err := peers.WriteRules(b.TempDir(), corpus.Rules(n))
			if err != nil {
				b.Fatal(err)
			}
			made.Corpus = nil
			before := heap()
			var engine *rules.Engine
			b.ReportAllocs()
			w := watch{b: b}
			w.start()
			for b.Loop() {
				files, err := rules.Read(rules.Options{Paths: []string{file}, NoDefault: true})
				if err != nil {
					b.Fatal(err)
				}
				if engine, err = files.LoadEngine(time.Time{}); err != nil {
					b.Fatal(err)
				}
			}
			w.stop()
			b.ReportMetric(w.spent.Seconds()/float64(b.N), "cpu-s")
			b.ReportMetric(float64(heap()-before), "heap-bytes")
			runtime.KeepAlive(engine)
		})
	}
}

func heap() uint64 {
	runtime.GC()
	runtime.GC() // what a pool held through the first
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
