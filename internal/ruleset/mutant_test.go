package ruleset

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The file beside mutants.yaml holds every mutant of its rules; one that does not load is marked.
func TestMutants(t *testing.T) {
	set := kept(t, "testdata/mutants.yaml")
	var b strings.Builder
	for _, r := range set.Rules {
		for _, m := range set.Mutants(r) {
			loads := ""
			if set.Alone(r, &m, nil) == nil {
				loads = " (does not load)"
			}
			fmt.Fprintf(&b, "%d:%d: %s: %s: %s [%s]%s\n", m.Where.Line, m.Where.Col, r.ID, m.What, m.Hint, m.Clause, loads)
		}
	}
	golden(t, "testdata/mutants.txt", b.String())
}

// A rule by itself brings what it refers to, comes first and is as it was, and neither it nor its mutants change the set.
func TestAlone(t *testing.T) {
	set := kept(t, "testdata/mutants.yaml")
	asked, absence := set.Rules[0], set.Rules[slices.IndexFunc(set.Rules, func(r *Rule) bool { return r.ID == "CM-A-ABSENCE" })]
	before := set.Alone(asked, nil, nil).Rules[0].Match[0]
	for _, m := range set.Mutants(asked) {
		set.Alone(asked, &m, nil)
	}
	after := set.Alone(asked, nil, nil).Rules[0].Match[0]
	if d := cmp.Diff([]any{before.Files, len(before.Lines), before.Holes}, []any{after.Files, len(after.Lines), after.Holes}); d != "" {
		t.Errorf("mutants changed the rule: -before +after:\n%s", d)
	}
	for _, tt := range []struct {
		r      *Rule
		beside []*Rule
		want   []string
	}{
		{asked, nil, []string{"scan.01.asked"}},
		{absence, nil, []string{"CM-A-ABSENCE", "scan.01.asked", "scan.01.told"}},
		{asked, []*Rule{absence}, []string{"scan.01.asked", "CM-A-ABSENCE", "scan.01.told"}},
	} {
		alone := set.Alone(tt.r, nil, tt.beside)
		var got []string
		for i, r := range alone.Rules {
			got = append(got, r.ID)
			if r.Index != i {
				t.Errorf("%s: %s has index %d in place %d", tt.r.ID, r.ID, r.Index, i)
			}
		}
		for i, e := range alone.Events {
			if e.Index != len(alone.Rules)+i {
				t.Errorf("%s: event %s has index %d", tt.r.ID, e.ID, e.Index)
			}
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s: -want +got:\n%s", tt.r.ID, d)
		}
	}
}

func kept(t *testing.T, name string) *Set {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	opt := options(t)
	opt.Keep = true
	set, faults := Load([]Source{{Name: name, Data: data}}, opt)
	if len(faults) > 0 {
		t.Fatalf("faults:\n%s", print(faults))
	}
	return set
}
