package match

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cmtrail/cmtrail/internal/ruleset"
	"github.com/cmtrail/cmtrail/parsers"
)

// TestManyCases reports ever new cases of an issue: those that are remembered stay below the bound, and those forgotten are
// counted.
func TestManyCases(t *testing.T) {
	var forgotten atomic.Uint64
	o := once{forgotten: &forgotten}
	rule := &ruleset.Rule{ID: "CM-T-ONE", Once: &ruleset.Once{Per: time.Hour, By: []string{"id"}}}
	r := &parsers.Record{Stamp: parsers.Stamp{UTC: time.Date(2026, 3, 12, 8, 0, 0, 0, time.UTC).UnixNano(), HasUTC: true}}
	show := func(id string) bool {
		report, _ := o.report(rule, r, []Key{{"id", id}}, "PC1")
		return report
	}
	for i := range 200_000 {
		if !show(fmt.Sprint(i)) {
			t.Fatalf("case %d is not reported", i)
		}
		if len(o.cases) > maxOnce {
			t.Fatalf("%d cases are remembered", len(o.cases))
		}
	}
	if n := forgotten.Load(); n != 190_000 {
		t.Errorf("%d are counted as forgotten, expected 190000", n)
	}
	if show("199999") {
		t.Error("a case that is remembered is reported again")
	}
	long := strings.Repeat("x", 1<<20)
	if !show(long+"a") || !show(long+"b") || show(long+"a") {
		t.Error("long keys are not told apart")
	}
	for key := range o.cases {
		if len(key) > 1<<10 {
			t.Errorf("a key of %d bytes is kept", len(key))
		}
	}
}
