package main

import (
	"path"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cmtrail/cmtrail/rules"
)

func newRules() *cobra.Command {
	c := &cobra.Command{Use: "rules", Short: "Check, test, list and explain rules", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(newLint(), newTest(), newMutate(), newList(), newSteps(), newNew(), newFmt(), newDocs(), newSchema(), newRulesExplain())
	return c
}

// ruleIDs completes ids of the rules that the command line asks for.
func ruleIDs(c *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
	set := completionSet(c)
	if set == nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var all []string
	for _, r := range set.Rules {
		if begins(r.ID, prefix) {
			title := r.Title
			if title == "" && r.Step != nil {
				title = r.Step.Title
			}
			all = append(all, r.ID+"\t"+title)
		}
	}
	return all, cobra.ShellCompDirectiveNoFileComp
}

// begins tells whether a name begins with what is typed. Ids in capitals are tedious to type.
func begins(name, typed string) bool {
	return len(name) >= len(typed) && strings.EqualFold(name[:len(typed)], typed)
}

// filter admits the rules whose id matches one of the patterns; none admits all.
func filter(patterns []string) func(*rules.Rule) bool {
	if len(patterns) == 0 {
		return nil
	}
	return func(r *rules.Rule) bool {
		for _, p := range patterns {
			if ok, err := path.Match(p, r.ID); err == nil && ok {
				return true
			}
		}
		return false
	}
}
