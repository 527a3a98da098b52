package supplychain

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// Each table of docs/dependencies.md names what its go.mod requires directly, or runs as tools, and nothing else.
func TestDependenciesAreDocumented(t *testing.T) {
	documented := tables(t)
	for _, mod := range modules(t) {
		rows, ok := documented[mod]
		if !ok {
			t.Errorf("docs/dependencies.md has no section for %s", mod)
			continue
		}
		delete(documented, mod)
		want := direct(t, mod)
		for _, name := range want {
			if reason, ok := rows[name]; !ok {
				t.Errorf("%s requires %s, which docs/dependencies.md does not name", mod, name)
			} else if len(reason) < 10 {
				t.Errorf("docs/dependencies.md gives no reason for %s", name)
			}
		}
		for name := range rows {
			if !slices.Contains(want, name) {
				t.Errorf("docs/dependencies.md names %s, which %s does not require directly", name, mod)
			}
		}
	}
	for mod := range documented {
		t.Errorf("docs/dependencies.md has a section for %s, which is no module", mod)
	}
}

// modules returns the go.mod files of the repository, but for those that are made.
func modules(t *testing.T) (found []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains([]string{".git", "build", "dist", "bin", "testdata"}, d.Name()):
			return filepath.SkipDir
		case d.Name() == "go.mod":
			rel, err := filepath.Rel(root, path)
			found = append(found, filepath.ToSlash(rel))
			return err
		}
		return nil
	})
	if err != nil || len(found) < 4 {
		t.Fatal(found, err)
	}
	return found
}

// direct returns the modules that a go.mod requires by itself, or its tools.
func direct(t *testing.T, mod string) (names []string) {
	t.Helper()
	out, err := exec.Command("go", "mod", "edit", "-json", filepath.Join(root, mod)).Output()
	if err != nil {
		t.Fatalf("%s: %v", mod, err)
	}
	var file struct {
		Require []struct {
			Path     string
			Indirect bool
		}
		Tool []struct{ Path string }
	}
	if err := json.Unmarshal(out, &file); err != nil {
		t.Fatal(err)
	}
	for _, r := range file.Require {
		if !r.Indirect {
			names = append(names, r.Path)
		}
	}
	for _, tool := range file.Tool {
		names = append(names, tool.Path)
	}
	return names
}

var (
	section = regexp.MustCompile("^## .*`([^`]*go\\.mod)`$")
	row     = regexp.MustCompile("^\\| `([^`]+)` \\| (.+) \\|$")
)

// tables returns the reason for each name, by go.mod.
func tables(t *testing.T) map[string]map[string]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, "docs/dependencies.md"))
	if err != nil {
		t.Fatal(err)
	}
	all, mod := map[string]map[string]string{}, ""
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "## ") {
			mod = ""
		}
		if m := section.FindStringSubmatch(line); m != nil {
			mod = m[1]
			all[mod] = map[string]string{}
		}
		if m := row.FindStringSubmatch(line); m != nil && mod != "" {
			all[mod][m[1]] = m[2]
		}
	}
	return all
}
