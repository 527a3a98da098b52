package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLintGolden(t *testing.T) {
	mine := func(flags ...string) []string {
		return append([]string{"rules", "lint", "--no-default-rules", "--rules", "testdata/mendable.yaml"}, flags...)
	}
	golden(t, map[string]commandLine{
		"rules-lint-shipped":       {args: []string{"rules", "lint", "--rules", "testdata/clean.yaml"}},
		"rules-lint-faults":        {args: []string{"rules", "lint", "--rules", "testdata/bad.yaml"}},
		"rules-lint-faults-json":   {args: []string{"rules", "lint", "--json", "--rules", "testdata/bad.yaml"}},
		"rules-lint-json":          {args: mine("--json")},
		"rules-lint-checks":        {args: mine("--checks", "no-hit,title-stop")},
		"rules-lint-skip":          {args: mine("--skip", "no-hit,title-stop", "--skip", "no-help")},
		"rules-lint-list":          {args: []string{"rules", "lint", "--list-checks"}},
		"rules-lint-list-json":     {args: []string{"rules", "lint", "--list-checks", "--json"}},
		"rules-lint-unknown-check": {args: mine("--skip", "no-near-mis")},
		"rules-lint-mutate":        {args: []string{"rules", "lint", "--mutate", "--checks", "unnoticed", "--no-default-rules", "--rules", "testdata/unnoticed.yaml"}},
		"rules-lint-dry-run":       {args: mine("--fix", "--dry-run")},
		"rules-lint-dry-alone":     {args: mine("--dry-run")},
		"rules-lint-completion":    {args: []string{"__complete", "rules", "lint", "--checks", "open,no-"}},
	})
}

// --fix changes the files of the user alone, tells what it changes, keeps comments and rights, follows links, and has
// nothing left to mend the second time.
func TestLintFix(t *testing.T) {
	before, err := os.ReadFile("testdata/mendable.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "real.yaml"), before, 0o640); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	if err := os.Symlink("real.yaml", "mine.yaml"); err != nil {
		t.Fatal(err)
	}
	args := []string{"rules", "lint", "--rules", "mine.yaml", "--checks", "title-stop,blanks,spelling"}
	if _, _, status := call("", append(args, "--fix", "--dry-run")...); status != exitUsage {
		t.Errorf("--dry-run: status %d", status)
	}
	if now, _ := os.ReadFile("real.yaml"); string(now) != string(before) {
		t.Errorf("--dry-run changed the file:\n%s", now)
	}
	out, errOut, status := call("", append(args, "--fix")...)
	if status != 0 || !strings.Contains(out, "nothing to mend") {
		t.Errorf("status %d, output %s", status, out)
	}
	const wantErr = `--- mine.yaml
+++ mine.yaml
@@ -5 +5 @@
-    title: ' The disk is full. ' # what people see
+    title: 'The disk is full.' # what people see
@@ -8 +8 @@
-      file: [DISTMGR.log, OurOwn.log]   # both
+      file: [distmgr.log, OurOwn.log]   # both
@@ -9 +9 @@
-      code: [80070070, 0x8007000E]
+      code: [0x80070070, 0x8007000E]
--- mine.yaml
+++ mine.yaml
@@ -5 +5 @@
-    title: 'The disk is full.' # what people see
+    title: 'The disk is full' # what people see
`
	if d := cmp.Diff(wantErr, errOut); d != "" {
		t.Errorf("what it tells, -want +got:\n%s", d)
	}
	after, err := os.ReadFile("real.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want := strings.NewReplacer("' The disk is full. '", "'The disk is full'", "DISTMGR.log", "distmgr.log", "80070070,", "0x80070070,").Replace(string(before))
	if d := cmp.Diff(want, string(after)); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if info, err := os.Lstat("mine.yaml"); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v %v", info, err)
	}
	if info, err := os.Stat("real.yaml"); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("rights of the file: %v %v", info, err)
	}
	if left, err := os.ReadDir("."); err != nil || len(left) != 2 {
		t.Errorf("files left behind: %v %v", left, err)
	}
	if _, errOut, status = call("", append(args, "--fix")...); status != 0 || errOut != "" {
		t.Errorf("the second time: status %d, %s", status, errOut)
	}
}
