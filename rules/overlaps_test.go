package rules_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cmtrail/cmtrail/internal/ruletest"
)

var update = flag.Bool("update", false, "rewrite generated files")

// Where a reason is asked for and none stands yet.
const unreviewed = "?"

// A shipped issue shows on the sample of another shipped rule only where one of the two says so, and what is said holds.
func TestOverlapsAreSaid(t *testing.T) {
	set := shipped(t)
	for _, r := range ruletest.Judge(set, ruletest.Cross(set), nil) {
		t.Errorf("%s: %s: %s%s", r.Where, r.Rule, r.Why, r.Advice)
	}
}

// The list of overlaps is current, and each in which an issue shows has a reason that a person wrote after reading the
// line.
func TestOverlapsAreReviewed(t *testing.T) {
	const file = "testdata/overlaps.tsv"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]string{}
	for _, row := range table(t, string(data), 5) {
		reasons[row[0]+" "+row[1]] = row[3]
	}
	var b strings.Builder
	b.WriteString("# Rules that show on samples of other rules, a pair a row, with the first such line. Made by\n" +
		"# go test ./rules -run TestOverlapsAreReviewed -update, which keeps the reasons. says: also (one of the two names the\n" +
		"# other), relation (one relates records of the other), step (what shows marks a step and finds nothing wrong), generic\n" +
		"# and aside (one of the two is).\n" +
		"# sample\tshown\tsays\treason\tline\n")
	for _, o := range ruletest.Cross(shipped(t)) {
		reason := reasons[o.Sample.ID+" "+o.Shown.ID]
		if reason == "" {
			reason = expected(o)
		}
		if reason == unreviewed {
			t.Errorf("%s shows on a sample of %s, and %s gives no reason: %s", o.Shown.ID, o.Sample.ID, file, o.Line)
		}
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s\t%s\n", o.Sample.ID, o.Shown.ID, o.Says, reason, cell(o.Line))
	}
	current(t, file, b.String())
}

// expected is the reason of an overlap that needs no person to see that it is right.
func expected(o ruletest.Overlap) string {
	switch {
	case o.Says == ruletest.Generic:
		return "the generic one shows where the other does not"
	case o.Says == ruletest.Aside:
		return "the one says what comes next, the other what went wrong"
	case o.Shown.Issue:
		return unreviewed
	case o.Says == ruletest.Relation:
		return "the relation is about this step's line"
	case o.Sample.Step == o.Shown.Step:
		return "the line is one of its step"
	}
	return "the line is one of step " + o.Shown.Step.ID + ", too"
}

// cell writes a message into one cell, shortened.
func cell(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 140 {
		s = string(r[:137]) + "..."
	}
	return s
}

// table reads the rows of a table of testdata; those that begin with # are remarks.
func table(t *testing.T, data string, columns int) [][]string {
	t.Helper()
	var rows [][]string
	for row := range strings.Lines(data) {
		row = strings.TrimSuffix(row, "\n")
		if strings.HasPrefix(row, "#") {
			continue
		}
		cells := strings.Split(row, "\t")
		if len(cells) != columns {
			t.Fatalf("row has %d cells, expected %d: %s", len(cells), columns, row)
		}
		rows = append(rows, cells)
	}
	return rows
}

// current compares a generated file with what it should hold.
func current(t *testing.T, file, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(got), want); d != "" {
		t.Errorf("%s is stale; -update rewrites it (-file +rules):\n%s", file, d)
	}
}
