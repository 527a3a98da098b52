package ruleset

import (
	"strings"
	"time"
)

// relation adds the mutants of what relates records.
func (m *mutator) relation(raw *rawRelation) {
	change := func(clause string, at text, what, hint string, do func(r *rawRelation)) {
		m.add(clause, at, what, hint, func(c *rawRule) {
			r := *raw
			do(&r)
			c.relation = &r
		})
	}
	m.time("within", raw.within, change, func(r *rawRelation) *text { return &r.within })
	m.time("longer_than", raw.longerThan, change, func(r *rawRelation) *text { return &r.longerThan })
	for _, l := range []struct {
		clause string
		all    func(*rawRelation) *[]text
		hint   string
	}{
		{"by", func(r *rawRelation) *[]text { return &r.by }, "no test has records that differ in it alone"},
		{"unless", func(r *rawRelation) *[]text { return &r.unless }, "no near miss has this event"},
		{"covered_by", func(r *rawRelation) *[]text { return &r.coveredBy }, "no test has an answer that could come in this log alone"},
	} {
		texts := *l.all(raw)
		for i, t := range texts {
			change(l.clause, t, quote(t.String())+" is dropped", l.hint, func(r *rawRelation) { *l.all(r) = without(texts, i) })
		}
	}
	if len(raw.steps) > 2 {
		for i, t := range raw.steps {
			change("steps", t, quote(t.String())+" is dropped", "no near miss lacks this step alone", func(r *rawRelation) { r.steps = without(raw.steps, i) })
		}
	}
	m.count(raw.atLeast, change)
	if raw.distinct.given() {
		change("distinct", raw.distinct, "distinct is dropped", "no near miss has one value too often", func(r *rawRelation) { r.distinct = text{} })
	}
	if raw.value.given() && m.raw.kind == "silence" {
		change("value", raw.value, "value is dropped", "no test has a record that repeats the value", func(r *rawRelation) { r.value = text{} })
	}
	if raw.of.given() && m.raw.kind == "silence" {
		change("of", raw.of, "of is dropped", "no test has another record in the silence", func(r *rawRelation) { r.of, r.value = text{}, text{} })
	}
	if raw.across.given() {
		change("across", raw.across, "across is dropped", "no test has the records on several hosts", func(r *rawRelation) { r.across = text{} })
	}
	if m.raw.kind == "sequence" {
		if raw.anyOrder.String() == "true" {
			change("any_order", raw.anyOrder, "any_order is dropped", "no test has the events in another order", func(r *rawRelation) { r.anyOrder = text{} })
		} else {
			n := raw.steps[0].saying("true")
			n.node.Tag = "!!bool"
			change("steps", raw.steps[0], "the steps may come in any order", "no near miss has them in another order", func(r *rawRelation) { r.anyOrder = n })
		}
	}
	if raw.when.given() {
		change("when", raw.when, "its condition is dropped", "no near miss fails by its condition", func(r *rawRelation) { r.when = text{} })
		m.conditions("when", raw.when, func(c *rawRule, now text) {
			r := *raw
			r.when = now
			c.relation = &r
		})
	}
}

type changeRelation func(clause string, at text, what, hint string, do func(r *rawRelation))

// time makes a duration ten times as long, and a tenth.
func (m *mutator) time(clause string, t text, change changeRelation, get func(*rawRelation) *text) {
	d, err := time.ParseDuration(m.c.given(t))
	if err != nil {
		return
	}
	for _, now := range []struct {
		d    time.Duration
		what string
	}{{10 * d, "ten times"}, {d / 10, "a tenth of"}} {
		change(clause, t, clause+" is "+now.what+" "+short(d), "no test has records that lie "+between(d, now.d)+" apart", func(r *rawRelation) {
			*get(r) = t.saying(now.d.String())
		})
	}
}

func between(a, b time.Duration) string {
	return "between " + short(min(a, b)) + " and " + short(max(a, b))
}

// short writes a duration as rule files do: 1h, not 1h0m0s.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = s[:len(s)-2]
	}
	if strings.HasSuffix(s, "h0m") {
		s = s[:len(s)-2]
	}
	return s
}

// count makes a number one more, and one less.
func (m *mutator) count(t text, change changeRelation) {
	if !t.given() {
		return
	}
	n := 0
	for _, r := range m.c.given(t) {
		n = 10*n + int(r-'0')
	}
	for _, now := range []int{n + 1, n - 1} {
		if now < 1 {
			continue
		}
		hint := "no test has exactly " + itoa(n)
		if now < n {
			hint = "no near miss has exactly " + itoa(now)
		}
		change("at_least", t, "at_least is "+itoa(now), hint, func(r *rawRelation) { r.atLeast = t.saying(itoa(now)) })
	}
}

// given is the text of a number or duration that is known to be right.
func (c *compiler) given(t text) string {
	if len(t.String()) > 1 && t.String()[0] == '$' {
		return c.parameters[t.String()[1:]].value.String()
	}
	return t.String()
}
