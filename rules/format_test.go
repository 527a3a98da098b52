package rules

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The shipped packs are laid out, so that a change of one shows what it changes.
func TestPacksAreLaidOut(t *testing.T) {
	files := 0
	err := fs.WalkDir(packs, "packs", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !isRuleFile(name) {
			return err
		}
		files++
		data, err := fs.ReadFile(packs, name)
		if err != nil {
			return err
		}
		text := strings.ReplaceAll(string(data), "\r\n", "\n") // of a checkout that turns line ends
		out, faults := Format(name, []byte(text))
		if len(faults) > 0 {
			t.Errorf("%s: %v", name, faults)
		} else if d := cmp.Diff(text, string(out)); d != "" {
			t.Errorf("%s: cmtrail rules fmt rules/packs mends this:\n%s", name, d)
		}
		return nil
	})
	if err != nil || files < 10 {
		t.Fatalf("%d files, %v", files, err)
	}
}
