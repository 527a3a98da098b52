package ruleset_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cmtrail/cmtrail/internal/ruleset"
)

// A rule file of any size and shape is refused, and why is told in a few words. Without their bounds several of these would
// take all memory, or longer than tests may.
func TestHostileRuleFiles(t *testing.T) {
	const head = "schema: 1\npack: x\nversion: 1.0.0\n"
	rule := func(match string) string {
		return head + "rules:\n  - id: CM-X-Y\n    title: t\n    severity: info\n    match:\n" + match
	}
	many := func(n int, f func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(f(i))
		}
		return b.String()
	}
	bomb := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + many(20, func(i int) string {
		return fmt.Sprintf("a%d: &a%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i), 10), ", "))
	})
	for _, tt := range []struct{ name, text, want string }{
		{"a bomb of aliases", bomb, "x.yaml:2:10: aliases are not read; write the value out"},
		{"an alias of itself", "a: &a [*a]\n", "x.yaml:1:8: aliases are not read; write the value out"},
		{"a merge key", "a: &a {x: 1}\nb: {<<: *a}\n", "x.yaml:2:9: aliases are not read; write the value out"},
		{"brackets that never close", strings.Repeat("[", 1<<20), "x.yaml:1:1: not YAML: exceeded max depth of 10000"},
		{"deep blocks", many(3000, func(i int) string { return strings.Repeat(" ", i) + "a:\n" }), `x.yaml:1:1: unknown key "a" in rule file`},
		{"alternatives in alternatives", rule("      any: [" + strings.Repeat("{any: [", 4000) + "{line: x}" + strings.Repeat("]}", 4000) + "]\n"), "x.yaml:9:13: any inside any, expected one level of alternatives"},
		{"NUL", "schema: 1\x00\n", "x.yaml:1:1: not YAML: control characters are not allowed"},
		{"half of UTF-16", "\xff\xfe\x00\x01\x02", "x.yaml:1:1: not YAML: incomplete UTF-16 character"},
		{"counts that are too large", rule("      pattern: '(a{1000}){1000}'\n"), `x.yaml:9:26: pattern: invalid repeat count: "{1000}"`},
		{"counts that multiply", rule("      pattern: '((x{30}|y){20}|z)(v{30}|w){20}'\n"), "x.yaml:9:16: pattern has 1366 steps, expected 1000 at most: counts such as {99} multiply what stands before them"},
		{"counts of classes", rule("      pattern: '" + strings.Repeat(`\pL{99}`, 20) + "'\n"), "x.yaml:9:16: pattern has 1982 steps, expected 1000 at most: counts such as {99} multiply what stands before them"},
		{"alternatives without end", rule("      pattern: '" + strings.Repeat("abcdefgh|", 200_000) + "x'\n"), "x.yaml:9:16: pattern longer than 4096 bytes"},
		{"deep groups", rule("      pattern: '" + strings.Repeat("(", 1500) + "a" + strings.Repeat(")", 1500) + "'\n"), "x.yaml:9:17: pattern: expression nests too deeply: "},
		{"counts in a condition", rule("      line: x\n      when: 'message matches \"" + strings.Repeat("(x{99}|y)", 20) + "\"'\n"), "x.yaml:10:30: pattern has 2062 steps, expected 1000 at most: counts such as {99} multiply what stands before them"},
		{"holes", rule("      line: '" + many(100, func(i int) string { return fmt.Sprintf("<h%d> a ", i) }) + "'\n"), "x.yaml:9:260: more than 32 holes"},
		{"a long sentence", rule("      line: '" + strings.Repeat("x", 1<<20) + "'\n"), "x.yaml:9:14: sentence longer than 4096 bytes"},
		{"a long condition", rule("      line: x\n      when: '" + strings.Repeat("thread == 1 or ", 100_000) + "thread == 2'\n"), "x.yaml:10:14: condition longer than 4096 bytes"},
		{"macros that double", head + "macros:\n  m0: thread == 1\n" + many(30, func(i int) string { return fmt.Sprintf("  m%d: m%d or m%d\n", i+1, i, i) }) + "rules:\n  - {id: CM-X-Y, title: t, severity: info, match: {line: abc, when: m30}}\n", "more than 500 parts"},
		{"macros of each other", head + "macros: {a: b, b: a}\nrules:\n  - {id: CM-X-Y, title: t, severity: info, match: {line: abc, when: a}}\n", "x.yaml:6:69: in macro a, macro b: macro a stands for itself"},
		{"a loop over a range", rule("      line: x\n      when: 'all(1..1000000000, # > 0)'\n"), `x.yaml:10:14: unknown function "all"`},
		{"a range", rule("      line: x\n      when: 'thread in 1..1000000000'\n"), "x.yaml:10:25: operator .. is not allowed in a condition"},
		{"texts without end", rule("      line: x\n      when: 'repeat(message, 1000000) == \"\"'\n"), `x.yaml:10:14: unknown function "repeat"`},
		{"a list of many", head + "lists:\n  big: [" + strings.Repeat("h, ", 100_001) + "x]\nrules:\n  - {id: CM-X-Y, title: t, severity: info, match: {line: abc, when: host in big}}\n", "x.yaml:5:3: list big has 100002 items, expected 100000 at most"},
		{"a number above all", head + "rules:\n  - {id: CM-X-A, title: t, severity: info, match: {line: abc}}\n  - {id: CM-X-Y, title: t, severity: info, threshold: {of: CM-X-A, at_least: 999999999999999999999, within: 1h}}\n", `found "999999999999999999999", expected a whole number from 1`},
		{"a file without end", strings.Repeat("# a comment without end\n", 400_000), "x.yaml: larger than 8 MiB, which no rule file is"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			set, faults := ruleset.Load([]ruleset.Source{{Name: "x.yaml", Data: []byte(tt.text)}}, ruleset.Options{})
			if set != nil || len(faults) == 0 {
				t.Fatal("it was loaded")
			}
			if got := faults[0].String(); !strings.Contains(got, tt.want) {
				t.Errorf("the fault is\n%.300s, want\n%s", got, tt.want)
			}
		})
	}
}
