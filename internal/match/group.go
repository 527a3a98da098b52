package match

import (
	"slices"

	"github.com/cmtrail/cmtrail/internal/condition"
	"github.com/cmtrail/cmtrail/internal/ruleset"
	"github.com/cmtrail/cmtrail/internal/sentence"
)

// group holds the alternatives that can hold for the records of one place.
type group struct {
	alternatives []alternative // in the order of their rules
	sieves       []*sieve      // over a literal of each: one for long literals and one for short ones, where there are any
	byCode       map[uint32][]int32
	always       []int32 // events of relations that ask nothing of a record but its place
	open         []int32 // alternatives to try on every record
	folded       []int32 // and on every record with a byte outside ASCII
}

// alternative is one match of one rule.
type alternative struct {
	rule  *ruleset.Rule
	match *ruleset.Match
}

// need is what a message must hold for an alternative: one of the literals, or else one of the error codes.
type need struct {
	condition.Need
	codes []uint32
}

func newGroup(all []alternative, p place) *group {
	g := &group{byCode: map[uint32][]int32{}}
	shared := map[string]int{} // in how many sentences of the group a text stands
	for _, a := range all {
		if !admits(a.match.Logs(), p.log) || !admits(a.match.Formats(), p.format) {
			continue
		}
		g.alternatives = append(g.alternatives, a)
		for _, s := range a.match.Lines {
			for _, p := range s.Phrases() {
				shared[p]++
			}
		}
	}
	wanted := map[string][]int32{}
	var long, short []string
	for i, a := range g.alternatives {
		id := int32(i)
		if a.rule.Owner != nil && asksNothing(a.match) {
			g.always = append(g.always, id)
			continue
		}
		need := needOf(a.match, shared)
		switch {
		case need.codes != nil:
			for _, c := range need.codes {
				g.byCode[c] = append(g.byCode[c], id)
			}
			continue
		case need.Open || slices.ContainsFunc(need.Literals, func(l string) bool { return len(l) < gramSize }):
			g.open = append(g.open, id)
			continue
		}
		if need.Folded {
			g.folded = append(g.folded, id)
		}
		for _, l := range need.Literals {
			switch {
			case wanted[l] != nil:
			case len(l) < maxWindow:
				short = append(short, l)
			default:
				long = append(long, l)
			}
			wanted[l] = append(wanted[l], id)
		}
	}
	for _, literals := range [][]string{long, short} {
		if len(literals) == 0 {
			continue
		}
		ids := make([][]int32, len(literals))
		for i, l := range literals {
			ids[i] = wanted[l]
		}
		g.sieves = append(g.sieves, newSieve(literals, ids))
	}
	return g
}

// admits tells whether a name is one of those wanted; nil wants any.
func admits(wanted []string, name string) bool { return wanted == nil || slices.Contains(wanted, name) }

func asksNothing(m *ruleset.Match) bool {
	return len(m.Lines)+len(m.Patterns)+len(m.Codes)+len(m.Except) == 0 && m.When == nil
}

// needOf returns what a message must hold for the match.
func needOf(m *ruleset.Match, shared map[string]int) need {
	open := need{Need: condition.Need{Open: true}}
	if need := needOfLines(m, shared); !need.Open {
		return need
	}
	if len(m.Patterns) > 0 {
		if n := either(m.Needs()); !n.Open {
			return need{Need: n}
		}
	}
	if len(m.Codes) > 0 {
		open.codes = m.Codes
		return open
	}
	if m.When != nil {
		return need{Need: m.When.Need()}
	}
	return open
}

// needOfLines takes one text of each sentence.
func needOfLines(m *ruleset.Match, shared map[string]int) need {
	needs := make([]condition.Need, len(m.Lines))
	for i, s := range m.Lines {
		best := choose(s, shared)
		needs[i] = condition.Need{Open: best == "", Literals: []string{best}}
	}
	return need{Need: either(needs)}
}

// choose takes the text of a sentence by which it is found at the least cost. Each sentence that shares a text is tried where
// it stands, and a short text has every message of the log looked at more closely.
func choose(s *sentence.Sentence, shared map[string]int) (best string) {
	const ofShort = 8
	least := 0
	for _, text := range s.Phrases() {
		cost := shared[text]
		if len(text) < maxWindow {
			cost += ofShort * (1 + maxWindow - len(text))
		}
		if best == "" || cost < least || cost == least && len(text) > len(best) {
			best, least = text, cost
		}
	}
	return best
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
