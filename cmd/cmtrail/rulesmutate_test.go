package main

import "testing"

func TestMutateGolden(t *testing.T) {
	golden(t, map[string]commandLine{
		"rules-mutate":         {args: []string{"rules", "mutate", "--no-default-rules", "--rules", "testdata/unnoticed.yaml"}},
		"rules-mutate-json":    {args: []string{"rules", "mutate", "--json", "--no-default-rules", "--rules", "testdata/unnoticed.yaml", "CM-T-*"}},
		"rules-mutate-noticed": {args: []string{"rules", "mutate", "--no-default-rules", "--rules", "testdata/unnoticed.yaml", "CM-U-*"}},
		"rules-mutate-failing": {args: []string{"rules", "mutate", "--no-default-rules", "--rules", "testdata/wrong.yaml"}},
		"rules-mutate-none":    {args: []string{"rules", "mutate", "nope"}},
	})
}
