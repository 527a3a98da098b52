package main

import (
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const untidy = "schema: 1\nrules:\n- title: A title\n  id: CM-T-A\n"

const tidy = "schema: 1\n\nrules:\n  - id: CM-T-A\n    title: A title\n"

func TestFmtGolden(t *testing.T) {
	golden(t, map[string]commandLine{
		"rules-fmt-stdin":      {in: untidy, args: []string{"rules", "fmt", "-"}},
		"rules-fmt-diff":       {args: []string{"rules", "fmt", "--diff", "testdata/untidy"}},
		"rules-fmt-check":      {args: []string{"rules", "fmt", "--check", "testdata/untidy", "testdata/listing.yaml"}},
		"rules-fmt-check-diff": {in: untidy, args: []string{"rules", "fmt", "--check", "--diff", "-"}},
		"rules-fmt-tidy":       {in: tidy, args: []string{"rules", "fmt", "--check", "--diff", "-"}},
		"rules-fmt-fault":      {in: "schema: 1\nrules:\n  - id: [\n", args: []string{"rules", "fmt", "-"}},
		"rules-fmt-no-rules":   {in: "services: {}\n", args: []string{"rules", "fmt", "-"}},
		"rules-fmt-no-path":    {args: []string{"rules", "fmt"}},
		"rules-fmt-missing":    {args: []string{"rules", "fmt", "testdata/none.yaml"}},
	})
}

// A file is laid out in its place and keeps its mode; one that is in order or cannot be laid out is not touched.
func TestFmtInPlace(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"a.yaml": untidy, "b.yaml": tidy, "c.yml": "schema: 1\nschema: &a 1\n", "notes.txt": "no rules"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	link := filepath.Join(dir, "link.yaml")
	if err := os.Symlink("a.yaml", link); err != nil {
		t.Fatal(err)
	}
	out, errOut, status := call("", "rules", "fmt", link, filepath.Join(dir, "b.yaml"), filepath.Join(dir, "c.yml"))
	if out != link+"\n" || status != exitUsage || !strings.Contains(errOut, "c.yml:2:9: aliases, anchors and tags have no layout") {
		t.Errorf("status %d, output %q, errors %q", status, out, errOut)
	}
	got, err := os.ReadFile(filepath.Join(dir, "a.yaml"))
	if err != nil || string(got) != tidy {
		t.Errorf("%v, the file is now %q", err, got)
	}
	info, err := os.Lstat(link)
	if err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link was replaced: %v, %v", info.Mode(), err)
	}
	if info, err = os.Stat(link); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the mode is now %v, %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// The lines of a diff without its additions are the old text, and without its removals the new one.
func TestEditsBetween(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	lines := func() []string {
		var all []string
		for range r.Intn(12) {
			all = append(all, string(rune('a'+r.Intn(4)))+"\n")
		}
		return all
	}
	for range 2000 {
		a, b := lines(), lines()
		var old, fresh []string
		same := 0
		for _, e := range editsBetween(a, b) {
			if e.mark != '+' {
				if e.old != len(old)+1 {
					t.Fatalf("%q to %q: line %d is called %d", a, b, len(old)+1, e.old)
				}
				old = append(old, e.text)
			}
			if e.mark != '-' {
				if e.fresh != len(fresh)+1 {
					t.Fatalf("%q to %q: new line %d is called %d", a, b, len(fresh)+1, e.fresh)
				}
				fresh = append(fresh, e.text)
			}
			if e.mark == ' ' {
				same++
			}
		}
		if d := cmp.Diff([][]string{a, b}, [][]string{old, fresh}); d != "" {
			t.Fatalf("-texts +from the diff:\n%s", d)
		}
		if want := longestCommon(a, b); same != want {
			t.Fatalf("%q to %q keeps %d lines, expected %d", a, b, same, want)
		}
	}
}

func longestCommon(a, b []string) int {
	row := make([]int, len(b)+1)
	for i := range a {
		diagonal := 0
		for j := range b {
			above := row[j+1]
			if a[i] == b[j] {
				row[j+1] = diagonal + 1
			} else {
				row[j+1] = max(row[j+1], row[j])
			}
			diagonal = above
		}
	}
	return row[len(b)]
}
