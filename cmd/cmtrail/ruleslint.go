package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/cmtrail/cmtrail/rules"
)

func newLint() *cobra.Command {
	var flags ruleFlags
	var asJSON bool
	c := &cobra.Command{
		Use:   "lint",
		Short: "Check rule files: faults, and what makes a rule hard to trust",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			set, err := flags.load(c)
			if err != nil {
				return err
			}
			advice := rules.Lint(set)
			for _, a := range advice {
				if asJSON {
					if err := json.NewEncoder(c.OutOrStdout()).Encode(a); err != nil {
						return err
					}
					continue
				}
				c.Printf("%s [%s]\n", a.String(), a.Check)
			}
			if len(advice) > 0 {
				return &exitError{exitUsage, fmt.Sprintf("%d things to mend", len(advice))}
			}
			if !asJSON {
				c.Printf("%d rules, %d steps: nothing to mend\n", len(set.Rules), len(set.Steps))
			}
			return nil
		},
	}
	flags.add(c)
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object a finding")
	return c
}
