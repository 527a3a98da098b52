package ruleset

import (
	"strings"

	"github.com/cmtrail/cmtrail/internal/condition"
	"github.com/cmtrail/cmtrail/internal/sentence"
)

// match adds the mutants of a match. put places a changed one in a copy of the rule.
func (m *mutator) match(raw *rawMatch, put func(c *rawRule, changed *rawMatch)) {
	m.clauses(raw, nil, put)
	for i, inner := range raw.any {
		if len(raw.any) > 1 {
			m.addAt("any", inner.src.at(inner.node), "alternative "+itoa(i+1)+" of "+itoa(len(raw.any))+" is dropped",
				"no test hits by this alternative alone", func(c *rawRule) {
					outer := *raw
					outer.any = without(raw.any, i)
					put(c, &outer)
				})
		}
		m.clauses(inner, raw, func(c *rawRule, changed *rawMatch) {
			outer := *raw
			outer.any = with(raw.any, i, changed)
			put(c, &outer)
		})
	}
}

// clauses adds the mutants of what stands in one match, or in one alternative of the outer.
func (m *mutator) clauses(raw, outer *rawMatch, put func(c *rawRule, changed *rawMatch)) {
	change := func(clause string, at text, what, hint string, do func(n *rawMatch)) {
		m.add(clause, at, what, hint, func(c *rawRule) {
			n := *raw
			do(&n)
			n.admit(outer)
			put(c, &n)
		})
	}
	list := func(clause string, all func(*rawMatch) *[]text, one, whole string) {
		texts := *all(raw)
		if len(texts) > 1 {
			for i, t := range texts {
				change(clause, t, quote(t.String())+" is dropped", one, func(n *rawMatch) { *all(n) = without(texts, i) })
			}
		}
		if len(texts) > 0 {
			what := clause + " is dropped"
			if len(texts) == 1 {
				what = quote(texts[0].String()) + " is dropped"
			} else {
				what += " as a whole"
			}
			change(clause, texts[0], what, whole, func(n *rawMatch) { *all(n) = nil })
		}
	}
	list("file", func(n *rawMatch) *[]text { return &n.files }, "no test hits in this log", "no near miss has the rule's text in another log")
	list("line", func(n *rawMatch) *[]text { return &n.lines }, "no test hits by this sentence alone", "no near miss has everything but the sentence")
	for i, t := range raw.lines {
		for name, loose := range loosened(t.String()) {
			change("hole", t, "<"+name+"> takes any text", "no near miss has another text in this hole", func(n *rawMatch) {
				n.lines = with(raw.lines, i, t.saying(loose))
			})
		}
	}
	list("pattern", func(n *rawMatch) *[]text { return &n.patterns }, "no test hits by this pattern alone", "no near miss has everything but the pattern")
	list("code", func(n *rawMatch) *[]text { return &n.codes }, "no test hits with this code", "no near miss has another code")
	if raw.when.given() {
		change("when", raw.when, "its condition is dropped", "no near miss fails by its condition", func(n *rawMatch) { n.when = text{} })
		m.conditions("when", raw.when, func(c *rawRule, now text) {
			n := *raw
			n.when = now
			put(c, &n)
		})
	}
}

// conditions adds the mutants of a condition's parts.
func (m *mutator) conditions(clause string, t text, put func(c *rawRule, now text)) {
	for _, part := range condition.Mutants(t.String()) {
		hint := "no near miss fails by this part of the condition alone"
		if !part.Wider {
			hint = "no test hits by this part of the condition alone"
		}
		m.addAt(clause, t.src.within(t.node, part.Offset), part.Part+" is dropped", hint, func(c *rawRule) { put(c, t.saying(part.Text)) })
	}
}

// admit lets a match that asks for nothing any more hold for every record.
func (m *rawMatch) admit(outer *rawMatch) {
	asks := func(m *rawMatch) bool {
		return m != nil && (len(m.lines)+len(m.patterns)+len(m.codes) > 0 || m.when.given())
	}
	if !asks(m) && !asks(outer) && len(m.any) == 0 {
		m.when = text{src: m.src}.saying("true")
	}
}

// loosened returns a sentence once for each of its typed holes, which there takes any text. They come by the hole as
// written, in order.
func loosened(line string) func(yield func(hole, sentence string) bool) {
	return func(yield func(hole, sentence string) bool) {
		compiled, err := sentence.Compile(line)
		if err != nil {
			return
		}
		at := 0
		for _, h := range compiled.Holes() {
			name := h.Name
			if name == "" {
				name = "_"
			}
			written := name + ":" + h.Type.String()
			i := strings.Index(line[at:], "<"+written+">")
			if i < 0 || h.Type == sentence.Text { // written without a type
				continue
			}
			at += i
			if !yield(written, line[:at]+"<"+name+">"+line[at+len(written)+2:]) {
				return
			}
		}
	}
}
