package ruleset

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What a check says that it mends is mended, in the bad files of its tests: the file beside them shows how.
func TestMendChecks(t *testing.T) {
	for _, check := range Checks() {
		if !check.Fixes {
			continue
		}
		t.Run(check.Name, func(t *testing.T) {
			name := check.Name + ".bad.yaml"
			data, err := os.ReadFile(filepath.Join("testdata/lint", name))
			if err != nil {
				t.Fatal(err)
			}
			mended, changes, err := Mend(name, data, lintFile(t, name, check.Name))
			if err != nil || len(changes) == 0 {
				t.Fatal(changes, err)
			}
			golden(t, filepath.Join("testdata/lint", check.Name+".mended.yaml"), string(mended))
			for _, a := range lintFile(t, check.Name+".mended.yaml", check.Name) {
				t.Errorf("still found: %s", a)
			}
		})
	}
}

func TestMend(t *testing.T) {
	const before = "schema: 1\npack: p\nrules:\n  - id: CM-A-B # the id\n    severity: error\n    match: {code: 0x80070005}\n"
	for name, tt := range map[string]struct{ in, want string }{
		"plain, with a comment":  {"title: It failed.  # why.\n", "title: It failed  # why.\n"},
		"single quotes":          {"title: 'It''s gone.'\n", "title: 'It''s gone'\n"},
		"double quotes":          {"title: \"Größe.\" # ä\n", "title: \"Größe\" # ä\n"},
		"carriage returns":       {"title: It failed.\r\n", "title: It failed\r\n"},
		"two on a line":          {"title: ' It failed.', tags: [ä]\n", "title: 'It failed', tags: [ä]\n"},
		"escapes are not sure":   {"title: \"It failed\\u002e\"\n", ""},
		"a block is not sure":    {"title: >-\n      It failed.\n", ""},
		"two lines are not sure": {"title: It\n      failed.\n", ""},
	} {
		in := before + "    " + tt.in
		if name == "two on a line" {
			in = "schema: 1\npack: p\nrules:\n  - {id: CM-A-B, severity: error, match: {code: 80070005}, " + strings.TrimSuffix(tt.in, "\n") + "}\n"
		}
		opt := options(t)
		opt.Keep = true
		set, faults := Load([]Source{{Name: "f", Data: []byte(in)}}, opt)
		if len(faults) > 0 {
			t.Fatalf("%s: %s", name, print(faults))
		}
		out := in
		for range 3 { // what several checks find in one text is mended one after the other
			mended, changes, err := Mend("f", []byte(out), Lint(set, LintOptions{}))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if len(changes) == 0 {
				break
			}
			out = string(mended)
			if set, faults = Load([]Source{{Name: "f", Data: mended}}, opt); len(faults) > 0 {
				t.Fatalf("%s: %s", name, print(faults))
			}
		}
		want := before + "    " + tt.want
		switch {
		case tt.want == "":
			want = in
		case name == "two on a line":
			want = "schema: 1\npack: p\nrules:\n  - {id: CM-A-B, severity: error, match: {code: 0x80070005}, " + strings.TrimSuffix(tt.want, "\n") + "}\n"
		}
		if d := cmp.Diff(want, out); d != "" {
			t.Errorf("%s: -want +got:\n%s", name, d)
		}
	}
}

// Shipped files are mended by their authors; a text that would read otherwise than meant is left as it is.
func TestMendRefuses(t *testing.T) {
	data := []byte("schema: 1\npack: p\nrules:\n  - {id: CM-A-B, title: It failed., severity: error, match: {code: 0x80070005}}\n")
	opt := options(t)
	opt.Keep = true
	set, _ := Load([]Source{{Name: "f", Data: data, Shipped: true}}, opt)
	for _, a := range Lint(set, LintOptions{}) {
		if a.Fixable() {
			t.Errorf("shipped: %s", a)
		}
	}
	for name, now := range map[string]string{"another value": "It fell", "a comment": "It #failed", "two keys": "It, failed: x", "no YAML": "[It"} {
		wrong := Advice{Fault: Fault{File: "f", Line: 4}, edit: &edit{4, 25, "It failed.", now, "It failed"}}
		if mended, _, err := Mend("f", data, []Advice{wrong}); err == nil {
			t.Errorf("%s: mended to %s", name, mended)
		}
	}
}
