package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/cmtrail/cmtrail/internal/display"
	"github.com/cmtrail/cmtrail/rules"
)

func newList() *cobra.Command {
	var flags ruleFlags
	var want listFilter
	var asJSON bool
	c := &cobra.Command{
		Use:   "list [RULE...]",
		Short: "List rules with their step, severity and title",
		Long: "List the rules that meet all that is asked for. RULE is an id in which * stands for any text.\n" +
			"A step that no rule marks is listed after them, as an entry of the kind step: rules list --json holds each step.\n" +
			"A flag that is given several times, or with commas, asks for any of its values.",
		Example: "  cmtrail rules list 'CM-PROXY-*'\n" +
			"  cmtrail rules list --flow scan --at-least error\n" +
			"  cmtrail rules list --log WUAHandler.log --search 'group policy'\n" +
			"  cmtrail rules list --json | jq -r '.steps[]' | sort -u",
		ValidArgsFunction: ruleIDs,
		RunE: func(c *cobra.Command, args []string) error {
			set, err := flags.load(c)
			if err != nil {
				return err
			}
			if err := want.check(set); err != nil {
				return err
			}
			admit, err := chosen(set, args)
			if err != nil {
				return err
			}
			spell := spelling(set)
			var shown []listedRule
			for _, r := range set.Rules {
				if (admit == nil || admit(r)) && want.admits(r) {
					shown = append(shown, listed(r, spell))
				}
			}
			if len(args) == 0 {
				for _, step := range set.Steps {
					if want.admitsStep(step) && !marked(set, step) {
						shown = append(shown, unmarked(step))
					}
				}
			}
			switch {
			case len(shown) == 0:
				return &exitError{exitUsage, "no rule meets all that is asked for"}
			case asJSON:
				return eachJSON(c, shown)
			}
			return listTable(c, shown)
		},
	}
	flags.add(c)
	want.add(c)
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object a rule")
	return c
}

func listTable(c *cobra.Command, shown []listedRule) error {
	w := tabwriter.NewWriter(c.OutOrStdout(), 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "RULE\tSTEP\tSEVERITY\tTITLE")
	for _, l := range shown {
		title := display.Line(l.Title)
		if !l.Enabled {
			title += " (off)"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", display.Line(l.ID), orElse(strings.Join(l.Steps, ","), "-"), orElse(l.Severity, "-"), title)
	}
	return w.Flush()
}

// eachJSON prints one object a line.
func eachJSON[T any](c *cobra.Command, all []T) error {
	enc := json.NewEncoder(escaped{beneath(c.OutOrStdout())})
	enc.SetEscapeHTML(false)
	for _, one := range all {
		if err := enc.Encode(one); err != nil {
			return err
		}
	}
	return nil
}

type listedRule struct {
	ID       string   `json:"id"`
	Issue    bool     `json:"issue"`
	Kind     string   `json:"kind"`
	Pack     string   `json:"pack"`
	Title    string   `json:"title"`
	Severity string   `json:"severity"`
	Steps    []string `json:"steps"`
	Logs     []string `json:"logs"`
	Tags     []string `json:"tags"`
	Status   string   `json:"status"`
	Evidence string   `json:"evidence"`
	Revision int      `json:"revision"`
	Enabled  bool     `json:"enabled"`
	File     string   `json:"file"`
	Line     int      `json:"line"`
	Tests    int      `json:"tests"`
}

func listed(r *rules.Rule, spell func(string) string) listedRule {
	l := listedRule{
		ID: r.ID, Issue: r.Issue, Kind: kindOf(r), Pack: r.Pack, Title: r.Title, Severity: r.Severity.String(), Steps: stepIDs(r),
		Logs: []string{}, Tags: append([]string{}, r.Tags...), Status: r.Status, Evidence: r.Evidence, Revision: r.Revision,
		Enabled: r.Enabled, File: r.File, Line: r.Line, Tests: len(r.Tests),
	}
	if l.Title == "" && r.Step != nil {
		l.Title = r.Step.Title
	}
	for _, log := range logsOf(r) {
		l.Logs = append(l.Logs, spell(log))
	}
	return l
}

// unmarked is the entry of a step that no log line shows and no rule marks, so that a list holds each step there is.
func unmarked(s *rules.Step) listedRule {
	return listedRule{ID: s.ID, Kind: "step", Title: s.Title, Steps: []string{s.ID}, Logs: []string{}, Tags: []string{}, Enabled: true}
}
