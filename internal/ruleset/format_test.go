package ruleset

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFormat(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"keys in order, comments with them", `# What this file is about.
# yaml-language-server: $schema=x

pack: p
# the format
schema:   1
rules:
- title: A title   # as people say it
  # the id stays for ever
  id: CM-A-B
  severity: error
  tests:
  - expect:
    - keys: {n: '5'}
      on: a.log:1
    logs:
      a.log: something 5
  about:
    fix:
    - do it
    # and then
    - do it again
    cause: who knows
  match:
      line: something <n:int>
      file:   [a.log,
         b.log]


- {id: CM-A-C}
# the last word
`, `# What this file is about.
# yaml-language-server: $schema=x

# the format
schema: 1
pack: p

rules:
  # the id stays for ever
  - id: CM-A-B
    title: A title   # as people say it
    severity: error
    match:
      file: [a.log,
         b.log]
      line: something <n:int>
    about:
      cause: who knows
      fix:
        - do it
        # and then
        - do it again
    tests:
      - logs:
          a.log: something 5
        expect:
          - on: a.log:1
            keys: {n: '5'}

  - {id: CM-A-C}
# the last word
`},
		{"texts keep their lines", `schema: 1
rules:
- id: CM-A-B
  tests:
  - logs:
      a.log: |
        first
          second, deeper
        # not a comment

        last
      # a comment
      b.log: |2-
          two blanks first
      c.log: "folded
        over lines"
      d.log: |+
        kept

      e.log: >-
        x
    name: n
`, `schema: 1

rules:
  - id: CM-A-B
    tests:
      - name: n
        logs:
          a.log: |
            first
              second, deeper
            # not a comment

            last
          # a comment
          b.log: |2-
              two blanks first
          c.log: "folded
            over lines"
          d.log: |+
            kept

          e.log: >-
            x
`},
		{"one-line entries stand close, others apart", "schema: 1\nsteps:\n  - {id: a.01}\n  - {id: a.02}\n\n\n  - {id: a.03}\n  - id: a.04\n    title: t\n  - {id: a.05}\n",
			"schema: 1\n\nsteps:\n  - {id: a.01}\n  - {id: a.02}\n\n  - {id: a.03}\n\n  - id: a.04\n    title: t\n\n  - {id: a.05}\n"},
		{"names of the user's own keep their order", "schema: 1\nmacros:\n    z: a\n    a: z\nlists: {b: [1], a: [2]}\n",
			"schema: 1\nlists: {b: [1], a: [2]}\n\nmacros:\n  z: a\n  a: z\n"},
		{"unknown keys come last", "schema: 1\nrules:\n  - zebra: 1\n    id: CM-A-B\n    ape: 2\n", "schema: 1\n\nrules:\n  - id: CM-A-B\n    zebra: 1\n    ape: 2\n"},
		{"comments of what stood inside", "schema: 1\nrules:\n  - id: CM-A-B\n    about:\n      cause: x\n      # inside about\n    # before match\n    match:\n      line: x\n  # inside rules\n# of the file\njourneys: []\n",
			"schema: 1\n\nrules:\n  - id: CM-A-B\n    # before match\n    match:\n      line: x\n    about:\n      cause: x\n      # inside about\n  # inside rules\n# of the file\njourneys: []\n"},
		{"carriage returns stay", "schema: 1\r\npack:  p\r\n", "schema: 1\r\npack: p\r\n"},
		{"a mark of the encoding goes", "\ufeffschema: 1\n", "schema: 1\n"},
		{"no line feed at the end", "schema: 1\nmacros:\n    a: |\n       x", "schema: 1\n\nmacros:\n  a: |\n     x\n"},
		{"kept blank lines at the end", "schema: 1\nmacros:\n    a: |+\n       x\n\n", "schema: 1\n\nmacros:\n  a: |+\n     x\n\n"},
		{"nothing under a key", "schema: 1\nrules:   # none yet\npack: p\n", "schema: 1\npack: p\nrules:   # none yet\n"},
		{"quotes that look like comments", "schema: 1\nmacros:\n  a: 'it''s\n # b'\n  # c\n  d: \"\\\"\n\n  # e\"\n", "schema: 1\n\nmacros:\n  a: 'it''s\n    # b'\n  # c\n  d: \"\\\"\n\n    # e\"\n"},
		{"a document mark", "---\nschema: 1\n", "---\nschema: 1\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, faults := Format(Source{Name: "f.yaml", Data: []byte(tt.in)})
			if len(faults) > 0 {
				t.Fatal(print(faults))
			}
			if d := cmp.Diff(tt.want, string(got)); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

func TestFormatFaults(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"empty", "", "f.yaml:1:1: file is empty, expected rules\n"},
		{"no YAML", "schema: 1\nrules:\n  - id: [a\n  - b\n", "f.yaml:2:1: not YAML: did not find expected ',' or ']'\n"},
		{"a list", "- a\n", "f.yaml:1:1: rule file: found a list, expected a mapping\n"},
		{"braces", "{schema: 1}\n", "f.yaml:1:1: a file in braces has no layout; write its keys in lines of their own\n"},
		{"another file", "services: {}\n", "f.yaml:1:1: rule file has no schema\n"},
		{"two documents", "schema: 1\n---\nschema: 1\n", "f.yaml:2:1: a second document, expected one a file\n"},
		{"an alias", "schema: &one 1\nversion: *one\n", "f.yaml:1:9: aliases, anchors and tags have no layout; write the value out\n"},
		{"a tag", "schema: !!int 1\n", "f.yaml:1:9: aliases, anchors and tags have no layout; write the value out\n"},
		{"an explicit key", "? schema\n: 1\n", "f.yaml:1:3: left as it is: found a key that does not begin its line\n"},
		{"a list in a list", "schema: 1\nrules:\n  - - a\n", "f.yaml:3:5: left as it is: found a list that begins behind the dash of another\n"},
		{"a dash alone", "schema: 1\nrules:\n  -\n    id: a\n", "f.yaml:4:5: left as it is: found an item that does not begin behind its dash\n"},
		{"an end mark", "schema: 1\n...\n", "f.yaml:2:1: the end mark of a document has no layout; leave it out\n"},
		{"another kind of line break", "schema: 1\npack: \"a\u2028b\"\n", "f.yaml:2:9: found a line break of another kind, expected line feeds\n"},
		{"not UTF-8", "schema: 1\npack: \xff\n", "f.yaml:1:1: not YAML: the file is not UTF-8\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, faults := Format(Source{Name: "f.yaml", Data: []byte(tt.in)})
			if out != nil {
				t.Errorf("text came with the faults: %s", out)
			}
			if d := cmp.Diff(tt.want, print(faults)); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

// The layout knows the tables of fields: a key with fields of its own has a layout of its own.
func TestLayoutIsWhole(t *testing.T) {
	var check func(at string, l *layout, s shape, depth int)
	defs := map[string]shape{"#/$defs/match": object(matchFields), "#/$defs/rule": object(ruleFields)}
	check = func(at string, l *layout, s shape, depth int) {
		if ref, ok := s["$ref"].(string); ok {
			s = defs[ref]
		}
		if items, ok := s["items"].(shape); ok {
			check(at, l, items, depth)
			return
		}
		properties, ok := s["properties"].(map[string]any)
		if !ok || depth > 6 {
			return
		}
		if l == nil || len(l.order) != len(properties) {
			t.Errorf("%s has %d keys and its layout does not", at, len(properties))
			return
		}
		for key, p := range properties {
			if l.rank(key) == len(l.order) {
				t.Errorf("%s: the layout lacks %s", at, key)
			}
			check(at+"."+key, l.below(key), p.(shape), depth+1)
		}
	}
	check("file", fileLayout, object(fileFields), 0)
	if ruleLayout.below("events").below("any name") != matchLayout {
		t.Error("an event has no layout")
	}
}

func FuzzFormat(f *testing.F) {
	for _, pattern := range []string{"testdata/*.yaml", "../../rules/packs/*/journeys.yaml"} {
		files, _ := filepath.Glob(pattern)
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Add([]byte("schema: 1\nb: |+\n  x\n\n# c\nrules:\n- x: 1\n  # d\n  id: |2\n     y\n\n- z\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		once, faults := Format(Source{Name: "f", Data: data})
		if (once == nil) != (len(faults) > 0) {
			t.Fatalf("text %v with %d faults", once != nil, len(faults))
		}
		if once == nil {
			return
		}
		twice, faults := Format(Source{Name: "f", Data: once})
		if len(faults) > 0 {
			t.Fatalf("laid out:\n%s\nfaults then:\n%s", once, print(faults))
		}
		if d := cmp.Diff(string(once), string(twice)); d != "" {
			t.Fatalf("not the same when laid out again:\n%s", d)
		}
	})
}
