// Package match decides which rules hold for one record. It never looks at the clock: time is what the record says.
package match

import (
	"iter"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/cmtrail/cmtrail/internal/errorcode"
	"github.com/cmtrail/cmtrail/internal/ruleset"
)

// Engine holds the index over a set of rules. Any number of matchers share it: it is immutable but for its counters and for
// its groups, each of which is made for the first record that needs it.
type Engine struct {
	set          *ruleset.Set
	codes        *errorcode.Table
	alternatives []alternative
	logs         map[string]string // those that rules name, to themselves; all others are alike
	formats      map[string]string // as logs
	groups       sync.Map          // place -> *group
	errors       []atomic.Uint64   // by rule
	inARow       []atomic.Uint32   // by rule; at maxErrors the rule is off
	forgotten    atomic.Uint64     // issues of which it is not known any more that they were reported in their period
}

// place is what decides, before a record is looked at, which alternatives can hold for it.
type place struct {
	log    string // "" for the logs that no rule names
	format string // "" for the formats that no rule names
}

// maxErrors is how many failures in a row switch a rule off.
const maxErrors = 100

// New builds the index.
func New(set *ruleset.Set, codes *errorcode.Table) *Engine {
	e := &Engine{set: set, codes: codes, logs: map[string]string{}, formats: map[string]string{},
		errors: make([]atomic.Uint64, len(set.Rules)+len(set.Events)), inARow: make([]atomic.Uint32, len(set.Rules)+len(set.Events))}
	for _, r := range slices.Concat(set.Rules, set.Events) {
		if !r.Enabled || r.Owner != nil && !set.Rules[r.Owner.Index].Enabled {
			continue
		}
		for _, m := range r.Match {
			e.alternatives = append(e.alternatives, alternative{r, m})
			for _, f := range m.Logs() {
				e.logs[f] = f
			}
			for _, f := range m.Formats() {
				e.formats[f] = f
			}
		}
	}
	return e
}

// group returns the alternatives for the records of a place.
func (e *Engine) group(p place) *group {
	g, ok := e.groups.Load(p)
	if !ok {
		g, _ = e.groups.LoadOrStore(p, newGroup(e.alternatives, p))
	}
	return g.(*group)
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

// Forgotten returns of how many issues that are reported once a period it was forgotten that they had been, because there were
// too many. They may have been reported once more.
func (e *Engine) Forgotten() uint64 { return e.forgotten.Load() }

// GoOn takes over from an engine whose place this one takes: how often each rule has failed. Rules that were switched off
// are tried again.
func (e *Engine) GoOn(from *Engine) {
	e.forgotten.Add(from.forgotten.Load())
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
