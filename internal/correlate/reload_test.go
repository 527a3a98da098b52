package correlate_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cmtrail/cmtrail/internal/correlate"
)

// TestReload changes the rules between a question and its deadline.
func TestReload(t *testing.T) {
	const asks = "absence: {after: a.01.asked, expect: a.02.answered, by: id, within: 10m}"
	const found = "finding CM-T-ONE - 08:10:00 Ask.log:1-Ask.log:1 id=x"
	for name, tt := range map[string]struct {
		rules string
		want  string
		lost  uint64
	}{
		"the same":                 {relation(asks), found, 0},
		"another title":            {strings.Replace(relation(asks), "title: t", "title: other", 1), found, 0},
		"one rule more":            {"rules-before", found, 0},
		"another revision":         {relation("revision: 2, " + asks), "", 1},
		"gone":                     {rulesOfAll, "", 1},
		"off":                      {relation("status: testing, " + asks), "", 1},
		"it waits for another":     {relation(strings.Replace(asks, "a.02.answered", "a.02.off", 1)), "", 1},
		"it is of another kind":    {relation("duration: {from: a.01.asked, to: a.02.answered, by: id, longer_than: 10m}"), "", 1},
		"steps of a sequence gone": {relation("sequence: {steps: [a.01.asked, a.02.answered], by: id, within: 10m}"), "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			if tt.rules == "rules-before" {
				tt.rules = strings.Replace(relation(asks), "rules:\n", "rules:\n  - {id: a.01.new, step: a.01, match: {file: Ask.log, line: 'new'}}\n", 1)
			}
			w := newWorld(t, relation(asks), correlate.Options{})
			lines := parse(t, `
				08:00:00 Ask.log asked x
				08:00:01 Answer.log hello
				08:10:01 Answer.log hello`)
			w.take(lines[0])
			w.take(lines[1])
			w.AdvanceAll(lines[1].at.Add(correlate.DefaultLateness)) // what still waits for its place opens nothing yet
			w.reload(tt.rules)
			w.take(lines[2])
			w.End()
			if diff := cmp.Diff(tt.want, strings.Join(w.out, "\n")); diff != "" {
				t.Error(diff)
			}
			if got := w.Counters().Undecided["CM-T-ONE"]; got != tt.lost {
				t.Errorf("undecided %d, want %d", got, tt.lost)
			}
		})
	}
}

// TestReloadKeepsTheOffset reloads while a log without an offset waits for that of another.
func TestReloadKeepsTheOffset(t *testing.T) {
	script := parse(t, `
		08:00:00 Ask.log! asked x
		08:20:00 Answer.log! hello
		08:20:00 Run.log begin`)
	var out []string
	for at := range len(script) + 1 {
		w := newWorld(t, relation("absence: {after: a.01.asked, expect: a.02.answered, by: id, within: 10m}"), correlate.Options{})
		for i, l := range script {
			if i == at {
				w.reload(relation("absence: {after: a.01.asked, expect: a.02.answered, by: id, within: 10m}"))
			}
			w.take(l)
		}
		w.End()
		out = append(out, fmt.Sprint(w.out))
	}
	for _, got := range out {
		if got != out[len(script)] || got == "[]" {
			t.Errorf("reloaded: %s, not reloaded: %s", got, out[len(script)])
		}
	}
}
