package pipeline

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/cmtrail/cmtrail/internal/bounded"
	"github.com/cmtrail/cmtrail/internal/fault"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

func inUse() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestManyStreams follows 100,000 logs that hold a line each: no more than the bound are live, and each line comes out.
func TestManyStreams(t *testing.T) {
	const logs, bound = 100_000, 1000
	table, p, _, _ := newTable(t, Bounds{MaxStreams: bound})
	out := 0
	table.emit = func(*Result) { out++ }
	var before int64
	for i := range logs {
		table.WriteLine(Source{Host: fmt.Sprint("PC", i%777), Path: fmt.Sprint("/logs/", i)}, opens, nil)
		table.Keep(func(o any) any { return o })
		if i == logs/10 {
			before = inUse()
		}
	}
	if after := inUse(); after > before+8<<20 {
		t.Errorf("%d MiB are in use after all, %d MiB after a tenth", after>>20, before>>20)
	}
	if n := p.Counters().Evicted.Load(); n != logs-bound || table.Streams() != bound || out != logs-bound {
		t.Errorf("%d live, %d counted as let go, %d records", table.Streams(), n, out)
	}
	table.Flush()
	if out != logs || table.HeldBytes() != 0 {
		t.Errorf("%d records of %d lines, %d bytes held", out, logs, table.HeldBytes())
	}
}

// TestManyHeldBytes holds long lines of many logs: beyond the bound the logs that were quiet for longest give theirs out.
func TestManyHeldBytes(t *testing.T) {
	const bound = 1 << 20
	table, p, _, g := newTable(t, Bounds{MaxHeld: bound})
	line := "<![LOG[" + strings.Repeat("x", 10_000)
	for i := range 500 {
		table.WriteLine(Source{Path: fmt.Sprint(i)}, line, fmt.Sprint(i))
		if table.HeldBytes() > bound {
			t.Fatalf("%d bytes are held", table.HeldBytes())
		}
	}
	if n := p.Counters().Hurried.Load(); n != uint64(len(*g)) || n < 390 || n > 420 {
		t.Errorf("%d records came early, %d are counted", len(*g), n)
	}
	if !strings.HasPrefix((*g)[0], "0 0 xxx") {
		t.Errorf("the first to go was %.20q", (*g)[0])
	}
	table.Flush()
	if len(*g) != 500 || table.HeldBytes() != 0 {
		t.Errorf("%d records of 500 lines, %d bytes held", len(*g), table.HeldBytes())
	}
}

// TestLongNames tells two logs apart whose paths differ behind a mebibyte, and does not keep the mebibyte.
func TestLongNames(t *testing.T) {
	table, _, _, _ := newTable(t, Bounds{})
	hosts := map[string]bool{}
	table.emit = func(r *Result) {
		hosts[r.Source.Host] = true
		if len(r.Source.Host) > bounded.MaxText || len(r.Source.Path) > bounded.MaxText {
			t.Errorf("a host of %d bytes and a path of %d", len(r.Source.Host), len(r.Source.Path))
		}
	}
	long := strings.Repeat("/folder", 1<<17)
	for i := range 20 {
		table.WriteLine(Source{Host: fmt.Sprint(long, i%2), Path: fmt.Sprint(long, i)}, whole, nil)
	}
	if table.Streams() != 20 || len(hosts) != 2 {
		t.Errorf("%d streams on %d hosts, want 20 on 2", table.Streams(), len(hosts))
	}
}

// TestNamesThatAreNoText tells logs and hosts apart whose names are no text, or would be one when they are joined. What is said of
// them is text.
func TestNamesThatAreNoText(t *testing.T) {
	table, _, _, _ := newTable(t, Bounds{})
	hosts, records := map[string]bool{}, 0
	table.emit = func(r *Result) {
		records++
		hosts[r.Source.Host] = true
		for _, name := range []string{r.Source.Host, r.Source.Path, r.Source.Name, r.Source.Stream, r.Source.Arch, r.Log} {
			if !bounded.IsText(name) {
				t.Errorf("%q is no text", name)
			}
		}
	}
	sources := []Source{
		{Host: "\xff", Path: "a"}, {Host: "\xfe", Path: "a"}, {Host: "\x00", Path: "a"}, {Host: "h", Path: "\xff.log"}, {Host: "h", Path: "\xfe.log"},
		{Host: "h", Stream: "a\x00b", Name: "c"}, {Host: "h", Stream: "a", Name: "b\x00c"}, {Host: "h", Path: "a\x00b\x00c"}, {Host: "h", Name: "\xff", Arch: "\xff"},
	}
	for range 2 {
		for _, src := range sources {
			table.WriteLine(src, opens, nil)
		}
	}
	if n := int(table.Streams()); n != len(sources) {
		t.Errorf("%d streams of %d", n, len(sources))
	}
	table.Flush()
	if len(hosts) != 4 || records != 2*len(sources) {
		t.Errorf("%d hosts and %d records, want 4 and %d", len(hosts), records, 2*len(sources))
	}
}

// TestQuietStreamsKeepNoRoom gives each of many logs one large record.
func TestQuietStreamsKeepNoRoom(t *testing.T) {
	table, _, clock, _ := newTable(t, Bounds{})
	table.emit = func(*Result) {}
	line := "<![LOG[" + strings.Repeat("x", 1<<20-100)
	before := inUse()
	for i := range 50 {
		src := Source{Path: fmt.Sprint(i)}
		for range 3 {
			table.WriteLine(src, line, nil)
		}
	}
	clock.now = clock.now.Add(time.Minute)
	table.FlushIdle()
	if kept := inUse() - before; kept > 8<<20 {
		t.Errorf("50 quiet logs keep %d MiB", kept>>20)
	}
	runtime.KeepAlive(table)
}

// TestFollowedHosts follows hosts and paths without end: what is kept of them stays below the bounds.
func TestFollowedHosts(t *testing.T) {
	set := engine(t).Set()
	clock := &hand{now: time.Date(2026, 6, 5, 15, 0, 0, 0, time.UTC)}
	live := NewLive(set, LiveOptions{Correlator: rules.CorrelatorOptions{MaxHosts: 100}}, clock, new(fault.Log), rules.CorrelatorOutput{})
	take := func(host, path string, at time.Time) {
		r := &parsers.Record{Message: "Done with it", Stamp: parsers.Stamp{UTC: at.UnixNano(), HasUTC: true}}
		live.Take(&Result{Source: Source{Host: host, Path: path}, Log: "a.log", Record: r})
	}
	for i := range 200_000 {
		take(fmt.Sprint("PC", i), "a.log", clock.now)
	}
	if n := live.Counters().Evicted; len(live.hosts) != 100 || len(live.active) != 100 || n != 199_900 {
		t.Errorf("%d hosts are followed, %d of them active, %d counted as let go", len(live.hosts), len(live.active), n)
	}
	for i := range 20_000 {
		take("PC", fmt.Sprint(i, ".log"), clock.now)
	}
	if n, cut := len(live.hosts["PC"].logs), live.Counters().Cut; n != maxLogs || cut != uint64(20_000-maxLogs) {
		t.Errorf("%d logs of a host are followed, %d counted as forgotten", n, cut)
	}
	for i := range 10 { // a host that is always behind, and quiet between
		take("PC", fmt.Sprint("old", i, ".log"), clock.now.Add(-time.Hour))
		clock.now = clock.now.Add(time.Minute)
		live.Tick()
		if n := len(live.hosts["PC"].logs); n != 0 {
			t.Fatalf("%d logs of a quiet host are kept", n)
		}
	}
}
