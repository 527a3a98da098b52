package rules_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cmtrail/cmtrail/internal/ruletest"
	"github.com/cmtrail/cmtrail/rules"
)

// Every rule file that the README prints loads beside the shipped packs, and its tests pass. What the guide shows is run by
// TestGuide of cmd/cmtrail.
func TestPrintedRulesWork(t *testing.T) {
	for _, doc := range []string{"../README.md"} {
		data, err := os.ReadFile(doc)
		if err != nil {
			t.Fatal(err)
		}
		printed := 0
		for i, block := range strings.Split(string(data), "```yaml\n")[1:] {
			block, _, _ = strings.Cut(block, "```")
			if !strings.HasPrefix(block, "schema:") {
				continue
			}
			printed++
			file := filepath.Join(t.TempDir(), "printed.yaml")
			if err := os.WriteFile(file, []byte(block), 0o600); err != nil {
				t.Fatal(err)
			}
			set, faults, err := rules.Load(rules.Options{Paths: []string{file}})
			if err != nil || len(faults) > 0 {
				t.Errorf("%s, block %d: %v %v", doc, i+1, err, faults)
				continue
			}
			for _, r := range ruletest.Run(set, func(r *rules.Rule) bool { return r.File == file }) {
				if !r.Passed() {
					t.Errorf("%s, block %d: %s: %s", doc, i+1, r.Rule, r.Why)
				}
			}
		}
		if printed == 0 {
			t.Errorf("%s prints no rule file", doc)
		}
	}
}
