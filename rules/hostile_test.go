package rules_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cmtrail/cmtrail/rules"
)

const linked = "schema: 1\npack: linked\nversion: 1.0.0\nrules:\n  - {id: CM-LINK-ED, title: t, severity: info, match: {line: abc <x>}}\n"

// A folder of rules is read with the links within it, as a ConfigMap is laid out, and through a link that was named; what
// leads out of it, and what is no file, is told.
func TestLinksOfRuleFolders(t *testing.T) {
	dir := t.TempDir()
	folder, data, outside := filepath.Join(dir, "rules"), filepath.Join(dir, "rules", "..data"), filepath.Join(dir, "outside.yaml")
	if err := os.MkdirAll(data, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{filepath.Join(data, "a.yaml"): linked, outside: "password: hunter2\n"} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	link := func(to, name string) {
		t.Helper()
		if err := os.Symlink(to, name); err != nil {
			t.Skip("this system makes no links:", err)
		}
	}
	link(filepath.Join("..data", "a.yaml"), filepath.Join(folder, "a.yaml"))
	link(folder, filepath.Join(dir, "named"))
	for _, path := range []string{folder, filepath.Join(dir, "named")} {
		set, faults, err := rules.Load(rules.Options{Paths: []string{path}, NoDefault: true})
		if err != nil || len(faults) > 0 || len(set.Rules) != 1 {
			t.Errorf("%s: %v %v", path, faults, err)
			continue
		}
		if !strings.HasPrefix(set.Rules[0].File, path) {
			t.Errorf("%s: the rule is of %s", path, set.Rules[0].File)
		}
	}
	link(outside, filepath.Join(folder, "b.yaml"))
	_, _, err := rules.Load(rules.Options{Paths: []string{folder}, NoDefault: true})
	if err == nil || !strings.Contains(err.Error(), "b.yaml is a link out of the folder; name what it leads to") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("a link out of the folder: %v", err)
	}
	if err := os.Remove(filepath.Join(folder, "b.yaml")); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat("/dev/zero"); err == nil {
		if _, faults, err := rules.Load(rules.Options{Paths: []string{"/dev/zero"}, NoDefault: true}); err != nil || len(faults) != 1 || !strings.Contains(faults[0].String(), "larger than 8 MiB") {
			t.Errorf("a device without end: %v %v", faults, err)
		}
	}
}
