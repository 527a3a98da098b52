package ruletest

import (
	"slices"

	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/internal/ruleset"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// Mutated tells what the tests of one rule notice.
type Mutated struct {
	Rule      *rules.Rule
	Mutants   int              // that could be made
	Survivors []ruleset.Mutant // those that no test noticed
	Failed    []Result         // tests that fail on the rule as it is: nothing can be said of its clauses then
}

// Mutator changes one clause of a rule after the other and runs the rule's tests.
type Mutator struct {
	set    *rules.Set
	engine *rules.Engine // of the whole set
}

// NewMutator returns a mutator for rules of the set, which must have been loaded with Keep. Goroutines may share it.
func NewMutator(set *rules.Set) *Mutator {
	return &Mutator{set: set, engine: rules.NewEngine(on(set))}
}

// Rule tells what the tests of the rule notice. A rule without tests has no mutants.
func (m *Mutator) Rule(r *rules.Rule) Mutated {
	out := Mutated{Rule: r}
	if len(r.Tests) == 0 {
		return out
	}
	beside := m.beside(r)
	out.Failed = slices.DeleteFunc(Run(m.set.Alone(r, nil, beside), func(some *rules.Rule) bool { return some.ID == r.ID }), Result.Passed)
	if len(out.Failed) > 0 {
		return out
	}
	for _, mutant := range m.set.Mutants(r) {
		alone := m.set.Alone(r, &mutant, beside)
		if alone == nil {
			continue
		}
		out.Mutants++
		if !noticed(alone) {
			out.Survivors = append(out.Survivors, mutant)
		}
	}
	return out
}

// noticed tells whether a test of the set's first rule fails.
func noticed(set *rules.Set) bool {
	engine := rules.NewEngine(on(set))
	p, matcher := pipeline.New(engine), engine.NewMatcher()
	r := set.Rules[0]
	return slices.ContainsFunc(r.Tests, func(t ruleset.Test) bool {
		if r.Correlation != nil {
			return relate(p, engine.Set(), r, &t) != ""
		}
		return run(matcher, r, &t) != ""
	})
}

// beside returns the rules that show on the records of a generic rule's tests, since they decide whether it shows.
func (m *Mutator) beside(r *rules.Rule) []*rules.Rule {
	if !r.Generic {
		return nil
	}
	matcher := m.engine.NewMatcher()
	var all []*rules.Rule
	for _, t := range r.Tests {
		matcher.On(t.Arch)
		for _, l := range t.Logs {
			read(l, func(rec *parsers.Record) {
				v := matcher.Match(rec, parsers.LogName(l.Name), "")
				if v == nil {
					return
				}
				for _, seen := range v.Matched {
					if seen.Rule.Owner != nil {
						continue
					}
					if other := m.set.Rules[seen.Rule.Index]; other != r && !slices.Contains(all, other) {
						all = append(all, other)
					}
				}
			})
		}
	}
	return all
}
