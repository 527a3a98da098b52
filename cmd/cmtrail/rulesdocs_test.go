package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRulesDocs(t *testing.T) {
	golden(t, map[string]commandLine{
		"rules-docs-issue":   {args: []string{"rules", "docs", "--no-default-rules", "--rules", "testdata/documented.yaml", "CM-JOB-NO-END"}},
		"rules-docs-step":    {args: []string{"rules", "docs", "--no-default-rules", "--rules", "testdata/documented.yaml", "job.01.asked", "job.02"}},
		"rules-docs-unknown": {args: []string{"rules", "docs", "--no-default-rules", "--rules", "testdata/documented.yaml", "CM-JOB-NO-EDN"}},
		"rules-docs-neither": {args: []string{"rules", "docs"}},
		"rules-docs-both":    {args: []string{"rules", "docs", "--to", "testdata/none", "CM-JOB-NO-END"}},
	})
}

// Pages go into a folder; what another run left there is named and stays, and what somebody else wrote is not touched.
func TestRulesDocsFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "wiki")
	args := []string{"rules", "docs", "--no-default-rules", "--rules", "testdata/documented.yaml", "--to", dir}
	out, errOut, status := call("", args...)
	if status != 0 || errOut != "" || out != "4 pages in "+dir+"\n" {
		t.Fatalf("status %d, output %q, errors %q", status, out, errOut)
	}
	page, _, _ := call("", append(args[:len(args)-2:len(args)-2], "CM-JOB-NO-END")...)
	written, err := os.ReadFile(filepath.Join(dir, "issues", "CM-JOB-NO-END.md"))
	if err != nil || string(written) != page {
		t.Errorf("the page in the folder is not the one that is printed: %v", err)
	}

	old := filepath.Join(dir, "issues", "CM-JOB-GONE.md")
	if err := os.WriteFile(old, written, 0o600); err != nil {
		t.Fatal(err)
	}
	note := filepath.Join(dir, "steps", "note.md")
	if err := os.WriteFile(note, []byte("ours\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, errOut, status = call("", args...)
	if status != 0 || errOut != "stale: "+old+" is of no step or issue any more; delete it\n" {
		t.Errorf("status %d, errors %q", status, errOut)
	}
	if _, err := os.Stat(old); err != nil {
		t.Errorf("the stale page was not left: %v", err)
	}

	index := filepath.Join(dir, "index.md")
	if err := os.WriteFile(index, []byte("# Our wiki\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, errOut, status = call("", args...)
	kept, err := os.ReadFile(index)
	if status != exitUsage || !strings.Contains(errOut, index) || err != nil || string(kept) != "# Our wiki\n" {
		t.Errorf("status %d, errors %q, index %q", status, errOut, kept)
	}
}

func TestRulesDocsCompletion(t *testing.T) {
	for prefix, want := range map[string]string{"CM-SCAN-8007000E": "CM-SCAN-8007000E-ANY", "scan.01.0": "scan.01.03\t"} {
		if out, _, _ := call("", "__complete", "rules", "docs", prefix); !strings.Contains(out, want) {
			t.Errorf("%s gave %q, expected %s in it", prefix, out, want)
		}
	}
}
