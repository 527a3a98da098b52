package correlate_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cmtrail/cmtrail/internal/correlate"
)

// saved is what a correlator has saved.
type saved map[string][]byte

func (s saved) keep(name string, state []byte) error {
	if s[name] = slices.Clone(state); state == nil {
		delete(s, name)
	}
	return nil
}

func (w *world) restore(s saved) {
	w.t.Helper()
	w.restart()
	for name, state := range s {
		if err := w.Restore(name, state); err != nil {
			w.t.Fatal(err)
		}
	}
}

// A host that is let go of because there are too many does not come back with a restart: neither its state nor its journal is kept
// any longer, whether it has been heard of since or not.
func TestAHostThatIsForgottenStaysSo(t *testing.T) {
	asked := func(host string) []line { // three questions, more than go into a state each time
		return parse(t, "08:00:00 "+host+"/Ask.log asked x\n08:00:01 "+host+"/Ask.log asked y\n08:00:02 "+host+"/Ask.log asked z\n")
	}
	hello := func(host string) []line { return parse(t, "08:01:00 "+host+"/Ask.log hello") }
	for name, tt := range map[string]struct {
		limit int // of the saves before it is forgotten, and behind
		then  [][]line
		want  []string
	}{
		"another is heard of":                         {0, [][]line{asked("b")}, []string{"host/b"}},
		"another is heard of, both with a journal":    {1, [][]line{asked("b")}, []string{"journal/0/b"}},
		"it says nothing of note afterwards":          {0, [][]line{hello("b"), hello("a")}, nil},
		"the same, with a journal":                    {1, [][]line{hello("b"), hello("a")}, nil},
		"it asks anew":                                {0, [][]line{hello("b"), asked("a")[:1]}, []string{"host/a"}},
		"it asks as much again, with another journal": {1, [][]line{hello("b"), asked("a")}, []string{"journal/0/a"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, rulesOfAll+"  - {id: CM-T-ONE, absence: {after: a.01.asked, expect: a.02.answered, by: id, within: 10h}"+issue, correlate.Options{MaxHosts: 1})
			kept := saved{}
			save := func() {
				if err := w.Save(tt.limit, kept.keep); err != nil {
					t.Fatal(err)
				}
			}
			for _, l := range asked("a") {
				w.take(l)
				save()
			}
			if len(kept) == 0 {
				t.Fatal("nothing was saved of the first host")
			}
			pending := 0
			for _, lines := range tt.then {
				for _, l := range lines {
					w.take(l)
				}
				pending = 0
				if lines[0].text != "hello" {
					pending = len(lines)
				}
			}
			save()
			got := slices.Sorted(maps.Keys(kept))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("saved (-want +got):\n%s", diff)
			}
			w.out = nil
			w.restore(kept)
			w.AdvanceAll(midnight.Add(9 * time.Hour))
			if w.Open() != pending {
				t.Errorf("%d questions came back, want %d", w.Open(), pending)
			}
		})
	}
}

// The same holds where the rules are reloaded before the next save, and where a fault of ours has broken its state.
func TestAHostThatIsForgottenStaysSoBeyondItsCorrelator(t *testing.T) {
	for name, tt := range map[string]struct {
		next func(w *world)
		want []string
	}{
		"other rules behind it": {func(w *world) {
			w.take(parse(t, "08:01:00 b/Ask.log hello")[0])
			w.take(parse(t, "08:01:00 c/Ask.log hello")[0])
			w.Correlator = w.Reload(w.set)
		}, nil},
		"the host is broken": {func(w *world) { w.Correlator = w.Without("a") }, nil},
		"all are":            {func(w *world) { w.Correlator = w.Anew() }, nil},
		"none is":            {func(w *world) { w.Correlator = w.Reload(w.set) }, []string{"host/a"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, rulesOfAll+"  - {id: CM-T-ONE, absence: {after: a.01.asked, expect: a.02.answered, by: id, within: 10h}"+issue, correlate.Options{MaxHosts: 2})
			kept := saved{}
			for limit, l := range []string{"08:00:00 a/Ask.log asked x", "08:00:01 a/Ask.log asked y"} { // with a journal in the end
				w.take(parse(t, l)[0])
				if err := w.Save(limit, kept.keep); err != nil {
					t.Fatal(err)
				}
			}
			if len(kept) != 2 {
				t.Fatalf("%d values were saved, want a state and a journal", len(kept))
			}
			tt.next(w)
			for _, limit := range []int{1, 0} {
				if err := w.Save(limit, kept.keep); err != nil {
					t.Fatal(err)
				}
				maps.DeleteFunc(kept, func(name string, _ []byte) bool { return !strings.HasSuffix(name, "/a") })
				if tt.want == nil && len(kept) > 0 {
					t.Errorf("%q is kept", slices.Sorted(maps.Keys(kept)))
				}
			}
			if diff := cmp.Diff(tt.want, slices.Sorted(maps.Keys(kept))); diff != "" {
				t.Errorf("saved (-want +got):\n%s", diff)
			}
		})
	}
}

// What stands in a journal tells how far its logs had been read.
func TestAJournalTellsHowFarLogsWereRead(t *testing.T) {
	rules := rulesOfAll + "  - {id: CM-T-ONE, absence: {after: a.01.asked, expect: a.02.answered, by: id, within: 10m}" + issue
	lines := parse(t, `
		08:00:00 Ask.log asked x
		08:20:00 Answer.log answered y`)
	want := newWorld(t, rules, correlate.Options{})
	want.replay(lines)
	got := newWorld(t, rules, correlate.Options{})
	kept := saved{}
	for _, l := range lines {
		got.take(l)
	}
	if err := got.Save(1, kept.keep); err != nil {
		t.Fatal(err)
	}
	got.restore(kept)
	got.End()
	if diff := cmp.Diff(want.sorted(), got.sorted()); diff != "" || len(want.out) != 1 {
		t.Errorf("found (-at once +after a restart):\n%s", diff)
	}
}

// What waits in the journal is not written again with the state, comes back alone of its page, in whatever order state and page
// are restored, and its page goes with it.
func TestWhatWaitsStaysInTheJournal(t *testing.T) {
	rules := rulesOfAll + "  - {id: CM-T-ONE, absence: {after: a.01.asked, expect: a.02.answered, by: id, within: 10m}" + issue
	lines := parse(t, `
		08:00:00 a/Ask.log asked x
		08:14:00 a/Answer.log answered w
		08:30:00 a/Ask.log asked z`)
	end := midnight.Add(12 * time.Hour)
	want := newWorld(t, rules, correlate.Options{})
	want.replay(lines)
	if len(want.out) != 2 {
		t.Fatalf("%q was found, want that x and z were not answered", want.out)
	}
	for _, first := range []string{"host/", "journal/"} {
		w := newWorld(t, rules, correlate.Options{})
		kept := saved{}
		save := func(limit int) {
			t.Helper()
			if err := w.Save(limit, kept.keep); err != nil {
				t.Fatal(err)
			}
		}
		for _, l := range lines {
			w.take(l)
		}
		save(1)
		w.AdvanceAll(midnight.Add(8*time.Hour + 15*time.Minute))
		save(0)
		if len(w.out) != 1 {
			t.Fatalf("%q was found before the restart, want that x was not answered", w.out)
		}
		if got, want := slices.Sorted(maps.Keys(kept)), []string{"host/a", "journal/0/a"}; !slices.Equal(got, want) {
			t.Fatalf("%q are kept, want %q", got, want)
		}
		if state := string(kept["host/a"]); strings.Contains(state, "asked z") {
			t.Errorf("what stands in the journal is written again: %s", state)
		}
		w.restart()
		for _, name := range slices.SortedFunc(maps.Keys(kept), func(a, b string) int { // the one that is to come first
			return strings.Compare(strings.TrimPrefix(a, first), strings.TrimPrefix(b, first))
		}) {
			if err := w.Restore(name, kept[name]); err != nil {
				t.Fatal(err)
			}
		}
		w.AdvanceAll(end)
		save(0)
		if got, want := slices.Sorted(maps.Keys(kept)), []string{"host/a"}; !slices.Equal(got, want) {
			t.Errorf("%q are kept in the end, want %q", got, want)
		}
		w.End()
		if diff := cmp.Diff(want.sorted(), w.sorted()); diff != "" {
			t.Errorf("%s first: found (-at once +after a restart):\n%s", first, diff)
		}
	}
}

// What is related across hosts waits beyond the state of its own host, whose journal forgets it.
func TestWhatWaitsAcrossHostsIsSaved(t *testing.T) {
	rules := rulesOfAll + "  - {id: CM-T-ONE, threshold: {of: a.01.asked, distinct: host, at_least: 2, within: 1h, across: hosts}" + issue
	w := newWorld(t, rules, correlate.Options{})
	kept := saved{}
	for _, l := range parse(t, `
		08:00:00 a/Ask.log asked x
		08:00:05 a/Ask.log asked x
		08:00:10 b/Ask.log asked x
		08:00:10 b/Ask.log asked x
		08:00:45 a/Ask.log hello
		08:00:45 b/Ask.log hello`) {
		w.take(l)
	}
	for _, limit := range []int{1, 100} { // the journal, and then all
		if err := w.Save(limit, kept.keep); err != nil {
			t.Fatal(err)
		}
		for _, host := range []string{"a", "b"} {
			w.Advance(host, midnight.Add(8*time.Hour+45*time.Second)) // past both on their hosts, and not across
		}
	}
	if len(w.out) > 0 {
		t.Fatalf("%q was found before the restart, want that it waits", w.out)
	}
	w.restore(kept)
	w.End()
	if len(w.out) != 1 {
		t.Errorf("%q was found, want one finding", w.out)
	}
}
