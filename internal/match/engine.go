// Package match decides which rules hold for one record. It never looks at the clock: time is what the record says.
package match

import (
	"iter"
	"slices"
	"sync/atomic"

	"github.com/cmtrail/cmtrail/internal/condition"
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

// group holds the alternatives that can hold for the records of one log.
type group struct {
	alternatives []alternative // in the order of their rules
	literals     *automaton
	byLiteral    [][]int32          // number of a literal -> alternatives
	byCode       map[uint32][]int32 // error code -> alternatives
	open         []int32            // alternatives to try on every record
	folded       []int32            // and on every record with a byte outside ASCII
}

// alternative is one match of one rule.
type alternative struct {
	rule  *ruleset.Rule
	match *ruleset.Match
}

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

func newGroup(all []alternative, log string) *group {
	g := &group{byCode: map[uint32][]int32{}}
	ids := map[string]int{}
	var literals []string
	shared := map[string]int{} // in how many sentences of the group a word stands
	var own []alternative
	for _, a := range all {
		if files := a.match.Logs(); len(files) > 0 && !slices.Contains(files, log) {
			continue
		}
		own = append(own, a)
		for _, s := range a.match.Lines {
			for _, w := range s.Words() {
				shared[w]++
			}
		}
	}
	for _, a := range own {
		id := int32(len(g.alternatives))
		g.alternatives = append(g.alternatives, a)
		need, codes := needOf(a.match, shared)
		switch {
		case codes != nil:
			for _, c := range codes {
				g.byCode[c] = append(g.byCode[c], id)
			}
		case need.Open:
			g.open = append(g.open, id)
		default:
			for _, l := range need.Literals {
				if len(l) > maxLiteral {
					l = l[len(l)-maxLiteral:]
				}
				at, known := ids[l]
				if !known {
					at = len(literals)
					ids[l] = at
					literals = append(literals, l)
					g.byLiteral = append(g.byLiteral, nil)
				}
				g.byLiteral[at] = append(g.byLiteral[at], id)
			}
			if need.Folded {
				g.folded = append(g.folded, id)
			}
		}
	}
	g.literals = newAutomaton(literals)
	return g
}

// needOf returns what a message must hold for the match: literals, or else error codes.
func needOf(m *ruleset.Match, shared map[string]int) (condition.Need, []uint32) {
	open := condition.Need{Open: true}
	if need := needOfLines(m, shared); !need.Open {
		return need, nil
	}
	if len(m.Patterns) > 0 {
		if need := either(m.Needs()); !need.Open {
			return need, nil
		}
	}
	if len(m.Codes) > 0 {
		return open, m.Codes
	}
	if m.When != nil {
		return m.When.Need(), nil
	}
	return open, nil
}

// needOfLines takes of each sentence the word that the fewest sentences share, and of those the longest: most records
// then try few rules even when they match some.
func needOfLines(m *ruleset.Match, shared map[string]int) condition.Need {
	needs := make([]condition.Need, len(m.Lines))
	for i, s := range m.Lines {
		best := ""
		for _, w := range s.Words() {
			if best == "" || len(w) >= minLiteral && rarer(shared, w, best) {
				best = w
			}
		}
		needs[i] = condition.Need{Open: best == "", Literals: []string{best}}
	}
	return either(needs)
}

// minLiteral is the number of bytes below which a word says too little to be preferred.
const minLiteral = 3

func rarer(shared map[string]int, a, b string) bool {
	if len(b) < minLiteral || shared[a] < shared[b] {
		return true
	}
	return shared[a] == shared[b] && len(a) > len(b)
}

// either is the need when one of several alternatives must hold; none at all is open.
func either(needs []condition.Need) condition.Need {
	if len(needs) == 0 {
		return condition.Need{Open: true}
	}
	var out condition.Need
	for _, n := range needs {
		if n.Open {
			return condition.Need{Open: true}
		}
		out.Folded = out.Folded || n.Folded
		out.Literals = append(out.Literals, n.Literals...)
	}
	return out
}
