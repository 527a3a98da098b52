package rules_test

import (
	"strings"
	"testing"
	"time"

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

// The packs hold the whole catalogue, and each issue of it a test that hits and one that does not.
func TestShippedPacksAreWhole(t *testing.T) {
	set := shipped(t)
	issues := 0
	for _, r := range set.Rules {
		if !r.Issue {
			continue
		}
		issues++
		if len(r.Tests) < 2 {
			t.Errorf("%s has %d tests, expected two or more", r.ID, len(r.Tests))
		}
	}
	if len(set.Steps) < 64 || issues < 275 {
		t.Errorf("%d steps and %d issues, expected 64 and 275 at least", len(set.Steps), issues)
	}
}

// A folder or pattern without rule files is no fault: files may be put there while the rules run.
func TestLoadWarnsOfEmptyFolders(t *testing.T) {
	empty := t.TempDir()
	for _, path := range []string{empty, empty + "/*.yaml"} {
		set, faults, err := rules.Load(rules.Options{Paths: []string{path}})
		if err != nil || len(faults) > 0 {
			t.Fatalf("%s: %v %v", path, err, faults)
		}
		want := path + ": no rule file is there"
		if len(set.Warnings) != 1 || set.Warnings[0].String() != want {
			t.Errorf("warnings %v, want %s", set.Warnings, want)
		}
	}
}

// BenchmarkLoad is what a collector with rules of its own does when it starts, and when they change: everything from the files'
// texts to an engine.
func BenchmarkLoad(b *testing.B) {
	files, err := rules.Read(rules.Options{Texts: []rules.Source{{Name: "ours.yaml", Data: []byte("schema: 1\npack: ours\n")}}})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		engine, err := files.LoadEngine(time.Time{})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(engine.Set().Rules)), "rules")
	}
}

func TestLoadNamesAMissingPath(t *testing.T) {
	_, _, err := rules.Load(rules.Options{Paths: []string{"testdata/none.yaml"}})
	if err == nil || !strings.Contains(err.Error(), "testdata/none.yaml") {
		t.Errorf("error %v does not name the path", err)
	}
}
