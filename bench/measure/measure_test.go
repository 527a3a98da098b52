package measure

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/cmtrail/cmtrail/bench/corpus"
	"github.com/cmtrail/cmtrail/bench/peers"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// short makes everything small: to try the benchmarks out, not to measure.
var short = os.Getenv("BENCH_SHORT") != ""

// size is how many bytes a corpus has.
func size() int {
	if short {
		return 4 << 20
	}
	return 64 << 20
}

// kind says how a corpus is made.
type kind struct {
	rules int    // number of generated rules whose sentences it says; 0: noise alone
	tag   int    // one record in so many
	packs string // not empty: says what the tests of the shipped packs say
}

// made keeps the corpus that was used last: benchmarks are ordered so that it is used many times.
var made struct {
	sync.Mutex
	kind
	*corpus.Corpus
}

func makeCorpus(b *testing.B, k kind) *corpus.Corpus {
	b.Helper()
	made.Lock()
	defer made.Unlock()
	if made.Corpus == nil || made.kind != k {
		opt := corpus.Options{Bytes: size(), Tag: k.tag, Rules: corpus.Rules(k.rules)}
		if k.packs != "" {
			opt.Lines = packLines(b)
		}
		made.Corpus, made.kind = nil, k // the old one may go before the new one is made
		made.Corpus = corpus.New(opt)
	}
	return made.Corpus
}

// mixed is the corpus that is measured where nothing else is said: one record in fifty is tagged.
func mixed(b *testing.B, n int) *corpus.Corpus { return makeCorpus(b, kind{rules: n, tag: 50}) }

// packLines returns the lines that the shipped rules' own tests hit with, of the logs of the corpus.
func packLines(b *testing.B) (lines []corpus.Line) {
	set, faults, err := rules.Load(rules.Options{})
	if err != nil || len(faults) > 0 {
		b.Fatal(err, faults)
	}
	for _, rule := range set.Rules {
		for _, test := range rule.Tests {
			if test.Name == "near miss" || rule.Step == nil && !rule.Issue {
				continue
			}
			for _, log := range test.Logs {
				for _, l := range corpus.Logs {
					if l.Name == log.Name && parsers.LogName(l.Name) != "" && whole(l, log.Text) {
						lines = append(lines, corpus.Line{Log: l.Name, Text: log.Text})
					}
				}
			}
		}
	}
	return lines
}

// whole tells whether the text is one record of the log, in the form that the corpus has.
func whole(l *corpus.Log, text string) bool {
	n, format := 0, parsers.CCM
	if l.Legacy {
		format = parsers.CCMLegacy
	}
	s := parsers.NewStream(l.Name, parsers.Options{}, func(r *parsers.Record) {
		n++
		if r.Format != format || r.Flags != 0 || r.LineStart != 1 {
			n++
		}
	})
	s.WriteLine(text)
	s.Flush()
	return n == 1
}

// run measures a tagger on the corpus. One operation is a chunk.
func run(b *testing.B, c *corpus.Corpus, t peers.Tagger) {
	if started, ok := t.(interface{ Shutdown(context.Context) error }); ok {
		defer func() {
			if err := started.Shutdown(context.Background()); err != nil {
				b.Error(err)
			}
		}()
	}
	known := map[*corpus.Log]bool{}
	for i, chunk := range c.Chunks { // learns formats, grows buffers, sorts out the rules of each log
		if i < 20 || !known[chunk.Log] {
			t.Chunk(chunk, nil)
		}
		known[chunk.Log] = true
	}
	over(b, c, func(chunk *corpus.Chunk, w *watch) {
		if timed, ok := t.(interface{ Timer(peers.Timer) }); ok {
			timed.Timer(w)
		}
		t.Chunk(chunk, nil)
	})
}

// over measures what is done with each chunk of the corpus, over and over.
func over(b *testing.B, c *corpus.Corpus, do func(*corpus.Chunk, *watch)) {
	b.Helper()
	b.ReportAllocs()
	w := &watch{b: b}
	lines, bytes, i := 0, 0, 0
	w.start()
	for b.Loop() {
		chunk := c.Chunks[i]
		do(chunk, w)
		lines += len(chunk.Lines)
		bytes += len(chunk.Data)
		if i++; i == len(c.Chunks) {
			i = 0
		}
	}
	w.stop()
	rate(b, lines, bytes, w.spent)
}

// watch is a timer of the benchmark that adds up processor time, too. The time of the clock grows when others use the
// machine, and that of the processor does not: on one core and a quiet machine they are the same.
type watch struct {
	b     *testing.B
	since time.Duration
	spent time.Duration
}

func (w *watch) start() { w.since = processorTime(w.b) }

func (w *watch) stop() { w.spent += processorTime(w.b) - w.since }

// StopTimer leaves out what follows.
func (w *watch) StopTimer() {
	w.stop()
	w.b.StopTimer()
}

// StartTimer goes on.
func (w *watch) StartTimer() {
	w.b.StartTimer()
	w.start()
}

// processorTime is what all threads of the process have used so far.
func processorTime(b *testing.B) time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t); err != nil {
		b.Fatal(err)
	}
	return time.Duration(t.Nano())
}

// rate reports lines and bytes a second of processor time.
func rate(b *testing.B, lines, bytes int, spent time.Duration) {
	b.ReportMetric(float64(lines)/spent.Seconds(), "lines/cpu-s")
	b.ReportMetric(float64(bytes)/spent.Seconds()/1e6, "MB/cpu-s")
}

// built returns the path of a file that `make bench-peers` builds, and leaves the benchmark out when it is not there.
func built(b *testing.B, name string) string {
	path, err := filepath.Abs(filepath.Join(cmp.Or(os.Getenv("BENCH_BUILD"), "../../build/bench"), name))
	if err != nil {
		b.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		b.Skipf("%s is not built: make bench-peers builds it", name)
	}
	return path
}

// ruled names a benchmark with a number of rules.
func ruled(name string, n int) string { return fmt.Sprintf("%s/rules=%d", name, n) }
