package ruletest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cmtrail/cmtrail/rules"
)

const head = `schema: 1
pack: p
rules:
  - id: CM-T-A
    title: A
    severity: error
    match:
      file: a.log
      line: 'failed with <hr:hresult>'
      when: hr == "0x8007000E" and component != "b"
    tests:
      - logs: {a.log: '<![LOG[failed with 8007000e]LOG]!><time="08:00:00.417+0" date="03-12-2026" component="a" context="" type="3" thread="5120" file="a.cpp:1">'}
        expect: [{on: a.log:1, keys: {hr: '0x8007000E'}}]
`

func miss(log, message, component string) string {
	return "      - logs: {" + log + `: '<![LOG[` + message + `]LOG]!><time="08:00:00.417+0" date="03-12-2026" component="` + component + `" context="" type="3" thread="5120" file="a.cpp:1">'}` + "\n"
}

// Each near miss is what makes the tests notice one more clause.
func TestMutate(t *testing.T) {
	text := head
	for _, step := range []struct {
		add  string
		want []string
	}{
		{"", []string{
			`8:13 file: "a.log" is dropped`, `10:13 when: its condition is dropped`,
			`10:13 when: hr == "0x8007000E" is dropped`, `10:36 when: component != "b" is dropped`,
		}},
		{miss("b.log", "failed with 8007000e", "a"), []string{
			`10:13 when: its condition is dropped`, `10:13 when: hr == "0x8007000E" is dropped`, `10:36 when: component != "b" is dropped`,
		}},
		{miss("a.log", "failed with 80244017", "a"), []string{`10:36 when: component != "b" is dropped`}},
		{miss("a.log", "failed with 8007000e", "b"), nil},
	} {
		text += step.add
		set := load(t, text)
		got := NewMutator(set).Rule(set.Rules[0])
		var survived []string
		for _, s := range got.Survivors {
			_, at, _ := strings.Cut(s.Where.String(), "yaml:")
			survived = append(survived, at+" "+s.Clause+": "+s.What)
		}
		if d := cmp.Diff(step.want, survived); d != "" || len(got.Failed) > 0 || got.Mutants != 5 {
			t.Errorf("with %s%d mutants, %d tests failed; survivors -want +got:\n%s", step.add, got.Mutants, len(got.Failed), d)
		}
	}
}

// Of a rule whose tests fail nothing is said, nor of one without tests.
func TestMutateNeedsTestsThatPass(t *testing.T) {
	set := load(t, head+"      - logs: {a.log: 'failed with 8007000e'}\n")
	if got := NewMutator(set).Rule(set.Rules[0]); len(got.Failed) != 1 || got.Mutants != 0 || len(got.Survivors) != 0 {
		t.Errorf("%d failed, %d mutants, %d survivors", len(got.Failed), got.Mutants, len(got.Survivors))
	}
	before, _, _ := strings.Cut(head, "    tests:")
	set = load(t, before)
	if got := NewMutator(set).Rule(set.Rules[0]); len(got.Failed) != 0 || got.Mutants != 0 {
		t.Errorf("%d failed, %d mutants of a rule without tests", len(got.Failed), got.Mutants)
	}
}

// A generic rule stands back on a record of a specific one, which its mutants must not lose sight of.
func TestMutateGeneric(t *testing.T) {
	generic := strings.Replace(strings.Replace(head, "title: A", "generic: true\n    title: A", 1), "CM-T-A", "CM-T-B", 1)
	generic = strings.Replace(generic, `      when: hr == "0x8007000E" and component != "b"`+"\n", "", 1)
	_, rest, _ := strings.Cut(head, "rules:\n")
	text := generic + miss("b.log", "failed with 80244017", "a") + miss("a.log", "ended with 80244017", "a") + "%s" + rest
	for add, want := range map[string]int{"": 1, miss("a.log", "failed with 8007000e: specific", "a"): 0} {
		one := strings.Replace(strings.Replace(text, "%s", add, 1), "line: 'failed with <hr:hresult>'\n      when", "line: 'failed with <hr:hresult>: specific'\n      when", 1)
		set := load(t, one)
		got := NewMutator(set).Rule(set.Rules[0])
		if len(got.Failed) > 0 || len(got.Survivors) != want {
			t.Errorf("with %q: failed %v, survivors %v, expected %d", add, got.Failed, got.Survivors, want)
		}
	}
}

func load(t *testing.T, text string) *rules.Set {
	t.Helper()
	name := filepath.Join(t.TempDir(), "r.yaml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	set, faults, err := rules.Load(rules.Options{Paths: []string{name}, NoDefault: true, Keep: true})
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	return set
}

// Each shipped rule can be taken by itself, with what it relates.
func TestEachRuleStandsAlone(t *testing.T) {
	set, faults, err := rules.Load(rules.Options{Keep: true})
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	for _, r := range set.Rules {
		if alone := set.Alone(r, nil, nil); alone == nil || alone.Rules[0].ID != r.ID {
			t.Errorf("%s does not load without the others", r.ID)
		}
	}
}
