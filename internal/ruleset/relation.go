package ruleset

import (
	"slices"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/cmtrail/cmtrail/internal/condition"
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
	MaxOpen    int                  // instances pending at a time; 0: the engine's default
	AnyOrder   bool                 // a sequence whose events may come in any order
	When       *condition.Condition // of a sequence or change: what must hold of the holes of all its events; nil: nothing
}

// Previous is the name under which the condition of a change sees the value before.
const Previous = "previous"

// Event is what a relation waits for: a rule of any pack, or an event of the rule's own, which stands as a rule in
// Set.Events.
type Event struct {
	Name string
	Rule *Rule // nil when the relation names no such event
}

// Events goes over the events that the relation names, in the order of its keys. Those of unless come last.
func (c *Correlation) Events(yield func(Event) bool) {
	for _, group := range [][]Event{{c.Of, c.After, c.Expect, c.From, c.To}, c.Steps, c.Unless} {
		for _, e := range group {
			if e.Rule != nil && !yield(e) {
				return
			}
		}
	}
}

// Journey follows one run from end to end.
type Journey struct {
	ID           string
	Title        string
	Starts       []*Rule
	Ends         map[string][]*Rule // by state: completed, failed
	Reaches      map[*Rule]*Step    // rules of other flows that show a step of the run
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
	relMaxOpen = one("max_open", "Instances pending at a time, at most; the default is 10000.", shapeValue, func(r *rawRelation) *text { return &r.maxOpen })
	relWhen    = one("when", "A condition over the holes of all its events.", shapeText, func(r *rawRelation) *text { return &r.when })
	relCovered = many("covered_by", "Logs that can carry the answer.", func(r *rawRelation) *[]text { return &r.coveredBy })
)

var (
	sequenceFields = []field[rawRelation]{relSteps, relWithin, relBy, relUnless, relWhen, relAcross, relMaxOpen,
		one("any_order", "Whether the events may come in any order.", shapeBool, func(r *rawRelation) *text { return &r.anyOrder })}
	thresholdFields = []field[rawRelation]{relOf, relWithin, relBy, relAcross, relMaxOpen,
		must(one("at_least", "How many.", shapeValue, func(r *rawRelation) *text { return &r.atLeast })),
		one("distinct", "Count distinct values of this hole, or of host.", shapeText, func(r *rawRelation) *text { return &r.distinct })}
	absenceFields  = []field[rawRelation]{relAfter, relExpect, relWithin, relBy, relCovered, relUnless, relAcross, relMaxOpen}
	changeFields   = []field[rawRelation]{relOf, relValue, relBy, relWhen, relAcross, relMaxOpen}
	durationFields = []field[rawRelation]{relFrom, relTo, relLonger, relBy, relAcross, relMaxOpen}
	duringFields   = []field[rawRelation]{
		must(one("from", "The event that opens the run.", shapeText, func(r *rawRelation) *text { return &r.duringFrom })),
		must(one("to", "The event that ends it.", shapeText, func(r *rawRelation) *text { return &r.duringTo })),
	}
	silenceFields = []field[rawRelation]{relLonger, relBy, relAcross, relMaxOpen,
		one("of", "The event that breaks the silence; any record of the run's log otherwise.", shapeText, func(r *rawRelation) *text { return &r.of }),
		one("value", "A hole of that event: only another value than the last breaks the silence.", shapeText, func(r *rawRelation) *text { return &r.value }), {
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
	own := map[string]*Rule{}
	event := func(t text) Event {
		if !t.given() {
			return Event{}
		}
		return c.event(raw, rule, own, t)
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
		c.filled(t, raw.kind, out)
		return t.String()
	}
	for _, b := range r.by {
		out.By = append(out.By, holes(b))
	}
	if r.distinct.given() {
		out.Distinct = holes(r.distinct)
	}
	if r.value.given() {
		out.Value = c.valueOf(r.value, out)
	}
	out.MaxOpen, out.AnyOrder = c.positive(r.maxOpen), c.boolean(r.anyOrder)
	if r.when.given() {
		out.When = c.relationCondition(r.when, out)
	}
	rule.Correlation = out
}

// relationCondition compiles a condition over the holes of all events of a relation.
func (c *compiler) relationCondition(t text, out *Correlation) *condition.Condition {
	var holes []string
	if out.Kind == "change" {
		holes = append(holes, Previous)
	}
	for e := range out.Events {
		for _, h := range c.holesOf(e.Rule) {
			if h != "" && !contains(holes, h) {
				holes = append(holes, h)
			}
		}
	}
	return c.condition(t, t.String(), holes)
}

// builtin are the keys that every record has, besides the holes of its rules.
var builtin = []string{"host", "thread"}

// filled checks that every event of the relation fills the hole: one that does not could never belong to an instance.
// What calls a relation off may lack it, and then calls off all of the host.
func (c *compiler) filled(t text, kind string, out *Correlation) {
	name := t.String()
	if contains(builtin, name) {
		return
	}
	events := append([]Event{out.Of, out.After, out.Expect, out.From, out.To}, out.Steps...)
	for _, e := range events {
		if e.Rule == nil {
			continue
		}
		if have := c.holesOf(e.Rule); !contains(have, name) {
			c.failAt(t, quote(name)+" is no hole of "+e.Name+near(name, append(have, builtin...)))
			return
		}
	}
}

// valueOf checks the hole whose value is compared: the event that carries it must fill it.
func (c *compiler) valueOf(t text, out *Correlation) string {
	if out.Of.Rule == nil {
		if out.Of.Name == "" {
			c.failAt(t, "value stands without of, expected the event that carries it")
		}
		return t.String()
	}
	if have := c.holesOf(out.Of.Rule); !contains(have, t.String()) {
		c.failAt(t, quote(t.String())+" is no hole of "+out.Of.Name+near(t.String(), have))
	}
	return t.String()
}

// holesOf returns the names that a rule fills on a record: those of its match, or what names the instances of its
// relation, and for a sequence, which has seen all its steps, what they fill.
func (c *compiler) holesOf(r *Rule) []string {
	have := c.ownHoles(r)
	if r.Correlation != nil && r.Correlation.Kind == "sequence" {
		for _, e := range r.Correlation.Steps {
			if e.Rule != nil {
				have = append(have, c.ownHoles(e.Rule)...)
			}
		}
	}
	return have
}

func (c *compiler) ownHoles(r *Rule) []string {
	if raw := c.raw[r]; raw != nil && raw.relation != nil {
		return append(strs(raw.relation.by), raw.relation.value.String(), raw.relation.distinct.String())
	}
	if len(r.Match) == 0 {
		return nil
	}
	return slices.Clone(r.Match[0].Holes)
}

// event resolves the name of a rule or of an event of the rule's own. The latter becomes a rule that only the relation
// sees.
func (c *compiler) event(raw *rawRule, rule *Rule, own map[string]*Rule, t text) Event {
	name := t.String()
	if r := own[name]; r != nil {
		return Event{name, r}
	}
	var known []string
	for _, e := range raw.events {
		if e.name.String() == name {
			own[name] = &Rule{ID: rule.ID + "#" + name, Owner: rule, Enabled: true, Match: c.alternatives(e.match), File: rule.File, Line: rule.Line}
			c.events = append(c.events, own[name])
			return Event{name, own[name]}
		}
		known = append(known, e.name.String())
	}
	if r := c.byID[name]; r != nil {
		return Event{name, r}
	}
	c.failAt(t, "unknown rule or event "+quote(name)+near(name, append(known, c.ids...)))
	return Event{Name: name}
}

func (c *compiler) journey(raw *rawJourney) *Journey {
	j := &Journey{ID: raw.id.String(), Title: raw.title.String(), Ends: map[string][]*Rule{}, Reaches: map[*Rule]*Step{}, Near: map[string]time.Duration{}, StalledAfter: c.duration(raw.stalledAfter)}
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
	for _, e := range raw.reaches {
		step := c.steps[e.step.String()]
		if step == nil {
			c.failAt(e.step, "unknown step "+quote(e.step.String())+near(e.step.String(), sortedKeys(c.steps)))
			continue
		}
		for _, r := range rules(e.rules) {
			j.Reaches[r] = step
		}
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
