package main

import (
	"github.com/spf13/cobra"

	"github.com/cmtrail/cmtrail/internal/explain"
)

func newRulesExplain() *cobra.Command {
	a := &explainFlags{}
	c := &cobra.Command{
		Use:   "explain RULE LOG:LINE [PATH...]",
		Short: "Say why a rule shows on a record or does not",
		Long: "Explain puts one rule to the record on a line of a log: the record's parts, each sentence with where it stopped, each\n" +
			"part of its condition with its value, and the overrides that changed the rule. Of a rule that relates records it tells\n" +
			"what became of the instances that the record takes part in, followed through the logs of the PATHs, or else of the\n" +
			"folder that LOG stands in. RULE may be off, or an event of a rule's own, RULE#EVENT. LINE may be any line of the record.\n" +
			"The exit status is 0 whether or not the rule shows.",
		Example: "  cmtrail rules explain CM-GPO-OVERWRITTEN C:\\Windows\\CCM\\Logs\\WUAHandler.log:118\n" +
			"  cmtrail rules explain --rules my-rules.yaml CM-LOC-LS-NO-LOCATION LocationServices.log:2 ./logs",
		Args: needs(2, "RULE and LOG:LINE, such as CM-GPO-OVERWRITTEN WUAHandler.log:12"),
		ValidArgsFunction: func(c *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveDefault
			}
			return ruleIDs(c, args, prefix)
		},
		RunE: func(c *cobra.Command, args []string) error {
			set, err := a.rules.load(c)
			if err != nil {
				return err
			}
			rule, err := findRule(set, args[0])
			if err != nil {
				return err
			}
			return a.answer(c, &explain.Question{Set: set, Rule: rule}, args[1], args[2:])
		},
	}
	a.add(c)
	return c
}
