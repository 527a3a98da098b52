package main

import (
	"encoding/json"
	"fmt"
	"path"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/cmtrail/cmtrail/internal/ruletest"
	"github.com/cmtrail/cmtrail/rules"
)

func newRules() *cobra.Command {
	c := &cobra.Command{Use: "rules", Short: "Check, test and list rules", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(newLint(), newTest(), newList(), newSchema())
	return c
}

// ruleIDs completes ids of shipped rules.
func ruleIDs(_ *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
	set, _, err := rules.Load(rules.Options{})
	if err != nil || set == nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var all []string
	for _, r := range set.Rules {
		if strings.HasPrefix(r.ID, prefix) {
			all = append(all, r.ID+"\t"+r.Title)
		}
	}
	return all, cobra.ShellCompDirectiveNoFileComp
}

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

func newList() *cobra.Command {
	var flags ruleFlags
	var asJSON bool
	c := &cobra.Command{
		Use:               "list [RULE...]",
		Short:             "List rules with their step, severity and title",
		ValidArgsFunction: ruleIDs,
		RunE: func(c *cobra.Command, args []string) error {
			set, err := flags.load(c)
			if err != nil {
				return err
			}
			admit, shown := filter(args), 0
			w := tabwriter.NewWriter(c.OutOrStdout(), 0, 4, 2, ' ', 0)
			for _, r := range set.Rules {
				if admit != nil && !admit(r) {
					continue
				}
				shown++
				if asJSON {
					if err := json.NewEncoder(c.OutOrStdout()).Encode(listed(r)); err != nil {
						return err
					}
					continue
				}
				l := listed(r)
				_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", l.ID, strings.Join(l.Steps, ","), l.Severity, l.Title)
			}
			if shown == 0 {
				return &exitError{exitUsage, "no rule has that name"}
			}
			return w.Flush()
		},
	}
	flags.add(c)
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object a rule")
	return c
}

type listedRule struct {
	ID       string   `json:"id"`
	Pack     string   `json:"pack"`
	Title    string   `json:"title"`
	Severity string   `json:"severity"`
	Steps    []string `json:"steps"`
	Status   string   `json:"status"`
	Enabled  bool     `json:"enabled"`
	File     string   `json:"file"`
	Line     int      `json:"line"`
	Tests    int      `json:"tests"`
}

func listed(r *rules.Rule) listedRule {
	l := listedRule{r.ID, r.Pack, r.Title, r.Severity.String(), []string{}, r.Status, r.Enabled, r.File, r.Line, len(r.Tests)}
	if r.Step != nil {
		l.Steps = append(l.Steps, r.Step.ID)
		if l.Title == "" {
			l.Title = r.Step.Title
		}
	}
	for _, s := range r.AlsoSteps {
		l.Steps = append(l.Steps, s.ID)
	}
	return l
}

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
