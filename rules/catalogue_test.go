package rules_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cmtrail/cmtrail/rules"
)

// entry is what the catalogue of steps and issues says of one issue, and what the packs do.
type entry struct {
	Severity, Step, Evidence string
	Off                      bool // off by default
}

var (
	catalogueStep  = regexp.MustCompile(`(?m)^### ([a-z]+\.[0-9]{2}\S*) - `)
	catalogueIssue = regexp.MustCompile(`(?m)^#### (CM-\S+) - .*\n\n- severity: (\S+) +\| +step: (\S+) +\| +kind: \S+ +\| +confidence: (\S+)$`)
)

// evidences says what the catalogue's degrees of confidence are in rules. An issue that rests on general knowledge alone is
// off until real logs confirm it.
var evidences = map[string]string{"seed": "documented", "ms": "documented", "pub": "observed", "derived": "derived", "field": "derived"}

// offForAReason are issues that are well known and off all the same.
var offForAReason = map[string]string{
	"CM-REG-WUA-NO-CHANGE":         "WindowsUpdate.log is not written as it happens since Windows 10, and a copy made later is seldom complete",
	"CM-SCAN-COMAPI-MISSING":       "WindowsUpdate.log is not written as it happens since Windows 10, and a copy made later is seldom complete",
	"CM-IIS-NO-CLIENT-HITS":        "addresses of clients differ behind a proxy or a translation, and the IIS log of another server may be the one collected",
	"CM-SYNC-TLS12-UPDATE-MISSING": "no source quotes the line with which WSUS starts",
}

// knownBetter are issues whose line the article quotes although the catalogue found it elsewhere.
var knownBetter = map[string]string{"CM-SCAN-FAILED": "documented"}

// The packs hold every step and every issue of the catalogue, with its severity, step and evidence.
func TestPacksHoldTheCatalogue(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(shared(t), "facts", "catalogue.md"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	set := shipped(t)
	var wantSteps, gotSteps []string
	for _, m := range catalogueStep.FindAllStringSubmatch(text, -1) {
		wantSteps = append(wantSteps, m[1])
	}
	for _, s := range set.Steps {
		gotSteps = append(gotSteps, s.ID)
	}
	slices.Sort(wantSteps)
	slices.Sort(gotSteps)
	if d := cmp.Diff(wantSteps, gotSteps); d != "" {
		t.Errorf("steps, -catalogue +packs:\n%s", d)
	}
	want, got := map[string]entry{}, map[string]entry{}
	for _, m := range catalogueIssue.FindAllStringSubmatch(text, -1) {
		e := entry{Severity: m[2], Step: m[3], Evidence: evidences[m[4]], Off: m[4] == "field" || offForAReason[m[1]] != ""}
		if better := knownBetter[m[1]]; better != "" {
			e.Evidence = better
		}
		want[m[1]] = e
	}
	if headings := strings.Count(text, "\n#### CM-"); headings != len(want) {
		t.Errorf("%d issues read of %d in the catalogue", len(want), headings)
	}
	for _, r := range set.Rules {
		if !r.Issue {
			continue
		}
		e := entry{Severity: r.Severity.String(), Evidence: r.Evidence, Off: r.Status == "testing"}
		if r.Step != nil {
			e.Step = r.Step.ID
		}
		got[r.ID] = e
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("issues, -catalogue +packs:\n%s", d)
	}
	if len(wantSteps) != 64 || len(want) != 275 {
		t.Errorf("%d steps and %d issues in the catalogue, expected 64 and 275", len(wantSteps), len(want))
	}
}

// Each issue tells a reader all that there is to tell.
func TestIssuesAreWhole(t *testing.T) {
	lacks := map[string]func(*rules.Rule) bool{
		"title":      func(r *rules.Rule) bool { return r.Title == "" },
		"step":       func(r *rules.Rule) bool { return r.Step == nil },
		"evidence":   func(r *rules.Rule) bool { return r.Evidence == "" },
		"cause":      func(r *rules.Rule) bool { return r.About.Cause == "" },
		"impact":     func(r *rules.Rule) bool { return r.About.Impact == "" },
		"fix":        func(r *rules.Rule) bool { return len(r.About.Fix) == 0 },
		"references": func(r *rules.Rule) bool { return len(r.About.References) == 0 },
		"look_next":  func(r *rules.Rule) bool { return len(r.About.LookNext) == 0 },
	}
	for _, r := range shipped(t).Rules {
		for _, what := range slices.Sorted(maps.Keys(lacks)) {
			if r.Issue && lacks[what](r) {
				t.Errorf("%s has no %s", r.ID, what)
			}
		}
	}
}
