package ruleset

import "gopkg.in/yaml.v3"

// Mutant is a rule with one of its clauses changed. Tests that all still pass do not notice the clause.
type Mutant struct {
	Rule   *Rule
	Clause string // what was changed: file, line, hole, pattern, code, when, any, generic, or a key of a relation
	What   string // the change, for people
	Hint   string // what test would notice it
	Where  Place

	raw *rawRule
}

// Mutants returns the rule's mutants, in the order of its clauses. The set must have been loaded with Keep; a clause
// without which the rule would not load has no mutant.
func (s *Set) Mutants(r *Rule) []Mutant {
	raw := s.written.raw[r]
	m := &mutator{c: s.written, rule: r, raw: raw}
	if raw.generic.given() && r.Generic {
		m.add("generic", raw.generic, "generic is dropped", "no test has a record on which a specific issue shows, too", func(c *rawRule) { c.generic = text{} })
	}
	if raw.match != nil {
		m.match(raw.match, func(c *rawRule, changed *rawMatch) { c.match = changed })
	}
	for i, e := range raw.events {
		m.match(e.match, func(c *rawRule, changed *rawMatch) {
			c.events = with(c.events, i, &rawEvent{e.name, changed})
		})
	}
	if raw.relation != nil {
		m.relation(raw.relation)
	}
	return m.all
}

// Alone returns a set of the rule, or of its mutant when that is not nil, with what it refers to and the rules beside
// it. The rule comes first. It is nil when the mutant does not load.
func (s *Set) Alone(r *Rule, mutant *Mutant, beside []*Rule) *Set {
	raws := []*rawRule{s.written.raw[r]}
	if mutant != nil {
		raws[0] = mutant.raw
	}
	seen := map[*Rule]bool{r: true}
	var reach func(r *Rule)
	reach = func(r *Rule) {
		if !seen[r] && s.written.raw[r] != nil { // events of a rule's own come with it
			seen[r] = true
			raws = append(raws, s.written.raw[r])
		}
		if r.Correlation != nil {
			for e := range r.Correlation.Events {
				if !seen[e.Rule] {
					reach(e.Rule)
				}
			}
		}
	}
	reach(r)
	for _, b := range beside {
		reach(b)
	}
	return s.written.some(raws, s.Steps)
}

// some compiles a few of the rules by themselves, as written: without overrides.
func (c *compiler) some(raws []*rawRule, steps []*Step) *Set {
	some := newCompiler(c.Options)
	some.lists, some.macros, some.parameters, some.steps, some.scope = c.lists, c.macros, c.parameters, c.steps, c.scope
	set := &Set{Steps: steps}
	for _, raw := range raws {
		some.rule(raw, &overrideSet{}, set)
	}
	some.relations(set)
	if len(some.faults) > 0 {
		return nil
	}
	some.number(set)
	return set
}

// mutator collects the mutants of one rule.
type mutator struct {
	c    *compiler
	rule *Rule
	raw  *rawRule
	all  []Mutant
}

// add notes a mutant: a copy of the rule that change has changed. Change must leave what the copy points to as it is.
func (m *mutator) add(clause string, at text, what, hint string, change func(c *rawRule)) {
	m.addAt(clause, at.place(), what, hint, change)
}

func (m *mutator) addAt(clause string, at Place, what, hint string, change func(c *rawRule)) {
	changed := *m.raw
	change(&changed)
	m.all = append(m.all, Mutant{Rule: m.rule, Clause: clause, What: what, Hint: hint, Where: at, raw: &changed})
}

// without returns the list without its entry i.
func without[T any](all []T, i int) []T {
	return append(append([]T(nil), all[:i]...), all[i+1:]...)
}

// with returns the list with another entry i.
func with[T any](all []T, i int, now T) []T {
	out := append([]T(nil), all...)
	out[i] = now
	return out
}

// saying returns a text that says something else at the same place.
func (t text) saying(value string) text {
	n := yaml.Node{Kind: yaml.ScalarNode}
	if t.node != nil {
		n = *t.node
	}
	n.Value = value
	return text{&n, t.src}
}
