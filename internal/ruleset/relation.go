package ruleset

import (
	"time"

	"gopkg.in/yaml.v3"
)

// Correlation is what relates several records. Which fields are set depends on Kind.
type Correlation struct {
	Kind       string // sequence | threshold | absence | change | silence | duration
	Steps      []Event
	Of         Event
	After      Event
	Expect     Event
	From, To   Event
	Unless     []Event
	CoveredBy  []string // log names that can carry the answer
	Value      string   // the hole whose change is noticed
	By         []string // holes that name an instance
	Within     time.Duration
	LongerThan time.Duration
	AtLeast    int
	Distinct   string // the hole, or host, whose distinct values are counted
	AcrossHost bool
}

// Event is what a relation waits for: a rule of any pack, or a match of the rule's own.
type Event struct {
	Name  string
	Rule  *Rule    // nil for an event of the rule's own
	Match []*Match // of an event of the rule's own
}

// Journey follows one run from end to end.
type Journey struct {
	ID           string
	Starts       []*Rule
	Ends         map[string][]*Rule // by state: completed, failed
	Keys         []string
	Near         map[string]time.Duration // by log name
	StalledAfter time.Duration
}

var (
	duration = shape{"type": "string", "description": "A duration such as 90s, 10m, 24h, or a $parameter."}

	relOf      = must(one("of", "The event that is counted or compared.", shapeText, func(r *rawRelation) *text { return &r.of }))
	relAfter   = must(one("after", "The event that asks.", shapeText, func(r *rawRelation) *text { return &r.after }))
	relExpect  = must(one("expect", "The event that answers.", shapeText, func(r *rawRelation) *text { return &r.expect }))
	relFrom    = must(one("from", "The event that opens.", shapeText, func(r *rawRelation) *text { return &r.from }))
	relTo      = must(one("to", "The event that closes.", shapeText, func(r *rawRelation) *text { return &r.to }))
	relValue   = must(one("value", "The hole whose value is compared.", shapeText, func(r *rawRelation) *text { return &r.value }))
	relSteps   = must(many("steps", "The events, in order.", func(r *rawRelation) *[]text { return &r.steps }))
	relBy      = many("by", "Holes that name one instance.", func(r *rawRelation) *[]text { return &r.by })
	relUnless  = many("unless", "Events that call it off.", func(r *rawRelation) *[]text { return &r.unless })
	relWithin  = must(one("within", "How long; there is no default.", duration, func(r *rawRelation) *text { return &r.within }))
	relLonger  = must(one("longer_than", "How long is too long.", duration, func(r *rawRelation) *text { return &r.longerThan }))
	relAcross  = one("across", "hosts: relate records of several hosts.", enum("hosts"), func(r *rawRelation) *text { return &r.across })
	relCovered = many("covered_by", "Logs that can carry the answer.", func(r *rawRelation) *[]text { return &r.coveredBy })
)

var (
	sequenceFields  = []field[rawRelation]{relSteps, relWithin, relBy, relUnless, relAcross}
	thresholdFields = []field[rawRelation]{relOf, relWithin, relBy, relAcross,
		must(one("at_least", "How many.", shapeValue, func(r *rawRelation) *text { return &r.atLeast })),
		one("distinct", "Count distinct values of this hole, or of host.", shapeText, func(r *rawRelation) *text { return &r.distinct })}
	absenceFields  = []field[rawRelation]{relAfter, relExpect, relWithin, relBy, relCovered, relUnless, relAcross}
	changeFields   = []field[rawRelation]{relOf, relValue, relBy, relAcross}
	durationFields = []field[rawRelation]{relFrom, relTo, relLonger, relBy, relAcross}
	duringFields   = []field[rawRelation]{
		must(one("from", "The event that opens the run.", shapeText, func(r *rawRelation) *text { return &r.duringFrom })),
		must(one("to", "The event that ends it.", shapeText, func(r *rawRelation) *text { return &r.duringTo })),
	}
	silenceFields = []field[rawRelation]{relLonger, relBy, relAcross, {
		key: "during", doc: "The run inside which silence counts.", shape: object(duringFields), must: true,
		decode: func(d *decoder, n *yaml.Node, r *rawRelation) { mapping(d, n, "during", duringFields, r) },
	}}
)

func relation(kind string, fields []field[rawRelation]) field[rawRule] {
	return field[rawRule]{key: kind, doc: "Relates records: " + kind + ".", shape: object(fields), decode: func(d *decoder, n *yaml.Node, r *rawRule) {
		if r.kind != "" {
			d.fail(d.src.at(n), "rule has both "+r.kind+" and "+kind+": one relation a rule")
			return
		}
		r.kind, r.kindNode, r.relation = kind, n, &rawRelation{}
		mapping(d, n, kind, fields, r.relation)
	}}
}

// relate compiles a rule's relation once all rules are known.
func (c *compiler) relate(raw *rawRule, rule *Rule) {
	r := raw.relation
	out := &Correlation{Kind: raw.kind, AcrossHost: r.across.given()}
	var first *Event
	event := func(t text) Event {
		if !t.given() {
			return Event{}
		}
		e := c.event(raw, t)
		if first == nil && (e.Rule != nil || e.Match != nil) {
			first = &e
		}
		return e
	}
	out.Of, out.After, out.Expect = event(r.of), event(r.after), event(r.expect)
	out.From, out.To = event(r.from), event(r.to)
	if raw.kind == "silence" {
		out.From, out.To = event(r.duringFrom), event(r.duringTo)
	}
	for _, s := range r.steps {
		out.Steps = append(out.Steps, event(s))
	}
	if raw.kind == "sequence" && len(r.steps) == 1 {
		c.failAt(r.steps[0], "sequence has one step, expected two or more")
	}
	for _, u := range r.unless {
		out.Unless = append(out.Unless, event(u))
	}
	for _, l := range r.coveredBy {
		out.CoveredBy = append(out.CoveredBy, c.logName(l.String()))
	}
	out.Within, out.LongerThan = c.duration(r.within), c.duration(r.longerThan)
	out.AtLeast = c.positive(r.atLeast)
	holes := func(t text) string {
		name := t.String()
		if name != "host" && first != nil && !contains(first.holes(), name) {
			c.failAt(t, quote(name)+" is no hole of "+first.Name+near(name, append(first.holes(), "host")))
		}
		return name
	}
	for _, b := range r.by {
		out.By = append(out.By, holes(b))
	}
	if r.distinct.given() {
		out.Distinct = holes(r.distinct)
	}
	if r.value.given() {
		out.Value = holes(r.value)
	}
	rule.Correlation = out
}

func (e Event) holes() []string {
	alternatives := e.Match
	if e.Rule != nil {
		alternatives = e.Rule.Match
		if c := e.Rule.Correlation; c != nil {
			return c.By
		}
	}
	if len(alternatives) == 0 {
		return nil
	}
	return alternatives[0].Holes
}

// event resolves the name of a rule or of an event of the rule's own.
func (c *compiler) event(raw *rawRule, t text) Event {
	var known []string
	for _, e := range raw.events {
		if e.name.String() == t.String() {
			return Event{Name: t.String(), Match: c.alternatives(e.match)}
		}
		known = append(known, e.name.String())
	}
	if r := c.byID[t.String()]; r != nil {
		return Event{Name: r.ID, Rule: r}
	}
	c.failAt(t, "unknown rule or event "+quote(t.String())+near(t.String(), append(known, c.ids...)))
	return Event{Name: t.String()}
}

func (c *compiler) journey(raw *rawJourney) *Journey {
	j := &Journey{ID: raw.id.String(), Ends: map[string][]*Rule{}, Near: map[string]time.Duration{}, StalledAfter: c.duration(raw.stalledAfter)}
	rules := func(names []text) (out []*Rule) {
		for _, t := range names {
			if r := c.byID[t.String()]; r != nil {
				out = append(out, r)
				continue
			}
			c.failAt(t, "unknown rule "+quote(t.String())+near(t.String(), c.ids))
		}
		return out
	}
	j.Starts = rules(raw.starts)
	for _, e := range raw.ends {
		if s := e.state.String(); s != "completed" && s != "failed" {
			c.failAt(e.state, "unknown state "+quote(s)+", expected completed or failed")
		}
		j.Ends[e.state.String()] = rules(e.rules)
	}
	for _, k := range raw.keys {
		if !c.holeNames[k.String()] {
			c.failAt(k, quote(k.String())+" is a hole of no rule")
		}
		j.Keys = append(j.Keys, k.String())
	}
	for _, n := range raw.near {
		j.Near[c.logName(n.name.String())] = c.duration(n.value)
	}
	return j
}
