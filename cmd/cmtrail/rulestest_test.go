package main

import "testing"

func TestRulesTest(t *testing.T) {
	golden(t, map[string]commandLine{
		"rules-test-overlap":      {args: []string{"rules", "test", "--no-default-rules", "--rules", "testdata/overlap.yaml"}},
		"rules-test-overlap-json": {args: []string{"rules", "test", "--json", "--no-default-rules", "--rules", "testdata/overlap.yaml", "CM-SITE-POLICY-*"}},
	})
}
