package condition

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMutants(t *testing.T) {
	for _, tt := range []struct {
		text string
		want []Mutant
	}{
		{`file == "a.log"`, nil},
		{`hr ==`, nil},
		{`message contains "a" and hr == "0x1"`, []Mutant{
			{`hr == "0x1"`, `message contains "a"`, 0, true},
			{`message contains "a"`, `hr == "0x1"`, 25, true},
		}},
		{`a == "1" and b == "2" && not (c == "3" or d == "4")`, []Mutant{
			{`b == "2" && not (c == "3" or d == "4")`, `a == "1"`, 0, true},
			{`a == "1" && not (c == "3" or d == "4")`, `b == "2"`, 13, true},
			{`a == "1" and b == "2"`, `not (c == "3" or d == "4")`, 25, true},
			{`(a == "1" and b == "2") && not (d == "4")`, `c == "3"`, 30, true},
			{`(a == "1" and b == "2") && not (c == "3")`, `d == "4"`, 42, true},
		}},
		{`a == "1" or b == "2" or c == "3"`, []Mutant{
			{`b == "2" or c == "3"`, `a == "1"`, 0, false},
			{`a == "1" or c == "3"`, `b == "2"`, 12, false},
			{`a == "1" or b == "2"`, `c == "3"`, 24, false},
		}},
		{`severity in ["warn", "error"]`, []Mutant{
			{`severity in ["error"]`, `"warn"`, 13, false},
			{`severity in ["warn"]`, `"error"`, 21, false},
		}},
		{`severity not in ["warn", "error"]`, []Mutant{
			{`not (severity in ["error"])`, `"warn"`, 17, true},
			{`not (severity in ["warn"])`, `"error"`, 25, true},
		}},
	} {
		if d := cmp.Diff(tt.want, Mutants(tt.text)); d != "" {
			t.Errorf("%s: -want +got:\n%s", tt.text, d)
		}
	}
}

// What is left of a condition is a condition again: nothing is lost in writing the tree down.
func TestMutantsCompile(t *testing.T) {
	scope := Scope{Holes: []string{"hr", "n"}, Lists: map[string][]any{"hosts": {"A", "B"}}, Macros: map[string]string{"wua": `file == "a.log"`},
		Parameters: map[string]string{"least": "3"}}
	for _, text := range []string{
		`wua and (host in hosts or not (host startsWith "LAB-")) and int(n) >= $least`,
		`not has("hr") or hr in ["0x8007000E", "0x80244017"] and not (message matches "a\\.b\"c" and wua)`,
		`component == "x" ? wua and thread > -1 : has("n") and lower(message) contains "é"`,
	} {
		for _, m := range Mutants(text) {
			if _, err := Compile(m.Text, scope); err != nil {
				t.Errorf("%s without %s is %s: %v", text, m.Part, m.Text, err)
			}
		}
	}
}
