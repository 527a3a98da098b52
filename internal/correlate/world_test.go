package correlate_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cmtrail/cmtrail/internal/correlate"
	"github.com/cmtrail/cmtrail/internal/errorcode"
	"github.com/cmtrail/cmtrail/internal/match"
	"github.com/cmtrail/cmtrail/internal/ruleset"
	"github.com/cmtrail/cmtrail/parsers"
)

// world feeds records to a correlator and notes what comes out.
type world struct {
	t       testing.TB
	set     *ruleset.Set
	codes   *errorcode.Table
	matcher *match.Matcher
	options correlate.Options
	*correlate.Correlator
	out   []string
	trace func(*correlate.Moment)
}

var errorCodes = sync.OnceValues(func() (*errorcode.Table, error) {
	table, err := os.ReadFile("../../rules/packs/error-codes.tsv")
	if err != nil {
		return nil, err
	}
	return errorcode.Parse(table)
})

func newWorld(t testing.TB, yaml string, opt correlate.Options) *world {
	t.Helper()
	codes, err := errorCodes()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, codes: codes, options: opt}
	w.load(yaml)
	w.restart()
	return w
}

// load reads the rules of the world.
func (w *world) load(yaml string) {
	w.t.Helper()
	set, faults := ruleset.Load([]ruleset.Source{{Name: "test.yaml", Data: []byte("schema: 1\npack: test\nversion: 1.0.0\n" + yaml)}},
		ruleset.Options{Codes: w.codes, LogName: parsers.LogName})
	for _, f := range faults {
		w.t.Error(f)
	}
	if len(faults) > 0 {
		w.t.FailNow()
	}
	w.set, w.matcher = set, match.New(set, w.codes).NewMatcher()
}

// reload puts other rules in place of those that run.
func (w *world) reload(yaml string) {
	w.t.Helper()
	w.load(yaml)
	w.Correlator = w.Reload(w.set)
}

// restart puts a new correlator in place of the old one.
func (w *world) restart() {
	note := func(what string) func(*correlate.Finding) {
		return func(f *correlate.Finding) {
			w.say("%s %s %s %s %s:%d-%s:%d%s%s", what, f.Rule.ID, orDash(f.Host), clock(f.At), f.First.File, f.First.Line, f.Last.File, f.Last.Line, keys(f.Keys), extra(f))
		}
	}
	w.Correlator = correlate.New(w.set, w.options, correlate.Output{
		Trace:   w.trace,
		Finding: note("finding"), Step: note("step"),
		Undecided: func(u *correlate.Undecided) {
			w.say("undecided %s %s %s:%d: %s %v", u.Rule.ID, orDash(u.Host), u.First.File, u.First.Line, u.Why, u.Logs)
		},
		Journey: func(j *correlate.Journey) {
			var steps, issues, maybe []string
			for i, s := range j.Steps {
				steps = append(steps, fmt.Sprintf("%s@%s:%d+%s", s.Step.ID, s.First.File, s.First.Line, j.Spent(i)))
			}
			for _, r := range j.Issues {
				issues = append(issues, r.ID)
			}
			for _, s := range j.Ambiguous {
				maybe = append(maybe, s.ID)
			}
			slices.Sort(issues)
			w.say("journey %s %s %s #%d%s %v issues%v maybe%v by%s", j.Journey.ID, orDash(j.Host), j.State, j.Attempt, keys(j.Keys), steps, issues, maybe, keys(j.SupersededBy))
		},
	})
	w.Track()
}

func (w *world) say(format string, args ...any) { w.out = append(w.out, fmt.Sprintf(format, args...)) }

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func extra(f *correlate.Finding) (s string) {
	if f.Count > 0 {
		s += fmt.Sprintf(" count=%d", f.Count)
	}
	if f.Repeats > 0 {
		s += fmt.Sprintf(" repeats=%d", f.Repeats)
	}
	return s
}

func keys(all []match.Key) (s string) {
	for _, k := range all {
		s += " " + k.Name + "=" + k.Value
	}
	return s
}

var midnight = time.Date(2026, 3, 12, 0, 0, 0, 0, time.UTC)

func clock(t time.Time) string {
	if d := t.Sub(midnight); d >= 0 && d < 24*time.Hour {
		return t.Format("15:04:05")
	}
	return t.Format("2006-01-02T15:04:05")
}

// line is one record: a time as 15:04:05 or 2T15:04:05 for another day, the log as host/name, and the message.
type line struct {
	at        time.Time
	host, log string
	n         int
	thread    uint32
	zone      bool // prints its offset
	text      string
}

// parse reads lines "15:04:05 host/Log.log message"; a log name with "!" prints no offset, "#7" after it is a thread.
func parse(t testing.TB, script string) (all []line) {
	t.Helper()
	count := map[string]int{}
	for text := range strings.Lines(script) {
		text = strings.TrimSpace(text)
		if text == "" {
			continue
		}
		stamp, rest, _ := strings.Cut(text, " ")
		where, message, _ := strings.Cut(rest, " ")
		days := 0
		if day, clock, ok := strings.Cut(stamp, "T"); ok {
			if _, err := fmt.Sscan(day, &days); err != nil {
				t.Fatalf("line %q: %v", text, err)
			}
			stamp = clock
		}
		at, err := time.Parse("15:04:05.999", stamp)
		if err != nil {
			t.Fatalf("line %q: %v", text, err)
		}
		l := line{at: midnight.AddDate(0, 0, days).Add(at.Sub(at.Truncate(24 * time.Hour))), text: message, zone: true}
		if w, thread, ok := strings.Cut(where, "#"); ok {
			where = w
			if _, err := fmt.Sscan(thread, &l.thread); err != nil {
				t.Fatalf("line %q: %v", text, err)
			}
		}
		where, bare := strings.CutSuffix(where, "!")
		l.zone = !bare
		host, log, ok := strings.Cut(where, "/")
		if !ok {
			host, log = "", where
		}
		count[where]++
		l.host, l.log, l.n = host, log, count[where]
		all = append(all, l)
	}
	return all
}

// offset is what the logs of the tests print: an hour east.
const offset = 60

func (w *world) take(l line) {
	st := parsers.Stamp{Wall: l.at.UnixNano() + int64(offset*time.Minute), Offset: offset, HasWall: true, HasOffset: l.zone}
	r := &parsers.Record{Format: parsers.CCM, Stamp: st, Message: l.text, LineStart: l.n, LineEnd: l.n, Thread: l.thread, HasThread: l.thread != 0}
	name := parsers.LogName(l.log)
	w.Record(&correlate.Input{Host: l.host, Log: name, File: l.log, Record: r, Verdict: w.matcher.Match(r, name, l.host)})
}

// replay takes lines that come in the order of time, and ends.
func (w *world) replay(lines []line) {
	for _, l := range lines {
		w.take(l)
		w.AdvanceAll(l.at)
	}
	w.End()
}

func (w *world) sorted() []string {
	out := append([]string{}, w.out...)
	slices.Sort(out)
	return out
}
