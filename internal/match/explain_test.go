package match_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cmtrail/cmtrail/internal/condition"
	"github.com/cmtrail/cmtrail/internal/match"
	"github.com/cmtrail/cmtrail/internal/ruleset"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// why writes an explanation in a line.
func why(x *match.Explanation) string {
	var b strings.Builder
	for _, a := range x.Alternatives {
		fmt.Fprintf(&b, "[log %t, texts %t, codes %t", a.LogHolds, a.TextsHold, a.CodesHold)
		for _, l := range a.Lines {
			if l.Stop != nil {
				fmt.Fprintf(&b, ", stopped at %d", l.Stop.Rune)
			}
		}
		for _, p := range a.Patterns {
			b.WriteString(", pattern " + p.Hint)
		}
		if a.When != nil {
			b.WriteString(", when " + a.When.Outcome.String())
		}
		for _, e := range a.Except {
			b.WriteString(", except " + e.Outcome.String())
		}
		b.WriteString("]")
	}
	fmt.Fprintf(&b, " holds %t, shows %t, folded %t, left off %d", x.Holds, x.Shows, x.Folded, len(x.LeftOff))
	return b.String()
}

func TestExplain(t *testing.T) {
	e := load(t, testRules)
	m := e.NewMatcher()
	for _, tt := range []struct{ rule, log, message, want string }{
		{"scan.02.both", "a.log", "begin 5", "[log true, texts true, codes true] holds true, shows true, folded false, left off 0"},
		{"scan.02.both", "b.log", "begin 5", "[log false, texts true, codes true] holds false, shows false, folded false, left off 0"},
		{"scan.02.both", "a.log", "begin it", "[log true, texts false, codes true, stopped at 6] holds false, shows false, folded false, left off 0"},
		{"CM-T-CODE", "a.log", "failed with -2147024882", "[log true, texts true, codes true] holds true, shows true, folded false, left off 0"},
		{"CM-T-CODE", "a.log", "failed with 80240022", "[log true, texts true, codes false] holds false, shows false, folded false, left off 0"},
		{"CM-T-GENERIC", "a.log", "failed with -2147024882", "[log true, texts true, codes true] holds true, shows false, folded false, left off 1"},
		{"CM-T-PATTERN", "", "it ENDED: well", "[log true, texts true, codes true, pattern ] holds true, shows true, folded false, left off 0"},
		{"CM-T-PATTERN", "", "it is over", `[log true, texts false, codes true, pattern the message does not hold "end"] holds false, shows false, folded false, left off 0`},
		{"CM-T-WHEN", "c.log", "ein Uberlauf", "[log true, texts true, codes true, when false] holds false, shows false, folded false, left off 0"},
		{"CM-T-EXCEPT", "", "quiet 7", "[log true, texts true, codes true, except true] holds false, shows false, folded false, left off 0"},
		{"CM-T-EXCEPT", "", "quiet 8", "[log true, texts true, codes true, except false] holds true, shows true, folded false, left off 0"},
		{"CM-T-ANY", "", "right turn", "[log true, texts false, codes true, stopped at 0][log true, texts true, codes true] holds true, shows true, folded false, left off 0"},
	} {
		at := slices.IndexFunc(e.Set().Rules, func(r *ruleset.Rule) bool { return r.ID == tt.rule })
		r := &parsers.Record{Message: tt.message}
		if got := why(e.Explain(e.Set().Rules[at], r, tt.log, "LAB-01", "", m.Match(r, tt.log, "LAB-01"))); got != tt.want {
			t.Errorf("%s on %q of %q: %s, want %s", tt.rule, tt.message, tt.log, got, tt.want)
		}
	}
}

func TestExplainOnce(t *testing.T) {
	e := load(t, "rules: [{id: CM-T-ONCE, title: Once, severity: info, once: {by: [n], per: 1h}, match: {line: 'seen <n:int>'}}]\n")
	m := e.NewMatcher()
	r := &parsers.Record{Message: "seen 5", Stamp: parsers.Stamp{HasWall: true, HasOffset: true}}
	var got []bool
	for range 2 {
		x := e.Explain(e.Set().Rules[0], r, "a.log", "", "", m.Match(r, "a.log", ""))
		got = append(got, x.Shows, x.Folded)
	}
	if want := []bool{true, false, false, true}; !slices.Equal(got, want) {
		t.Errorf("shows and folded are %v, want %v", got, want)
	}
}

func TestExplainFailing(t *testing.T) {
	e := load(t, "rules: [{id: CM-T-FAILS, title: Fails, severity: info, match: {line: 'seen <n>!', when: int(n) > 1}}]\n")
	m := e.NewMatcher()
	r := &parsers.Record{Message: "seen nothing!"}
	x := e.Explain(e.Set().Rules[0], r, "", "", "", m.Match(r, "", ""))
	if x.Failing || x.Alternatives[0].When.Outcome != condition.Failed {
		t.Errorf("after one failure: %s, failing %t", why(x), x.Failing)
	}
	for range 100 {
		m.Match(r, "", "")
	}
	if x = e.Explain(e.Set().Rules[0], r, "", "", "", nil); !x.Failing {
		t.Error("a rule that always fails is not told to be off")
	}
}

// Explain says that a rule holds exactly when Match does, for all rules on the records of the samples, and for each rule
// on those of its own tests.
func TestExplainAgreesWithMatch(t *testing.T) {
	set, faults, err := rules.Load(rules.Options{})
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	e := rules.NewEngine(set)
	m := e.NewMatcher()
	all := slices.Concat(set.Rules, set.Events)
	held := 0
	check := func(r *parsers.Record, log, host, arch string, of []*ruleset.Rule) {
		m.On(arch)
		v := m.Match(r, log, host)
		for _, rule := range of {
			if !rule.Enabled || rule.Owner != nil && !rule.Owner.Enabled {
				continue
			}
			x := e.Explain(rule, r, log, host, arch, v)
			want := v != nil && slices.ContainsFunc(v.Matched, func(m match.Matched) bool { return m.Rule == rule })
			if x.Holds != want {
				t.Errorf("%s on %q of %s: Explain says %t, Match %t: %s", rule.ID, r.Message, log, x.Holds, want, why(x))
			}
			if want {
				held++
			}
		}
	}
	files, err := filepath.Glob("../../deploy/samples/*/*.log")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		read(data, filepath.Base(f), func(r *parsers.Record) { check(r, parsers.LogName(f), "LAB-01", "", all) })
	}
	for _, rule := range set.Rules {
		own := []*ruleset.Rule{rule}
		for _, event := range set.Events {
			if event.Owner == rule {
				own = append(own, event)
			}
		}
		for _, test := range rule.Tests {
			for _, l := range test.Logs {
				read([]byte(l.Text), filepath.Base(l.Name), func(r *parsers.Record) { check(r, parsers.LogName(l.Name), "LAB-01", test.Arch, own) })
			}
		}
	}
	if held < len(set.Rules) {
		t.Errorf("rules held %d times: that shows too little of %d rules", held, len(set.Rules))
	}
}

func read(data []byte, name string, emit func(*parsers.Record)) {
	s := parsers.NewStream(name, parsers.Options{}, emit)
	_, _ = s.Write(data)
	s.Flush()
}
