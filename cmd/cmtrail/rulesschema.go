package main

import (
	"github.com/spf13/cobra"

	"github.com/cmtrail/cmtrail/rules"
)

func newSchema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of rule files, for editors",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := c.OutOrStdout().Write(rules.Schema())
			return err
		},
	}
}
