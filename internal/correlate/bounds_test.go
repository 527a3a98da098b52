package correlate_test

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cmtrail/cmtrail/internal/correlate"
)

// distinctKeys is how many keys a flood has: ten million in a soak.
func distinctKeys() int {
	if os.Getenv("SOAK") != "" {
		return 10_000_000
	}
	return 200_000
}

// flat fails when step, called n times, leaves more in use in the end than when the bounds had been reached.
func flat(t *testing.T, n int, step func(i int)) {
	t.Helper()
	const tolerance = 8 << 20
	reached := n / 10
	for i := range reached {
		step(i)
	}
	before := int64(heap())
	for i := reached; i < n; i++ {
		step(i)
	}
	if after := int64(heap()); after > before+tolerance {
		t.Errorf("%d MiB are in use after %d keys, %d MiB after %d", after>>20, n, before>>20, reached)
	}
}

// TestManyKeys asks with ever new keys. What is kept stays below the bounds whether answers come or not, and every question that
// has no answer is counted.
func TestManyKeys(t *testing.T) {
	rules := map[string]string{
		"absence":                "  - {id: CM-T-ONE, absence: {after: a.01.asked, expect: a.02.answered, by: id, within: 10h}" + issue,
		"sequence":               "  - {id: CM-T-ONE, sequence: {steps: [a.01.asked, a.02.answered, a.02.answered], by: id, within: 10h}" + issue,
		"threshold":              "  - {id: CM-T-ONE, threshold: {of: a.01.asked, at_least: 3, by: id, within: 10h}" + issue,
		"change":                 "  - {id: CM-T-ONE, change: {of: a.01.asked, value: id, by: id}" + issue,
		"duration":               "  - {id: CM-T-ONE, duration: {from: a.01.asked, to: a.02.answered, by: id, longer_than: 10h}" + issue,
		"silence":                "  - {id: CM-T-ONE, silence: {during: {from: a.01.asked, to: a.02.answered}, by: id, longer_than: 10h}" + issue,
		"any order":              "  - {id: CM-T-ONE, sequence: {steps: [a.01.asked, a.02.answered, a.02.off], any_order: true, by: id, within: 10h}" + issue,
		"absence across hosts":   "  - {id: CM-T-ONE, absence: {after: a.01.asked, expect: a.02.answered, by: id, within: 10h, across: hosts}" + issue,
		"threshold across hosts": "  - {id: CM-T-ONE, threshold: {of: a.01.asked, distinct: host, at_least: 3, by: id, within: 10h, across: hosts}" + issue,
		"journey":                "journeys:\n  - {id: j, title: J, starts: [a.01.asked], ends: {completed: [a.02.answered]}, keys: [id], near: {Ask.log: 1s}, stalled_after: 10h}\n",
		"journeys beside a relation": "  - {id: CM-T-ONE, absence: {after: a.01.asked, expect: a.02.answered, by: id, within: 10h}" + issue +
			"journeys:\n  - {id: j, title: J, starts: [a.01.asked], ends: {completed: [a.02.answered]}, keys: [id], near: {Ask.log: 1s}, stalled_after: 10h}\n",
		"once": "  - {id: CM-T-ONE, threshold: {of: a.01.asked, at_least: 1, by: id, within: 10h}, once: {per: 10h, by: id}" + issue,
	}
	for name, rule := range rules {
		for _, answered := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/answered=%t", name, answered), func(t *testing.T) {
				w := newWorld(t, rulesOfAll+rule, correlate.Options{MaxOpen: 1000, MaxTotal: 2000})
				w.quiet()
				bound := 1000 // of one rule
				if strings.HasPrefix(name, "journey") {
					bound = 2000 // in all
				}
				n := distinctKeys()
				if answered || name != "absence" {
					n /= 20
				}
				flat(t, n, func(i int) {
					at := midnight.Add(time.Duration(i) * time.Millisecond)
					w.take(line{at: at, host: "h", log: "Ask.log", n: i, zone: true, text: fmt.Sprint("asked k", i)})
					if answered {
						w.take(line{at: at.Add(time.Microsecond), host: "h", log: "Answer.log", n: i, zone: true, text: fmt.Sprint("answered k", i)})
					}
					w.AdvanceAll(at)
					if w.Open() > bound {
						t.Fatalf("%d are open", w.Open())
					}
				})
				closed := []string{"absence", "absence across hosts", "duration", "silence"}
				done := answered && slices.Contains(closed, name)
				if evicted := w.Counters().Evicted; done != (evicted == 0) {
					t.Errorf("%d are counted as let go of", evicted)
				}
			})
		}
	}
}

// quiet has the world note nothing, so that what it notes is not measured.
func (w *world) quiet() { w.Correlator = correlate.New(w.set, w.options, correlate.Output{}) }

func TestManyHosts(t *testing.T) {
	gone := 0
	w := newWorld(t, rulesOfAll+"  - {id: CM-T-ONE, absence: {after: a.01.asked, expect: a.02.answered, by: id, within: 10h}"+issue, correlate.Options{})
	w.Correlator = correlate.New(w.set, correlate.Options{MaxHosts: 1000}, correlate.Output{Gone: func(string) { gone++ }})
	n := distinctKeys() / 2
	flat(t, n, func(i int) {
		at := midnight.Add(time.Duration(i) * time.Millisecond)
		w.take(line{at: at, host: fmt.Sprint("made-up-", i), log: "Ask.log", n: 1, zone: true, text: "asked k"})
		w.AdvanceAll(at)
	})
	c := w.Counters()
	if lost := n - 1000; c.Evicted != uint64(lost) || gone != lost || c.Undecided["CM-T-ONE"] != uint64(lost) || w.Hosts() != 1000 {
		t.Errorf("of %d hosts %d are kept, %d counted, %d told and %d undecided", n, w.Hosts(), c.Evicted, gone, c.Undecided["CM-T-ONE"])
	}
}

// TestManyLogs has a host write logs of ever new names, and paths. An answer is still seen in the log that carries it.
func TestManyLogs(t *testing.T) {
	w := newWorld(t, rulesOfAll+"  - {id: CM-T-ONE, absence: {after: a.01.asked, expect: a.02.answered, by: id, within: 10m}"+issue, correlate.Options{})
	w.Correlator = correlate.New(w.set, correlate.Options{}, correlate.Output{Finding: func(*correlate.Finding) { w.say("found") }})
	w.replayOpen(parse(t, `
		08:00:00 Ask.log asked x
		08:00:00 Answer.log hello`))
	n := distinctKeys() / 10
	flat(t, n, func(i int) {
		at := midnight.Add(8*time.Hour + time.Duration(i)*time.Millisecond)
		name := fmt.Sprintf("Made-up-%d.log", i)
		w.take(line{at: at, log: name, n: 1, zone: true, text: "uses one"})
		w.AdvanceAll(at)
	})
	if cut := w.Counters().Cut; cut < uint64(n-600) || cut > uint64(n) {
		t.Errorf("%d logs are counted as forgotten of %d", cut, n)
	}
	w.replay(parse(t, `09:00:00 Answer.log hello`))
	if len(w.out) != 1 {
		t.Errorf("found %v, expected that the question stayed without an answer: its log has been read on", w.out)
	}
}

// replayOpen is replay without an end.
func (w *world) replayOpen(lines []line) {
	for _, l := range lines {
		w.take(l)
		w.AdvanceAll(l.at)
	}
}

// TestLongKeys asks with keys of a mebibyte each, which differ in their last byte alone.
func TestLongKeys(t *testing.T) {
	w := newWorld(t, rulesOfAll+"  - {id: CM-T-ONE, absence: {after: a.01.asked, expect: a.02.answered, by: id, within: 10h}"+issue, correlate.Options{})
	w.quiet()
	long := strings.Repeat("k", 1<<20)
	before := int64(heap())
	const n = 100
	for i := range n {
		w.take(line{at: midnight, host: "h", log: "Ask.log", n: i, zone: true, text: fmt.Sprint("asked ", long, i)})
	}
	w.AdvanceAll(midnight.Add(time.Hour))
	if w.Open() != n || w.Counters().Cut != n {
		t.Errorf("%d questions are open and %d keys are counted as cut, expected %d of each", w.Open(), w.Counters().Cut, n)
	}
	if grown := int64(heap()) - before; grown > 8<<20 {
		t.Errorf("%d keys take %d MiB", n, grown>>20)
	}
	for i := range n {
		w.take(line{at: midnight.Add(time.Hour), host: "h", log: "Answer.log", n: i, zone: true, text: fmt.Sprint("answered ", long, i)})
	}
	w.AdvanceAll(midnight.Add(2 * time.Hour))
	if w.Open() != 0 {
		t.Errorf("%d questions are open after their answers", w.Open())
	}
	runtime.KeepAlive(long)
}

// TestManyWait has records wait for their place: of hosts of which nothing comes after them, and of hosts whose logs print no
// offset.
func TestManyWait(t *testing.T) {
	for _, zone := range []bool{true, false} {
		w := newWorld(t, rulesOfAll+"  - {id: CM-T-ONE, absence: {after: a.01.asked, expect: a.02.answered, by: id, within: 10h}"+issue, correlate.Options{})
		w.Correlator = correlate.New(w.set, correlate.Options{MaxTotal: 1000}, correlate.Output{})
		flat(t, distinctKeys()/10, func(i int) {
			w.take(line{at: midnight, host: fmt.Sprint("h", i%500), log: "Ask.log", n: i, zone: zone, text: fmt.Sprint("asked k", i)})
		})
		if w.Counters().Hurried == 0 {
			t.Errorf("offset printed %t: none counts as hurried", zone)
		}
	}
}

// TestManyEarlyAnswers has answers without a question within one second, on several hosts.
func TestManyEarlyAnswers(t *testing.T) {
	w := newWorld(t, rulesOfAll+"  - {id: CM-T-ONE, absence: {after: a.01.asked, expect: a.02.answered, by: id, within: 10h}"+issue, correlate.Options{})
	w.Correlator = correlate.New(w.set, correlate.Options{MaxTotal: 2000}, correlate.Output{})
	n := distinctKeys() / 10
	flat(t, n, func(i int) {
		at := midnight.Add(time.Duration(i) * time.Second / time.Duration(n)) // all of one moment
		w.take(line{at: at, host: fmt.Sprint("h", i%10), log: "Answer.log", n: i, zone: true, text: fmt.Sprint("answered k", i)})
		w.AdvanceAll(at.Add(30 * time.Second))
	})
	if cut := w.Counters().Cut; cut < uint64(n-2000) || cut > uint64(n) {
		t.Errorf("%d are counted as cut of %d", cut, n)
	}
	for i := range 10 { // time goes on, and they are forgotten
		w.take(line{at: midnight.Add(time.Hour), host: fmt.Sprint("h", i), log: "Ask.log", n: n, zone: true, text: "asked x"})
	}
	w.AdvanceAll(midnight.Add(2 * time.Hour))
	before := w.Counters().Cut
	for i := range 1000 {
		w.take(line{at: midnight.Add(3 * time.Hour), host: "h1", log: "Answer.log", n: n + i, zone: true, text: fmt.Sprint("answered k", i)})
	}
	w.AdvanceAll(midnight.Add(4 * time.Hour))
	if cut := w.Counters().Cut - before; cut != 0 {
		t.Errorf("%d are cut though there is room", cut)
	}
}

// TestManyBeginnings begins one sequence over and over, with something else caught each time.
func TestManyBeginnings(t *testing.T) {
	w := newWorld(t, rulesOfAll+"  - {id: CM-T-ONE, sequence: {steps: [a.03.uses, a.01.asked], within: 10h, when: 'server == \"one\"'}"+issue, correlate.Options{})
	w.quiet()
	for i := range 100 {
		w.take(line{at: midnight, host: "h", log: "Ask.log", n: i, zone: true, text: fmt.Sprint("uses s", i)})
	}
	w.AdvanceAll(midnight.Add(time.Hour))
	if cut := w.Counters().Cut; cut != 100-32 {
		t.Errorf("%d beginnings are counted as cut, expected 68", cut)
	}
}

// TestRestoredWithinBounds takes back more than the bounds of today allow.
func TestRestoredWithinBounds(t *testing.T) {
	rules := rulesOfAll + "  - {id: CM-T-ONE, absence: {after: a.01.asked, expect: a.02.answered, by: id, within: 10h}" + issue
	w := newWorld(t, rules, correlate.Options{})
	for i := range 300 {
		w.take(line{at: midnight, host: fmt.Sprint("h", i%3), log: "Ask.log", n: i, zone: true, text: fmt.Sprint("asked k", i)})
	}
	w.AdvanceAll(midnight.Add(time.Hour))
	saved := map[string][]byte{}
	if err := w.SaveAll(func(name string, state []byte) error { saved[name] = state; return nil }); err != nil {
		t.Fatal(err)
	}
	for _, opt := range []correlate.Options{{MaxOpen: 50}, {MaxTotal: 50}} {
		c := correlate.New(w.set, opt, correlate.Output{})
		for name, state := range saved {
			if err := c.Restore(name, state); err != nil {
				t.Fatal(err)
			}
		}
		if n := c.Counters(); c.Open() != 50 || n.Evicted != 250 || n.Undecided["CM-T-ONE"] != 250 {
			t.Errorf("%+v: %d are open, %d counted as let go of, %d undecided", opt, c.Open(), n.Evicted, n.Undecided["CM-T-ONE"])
		}
	}
}

// TestRepeatsAreToldWhenRoomIsMade has a period of once let go of before its time: what it has counted is a finding.
func TestRepeatsAreToldWhenRoomIsMade(t *testing.T) {
	w := newWorld(t, rulesOfAll+"  - {id: CM-T-ONE, threshold: {of: a.01.asked, at_least: 1, by: id, within: 10h}, once: {per: 10h, by: id}"+issue, correlate.Options{MaxOpen: 2})
	w.replayOpen(parse(t, `
		08:00:00 Ask.log asked x
		08:00:01 Ask.log asked x
		08:00:02 Ask.log asked y
		08:00:03 Ask.log asked z
		08:02:00 Ask.log hello`))
	repeats := 0
	for _, s := range w.out {
		if strings.Contains(s, "repeats=1") {
			repeats++
		}
	}
	if repeats != 1 {
		t.Errorf("%d findings tell of the repeat:\n%s", repeats, strings.Join(w.out, "\n"))
	}
}
