package match_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/cmtrail/cmtrail/internal/errorcode"
	"github.com/cmtrail/cmtrail/internal/match"
	"github.com/cmtrail/cmtrail/internal/ruleset"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

func load(t testing.TB, text string) *match.Engine {
	t.Helper()
	set, faults := ruleset.Load([]ruleset.Source{{Name: "t.yaml", Data: []byte("schema: 1\npack: t\n" + text)}},
		ruleset.Options{Codes: rules.ErrorCodes(), LogName: parsers.LogName})
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	return match.New(set, rules.ErrorCodes())
}

// verdict writes what a verdict says in one line.
func verdict(m *match.Matcher, v *match.Verdict) string {
	var b strings.Builder
	if v == nil {
		v = &match.Verdict{}
	}
	for _, s := range v.Steps {
		b.WriteString(s.ID + " ")
	}
	for _, r := range v.Issues {
		b.WriteString(r.ID + " ")
	}
	for _, k := range v.Keys {
		b.WriteString(k.Name + "=" + k.Value + " ")
	}
	for _, c := range m.Codes() {
		b.WriteString(errorcode.Format(c) + " ")
	}
	b.WriteString(v.Severity.String())
	return cmp.Or(strings.TrimSpace(b.String()), "-")
}

const testRules = `
steps:
  - {id: scan.01, title: One}
  - {id: scan.02, title: Two}
rules:
  - {id: scan.02.both, step: [scan.02, scan.01], match: {file: A.log, line: "begin <n:int>"}}
  - {id: CM-T-CODE, title: Code, severity: error, match: {file: A.log, code: E_OUTOFMEMORY}}
  - {id: CM-T-GENERIC, title: Generic, severity: warning, generic: true, match: {file: A.log, line: "failed with <hr:hresult>"}}
  - {id: CM-T-PATTERN, title: Pattern, severity: info, match: {pattern: '(?i)ende?d: (?P<what>\w+)'}}
  - {id: CM-T-WHEN, title: When, severity: critical, match: {when: 'message contains "Überlauf" and host == "LAB-01"'}}
  - {id: CM-T-EXCEPT, title: Except, severity: info, match: {line: "quiet <n:int>"}}
  - {id: CM-T-ANY, title: Any, severity: info, match: {any: [{line: "left <x:word>"}, {line: "right <x:word>"}]}}
overrides:
  - {rule: CM-T-EXCEPT, except: [n == "7"], reason: test}
`

func TestMatch(t *testing.T) {
	m := load(t, testRules).NewMatcher()
	for _, tt := range []struct{ log, message, want string }{
		{"a.log", "nothing to see", "-"},
		{"a.log", "begin 5", "scan.01 scan.02 n=5"},
		{"b.log", "begin 5", "-"},
		{"a.log", "BEGIN 5", "-"}, // the index folds case, the sentence does not
		{"a.log", "failed with 80240022", "CM-T-GENERIC hr=0x80240022 0x80240022 warning"},
		{"a.log", "failed with -2147024882", "CM-T-CODE hr=0x8007000E 0x8007000E error"},
		{"b.log", "failed with 8007000E", "0x8007000E"},
		{"", "it ENDED: well", "CM-T-PATTERN what=well info"},
		{"c.log", "ein Überlauf", "CM-T-WHEN critical"},
		{"", "quiet 8", "CM-T-EXCEPT n=8 info"},
		{"", "quiet 7", "-"},
		{"", "right turn", "CM-T-ANY x=turn info"},
	} {
		got := verdict(m, m.Match(&parsers.Record{Message: tt.message}, tt.log, "LAB-01"))
		if got != tt.want {
			t.Errorf("%s %q gave %q, expected %q", tt.log, tt.message, got, tt.want)
		}
	}
}

// Without a file name the record's component says which log it is from.
func TestComponentStandsForTheLog(t *testing.T) {
	m := load(t, "rules: [{id: CM-T-A, title: A, severity: info, match: {file: WUAHandler.log, line: here}}]").NewMatcher()
	if got := verdict(m, m.Match(&parsers.Record{Message: "here", Component: "WUAHandler"}, "", "")); got != "CM-T-A info" {
		t.Errorf("gave %q", got)
	}
}

func TestOnce(t *testing.T) {
	m := load(t, "rules: [{id: CM-T-A, title: A, severity: info, once: {by: [host, n], per: 1h}, match: {line: 'case <n:int>'}}]").NewMatcher()
	minute := int64(60e9)
	for _, tt := range []struct {
		at      int64
		message string
		host    string
		issues  int
		repeats int
	}{
		{0, "case 1", "h", 1, 0},
		{10, "case 1", "h", 0, 0},
		{20, "case 2", "h", 1, 0},
		{30, "case 1", "other", 1, 0},
		{40, "case 1", "h", 0, 0},
		{61, "case 1", "h", 1, 2},
	} {
		r := &parsers.Record{Message: tt.message, Stamp: parsers.Stamp{Wall: 1e18 + tt.at*minute, HasWall: true, HasOffset: true}}
		v := m.Match(r, "", tt.host)
		repeats := 0
		for _, x := range v.Repeats {
			repeats += x.Count
		}
		if len(v.Issues) != tt.issues || repeats != tt.repeats {
			t.Errorf("minute %d %s %s: %d issues and %d repeats, expected %d and %d", tt.at, tt.message, tt.host, len(v.Issues), repeats, tt.issues, tt.repeats)
		}
	}
}

func TestFailingRuleIsCountedAndSwitchedOff(t *testing.T) {
	e := load(t, "rules: [{id: CM-T-A, title: A, severity: info, match: {line: 'size <n:word>', when: 'int(n) > 3'}}]")
	m := e.NewMatcher()
	for range 150 {
		if got := verdict(m, m.Match(&parsers.Record{Message: "size big"}, "", "")); got != "-" {
			t.Fatalf("gave %q", got)
		}
	}
	for r, n := range e.Errors() {
		if r.ID != "CM-T-A" || n != 100 {
			t.Errorf("%s failed %d times, expected 100", r.ID, n)
		}
	}
}

// many returns an engine with n rules in one log, each with a sentence of its own.
func many(t testing.TB, n int) *match.Engine {
	var b strings.Builder
	b.WriteString("rules:\n")
	for i := range n {
		fmt.Fprintf(&b, "  - {id: CM-T-R%d, title: R, severity: info, match: {file: A.log, line: \"component %s did task%dx with <n:int>\"}}\n", i, word(i), i)
	}
	return load(t, b.String())
}

func word(i int) string { return string([]byte{'a' + byte(i%26), 'k' + byte(i/26%16), 'q'}) }

const miss = "CScanJob::OnScanComplete - the scan of the update source ended and its results are kept in the cache of the agent until the next request for them comes in here"

func TestNoAllocation(t *testing.T) {
	for _, n := range []int{10, 10_000} {
		m := many(t, n).NewMatcher()
		for name, message := range map[string]string{"miss": miss, "hit": "component " + word(7) + " did task7x with 12"} {
			r := &parsers.Record{Message: message}
			m.Match(r, "a.log", "")
			if got := testing.AllocsPerRun(200, func() { m.Match(r, "a.log", "") }); got != 0 {
				t.Errorf("%d rules, %s: %v allocations", n, name, got)
			}
		}
	}
}

// The index must lose nothing: a record gives the same verdict from an engine with one rule, whose group holds that
// rule alone, as from the engine with all.
func TestIndexIsSound(t *testing.T) {
	set, faults, err := rules.Load(rules.Options{})
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	all := rules.NewEngine(set).NewMatcher()
	r := rand.New(rand.NewPCG(1, 2))
	var texts []string
	logs := map[string]bool{"": true}
	for _, rule := range set.Rules {
		for _, test := range rule.Tests {
			for _, l := range test.Logs {
				s := parsers.NewStream(l.Name, parsers.Options{}, func(rec *parsers.Record) { texts = append(texts, strings.Clone(rec.Message)) })
				s.WriteLine(l.Text)
				s.Flush()
				logs[parsers.LogName(l.Name)] = true
			}
		}
	}
	slices.Sort(texts)
	texts = slices.Compact(texts)
	for range 300 {
		message := mix(r, texts)
		for log := range logs {
			rec := &parsers.Record{Message: message, Single: single(message), Format: parsers.MSI, Severity: parsers.Error, Component: "CBS"}
			got := map[string]bool{}
			if v := all.Match(rec, log, ""); v != nil {
				for _, rule := range v.Rules {
					got[rule.ID] = true
				}
			}
			for _, rule := range set.Rules {
				if want := naive(rule, message, log); want && rule.Enabled && !got[rule.ID] && !rule.Generic {
					t.Fatalf("%s shows on %q in %q, the engine with the index does not see it", rule.ID, message, log)
				}
			}
		}
	}
}

// naive evaluates a rule's sentences and patterns one by one, for the rules that ask for nothing else.
func naive(rule *rules.Rule, message, log string) bool {
	for _, m := range rule.Match {
		if m.When != nil || len(m.Codes) > 0 || len(m.Files) > 0 && !slices.Contains(m.Files, log) {
			continue
		}
		for _, s := range m.Lines {
			if _, ok := s.Match(message, nil); ok {
				return true
			}
		}
		for _, p := range m.Patterns {
			if p.MatchString(message) {
				return true
			}
		}
	}
	return false
}

// mix joins messages, or changes the case or blanks of one.
func mix(r *rand.Rand, texts []string) string {
	a, b := texts[r.IntN(len(texts))], texts[r.IntN(len(texts))]
	switch r.IntN(5) {
	case 0:
		return a + " " + b
	case 1:
		return strings.ReplaceAll(a, " ", "  ")
	case 2:
		return strings.ToUpper(a)
	case 3:
		return "   " + a
	}
	return a[r.IntN(len(a)):] + b
}

// single is the definition of Record.Single.
func single(message string) bool {
	return !strings.Contains(strings.TrimLeft(message, " "), "  ") && !strings.ContainsFunc(message, func(r rune) bool { return r < ' ' || r >= 0x80 })
}

func BenchmarkMatch(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 10_000} {
		e := many(b, n)
		for name, message := range map[string]string{"miss": miss, "hit": "component " + word(7) + " did task7x with 12"} {
			b.Run(fmt.Sprintf("rules=%d/%s", n, name), func(b *testing.B) {
				m := e.NewMatcher()
				r := &parsers.Record{Message: message, Single: true}
				b.SetBytes(int64(len(message)))
				b.ReportAllocs()
				for b.Loop() {
					m.Match(r, "a.log", "")
				}
			})
		}
	}
}
