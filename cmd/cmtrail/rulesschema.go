package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/cmtrail/cmtrail/rules"
)

func newSchema() *cobra.Command {
	var to string
	c := &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of rule files, for editors",
		Example: "  cmtrail rules schema --to rule-schema.json\n\n" +
			"  # and at the top of a rule file beside it:\n" +
			"  # yaml-language-server: $schema=rule-schema.json",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if to != "" && to != "-" {
				return os.WriteFile(to, rules.Schema(), 0o644)
			}
			_, err := c.OutOrStdout().Write(rules.Schema())
			return err
		},
	}
	c.Flags().StringVar(&to, "to", "", "write it to this file; rules new refers to a rule-schema.json beside the rule file")
	return c
}
