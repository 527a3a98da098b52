package fault

import (
	"strings"
	"testing"
	"time"
)

func TestPanicsAreCountedAndToldOnceAMinute(t *testing.T) {
	now := time.Unix(1e9, 0)
	var told []Report
	var l Log
	breaks := func(at Place) {
		if l.Guard(at, func() { panic("broken " + at.String()) }) {
			t.Errorf("%v: a panic counts as an end", at)
		}
	}
	breaks(Parser) // nobody listens yet
	l.TellTo(func() time.Time { return now }, func(r Report) { told = append(told, r) })
	for _, p := range Places() {
		breaks(p)
	}
	now = now.Add(Every)
	breaks(Rules)
	if !l.Guard(Rules, func() {}) {
		t.Error("what ends counts as broken")
	}
	if len(told) != 2 {
		t.Fatalf("told %d times, want twice", len(told))
	}
	if r := told[0]; r.Place != Parser || r.What != "broken parser" || r.Untold != 0 || !strings.Contains(r.Stack, "fault_test.go") {
		t.Errorf("told first %+v", r)
	}
	if r := told[1]; r.Place != Rules || r.Untold != uint64(len(Places())-1) {
		t.Errorf("told second %+v", r)
	}
	if l.Count(Parser) != 2 || l.Count(Rules) != 2 || l.Count(Ticker) != 1 || l.Total() != 7 {
		t.Errorf("counted %d in parsers, %d in rules, %d in all", l.Count(Parser), l.Count(Rules), l.Total())
	}
}
