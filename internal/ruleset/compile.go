package ruleset

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cmtrail/cmtrail/internal/condition"
)

// compiler turns decoded files into a set.
type compiler struct {
	Options
	files      []*rawFile
	faults     []Fault
	lists      map[string]*entry
	macros     map[string]*entry
	parameters map[string]*entry
	steps      map[string]*Step
	byID       map[string]*Rule
	ids        []string
	holeNames  map[string]bool
	scope      condition.Scope
	raw        map[*Rule]*rawRule
	warnings   []Fault
	events     []*Rule
	expires    time.Time
}

func newCompiler(opt Options) *compiler {
	return &compiler{
		Options: opt, lists: map[string]*entry{}, macros: map[string]*entry{}, parameters: map[string]*entry{},
		steps: map[string]*Step{}, byID: map[string]*Rule{}, holeNames: map[string]bool{}, raw: map[*Rule]*rawRule{},
	}
}

func (c *compiler) failAt(t text, what string) { c.fail(t.place(), what) }

func (c *compiler) fail(at Place, what string) {
	c.faults = append(c.faults, Fault{File: at.File, Line: at.Line, Col: at.Col, Text: what})
}

func (c *compiler) compile() *Set {
	set := &Set{}
	c.declare()
	over := c.overrides()
	c.scope = c.newScope()
	flows := map[string]int{}
	for _, f := range c.files {
		c.addPack(set, f)
		for _, s := range f.steps {
			c.step(s, flows, set)
		}
	}
	slices.SortStableFunc(set.Steps, func(a, b *Step) int {
		return cmp.Or(cmp.Compare(flows[flow(a.ID)], flows[flow(b.ID)]), cmp.Compare(a.ID, b.ID))
	})
	for i, s := range set.Steps {
		s.Index = i
	}
	for _, f := range c.files {
		for _, raw := range f.rules {
			c.rule(raw, over, set)
		}
	}
	c.ids = sortedKeys(c.byID)
	c.relations(set)
	for _, r := range set.Rules {
		if r.ReplacedBy != "" && c.byID[r.ReplacedBy] == nil {
			c.failAt(c.raw[r].replacedBy, "unknown rule "+quote(r.ReplacedBy)+near(r.ReplacedBy, c.ids))
		}
		c.also(c.raw[r].also, r)
	}
	for _, f := range c.files {
		for _, j := range f.journeys {
			set.Journeys = append(set.Journeys, c.journey(j))
		}
	}
	over.check(c)
	c.number(set)
	set.Warnings, set.Expires = c.warnings, c.expires
	if c.Keep {
		set.written = c
	}
	return set
}

// relations compiles what relates records, sequences first: others can use what their steps caught.
func (c *compiler) relations(set *Set) {
	for _, sequences := range []bool{true, false} {
		for _, r := range set.Rules {
			if raw := c.raw[r]; raw.relation != nil && (raw.kind == "sequence") == sequences {
				c.relate(raw, r)
			}
		}
	}
}

// number gives the rules and the events of their own their places in the set.
func (c *compiler) number(set *Set) {
	for i, r := range set.Rules {
		r.Index = i
	}
	for i, e := range c.events {
		e.Index = len(set.Rules) + i
	}
	set.Events = c.events
}

// declare collects the names that any file may use, so that the order of files does not matter.
func (c *compiler) declare() {
	for _, f := range c.files {
		for _, e := range f.lists {
			c.name(c.lists, "list", e)
		}
		for _, e := range f.macros {
			c.name(c.macros, "macro", e)
		}
		for _, e := range f.parameters {
			c.name(c.parameters, "parameter", e)
		}
	}
}

var nameForm = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

func (c *compiler) name(all map[string]*entry, what string, e *entry) {
	n := e.name.String()
	switch first := all[n]; {
	case first != nil:
		c.failAt(e.name, what+" "+quote(n)+" stands twice; first at "+first.name.place().String())
	case !nameForm.MatchString(n):
		c.failAt(e.name, what+" "+quote(n)+": expected lower-case letters, digits and underscores")
	case what != "parameter" && condition.Reserved(n):
		c.failAt(e.name, what+" "+quote(n)+" is a name of the condition language")
	default:
		all[n] = e
	}
}

// maxItems bounds a list: each condition that names it keeps its own copy.
const maxItems = 100_000

func (c *compiler) newScope() condition.Scope {
	s := condition.Scope{Lists: map[string][]any{}, Macros: map[string]string{}, Parameters: map[string]string{}, Codes: c.Codes, LogName: c.LogName}
	for n, e := range c.lists {
		if len(e.list) > maxItems {
			c.fail(e.name.place(), "list "+n+" has "+itoa(len(e.list))+" items, expected "+itoa(maxItems)+" at most")
			continue
		}
		s.Lists[n] = e.list
	}
	for n, e := range c.macros {
		s.Macros[n] = e.value.String()
	}
	for n, e := range c.parameters {
		s.Parameters[n] = e.value.String()
	}
	return s
}

func (c *compiler) addPack(set *Set, f *rawFile) {
	name := f.pack.String()
	if !f.pack.given() {
		return
	}
	for i := range set.Packs {
		if set.Packs[i].Name == name {
			set.Packs[i].Files = append(set.Packs[i].Files, f.src.name)
			return
		}
	}
	set.Packs = append(set.Packs, Pack{Name: name, Version: f.version.String(), Files: []string{f.src.name}})
}

var stepForm = regexp.MustCompile(`^([a-z]+)\.([0-9]{2})(?:\.([0-9]{2}))?(?:\.[a-z]+)?$`)

func flow(id string) string { f, _, _ := strings.Cut(id, "."); return f }

func (c *compiler) step(raw *rawStep, flows map[string]int, set *Set) {
	if !raw.id.given() {
		return
	}
	id := raw.id.String()
	m := stepForm.FindStringSubmatch(id)
	if m == nil {
		c.failAt(raw.id, "step id "+quote(id)+": expected a flow and numbers of two digits, such as scan.01.03")
		return
	}
	if c.steps[id] != nil {
		c.failAt(raw.id, "step "+quote(id)+" stands twice")
		return
	}
	if raw.runsOn.given() && !contains(placements, raw.runsOn.String()) {
		c.failAt(raw.runsOn, "unknown runs_on "+quote(raw.runsOn.String())+oneOf(placements))
	}
	major, _ := strconv.Atoi(m[2])
	minor, _ := strconv.Atoi("0" + m[3])
	s := &Step{ID: id, Title: raw.title.String(), RunsOn: raw.runsOn.String(), Order: 100*major + minor}
	if _, known := flows[flow(id)]; !known {
		flows[flow(id)] = len(flows)
	}
	c.steps[id] = s
	set.Steps = append(set.Steps, s)
}

func oneOf(values []string) string { return ", expected " + strings.Join(values, ", ") }

// choice checks a text against its few possible values.
func (c *compiler) choice(t text, values []string) string {
	if t.given() && !contains(values, t.String()) {
		c.failAt(t, "found "+quote(t.String())+oneOf(values)+near(t.String(), values))
	}
	return t.String()
}

func (c *compiler) boolean(t text) bool {
	if t.given() && t.node.Tag != "!!bool" {
		c.failAt(t, "found "+quote(t.String())+", expected true or false")
	}
	return t.String() == "true"
}

// resolved gives the text of a number or duration, which may be a $parameter.
func (c *compiler) resolved(t text) string {
	name, ok := strings.CutPrefix(t.String(), "$")
	if !ok {
		return t.String()
	}
	p := c.parameters[name]
	if p == nil {
		c.failAt(t, "unknown parameter "+quote("$"+name)+near(name, sortedKeys(c.parameters)))
		return ""
	}
	p.mark()
	return p.value.String()
}

func (c *compiler) duration(t text) time.Duration {
	if !t.given() {
		return 0
	}
	s := c.resolved(t)
	d, err := time.ParseDuration(s)
	if s != "" && (err != nil || d <= 0) {
		c.failAt(t, "found "+quote(s)+", expected a duration such as 90s, 10m or 24h")
	}
	return d
}

func (c *compiler) positive(t text) int {
	if !t.given() {
		return 0
	}
	s := c.resolved(t)
	n, err := strconv.Atoi(s)
	if s != "" && (err != nil || n < 1) {
		c.failAt(t, "found "+quote(s)+", expected a whole number from 1")
	}
	return n
}

func sortedKeys[V any](m map[string]V) []string {
	all := make([]string, 0, len(m))
	for k := range m {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}

// String writes the place as file:line:col.
func (p Place) String() string { return p.File + ":" + itoa(p.Line) + ":" + itoa(p.Col) }
