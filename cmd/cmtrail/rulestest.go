package main

import (
	"encoding/json"

	"github.com/spf13/cobra"

	"github.com/cmtrail/cmtrail/internal/ruletest"
)

func newTest() *cobra.Command {
	var flags ruleFlags
	var asJSON, verbose bool
	var junit string
	c := &cobra.Command{
		Use:               "test [RULE...]",
		Short:             "Run the tests inside rule files through the real parser and engine",
		Example:           "  cmtrail rules test --rules my-rules.yaml 'CM-SITE-*'\n  cmtrail rules test --rules my-rules.yaml --junit rules.xml",
		ValidArgsFunction: ruleIDs,
		RunE: func(c *cobra.Command, args []string) error {
			set, err := flags.load(c)
			if err != nil {
				return err
			}
			results := ruletest.Run(set, filter(args))
			if junit != "" {
				if err := writeJUnit(c, junit, results); err != nil {
					return err
				}
			}
			if junit == "-" {
				c.SetOut(c.ErrOrStderr()) // the document stands alone
			}
			return tell(c, results, asJSON, verbose)
		},
	}
	flags.add(c)
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object a test")
	c.Flags().BoolVarP(&verbose, "verbose", "v", false, "name the tests that pass, too")
	c.Flags().StringVar(&junit, "junit", "", "also write the results as JUnit XML to this file; - is standard output, and the text then goes to standard error")
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
