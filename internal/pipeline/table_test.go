package pipeline

import (
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The lines of an invented client: a record of one line, and one of two.
const (
	whole  = `<![LOG[Done with it]LOG]!><time="09:00:03.000+300" date="06-05-2026" component="WUAHandler" context="" type="1" thread="4021" file="wua.cpp:80">`
	older  = `<![LOG[Done long ago]LOG]!><time="08:00:03.000+300" date="06-05-2026" component="WUAHandler" context="" type="1" thread="4021" file="wua.cpp:80">`
	opens  = `<![LOG[The first line`
	closes = `and the second]LOG]!><time="09:00:04.000+300" date="06-05-2026" component="WUAHandler" context="" type="2" thread="4021" file="wua.cpp:81">`
)

const pack = `schema: 1
pack: pipeline-tests
version: 1.0.0
steps:
  - {id: scan.04, title: The agent searches, runs_on: client}
rules:
  - id: scan.04.done
    step: scan.04
    match: {file: WUAHandler.log, line: Done with it}
`

func engine(t testing.TB) *rules.Engine {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pack.yaml")
	if err := os.WriteFile(path, []byte(pack), 0o600); err != nil {
		t.Fatal(err)
	}
	set, faults, err := rules.Load(rules.Options{Paths: []string{path}, NoDefault: true})
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	return rules.NewEngine(set)
}

// hand is a clock that is moved by hand.
type hand struct {
	now time.Time
	c   chan time.Time
}

func (h *hand) Now() time.Time { return h.now }

func (h *hand) Ticker(time.Duration) (<-chan time.Time, func()) { return h.c, func() {} }

// got writes down results as "path origin message".
type got []string

func (g *got) take(r *Result) {
	origin, _ := r.Origin.(string)
	*g = append(*g, strings.Join([]string{r.Source.Path, origin, r.Record.Message}, " "))
}

func (g *got) want(t *testing.T, want ...string) {
	t.Helper()
	if diff := cmp.Diff(got(want), *g); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	*g = nil
}

func newTable(t *testing.T, b Bounds) (*Table, *Pipeline, *hand, *got) {
	var g got
	clock := &hand{now: time.Date(2026, 6, 5, 15, 0, 0, 0, time.UTC)}
	p := New(engine(t))
	return p.NewTable(parsers.Options{}, b, clock, g.take), p, clock, &g
}

func TestOriginsComeBackWithTheRecordsTheyBegan(t *testing.T) {
	table, _, _, g := newTable(t, Bounds{})
	a, b := Source{Host: "PC1", Path: "a.log"}, Source{Host: "PC1", Path: "b.log"}
	table.WriteLine(a, whole, "1")
	table.WriteLine(a, opens, "2")
	table.WriteLine(b, opens, "3")
	g.want(t, "a.log 1 Done with it")
	if table.Held() != 2 || table.Streams() != 2 {
		t.Errorf("held %d in %d streams, want 2 in 2", table.Held(), table.Streams())
	}
	table.Keep(func(origin any) any { return origin.(string) + " kept" })
	table.WriteLine(a, closes+"\n"+whole, "4")
	table.WriteLine(b, closes, "5")
	g.want(t, "a.log 2 kept The first line\nand the second", "a.log 4 Done with it", "b.log 3 kept The first line\nand the second")
	table.Keep(func(any) any {
		t.Error("an origin is kept whose records have all come")
		return nil
	})
	if table.Held() != 0 {
		t.Errorf("held %d, want none", table.Held())
	}
}

func TestKeepAsksOnceForAnOrigin(t *testing.T) {
	table, _, _, _ := newTable(t, Bounds{})
	asked := 0
	for range 3 {
		table.WriteLine(Source{Path: "a.log"}, opens, "line")
		opened := asked
		table.Keep(func(o any) any { asked++; return o })
		if asked > opened+1 {
			t.Fatalf("asked for %d origins after one line", asked-opened)
		}
	}
}

func TestIdleStreams(t *testing.T) {
	table, p, clock, g := newTable(t, Bounds{IdleAfter: 5 * time.Second, DropAfter: time.Minute})
	table.WriteLine(Source{Path: "a.log"}, opens, "1")
	clock.now = clock.now.Add(3 * time.Second)
	table.WriteLine(Source{Path: "b.log"}, opens, "2")
	table.FlushIdle()
	g.want(t)
	clock.now = clock.now.Add(2 * time.Second)
	table.FlushIdle()
	g.want(t, "a.log 1 The first line")
	clock.now = clock.now.Add(3 * time.Second)
	table.FlushIdle()
	g.want(t, "b.log 2 The first line")
	clock.now = clock.now.Add(57 * time.Second)
	table.FlushIdle()
	if table.Streams() != 0 {
		t.Errorf("%d streams live after their time, want none", table.Streams())
	}
	if n := p.Counters().Evicted.Load(); n != 0 {
		t.Errorf("%d streams count as evicted, want none", n)
	}
}

func TestTheStreamUnusedForLongestGoes(t *testing.T) {
	table, p, _, g := newTable(t, Bounds{MaxStreams: 2})
	table.WriteLine(Source{Path: "a.log"}, opens, "1")
	table.WriteLine(Source{Path: "b.log"}, opens, "2")
	table.WriteLine(Source{Path: "a.log"}, "more", "3")
	table.WriteLine(Source{Path: "c.log"}, whole, "4")
	g.want(t, "b.log 2 The first line", "c.log 4 Done with it")
	if n := p.Counters().Evicted.Load(); n != 1 || table.Streams() != 2 {
		t.Errorf("%d evicted, %d live, want 1 and 2", n, table.Streams())
	}
	table.Flush()
	g.want(t, "a.log 1 The first line\nmore")
	if table.Held() != 0 || table.Streams() != 0 {
		t.Errorf("held %d in %d streams after Flush, want none", table.Held(), table.Streams())
	}
}

func TestCounters(t *testing.T) {
	p := New(engine(t))
	s := p.Open(Source{Path: "/logs/WUAHandler.log"}, parsers.Options{}, func(*Result) {})
	if _, err := s.Write([]byte(whole + "\r\n" + older + "\r\n" + opens + "\r\n")); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	c := p.Counters()
	if c.Lines.Load() != 3 || c.Records() != 3 || c.Late.Load() != 1 || c.Truncated.Load() != 0 {
		t.Errorf("lines %d, records %d, late %d, truncated %d, want 3, 3, 1, 0",
			c.Lines.Load(), c.Records(), c.Late.Load(), c.Truncated.Load())
	}
	byRule := map[string]uint64{}
	for r, n := range c.Rules() {
		byRule[r.ID] = n
	}
	if diff := cmp.Diff(map[string]uint64{"scan.04.done": 1}, byRule); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
	byFormat := map[parsers.Format]uint64{}
	for f, n := range c.Formats() {
		byFormat[f] = n
	}
	if diff := cmp.Diff(map[parsers.Format]uint64{parsers.CCM: 3}, byFormat); diff != "" {
		t.Errorf("formats (-want +got):\n%s", diff)
	}
}

func TestEveryEndsWhenStopped(t *testing.T) {
	clock, calls := &hand{c: make(chan time.Time)}, 0
	stop := Every(clock, time.Second, func() { calls++ })
	clock.c <- clock.now
	clock.c <- clock.now
	stop()
	if calls != 2 {
		t.Errorf("%d calls, want 2", calls)
	}
}

func TestBase(t *testing.T) {
	for _, tt := range []struct {
		src  Source
		want string
	}{
		{Source{Path: `C:\Windows\CCM\Logs\WUAHandler.log`}, "WUAHandler.log"},
		{Source{Path: "/var/log/WUAHandler.log"}, "WUAHandler.log"},
		{Source{Path: "/var/log/x", Name: "ScanAgent.log"}, "ScanAgent.log"},
		{Source{}, ""},
	} {
		if got := tt.src.Base(); got != tt.want {
			t.Errorf("%+v: Base() = %q, want %q", tt.src, got, tt.want)
		}
	}
}

// TestNoAllocationWhenNothingMatches holds the way of a line through table, parser and matcher to its promise.
func TestNoAllocationWhenNothingMatches(t *testing.T) {
	p := New(engine(t))
	table := p.NewTable(parsers.Options{}, Bounds{}, &hand{}, func(*Result) {})
	src := Source{Host: "PC1", Path: "WUAHandler.log"}
	origin := new(int)
	line := strings.ReplaceAll(whole, "Done with it", "Nothing of note")
	table.WriteLine(src, line, origin)
	if n := testing.AllocsPerRun(200, func() { table.WriteLine(src, line, origin) }); n > 0 {
		t.Errorf("%v allocations a line, want none", n)
	}
}

func TestChangedTellsWhatStreamsHold(t *testing.T) {
	table, _, clock, _ := newTable(t, Bounds{})
	table.TrackChanges()
	want := func(want ...string) {
		t.Helper()
		var got []string
		table.Changed(func(src Source, held iter.Seq[any]) bool {
			line := src.Path
			for origin := range held {
				line += " " + origin.(string)
			}
			got = append(got, line)
			return true
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("changed (-want +got):\n%s", diff)
		}
	}
	a, b := Source{Path: "a.log"}, Source{Path: "b.log"}
	table.WriteLine(a, whole, "1")
	want()
	table.WriteLine(a, opens, "2")
	table.WriteLine(b, whole, "3")
	table.WriteLine(a, "more", "4")
	want("a.log 2 4")
	want()
	clock.now = clock.now.Add(time.Minute)
	table.FlushIdle()
	want("a.log")
	table.WriteLine(b, opens, "5")
	table.WriteLine(b, closes, "6")
	want("b.log")
	table.WriteLine(b, opens, "7")
	table.Flush()
	want("b.log")
}

func TestAStreamStaysChangedUntilItIsDealtWith(t *testing.T) {
	table, _, _, _ := newTable(t, Bounds{})
	table.TrackChanges()
	table.WriteLine(Source{Path: "a.log"}, opens, "1")
	for i, dealt := range []bool{false, true} {
		asked := 0
		table.Changed(func(Source, iter.Seq[any]) bool { asked++; return dealt })
		if asked != 1 {
			t.Errorf("round %d: asked %d times, want once", i, asked)
		}
	}
	table.Changed(func(src Source, _ iter.Seq[any]) bool { t.Errorf("%s has not changed again", src.Path); return true })
}

func TestAbandonGivesBackWhatIsHeld(t *testing.T) {
	table, _, _, g := newTable(t, Bounds{})
	table.WriteLine(Source{Path: "a.log"}, opens, "1")
	table.WriteLine(Source{Path: "a.log"}, "more", "2")
	table.WriteLine(Source{Path: "b.log"}, whole, "3")
	g.want(t, "b.log 3 Done with it")
	var got []string
	table.Abandon(func(origin any) { got = append(got, origin.(string)) })
	if diff := cmp.Diff([]string{"1", "2"}, got); diff != "" {
		t.Errorf("origins (-want +got):\n%s", diff)
	}
	table.WriteLine(Source{Path: "a.log"}, whole, "4")
	g.want(t, "a.log 4 Done with it")
	if table.Held() != 0 || table.Streams() != 1 {
		t.Errorf("held %d in %d streams, want none in one", table.Held(), table.Streams())
	}
}
