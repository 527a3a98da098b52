package rules_test

import (
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// shared is the folder of reference data beside a developer's clone.
func shared(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("CMTRAIL_SHARED")
	if dir == "" {
		t.Skip("CMTRAIL_SHARED names no folder of reference data")
	}
	return dir
}

// What shows on the logs of real machines is right when a person reads the lines: each rule that does stands in the list
// with how often it does, where first, and why it is right. Rules that are off by default are tried too.
func TestRulesOnRealLogs(t *testing.T) {
	samples := filepath.Join(shared(t), "samples")
	const file = "testdata/samples.tsv"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]string{}
	for _, row := range table(t, string(data), 5) {
		reasons[row[0]+" "+row[1]] = row[4]
	}
	var b strings.Builder
	b.WriteString("# What shows on the logs of real machines, each log a machine of its own. Made by\n" +
		"# CMTRAIL_SHARED=... go test ./rules -run TestRulesOnRealLogs -update, which keeps the reasons.\n" +
		"# log\trule\trecords\tfirst at line\treason\n")
	set := shipped(t)
	for _, r := range set.Rules {
		r.Enabled = true
	}
	pipe := pipeline.New(rules.NewEngine(set))
	err = filepath.WalkDir(samples, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".log" {
			return err
		}
		name, err := filepath.Rel(samples, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		shows, first := replay(t, pipe, set, path)
		for _, id := range slices.Sorted(maps.Keys(shows)) {
			reason := reasons[name+" "+id]
			if reason == "" {
				reason = unreviewed
			}
			if reason == unreviewed {
				t.Errorf("%s shows on %s:%d, and %s does not say why that is right", id, name, first[id], file)
			}
			fmt.Fprintf(&b, "%s\t%s\t%d\t%d\t%s\n", name, id, shows[id], first[id], reason)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	current(t, file, b.String())
}

// replay reads a log as the only one of its machine and returns how often each rule shows, and on which line first.
func replay(t *testing.T, pipe *pipeline.Pipeline, set *rules.Set, path string) (shows, first map[string]int) {
	t.Helper()
	shows, first = map[string]int{}, map[string]int{}
	note := func(id string, line int) {
		if shows[id]++; shows[id] == 1 {
			first[id] = line
		}
	}
	correlator := rules.NewCorrelator(set, rules.CorrelatorOptions{}, rules.CorrelatorOutput{
		Finding: func(f *rules.Finding) { note(f.Rule.ID, f.First.Line) },
	})
	r := pipe.NewReplay(parsers.Options{}, correlator, func(_ int, res *pipeline.Result) {
		if res.Verdict != nil {
			for _, rule := range res.Verdict.Rules {
				if !rule.Issue {
					note(rule.ID, res.Record.LineStart)
				}
			}
			for _, issue := range res.Verdict.Issues { // without the repeats of those that are reported once
				note(issue.ID, res.Record.LineStart)
			}
		}
	})
	r.Run([]pipeline.File{{
		Source: pipeline.Source{Name: product(path)}, Name: path,
		Open: func() (io.ReadCloser, error) { return os.Open(path) },
	}}, func(_ int, err error) { t.Fatal(err) })
	return shows, first
}

// product is the name that the product gives a log whose copy says more: WindowsUpdate.log for
// WindowsUpdate-windows7.log.
func product(path string) string {
	name, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(path), ".log"), "-")
	return name + ".log"
}
