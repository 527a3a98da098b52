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
		Use:   "test [RULE...]",
		Short: "Run the tests inside rule files through the real parser and engine",
		Long: "Test runs the tests inside rule files through the real parser and engine, and every rule over the samples of all\n" +
			"others. A shipped issue that shows on a sample of another shipped rule must say so, and an also must hold. That a rule\n" +
			"of your own and a shipped one know the same line is told as a note, and fails nothing.",
		Example:           "  cmtrail rules test --rules my-rules.yaml 'CM-SITE-*'\n  cmtrail rules test --rules my-rules.yaml --junit rules.xml",
		ValidArgsFunction: ruleIDs,
		RunE: func(c *cobra.Command, args []string) error {
			set, err := flags.load(c)
			if err != nil {
				return err
			}
			admit, err := chosen(set, args)
			if err != nil {
				return err
			}
			results := ruletest.Run(set, admit)
			if len(results) == 0 {
				return &exitError{exitUsage, "none of these rules has a test"}
			}
			results = append(results, ruletest.Judge(set, ruletest.Cross(set), admit)...)
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

// tested is what a machine reads of a test.
type tested struct {
	Rule   string `json:"rule"`
	Test   string `json:"test"`
	Passed bool   `json:"passed"`
	Why    string `json:"why"`  // of one that failed
	Note   string `json:"note"` // what is worth knowing of one that did not
	File   string `json:"file"`
	Line   int    `json:"line"`
	Col    int    `json:"col"`
}

func tell(c *cobra.Command, results []ruletest.Result, asJSON, verbose bool) error {
	passed, failed := 0, 0
	enc := json.NewEncoder(escaped{beneath(c.OutOrStdout())})
	enc.SetEscapeHTML(false)
	for _, r := range results {
		switch {
		case !r.Passed():
			failed++
		case r.Advice == "":
			passed++
		}
		if asJSON {
			if err := enc.Encode(tested{r.Rule, r.Test, r.Passed(), r.Why, r.Advice, r.Where.File, r.Where.Line, r.Where.Col}); err != nil {
				return err
			}
			continue
		}
		switch {
		case r.Why != "":
			c.Printf("FAIL %s: %s: %s: %s\n", r.Where, r.Rule, r.Test, r.Why)
		case r.Advice != "":
			c.Printf("note %s: %s: %s\n", r.Where, r.Rule, r.Advice)
		case verbose:
			c.Printf("ok   %s: %s\n", r.Rule, r.Test)
		}
	}
	if !asJSON {
		c.Printf("%d passed, %d failed\n", passed, failed)
	}
	if failed > 0 {
		return &exitError{status: exitUsage}
	}
	return nil
}
