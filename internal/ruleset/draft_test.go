package ruleset

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

func draft() *Draft {
	return &Draft{
		ID: "CM-T-B", Evidence: "observed", Title: "It's on: the disk", Severity: Warning, Step: "dep.04", File: "distmgr.log",
		Line: `No space for '<package_id:word>' on <path:path> <<x>`, When: `host != "LAB-01"`, Cause: "The disk is full.", Fix: []string{"Free space.", "Try again: it helps."},
		Tests: []Test{
			{Logs: []TestLog{{"distmgr.log", "No space for 'CT100012' on D:\\x <x>"}}, Expect: []Expect{{"distmgr.log:1", map[string]string{"path": `D:\x`, "package_id": "CT100012"}}}},
			{Name: "near miss", Logs: []TestLog{{"distmgr.log", "first\n  second\n\nthird"}}},
		},
	}
}

const drafted = `  - id: CM-T-B
    evidence: observed
    title: 'It''s on: the disk'
    severity: warning
    step: dep.04
    match:
      file: distmgr.log
      line: 'No space for ''<package_id:word>'' on <path:path> <<x>'
      when: 'host != "LAB-01"'
    about:
      cause: The disk is full.
      fix:
        - Free space.
        - 'Try again: it helps.'
    tests:
      - logs:
          distmgr.log: 'No space for ''CT100012'' on D:\x <x>'
        expect: [{on: distmgr.log:1, keys: {package_id: 'CT100012', path: 'D:\x'}}]
      - name: near miss
        logs:
          distmgr.log: |-
            first
              second

            third
`

func TestNewFile(t *testing.T) {
	got := NewFile("my-rules", "rule-schema.json", draft())
	want := "# yaml-language-server: $schema=rule-schema.json\nschema: 1\npack: my-rules\n\nrules:\n" + drafted
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if again, faults := Format(Source{Name: "f", Data: got}); len(faults) > 0 || string(again) != string(got) {
		t.Errorf("is not laid out: %s%s", print(faults), again)
	}
}

func TestAddRule(t *testing.T) {
	left := strings.ReplaceAll("\n"+drafted, "\n  ", "\n")[1:]
	for _, tt := range []struct{ name, in, want string }{
		{"after the last", "# mine\nschema: 1\nrules:\n  # first\n  - {id: a}   # here\n", "# mine\nschema: 1\nrules:\n  # first\n  - {id: a}   # here\n\n" + drafted},
		{"before other keys", "schema: 1\nrules:\n- id: a\n  title: |\n    x\n\n\n# runs\njourneys: []\n", "schema: 1\nrules:\n- id: a\n  title: |\n    x\n\n" + left + "\n\n# runs\njourneys: []\n"},
		{"no rules yet", "schema: 1\npack: p", "schema: 1\npack: p\n\nrules:\n" + drafted},
		{"nothing under rules", "schema: 1\nrules:\npack: p\n", "schema: 1\nrules:\n" + drafted + "pack: p\n"},
		{"a comment at the end", "schema: 1\nrules:\n  - id: a\n  # the last one\n", "schema: 1\nrules:\n  - id: a\n\n" + drafted + "  # the last one\n"},
		{"carriage returns", "schema: 1\r\nrules:\r\n  - id: a\r\n", strings.ReplaceAll("schema: 1\nrules:\n  - id: a\n\n"+drafted, "\n", "\r\n")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, faults := AddRule(Source{Name: "f.yaml", Data: []byte(tt.in)}, draft())
			if len(faults) > 0 {
				t.Fatal(print(faults))
			}
			if d := cmp.Diff(tt.want, string(got)); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
	for _, tt := range []struct{ in, want string }{
		{"schema: 1\nrules: []\n", "f.yaml:2:8: rules: found a list in brackets, expected a list with an entry a line, to which a rule can be added\n"},
		{"schema: 1\nrules: none\n", "f.yaml:2:8: rules: found \"none\", expected a list with an entry a line, to which a rule can be added\n"},
		{"schema: [\n", "f.yaml:1:1: not YAML: did not find expected node content\n"},
		{"schema: 1\nrules:\n  - id: a\n    title: |+\n      x\n\n\n", "f.yaml:1:1: found no place after the last rule; add one there, or name another file\n"},
	} {
		if got, faults := AddRule(Source{Name: "f.yaml", Data: []byte(tt.in)}, draft()); got != nil || print(faults) != tt.want {
			t.Errorf("%q gave %q with %s", tt.in, got, print(faults))
		}
	}
}

// YAML reads back every text as it was, on whichever of the ways it is written.
func FuzzScalar(f *testing.F) {
	for _, s := range []string{"", "a", "yes", "it's", "a\tb", "a\nb", "a\n\n b\n", " a\nb", "a\n \nb", "\x1b\x00", "\u2028\ufeff\U0001f600", "a: b # c", "- x", "\r\n", "a\nb\n\n", `\"'`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return
		}
		for _, written := range []string{scalar(text, 2), logText(text, 2), quoted(text)} {
			var back struct {
				A struct{ K yaml.Node }
			}
			if err := yaml.Unmarshal([]byte("a:\n  k: "+written+"\n"), &back); err != nil || back.A.K.Value != text || back.A.K.ShortTag() != "!!str" {
				t.Fatalf("%q written as %s is read as %q (%s): %v", text, written, back.A.K.Value, back.A.K.ShortTag(), err)
			}
		}
	})
}
