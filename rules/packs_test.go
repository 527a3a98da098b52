package rules_test

import (
	"strings"
	"testing"

	"github.com/cmtrail/cmtrail/internal/ruletest"
	"github.com/cmtrail/cmtrail/rules"
)

func shipped(t testing.TB) *rules.Set {
	t.Helper()
	set, faults, err := rules.Load(rules.Options{Keep: true})
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	return set
}

func TestShippedPacksLintClean(t *testing.T) {
	for _, a := range rules.Lint(shipped(t), rules.LintOptions{}) {
		t.Errorf("%s", a)
	}
}

func TestShippedPacksPassTheirTests(t *testing.T) {
	results := ruletest.Run(shipped(t), nil)
	if len(results) < 200 {
		t.Errorf("%d tests ran: the packs lost some", len(results))
	}
	for _, r := range results {
		if !r.Passed() {
			t.Errorf("%s: %s: %s", r.Where, r.Rule, r.Why)
		}
	}
}

func TestLoadNamesAMissingPath(t *testing.T) {
	_, _, err := rules.Load(rules.Options{Paths: []string{"testdata/none.yaml"}})
	if err == nil || !strings.Contains(err.Error(), "testdata/none.yaml") {
		t.Errorf("error %v does not name the path", err)
	}
}
