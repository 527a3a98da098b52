package main

import (
	"fmt"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/cmtrail/cmtrail/internal/display"
)

func newSteps() *cobra.Command {
	var flags ruleFlags
	var flows []string
	var asJSON bool
	c := &cobra.Command{
		Use:   "steps",
		Short: "List the steps of the pipeline, and how many rules and issues each has",
		Args:  rulesByFlag,
		RunE: func(c *cobra.Command, _ []string) error {
			set, err := flags.load(c)
			if err != nil {
				return err
			}
			if err := (&listFilter{flows: flows}).check(set); err != nil {
				return err
			}
			at := map[string]*listedStep{}
			var all []*listedStep
			for _, s := range set.Steps {
				if len(flows) > 0 && !slices.Contains(flows, flowOf(s.ID)) {
					continue
				}
				l := &listedStep{ID: s.ID, Title: s.Title, RunsOn: s.RunsOn, Order: s.Order}
				at[s.ID], all = l, append(all, l)
			}
			for _, r := range set.Rules {
				for _, id := range stepIDs(r) {
					switch l := at[id]; {
					case l == nil:
					case r.Issue:
						l.Issues++
					default:
						l.Rules++
					}
				}
			}
			if asJSON {
				return eachJSON(c, all)
			}
			w := tabwriter.NewWriter(c.OutOrStdout(), 0, 4, 2, ' ', 0)
			fmt.Fprintln(w, "STEP\tRUNS ON\tRULES\tISSUES\tTITLE")
			for _, l := range all {
				fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%s\n", l.ID, orElse(l.RunsOn, "-"), l.Rules, l.Issues, display.Line(l.Title))
			}
			return w.Flush()
		},
	}
	flags.add(c)
	c.Flags().StringSliceVar(&flows, "flow", nil, "steps of this flow: scan, sync, install, ...")
	completeFrom(c, "flow", flowsOfSet)
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object a step")
	return c
}

// listedStep is a step with the number of rules that mark it and of issues that belong to it.
type listedStep struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	RunsOn string `json:"runs_on"`
	Order  int    `json:"order"`
	Rules  int    `json:"rules"`
	Issues int    `json:"issues"`
}
