package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/cmtrail/cmtrail/internal/display"
	"github.com/cmtrail/cmtrail/internal/ruleset"
	"github.com/cmtrail/cmtrail/internal/sentence"
	"github.com/cmtrail/cmtrail/rules"
)

// linting is what the lint command is asked for.
type linting struct {
	rules                           ruleFlags
	only, skip                      []string
	asJSON, list, fix, dry, mutated bool
	quiet                           bool
}

func newLint() *cobra.Command {
	var l linting
	c := &cobra.Command{
		Use:   "lint",
		Short: "Check rule files: faults, and what makes a rule hard to trust",
		Long: `Check rule files: faults, and what makes a rule hard to trust.

Each finding is a line: file:line:col: rule: text [check]. --list-checks tells what the checks look for. A rule
accepts findings with lint: {allow: [open], reason: ...}.

--fix mends what can be mended surely in the files of --rules, and tells each line that it changes; comments and layout
stay. Shipped packs are never changed. Exit status 2 when anything is left to mend.`,
		Example: `  cmtrail rules lint --rules my-rules.yaml
  cmtrail rules lint --rules my-rules.yaml --fix --dry-run
  cmtrail rules lint --checks no-near-miss,far-miss`,
		Args: rulesByFlag,
		RunE: func(c *cobra.Command, _ []string) error { return l.run(c) },
	}
	l.rules.add(c)
	c.Flags().StringSliceVar(&l.only, "checks", nil, "run these checks alone")
	c.Flags().StringSliceVar(&l.skip, "skip", nil, "leave these checks out")
	c.Flags().BoolVar(&l.list, "list-checks", false, "list the checks")
	c.Flags().BoolVar(&l.asJSON, "json", false, "one JSON object a finding, faults included")
	c.Flags().BoolVar(&l.fix, "fix", false, "mend what can be mended surely")
	c.Flags().BoolVar(&l.dry, "dry-run", false, "with --fix: show what would change, and change nothing")
	c.Flags().BoolVar(&l.mutated, "mutate", false, "look for clauses that no test notices, too (check unnoticed)")
	c.Flags().BoolVar(&l.quiet, "quiet", false, "no progress on standard error")
	for _, name := range []string{"checks", "skip"} {
		// The flag is defined above.
		_ = c.RegisterFlagCompletionFunc(name, checkNames)
	}
	return c
}

// checkNames completes a list of checks.
func checkNames(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	before, last := "", typed
	if i := strings.LastIndexByte(typed, ','); i >= 0 {
		before, last = typed[:i+1], typed[i+1:]
	}
	var all []string
	for _, check := range ruleset.Checks() {
		if strings.HasPrefix(check.Name, last) {
			all = append(all, before+check.Name+"\t"+check.About)
		}
	}
	return all, cobra.ShellCompDirectiveNoFileComp
}

func (l *linting) run(c *cobra.Command) error {
	for _, name := range slices.Concat(l.only, l.skip) {
		if err := knownCheck(name); err != nil {
			return err
		}
	}
	switch {
	case l.list:
		return listChecks(c.OutOrStdout(), l.asJSON)
	case l.dry && !l.fix:
		return &exitError{exitUsage, "--dry-run goes with --fix"}
	}
	set, advice, err := l.look(c)
	if err != nil {
		return err
	}
	switch {
	case set == nil || !l.fix:
	case l.dry:
		if _, err := mend(c.OutOrStdout(), advice, true); err != nil {
			return err
		}
	default:
		if set, advice, err = l.mend(c, set, advice); err != nil {
			return err
		}
	}
	if !l.dry || set == nil {
		if err := tellAdvice(c.OutOrStdout(), advice, l.asJSON); err != nil {
			return err
		}
	}
	switch {
	case l.dry && len(advice) == 0:
		return nil
	case len(advice) > 0:
		return &exitError{exitUsage, number(len(advice), "thing") + " to mend"}
	case !l.asJSON:
		c.Printf("%s, %s: nothing to mend\n", number(len(set.Rules), "rule"), number(len(set.Steps), "step"))
	}
	return nil
}

// mend mends the files until nothing is left that can be mended: what two checks find in one text is mended one after
// the other.
func (l *linting) mend(c *cobra.Command, set *rules.Set, advice []rules.Advice) (*rules.Set, []rules.Advice, error) {
	for {
		changed, err := mend(c.ErrOrStderr(), advice, false)
		if err != nil || changed == 0 {
			return set, advice, err
		}
		if set, advice, err = l.look(c); err != nil || set == nil {
			return set, advice, err
		}
	}
}

// look loads the rules and runs the checks. Without a set, the advice is the faults of loading.
func (l *linting) look(c *cobra.Command) (*rules.Set, []rules.Advice, error) {
	set, faults, err := rules.Load(rules.Options{Paths: l.rules.paths, NoDefault: l.rules.noDefault, Today: time.Now(), Keep: true})
	if err != nil {
		return nil, nil, err
	}
	if len(faults) > 0 {
		advice := make([]rules.Advice, len(faults))
		for i, f := range faults {
			advice[i] = rules.Advice{Check: ruleset.FaultCheck, Fault: f}
		}
		return nil, advice, nil
	}
	for _, w := range set.Warnings {
		if w.Rule == "" { // those of rules are told by a check
			c.PrintErrln("warning: " + display.Line(w.String()))
		}
	}
	opt := rules.LintOptions{Run: l.runs}
	if l.mutated && l.runs(ruleset.UnnoticedCheck) {
		opt.Found = []rules.Advice{}
		for _, m := range mutateAll(set, nil, newTally(c.ErrOrStderr(), l.quiet, "rules")) {
			for _, s := range m.Survivors {
				opt.Found = append(opt.Found, rules.Advice{Check: ruleset.UnnoticedCheck, Fault: rules.Fault{
					File: s.Where.File, Line: s.Where.Line, Col: s.Where.Col, Rule: s.Rule.ID, Text: unnoticed(&s)}})
			}
		}
	}
	return set, rules.Lint(set, opt), nil
}

// runs tells whether a check is asked for.
func (l *linting) runs(check string) bool {
	return (len(l.only) == 0 || slices.Contains(l.only, check)) && !slices.Contains(l.skip, check)
}

func knownCheck(name string) error {
	var known []string
	for _, check := range ruleset.Checks() {
		if check.Name == name {
			return nil
		}
		known = append(known, check.Name)
	}
	text := fmt.Sprintf("unknown check %q", name)
	if near := sentence.Nearest(name, known); near != "" {
		text += fmt.Sprintf(", did you mean %q?", near)
	}
	return &exitError{exitUsage, text}
}

// advised is what a machine reads of a finding.
type advised struct {
	Check   string `json:"check"`
	Rule    string `json:"rule"`
	File    string `json:"file"`
	Line    int    `json:"line"`
	Col     int    `json:"col"`
	Text    string `json:"text"`
	Fixable bool   `json:"fixable"`
}

func tellAdvice(to io.Writer, advice []rules.Advice, asJSON bool) error {
	enc := json.NewEncoder(escaped{beneath(to)})
	enc.SetEscapeHTML(false)
	for _, a := range advice {
		if asJSON {
			if err := enc.Encode(advised{a.Check, a.Rule, a.File, a.Line, a.Col, a.Text, a.Fixable()}); err != nil {
				return err
			}
			continue
		}
		if _, err := fmt.Fprintln(to, display.Line(a.String())); err != nil {
			return err
		}
	}
	return nil
}

func listChecks(to io.Writer, asJSON bool) error {
	enc := json.NewEncoder(escaped{beneath(to)})
	enc.SetEscapeHTML(false)
	w := tabwriter.NewWriter(to, 0, 4, 2, ' ', 0)
	for _, check := range ruleset.Checks() {
		if asJSON {
			err := enc.Encode(struct {
				Check   string `json:"check"`
				About   string `json:"about"`
				Fixable bool   `json:"fixable"`
			}{check.Name, check.About, check.Fixes})
			if err != nil {
				return err
			}
			continue
		}
		fixes := ""
		if check.Fixes {
			fixes = "--fix"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", check.Name, fixes, check.About)
	}
	return w.Flush()
}
