package ruletest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cmtrail/cmtrail/internal/ruleset"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// overlapping are two issues that know one line, a step rule that marks it, and a relation that counts one of them.
const overlapping = `schema: 1
pack: p
steps: [{id: a.01, title: A}]
rules:
  - {id: a.01.seen, step: a.01, match: {file: a.log, line: transfer}}
  - id: CM-A-ANY
    title: Any
    severity: error
    match: {file: a.log, line: transfer failed}
    tests: [{logs: {a.log: transfer failed at last}, expect: [{on: "a.log:1"}]}]
  - id: CM-A-LATE
    title: Late
    severity: error
    ALSO
    match: {file: a.log, line: failed at last}
  - id: CM-A-OFTEN
    title: Often
    severity: error
    threshold: {of: CM-A-ANY, at_least: 2, within: 1m}
    tests:
      - name: twice
        logs:
          a.log: |
            transfer failed  $$<A><03-12-2026 08:00:00.000+0><thread=1 (0x1)>
            transfer failed  $$<A><03-12-2026 08:00:01.000+0><thread=1 (0x1)>
`

func TestCross(t *testing.T) {
	for _, tt := range []struct {
		name    string
		also    string
		shipped bool
		want    []string
	}{
		{"unsaid among the shipped", "", true, []string{`CM-A-LATE shows on a.log:1 of CM-A-ANY, test 1, too: "transfer failed at last"; neither names the other in also`}},
		{"a user's", "", false, []string{`advice: CM-A-LATE shows on a.log:1 of CM-A-ANY, test 1, too: "transfer failed at last"`}},
		{"said", "also: CM-A-ANY", true, nil},
		{"said and untrue", "also: [CM-A-ANY, CM-A-OFTEN]", true, []string{"CM-A-LATE also names CM-A-OFTEN, and no test of the two shows both on one record"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.Replace(overlapping, "    ALSO\n", map[bool]string{true: "", false: "    " + tt.also + "\n"}[tt.also == ""], 1)
			set, faults := ruleset.Load([]ruleset.Source{{Name: "p.yaml", Data: []byte(text), Shipped: tt.shipped}},
				ruleset.Options{Codes: rules.ErrorCodes(), LogName: parsers.LogName})
			if len(faults) > 0 {
				t.Fatal(faults)
			}
			var got []string
			for _, r := range Judge(set, Cross(set), nil) {
				if r.Advice != "" {
					got = append(got, "advice: "+r.Rule+" "+r.Advice)
					continue
				}
				got = append(got, r.Rule+" "+r.Why)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

func TestCrossSaysWhy(t *testing.T) {
	set, faults := ruleset.Load([]ruleset.Source{{Name: "p.yaml", Data: []byte(strings.Replace(overlapping, "ALSO", "also: CM-A-ANY", 1))}},
		ruleset.Options{Codes: rules.ErrorCodes(), LogName: parsers.LogName})
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	var got []string
	for _, o := range Cross(set) {
		got = append(got, o.Sample.ID+" "+o.Shown.ID+" "+o.Says)
	}
	want := []string{"CM-A-ANY a.01.seen step", "CM-A-ANY CM-A-LATE also", "CM-A-OFTEN a.01.seen step", "CM-A-OFTEN CM-A-ANY relation"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}
