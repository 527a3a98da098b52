package ruleset

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// lintFile runs one check over a file of testdata/lint.
func lintFile(t *testing.T, name, check string) []Advice {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata/lint", name))
	if err != nil {
		t.Fatal(err)
	}
	opt := options(t)
	opt.Keep, opt.Logs = true, func() []string {
		return []string{"ScanAgent.log", "LocationServices.log", "WUAHandler.log", "CAS.log"}
	}
	opt.LogName = func(s string) string {
		return strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(s), ".lo_"), ".log") + ".log"
	}
	set, faults := Load([]Source{{Name: name, Data: data}}, opt)
	if len(faults) > 0 {
		t.Fatalf("faults:\n%s", print(faults))
	}
	if check == idleCheck {
		return Lint(set, LintOptions{})
	}
	return Lint(set, LintOptions{Run: func(name string) bool { return name == check }})
}

// Each check finds what is in its bad file, as the text beside it tells, and nothing in its good one.
func TestChecks(t *testing.T) {
	for _, check := range Checks() {
		if check.look == nil && check.Name != idleCheck {
			continue
		}
		t.Run(check.Name, func(t *testing.T) {
			var b strings.Builder
			for _, a := range lintFile(t, check.Name+".bad.yaml", check.Name) {
				if a.Check != check.Name {
					continue
				}
				b.WriteString(a.String() + "\n")
				if a.Fixable() && !check.Fixes {
					t.Errorf("%s can be mended, which the table of checks does not say", a)
				}
			}
			golden(t, filepath.Join("testdata/lint", check.Name+".bad.txt"), b.String())
			if b.Len() == 0 {
				t.Error("nothing found")
			}
			for _, a := range lintFile(t, check.Name+".good.yaml", check.Name) {
				t.Errorf("good file: %s", a)
			}
		})
	}
}

// A rule's allowance leaves out what others have found, too.
func TestAllowanceOfWhatOthersFound(t *testing.T) {
	set := kept(t, "testdata/lint/idle-allowance.good.yaml")
	found := []Advice{{Check: UnnoticedCheck, Fault: Fault{Rule: "CM-A-ONE"}}, {Check: UnnoticedCheck, Fault: Fault{Rule: "CM-A-TWO"}}}
	got := Lint(set, LintOptions{Found: found})
	if len(got) != 1 || got[0].Rule != "CM-A-TWO" {
		t.Errorf("%v", got)
	}
	if got = Lint(set, LintOptions{Found: []Advice{}}); len(got) != 1 || got[0].Check != idleCheck {
		t.Errorf("%v, expected that nothing unnoticed is idle", got)
	}
}

// The page of checks is made from the table.
func TestLintPageIsCurrent(t *testing.T) {
	var b strings.Builder
	b.WriteString(`# What lint looks for

` + "`cmtrail rules lint`" + ` runs these checks over all rules that are loaded. ` + "`--checks`" + ` runs some of them alone, ` + "`--skip`" + ` leaves some out, ` + "`--fix`" + ` mends
what it can in your own files.

<!-- Made by "make generate" from the table of checks in internal/ruleset. -->

| check | what it reports | ` + "`--fix`" + ` |
| --- | --- | --- |
`)
	for _, check := range Checks() {
		fixes := ""
		if check.Fixes {
			fixes = "yes"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", check.Name, check.About, fixes)
	}
	golden(t, "../../docs/lint.md", b.String())
}
