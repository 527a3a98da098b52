package main

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestListGolden(t *testing.T) {
	own := []string{"rules", "list", "--no-default-rules", "--rules", "testdata/listing.yaml"}
	list := func(args ...string) commandLine { return commandLine{args: append(own[:len(own):len(own)], args...)} }
	golden(t, map[string]commandLine{
		"rules-list":            {args: []string{"rules", "list", "CM-PROXY-*"}},
		"rules-list-none":       {args: []string{"rules", "list", "nope"}},
		"rules-list-all":        list(),
		"rules-list-json":       list("--json"),
		"rules-list-step":       list("--step", "dep.04"),
		"rules-list-flow":       list("--flow", "sync"),
		"rules-list-at-least":   list("--at-least", "warning"),
		"rules-list-log":        list("--log", "pkgxfermgr.lo_"),
		"rules-list-kind":       list("--kind", "absence,threshold"),
		"rules-list-search":     list("--issues", "--search", "MANAGER take"),
		"rules-list-marks":      list("--steps"),
		"rules-list-disabled":   list("--disabled"),
		"rules-list-status":     list("--status", "testing", "--pack", "t", "--severity", "info", "--severity", "error"),
		"rules-list-tag":        list("--tag", "windows-7"),
		"rules-list-misspelt":   {args: []string{"rules", "list", "--log", "WUAHandlr.log"}},
		"rules-list-unknown":    list("--severity", "fatal"),
		"rules-list-nothing":    list("--flow", "sync", "--log", "distmgr.log"),
		"rules-list-both":       list("--issues", "--steps"),
		"rules-list-completion": {args: []string{"__complete", "rules", "list", "--no-default-rules", "--rules", "testdata/listing.yaml", "--tag", "win"}},
		"rules-steps":           {args: []string{"rules", "steps", "--no-default-rules", "--rules", "testdata/listing.yaml"}},
		"rules-steps-json":      {args: []string{"rules", "steps", "--json", "--no-default-rules", "--rules", "testdata/listing.yaml", "--flow", "dep"}},
		"rules-steps-misspelt":  {args: []string{"rules", "steps", "--flow", "snyc"}},
	})
}

// The catalogue's numbers can be read off a plain list: each step stands in it, and each issue once.
func TestListHoldsTheCatalogue(t *testing.T) {
	out, errOut, status := call("", "rules", "list", "--json")
	if status != 0 {
		t.Fatalf("status %d: %s", status, errOut)
	}
	steps, issues := map[string]bool{}, map[string]bool{}
	for line := range strings.Lines(out) {
		var r listedRule
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		for _, s := range r.Steps {
			steps[s] = true
		}
		if r.Issue {
			if issues[r.ID] {
				t.Errorf("%s is listed twice", r.ID)
			}
			issues[r.ID] = true
		}
	}
	if len(steps) < 64 || len(issues) < 275 {
		t.Errorf("%d steps and %d issues, expected at least 64 and 275", len(steps), len(issues))
	}
}
