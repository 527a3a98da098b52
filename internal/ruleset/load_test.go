package ruleset

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cmtrail/cmtrail/internal/errorcode"
)

var update = flag.Bool("update", false, "rewrite golden files")

func options(t testing.TB) Options {
	t.Helper()
	table, err := os.ReadFile("../../rules/packs/error-codes.tsv")
	if err != nil {
		t.Fatal(err)
	}
	codes, err := errorcode.Parse(table)
	if err != nil {
		t.Fatal(err)
	}
	return Options{Codes: codes}
}

// Each bad file has its faults beside it, a line each, as a user reads them.
func TestFaults(t *testing.T) {
	files, err := filepath.Glob("testdata/*.bad.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no bad files", err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			set, faults := Load([]Source{{Name: filepath.Base(name), Data: data}}, options(t))
			if set != nil {
				t.Error("a set came with the faults")
			}
			golden(t, strings.TrimSuffix(name, ".yaml")+".txt", print(faults))
		})
	}
}

func TestGood(t *testing.T) {
	files, err := filepath.Glob("testdata/*.good.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no good files", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		set, faults := Load([]Source{{Name: name, Data: data}}, options(t))
		if len(faults) > 0 {
			t.Errorf("faults:\n%s", print(faults))
		} else if len(set.Rules) == 0 {
			t.Errorf("%s: no rules", name)
		}
	}
}

func TestSchemaIsCurrent(t *testing.T) {
	golden(t, "../../docs/rule-schema.json", string(Schema()))
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got; -update rewrites it):\n%s", name, d)
	}
}

func print(faults []Fault) string {
	var b strings.Builder
	for _, f := range faults {
		b.WriteString(f.String() + "\n")
	}
	return b.String()
}

// The place of a misspelt name is found whatever style the scalar is written in.
func TestPlacesInEveryStyle(t *testing.T) {
	const head = "schema: 1\npack: p\nrules:\n  - id: CM-A-B\n    title: t\n    severity: error\n    match:\n      file: x.log\n      line: text\n"
	for name, when := range map[string]string{
		"plain":          "      when: message contains \"ä\" and bogus == \"x\"\n",
		"plain lines":    "      when: message contains \"ä\"\n        and\n        bogus == \"x\"\n",
		"single":         "      when: 'message contains \"it''s\" and bogus == \"x\"'\n",
		"double":         "      when: \"message contains \\\"a\\u00e4\\\" and bogus == \\\"x\\\"\"\n",
		"double folded":  "      when: \"message contains \\\"a\\\" and \\\n        bogus == \\\"x\\\"\"\n",
		"literal":        "      when: |-\n        message contains \"a\"\n        and bogus == \"x\"\n",
		"literal indent": "      when: |2- # why\n          message contains \"a\"\n          and bogus == \"x\"\n",
		"folded":         "      when: >\n        message contains \"a\"\n        and\n\n        bogus == \"x\"\n",
		"crlf":           "      when: |\r\n        message contains \"a\"\r\n        and bogus == \"x\"\r\n",
	} {
		text := head + when
		_, faults := Load([]Source{{Name: "f.yaml", Data: []byte(text)}}, options(t))
		if len(faults) != 1 {
			t.Errorf("%s: %d faults: %s", name, len(faults), print(faults))
			continue
		}
		i := strings.Index(text, "bogus")
		line := strings.Count(text[:i], "\n") + 1
		col := len([]rune(text[strings.LastIndex(text[:i], "\n")+1:i])) + 1
		if f := faults[0]; f.Line != line || f.Col != col {
			t.Errorf("%s: fault at %d:%d, the name stands at %d:%d: %s", name, f.Line, f.Col, line, col, f.Text)
		}
	}
}

func FuzzLoad(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.yaml")
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		set, faults := Load([]Source{{Name: "f", Data: data}}, Options{})
		if (set == nil) != (len(faults) > 0) {
			t.Fatalf("set %v with %d faults", set != nil, len(faults))
		}
		for _, fault := range faults {
			if fault.Line < 1 || fault.Col < 1 || fault.Text == "" {
				t.Fatalf("fault without a place: %+v", fault)
			}
		}
	})
}
