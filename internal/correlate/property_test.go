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

// story makes up the records of a few hosts.
func story(r *rand.Rand) (all []line) {
	texts := []string{
		"ScanAgent.log policy", "ScanAgent.log job %d", "ScanAgent.log requested r%d for %d", "LocationServices.log sent r%d", "CcmMessaging.log sending m%d",
		"CcmMessaging.log reply to m%d", "ScanAgent.log located r%d", "WUAHandler.log search", "WindowsUpdate.log agent", "WUAHandler.log done",
		"WUAHandler.log failed", "StateMessage.log state", "ScanAgent.log hello", "WUAHandler.log hello", "CcmMessaging.log hello",
	}
	at := midnight.Add(8 * time.Hour)
	count := map[string]int{}
	for range 60 + r.IntN(120) {
		at = at.Add(time.Duration(r.IntN(90_000)) * time.Millisecond)
		text := texts[r.IntN(len(texts))]
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
		want := newWorld(t, relations(), correlate.Options{})
		want.replay(lines)
		shuffled := slices.Clone(lines)
		came := map[*line]time.Time{}
		order := make([]*line, len(shuffled))
		for i := range shuffled {
			order[i] = &shuffled[i]
			came[order[i]] = shuffled[i].at.Add(time.Duration(r.Int64N(int64(correlate.DefaultLateness))))
		}
		slices.SortStableFunc(order, func(a, b *line) int { return came[a].Compare(came[b]) })
		got := newWorld(t, relations(), correlate.Options{})
		var newest time.Time
		cut, reload := r.IntN(len(order)), r.IntN(len(order))
		state := map[string][]byte{}
		save := func(name string, s []byte) error {
			if state[name] = slices.Clone(s); s == nil {
				delete(state, name)
			}
			return nil
		}
		killed := r.IntN(2) == 0
		restore := func() {
			got.restart()
			got.Track()
			for name, s := range state {
				if err := got.Restore(name, s); err != nil {
					t.Fatal(err)
				}
			}
		}
		got.Track()
		for i, l := range order {
			if l.at.After(newest) {
				newest = l.at
			}
			got.take(*l)
			if i == cut && killed { // what has come since time moved on stands in the journal
				if err := got.Save(1, save); err != nil {
					t.Fatal(err)
				}
				restore()
			}
			if err := got.Save(1, save); err != nil {
				t.Fatal(err)
			}
			if i == reload {
				got.reload(relations())
			}
			if i%7 != 0 {
				continue
			}
			got.AdvanceAll(newest)
			if err := got.Save(0, save); err != nil {
				t.Fatal(err)
			}
			if i/7 == cut/7 && !killed {
				if err := got.SaveAll(save); err != nil {
					t.Fatal(err)
				}
				restore()
			}
		}
		got.End()
		if diff := cmp.Diff(withoutIssues(want.sorted()), withoutIssues(got.sorted())); diff != "" {
			t.Fatalf("seed %d, cut at %d, reloaded at %d: %s", seed, cut, reload, diff)
		}
		if len(want.out) == 0 {
			t.Errorf("seed %d: nothing was found", seed)
		}
	}
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
