package main

import (
	"encoding/json"

	"github.com/spf13/cobra"

	"github.com/cmtrail/cmtrail/internal/ruletest"
)

func newTest() *cobra.Command {
	var flags ruleFlags
	var asJSON, verbose bool
	c := &cobra.Command{
		Use:               "test [RULE...]",
		Short:             "Run the tests inside rule files through the real parser and engine",
		ValidArgsFunction: ruleIDs,
		RunE: func(c *cobra.Command, args []string) error {
			set, err := flags.load(c)
			if err != nil {
				return err
			}
			return tell(c, ruletest.Run(set, filter(args)), asJSON, verbose)
		},
	}
	flags.add(c)
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object a test")
	c.Flags().BoolVarP(&verbose, "verbose", "v", false, "name the tests that pass, too")
	return c
}

func tell(c *cobra.Command, results []ruletest.Result, asJSON, verbose bool) error {
	passed, failed := 0, 0
	for _, r := range results {
		if r.Passed() {
			passed++
		} else {
			failed++
		}
		if asJSON {
			if err := json.NewEncoder(c.OutOrStdout()).Encode(r); err != nil {
				return err
			}
			continue
		}
		switch {
		case r.Why != "":
			c.Printf("FAIL %s: %s: %s: %s\n", r.Where, r.Rule, r.Test, r.Why)
		case verbose:
			c.Printf("ok   %s: %s\n", r.Rule, r.Test)
		}
	}
	if !asJSON {
		c.Printf("%d passed, %d failed\n", passed, failed)
	}
	switch {
	case failed > 0:
		return &exitError{status: exitUsage}
	case len(results) == 0:
		return &exitError{exitUsage, "no rule has that name, or none of them a test"}
	}
	return nil
}
