package ruleset

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A rule remembers what users changed of it, where and why.
func TestOverridesAreRemembered(t *testing.T) {
	shipped := Source{Name: "shipped.yaml", Shipped: true, Data: []byte("schema: 1\npack: a\nrules:\n" +
		"  - {id: CM-A-ONE, title: One, severity: error, match: {line: 'one <n:int>'}}\n" +
		"  - {id: CM-A-TWO, title: Two, severity: error, match: {line: two}}\n")}
	own := Source{Name: "own.yaml", Data: []byte(`schema: 1
pack: b
overrides:
  - rule: CM-A-ONE
    reason: it is no fault here
    until: 2027-12-31
    set: {severity: info}
    except: [n == "7", n == "8"]
  - {rule: CM-A-T*, disable: true, reason: another team}
  - {rule: CM-A-TWO, set: {title: Zwei}, reason: over, until: 2026-01-01}
`)}
	set, faults := Load([]Source{shipped, own}, Options{Today: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)})
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	at := func(line, col int) Place { return Place{"own.yaml", line, col} }
	want := [][]Override{{
		{Where: at(7, 11), Field: "severity", Value: "info", Was: "error", Reason: "it is no fault here", Until: "2027-12-31"},
		{Where: at(8, 14), Field: "except", Value: `n == "7"`, Reason: "it is no fault here", Until: "2027-12-31"},
		{Where: at(8, 24), Field: "except", Value: `n == "8"`, Reason: "it is no fault here", Until: "2027-12-31"},
	}, {
		{Where: at(10, 12), Reason: "over", Until: "2026-01-01", Over: true},
		{Where: at(9, 30), Field: "disable", Value: "true", Was: "false", Reason: "another team"},
	}}
	for i, r := range set.Rules {
		if d := cmp.Diff(want[i], r.Overrides); d != "" {
			t.Errorf("%s, -want +got:\n%s", r.ID, d)
		}
	}
}
