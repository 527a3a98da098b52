package main

import (
	"strings"
	"testing"
)

// Who gives too little, too much or the wrong name is told what was expected.
func TestArgumentsGolden(t *testing.T) {
	golden(t, map[string]commandLine{
		"arguments-tag":       {args: []string{"tag"}},
		"arguments-explain":   {args: []string{"rules", "explain", "CM-GPO-OVERWRITTEN"}},
		"arguments-lint-path": {args: []string{"rules", "lint", "testdata/clean.yaml"}},
		"arguments-lint-word": {args: []string{"rules", "lint", "everything"}},
		"arguments-test-path": {args: []string{"rules", "test", "testdata/clean.yaml"}},
		"arguments-misspelt":  {args: []string{"rules", "test", "CM-GPO-OVERWRITTEN", "CM-GPO-OVERWRITEN"}},
		"arguments-one-fault": {args: []string{"rules", "list", "--no-default-rules", "--rules", "testdata/fault.yaml"}},
		"arguments-no-rules":  {args: []string{"rules", "list", "--no-default-rules"}},
	})
}

// Completion knows rules of one's own as well, ids in small letters, and lists with commas.
func TestCompletionOfRules(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"rules", "test", "--no-default-rules", "--rules", "testdata/listing.yaml", "CM-T-NOT"}, "CM-T-NOT-SENT\t"},
		{[]string{"rules", "explain", "cm-gpo-over"}, "CM-GPO-OVERWRITTEN\t"},
		{[]string{"rules", "docs", "scan.01.0"}, "scan.01.03\tLocation Services keeps and sends the WSUS location request"},
		{[]string{"rules", "mutate", "scan.01.03"}, "scan.01.03.request-sent\tLocation Services keeps and sends the WSUS location request"},
		{[]string{"rules", "list", "--severity", "warning,cr"}, "warning,critical"},
		{[]string{"rules", "list", "--step", "scan.01.0"}, "scan.01.03"},
		{[]string{"rules", "steps", "--flow", ""}, "sync"},
		{[]string{"rules", "new", "--step", "dep"}, "dep.04"},
		{[]string{"rules", "new", "--log", "wuah"}, "WUAHandler.log"},
		{[]string{"tag", "--log", "WUAH"}, "WUAHandler.log"},
		{[]string{"tag", "--arch", ""}, "arm64"},
		{[]string{"scan", "--arch", ""}, "arm64"},
		{[]string{"explain", "--bias", ""}, "iso"},
	} {
		out, _, _ := call("", append([]string{"__complete"}, tt.args...)...)
		if !strings.Contains("\n"+out, "\n"+tt.want) {
			t.Errorf("%v gave %q, expected %s in it", tt.args, out, tt.want)
		}
	}
}
