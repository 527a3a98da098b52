package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/cmtrail/cmtrail/rules"
)

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
