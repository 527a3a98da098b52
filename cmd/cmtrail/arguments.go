package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/cmtrail/cmtrail/internal/sentence"
	"github.com/cmtrail/cmtrail/rules"
)

// needs asks for arguments that a command cannot do without, in words that say what they are.
func needs(n int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) < n {
			return &exitError{exitUsage, fmt.Sprintf("%s needs %s; %s --help tells more", c.Name(), what, c.CommandPath())}
		}
		return nil
	}
}

// rulesByFlag refuses arguments of a command that takes rule files by a flag, which many try to give it without.
func rulesByFlag(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return &exitError{exitUsage, fmt.Sprintf("%s takes no %q%s", c.Name(), args[0], orElse(asRules(args[0]), "; "+c.CommandPath()+" --help tells what it takes"))}
}

// asRules says how a path is given that stands where a path is not expected; "" when it is none.
func asRules(arg string) string {
	_, err := os.Stat(arg)
	if ext := filepath.Ext(arg); err != nil && ext != ".yaml" && ext != ".yml" {
		return ""
	}
	return "; --rules " + arg + " adds rule files"
}

// chosen returns what admits the rules whose ids match one of the patterns, and refuses a pattern that no rule matches: a
// list or a test that is shorter by a slip of the pen would read as good news. Without patterns all rules are admitted.
func chosen(set *rules.Set, patterns []string) (func(*rules.Rule) bool, error) {
	admit := filter(patterns)
	var known []string
	for _, r := range set.Rules {
		known = append(known, r.ID)
	}
	for _, p := range patterns {
		if slices.ContainsFunc(set.Rules, filter([]string{p})) {
			continue
		}
		hint := asRules(p)
		if near := sentence.Nearest(p, known); hint == "" && near != "" {
			hint = ", did you mean " + near + "?"
		}
		return nil, &exitError{exitUsage, fmt.Sprintf("no rule is named %q%s", p, orElse(hint, "; cmtrail rules list tells their names"))}
	}
	if len(set.Rules) == 0 {
		return nil, &exitError{exitUsage, "there are no rules; --rules adds some"}
	}
	return admit, nil
}

// choices completes a flag with fixed values. What none of them begins with is completed with none.
func choices(c *cobra.Command, flag string, values ...string) {
	// It fails only for a flag that does not exist, which the test of completion would show.
	_ = c.RegisterFlagCompletionFunc(flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return slices.Clone(values), cobra.ShellCompDirectiveNoFileComp
	})
}

// What flags of several commands may say.
var (
	biasNames = []string{"windows", "iso", "ignore"}
	archNames = []string{"amd64", "arm64", "x86"}
)
