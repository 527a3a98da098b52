package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cmtrail/cmtrail/internal/sentence"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// What rules may say, for flags and their completion. Severities stand in rising order.
var (
	severityNames = []string{"info", "warning", "error", "critical"}
	statusNames   = []string{"testing", "stable", "deprecated"}
	kindNames     = []string{"match", "sequence", "threshold", "absence", "change", "silence", "duration"}
)

// listFilter says which rules a list shows: those that meet every flag that is given.
type listFilter struct {
	steps, flows, severities, statuses, tags, logs, kinds, packs []string

	atLeast, search         string
	issues, marks, disabled bool
}

func (f *listFilter) add(c *cobra.Command) {
	flags := c.Flags()
	for _, t := range []struct {
		into        *[]string
		name, usage string
		values      func(*rules.Set) []string
	}{
		{&f.steps, "step", "rules of this step and of those below it", stepsOfSet},
		{&f.flows, "flow", "rules of this flow: scan, sync, install, ...", flowsOfSet},
		{&f.severities, "severity", "issues of this severity", fixedValues(severityNames)},
		{&f.statuses, "status", "rules of this status", fixedValues(statusNames)},
		{&f.tags, "tag", "rules with this tag", tagsOfSet},
		{&f.logs, "log", "rules that read this log", logsOfSet},
		{&f.kinds, "kind", "rules that look for this: " + strings.Join(kindNames, ", "), fixedValues(kindNames)},
		{&f.packs, "pack", "rules of this pack", packsOfSet},
	} {
		flags.StringSliceVar(t.into, t.name, nil, t.usage)
		completeFrom(c, t.name, t.values)
	}
	flags.StringVar(&f.atLeast, "at-least", "", "issues of this severity or a worse one")
	completeFrom(c, "at-least", fixedValues(severityNames))
	flags.BoolVar(&f.issues, "issues", false, "rules that show an issue")
	flags.BoolVar(&f.marks, "steps", false, "rules that mark a step; rules steps lists the steps themselves")
	flags.BoolVar(&f.disabled, "disabled", false, "rules that are off")
	flags.StringVar(&f.search, "search", "", "rules with all these words in id, title or cause")
	c.MarkFlagsMutuallyExclusive("issues", "steps")
}

// completeFrom completes a flag with what the rules on the command line hold.
func completeFrom(c *cobra.Command, flag string, values func(*rules.Set) []string) {
	// It fails only for a flag that does not exist, which the tests of completion would show.
	_ = c.RegisterFlagCompletionFunc(flag, func(c *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
		set := completionSet(c)
		if set == nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var all []string
		before, last := lastOfList(c, flag, prefix)
		for _, v := range values(set) {
			if begins(v, last) {
				all = append(all, before+v)
			}
		}
		return all, cobra.ShellCompDirectiveNoFileComp
	})
}

// lastOfList cuts what is typed for a flag before its last value, where it takes several with commas.
func lastOfList(c *cobra.Command, flag, typed string) (before, last string) {
	if f := c.Flags().Lookup(flag); f == nil || f.Value.Type() != "stringSlice" {
		return "", typed
	}
	i := strings.LastIndexByte(typed, ',') + 1
	return typed[:i], typed[i:]
}

// completionSet loads the rules that the command line asks for, and the shipped packs alone where those have faults.
func completionSet(c *cobra.Command) *rules.Set {
	paths, _ := c.Flags().GetStringArray("rules") // a command without the flag completes from the packs
	alone, _ := c.Flags().GetBool("no-default-rules")
	set, _, err := rules.Load(rules.Options{Paths: paths, NoDefault: alone})
	if err != nil || set == nil {
		set, _, _ = rules.Load(rules.Options{})
	}
	return set
}

func fixedValues(all []string) func(*rules.Set) []string {
	return func(*rules.Set) []string { return all }
}

// check refuses values that no rule can have, with the nearest that one has. A list that is empty by a slip of the pen
// would read as good news.
func (f *listFilter) check(set *rules.Set) error {
	atLeast := []string{}
	if f.atLeast != "" {
		atLeast = append(atLeast, f.atLeast)
	}
	for _, t := range []struct {
		flag  string
		given []string
		known []string
	}{
		{"step", f.steps, stepsOfSet(set)}, {"flow", f.flows, flowsOfSet(set)}, {"severity", f.severities, severityNames},
		{"at-least", atLeast, severityNames}, {"status", f.statuses, statusNames}, {"tag", f.tags, tagsOfSet(set)},
		{"log", f.logs, logsOfSet(set)}, {"kind", f.kinds, kindNames}, {"pack", f.packs, packsOfSet(set)},
	} {
		for _, v := range t.given {
			if slices.ContainsFunc(t.known, func(k string) bool { return same(t.flag, k, v) }) {
				continue
			}
			hint := ""
			switch near := sentence.Nearest(v, t.known); {
			case near != "":
				hint = fmt.Sprintf(", did you mean %q?", near)
			case len(t.known) > 0 && len(t.known) <= 12:
				hint = ": expected " + strings.Join(t.known, ", ")
			}
			return &exitError{exitUsage, fmt.Sprintf("--%s: no rule has %q%s", t.flag, v, hint)}
		}
	}
	return nil
}

// same compares a known value with one that is asked for. A step may be asked for by what stands above it.
func same(flag, known, asked string) bool {
	switch flag {
	case "step":
		return known == asked || strings.HasPrefix(known, asked+".")
	case "log":
		return parsers.LogName(known) == parsers.LogName(asked)
	}
	return known == asked
}

func (f *listFilter) admits(r *rules.Rule) bool {
	meets := func(flag string, asked, has []string) bool {
		return len(asked) == 0 || slices.ContainsFunc(asked, func(a string) bool {
			return slices.ContainsFunc(has, func(h string) bool { return same(flag, h, a) })
		})
	}
	var flows []string
	for _, id := range stepIDs(r) {
		flows = append(flows, flowOf(id))
	}
	return meets("step", f.steps, stepIDs(r)) && meets("flow", f.flows, flows) &&
		meets("severity", f.severities, []string{r.Severity.String()}) && meets("status", f.statuses, []string{r.Status}) &&
		meets("tag", f.tags, r.Tags) && meets("log", f.logs, logsOf(r)) &&
		meets("kind", f.kinds, []string{kindOf(r)}) && meets("pack", f.packs, []string{r.Pack}) &&
		(f.atLeast == "" || r.Issue && int(r.Severity) > slices.Index(severityNames, f.atLeast)) &&
		(!f.issues || r.Issue) && (!f.marks || !r.Issue && r.Step != nil) && (!f.disabled || !r.Enabled) && f.finds(searched(r))
}

// admitsStep tells whether a step itself meets what is asked for: only what rules have can keep it out.
func (f *listFilter) admitsStep(s *rules.Step) bool {
	ofRules := f.atLeast != "" || f.issues || f.disabled ||
		len(slices.Concat(f.severities, f.statuses, f.tags, f.logs, f.kinds, f.packs)) > 0
	below := func(asked string) bool { return same("step", s.ID, asked) }
	return !ofRules && (len(f.steps) == 0 || slices.ContainsFunc(f.steps, below)) &&
		(len(f.flows) == 0 || slices.Contains(f.flows, flowOf(s.ID))) && f.finds(s.ID+"\n"+s.Title)
}

// searched is the text of a rule in which a search looks.
func searched(r *rules.Rule) string {
	text := r.ID + "\n" + r.Title + "\n" + r.About.Cause
	if r.Title == "" && r.Step != nil {
		text += "\n" + r.Step.Title
	}
	return text
}

// finds tells whether all words of the search stand in the text, in any order.
func (f *listFilter) finds(text string) bool {
	text = strings.ToLower(text)
	for word := range strings.FieldsSeq(strings.ToLower(f.search)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}
