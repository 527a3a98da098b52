package correlate_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cmtrail/cmtrail/internal/correlate"
)

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

func replaceHost(s, host string) string { return strings.Replace(s, " - ", " "+host+" ", 1) }

// manyRules has a relation of each kind and a journey.
const manyRules = scanRules + `
`

func relations() string {
	more := `
  - {id: CM-P-SEQ, title: t, severity: error, step: s.05, sequence: {steps: [s.05.search, s.06.done], within: 2m}}
  - {id: CM-P-COUNT, title: t, severity: error, step: s.05, threshold: {of: CM-S-FAILED, at_least: 3, within: 20m}}
  - {id: CM-P-FLEET, title: t, severity: error, step: s.05, threshold: {of: CM-S-FAILED, distinct: host, at_least: 2, within: 10m, across: hosts}}
  - {id: CM-P-CHANGE, title: t, severity: error, step: s.02, change: {of: s.02.job, value: job}}
  - {id: CM-P-SLOW, title: t, severity: error, step: s.05, duration: {from: s.05.search, to: s.06.done, longer_than: 3m}}
  - {id: CM-P-SILENT, title: t, severity: error, step: s.05, silence: {during: {from: s.05.search, to: s.06.done}, longer_than: 4m}}
  - {id: CM-P-HANG, title: t, severity: error, step: s.05, absence: {after: s.05.search, expect: s.06.done, within: 5m, unless: [CM-S-FAILED]}}
journeys:`
	return strings.Replace(manyRules, "\njourneys:", more, 1)
}

// storyTexts are what happens in a story.
var storyTexts = []string{
	"ScanAgent.log policy", "ScanAgent.log job %d", "ScanAgent.log requested r%d for %d", "LocationServices.log sent r%d", "CcmMessaging.log sending m%d",
	"CcmMessaging.log reply to m%d", "ScanAgent.log located r%d", "WUAHandler.log search", "WindowsUpdate.log agent", "WUAHandler.log done",
	"WUAHandler.log failed", "StateMessage.log state", "ScanAgent.log hello", "WUAHandler.log hello", "CcmMessaging.log hello",
}

// story makes up the records of a few hosts.
func story(r *rand.Rand) (all []line) {
	at := midnight.Add(8 * time.Hour)
	count := map[string]int{}
	for range 60 + r.IntN(120) {
		at = at.Add(time.Duration(r.IntN(90_000)) * time.Millisecond)
		text := storyTexts[r.IntN(len(storyTexts))]
		for strings.Contains(text, "%d") {
			text = strings.Replace(text, "%d", fmt.Sprint(r.IntN(3)), 1)
		}
		log, message, _ := strings.Cut(text, " ")
		host := string(rune('a' + r.IntN(2)))
		count[host+log]++
		all = append(all, line{at: at, host: host, log: log, n: count[host+log], zone: true, text: message})
	}
	return all
}

// TestOrderDoesNotMatter permutes records within the lateness, cuts the flow with the state saved and taken back, or with only
// what is saved while it goes on, and reloads the rules at another place.
func TestOrderDoesNotMatter(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 1))
		lines := story(r)
		came := arrival{lines: lines, often: 7}
		for range lines {
			came.behind = append(came.behind, time.Duration(r.Int64N(int64(correlate.DefaultLateness))))
		}
		came.cut, came.reload = r.IntN(len(lines)), r.IntN(len(lines))
		came.killed = r.IntN(2) == 0
		want := newWorld(t, relations(), correlate.Options{})
		want.replay(lines)
		got := newWorld(t, relations(), correlate.Options{})
		got.receive(&came)
		if diff := cmp.Diff(withoutIssues(want.sorted()), withoutIssues(got.sorted())); diff != "" {
			t.Fatalf("seed %d, cut at %d, reloaded at %d: %s", seed, came.cut, came.reload, diff)
		}
		if len(want.out) == 0 {
			t.Errorf("seed %d: nothing was found", seed)
		}
	}
}

// arrival is how the records of a story come: each some time behind its own, in whatever order that makes.
type arrival struct {
	lines       []line
	behind      []time.Duration // each below the lateness
	often       int             // time is moved on, and all is saved, with each so manyth
	cut, reload int             // the records after which there is a restart, and other rules
	killed      bool            // at the restart, only what each record saves is there
	after       func()          // called behind each record
}

// receive takes the records as they come, and ends.
func (w *world) receive(a *arrival) {
	order := make([]int, len(a.lines))
	for i := range order {
		order[i] = i
	}
	came := func(i int) time.Time { return a.lines[i].at.Add(a.behind[i]) }
	slices.SortStableFunc(order, func(i, j int) int { return came(i).Compare(came(j)) })
	state := map[string][]byte{}
	keep := func(name string, s []byte) error {
		if state[name] = slices.Clone(s); s == nil {
			delete(state, name)
		}
		return nil
	}
	save := func(err error) {
		if err != nil {
			w.t.Fatal(err)
		}
	}
	restore := func() {
		w.restart()
		for name, s := range state {
			save(w.Restore(name, s))
		}
	}
	var newest time.Time
	for i, at := range order {
		if l := a.lines[at]; l.at.After(newest) {
			newest = l.at
		}
		w.take(a.lines[at])
		if a.after != nil {
			a.after()
		}
		if i == a.cut && a.killed { // what has come since time moved on stands in the journal
			save(w.Save(1, keep))
			restore()
		}
		if i%3 == 0 { // so that a page of the journal holds several events
			save(w.Save(1, keep))
		}
		if i == a.reload {
			w.reload(relations())
		}
		if i%a.often != 0 {
			continue
		}
		w.AdvanceAll(newest)
		save(w.Save(0, keep))
		if i/a.often == a.cut/a.often && !a.killed {
			save(w.SaveAll(keep))
			restore()
		}
	}
	w.End()
}

var issuesOf = regexp.MustCompile(`issues\[[^]]*\]`)

// withoutIssues leaves the issues off journeys. Whether a journey that has just been reported names an issue depends on
// when the logs told that nothing came; the finding itself does not.
func withoutIssues(out []string) []string {
	for i := range out {
		out[i] = issuesOf.ReplaceAllString(out[i], "")
	}
	slices.Sort(out)
	return out
}
