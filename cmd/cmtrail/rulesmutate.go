package main

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/cmtrail/cmtrail/internal/ruleset"
	"github.com/cmtrail/cmtrail/internal/ruletest"
	"github.com/cmtrail/cmtrail/rules"
)

func newMutate() *cobra.Command {
	var flags ruleFlags
	var asJSON, quiet bool
	c := &cobra.Command{
		Use:   "mutate [RULE...]",
		Short: "Change each clause of a rule and tell which changes its tests do not notice",
		Long: `Change each clause of a rule in turn and run the rule's own tests.

A log, a sentence, a pattern, a code or a part of a condition is left out, a typed hole takes any text, a duration
becomes ten times as long and a tenth, a count one more and one less. A change that all tests still pass has
survived: no test shows why the clause is there. It is told with the place of the clause and the test that would
notice. Exit status 2 when any change survives, or when tests fail to begin with.`,
		Example: `  cmtrail rules mutate 'CM-SCAN-*'
  cmtrail rules mutate --no-default-rules --rules my-rules.yaml`,
		ValidArgsFunction: ruleIDs,
		RunE: func(c *cobra.Command, args []string) error {
			set, err := flags.loadKept(c)
			if err != nil {
				return err
			}
			admit, err := chosen(set, args)
			if err != nil {
				return err
			}
			return tellMutants(c, mutateAll(set, admit, newTally(c.ErrOrStderr(), quiet, "rules")), asJSON)
		},
	}
	flags.add(c)
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object a change that survives")
	c.Flags().BoolVar(&quiet, "quiet", false, "no progress on standard error")
	return c
}

// mutateAll mutates the rules that admit lets pass, on all processors. Results come in the order of the rules.
func mutateAll(set *rules.Set, admit func(*rules.Rule) bool, progress *tally) []ruletest.Mutated {
	var all []*rules.Rule
	for _, r := range set.Rules {
		if admit == nil || admit(r) {
			all = append(all, r)
		}
	}
	mutator := ruletest.NewMutator(set)
	out := make([]ruletest.Mutated, len(all))
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(all)) {
		wg.Go(func() {
			for i := range next {
				out[i] = mutator.Rule(all[i])
				progress.one(len(all))
			}
		})
	}
	for i := range all {
		next <- i
	}
	close(next)
	wg.Wait()
	progress.done()
	return out
}

// survivor is what a machine reads of a change that no test notices.
type survivor struct {
	Rule   string `json:"rule"`
	Clause string `json:"clause"`
	What   string `json:"what"`
	Hint   string `json:"hint"`
	File   string `json:"file"`
	Line   int    `json:"line"`
	Col    int    `json:"col"`
}

func tellMutants(c *cobra.Command, all []ruletest.Mutated, asJSON bool) error {
	mutants, survived, failed := 0, 0, 0
	enc := json.NewEncoder(escaped{beneath(c.OutOrStdout())})
	enc.SetEscapeHTML(false)
	for _, m := range all {
		mutants += m.Mutants
		survived += len(m.Survivors)
		for _, f := range m.Failed {
			failed++
			c.PrintErrf("FAIL %s: %s: %s: %s\n", f.Where, f.Rule, f.Test, f.Why)
		}
		for _, s := range m.Survivors {
			if asJSON {
				if err := enc.Encode(survivor{s.Rule.ID, s.Clause, s.What, s.Hint, s.Where.File, s.Where.Line, s.Where.Col}); err != nil {
					return err
				}
				continue
			}
			c.Printf("%s: %s: %s [%s]\n", s.Where, s.Rule.ID, unnoticed(&s), s.Clause)
		}
	}
	if !asJSON {
		c.Printf("%s of %s: %d noticed, %d survived\n", number(mutants, "change"), number(len(all), "rule"), mutants-survived, survived)
	}
	switch {
	case failed == 1:
		return &exitError{exitUsage, "1 test fails: its rule was not changed"}
	case failed > 0:
		return &exitError{exitUsage, fmt.Sprintf("%d tests fail: their rules were not changed", failed)}
	case survived > 0:
		return &exitError{status: exitUsage}
	}
	return nil
}

func unnoticed(m *ruleset.Mutant) string {
	return fmt.Sprintf("no test notices when %s: %s", m.What, m.Hint)
}

// tally counts what is done on a terminal.
type tally struct {
	*progress
	what string
	n    int
}

func newTally(errOut io.Writer, quiet bool, what string) *tally {
	return &tally{progress: newProgress(errOut, quiet, nil), what: what}
}

func (t *tally) one(of int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n++
	if now := time.Now(); t.to != nil && now.After(t.next) {
		t.next, t.shown = now.Add(progressEvery), true
		_, _ = fmt.Fprintf(t.to, "\r\x1b[K%d of %d %s", t.n, of, t.what)
	}
}
