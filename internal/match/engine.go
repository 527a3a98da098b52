// Package match decides which rules hold for one record. It never looks at the clock: time is what the record says.
package match

import (
	"iter"
	"slices"
	"sync/atomic"

	"github.com/cmtrail/cmtrail/internal/errorcode"
	"github.com/cmtrail/cmtrail/internal/ruleset"
)

// Engine holds the index over a set of rules. It is immutable but for its counters, and any number of matchers share it.
type Engine struct {
	set    *ruleset.Set
	codes  *errorcode.Table
	groups map[string]*group // by log name
	rest   *group            // for the logs that no rule names
	errors []atomic.Uint64   // by rule
	inARow []atomic.Uint32   // by rule; at maxErrors the rule is off
}

// maxErrors is how many failures in a row switch a rule off.
const maxErrors = 100

// New builds the index.
func New(set *ruleset.Set, codes *errorcode.Table) *Engine {
	e := &Engine{set: set, codes: codes, groups: map[string]*group{},
		errors: make([]atomic.Uint64, len(set.Rules)+len(set.Events)), inARow: make([]atomic.Uint32, len(set.Rules)+len(set.Events))}
	names := map[string]bool{}
	var all []alternative
	for _, r := range slices.Concat(set.Rules, set.Events) {
		if !r.Enabled || r.Owner != nil && !set.Rules[r.Owner.Index].Enabled {
			continue
		}
		for _, m := range r.Match {
			all = append(all, alternative{r, m})
			for _, f := range m.Logs() {
				names[f] = true
			}
		}
	}
	for name := range names {
		e.groups[name] = newGroup(all, name)
	}
	e.rest = newGroup(all, "")
	return e
}

// Set returns the rules that the engine was made from.
func (e *Engine) Set() *ruleset.Set { return e.set }

// Running returns the number of rules that are not off.
func (e *Engine) Running() int {
	n := 0
	for _, r := range e.set.Rules {
		if r.Enabled {
			n++
		}
	}
	return n
}

// Errors goes over the rules whose conditions failed, with how often.
func (e *Engine) Errors() iter.Seq2[*ruleset.Rule, uint64] {
	return func(yield func(*ruleset.Rule, uint64) bool) {
		for i := range e.errors {
			r := e.rule(i)
			if n := e.errors[i].Load(); n > 0 && !yield(r, n) {
				return
			}
		}
	}
}

// GoOn takes over from an engine whose place this one takes: how often each rule has failed. Rules that were switched off
// are tried again.
func (e *Engine) GoOn(from *Engine) {
	failed := map[string]uint64{}
	for r, n := range from.Errors() {
		failed[r.ID] = n
	}
	for i := range e.errors {
		e.errors[i].Add(failed[e.rule(i).ID])
	}
}

// rule returns the rule, or the event of a rule's own, with the index.
func (e *Engine) rule(i int) *ruleset.Rule {
	if i < len(e.set.Rules) {
		return e.set.Rules[i]
	}
	return e.set.Events[i-len(e.set.Rules)]
}
