package ruleset

import (
	"path"
	"slices"
	"strings"
	"time"
)

// overrideSet is what users change of the shipped rules.
type overrideSet struct {
	all  []*rawOverride
	used map[*rawOverride]bool
	by   map[string]Place // rule and field that an override has set, with its place
}

var settable = []string{"severity", "title", "status"}

// overrides applies the changes of parameters at once, since rules are compiled with them, and returns the others.
func (c *compiler) overrides() *overrideSet {
	o := &overrideSet{used: map[*rawOverride]bool{}, by: map[string]Place{}}
	for _, f := range c.files {
		for _, raw := range f.overrides {
			switch {
			case raw.rule.given() == raw.parameter.given():
				c.fail(raw.src.at(raw.node), "override names neither a rule nor a parameter, or both; expected one")
			case c.passed(raw.until):
				o.used[raw] = true
			case raw.parameter.given():
				c.tune(o, raw)
			default:
				o.all = append(o.all, raw)
			}
		}
	}
	return o
}

func (c *compiler) tune(o *overrideSet, raw *rawOverride) {
	name := raw.parameter.String()
	p := c.parameters[name]
	if p == nil {
		c.failAt(raw.parameter, "unknown parameter "+quote(name)+near(name, sortedKeys(c.parameters)))
		return
	}
	if !raw.value.given() {
		c.fail(raw.src.at(raw.node), "override of parameter "+name+" has no set")
		return
	}
	if o.once(c, "$"+name, raw.parameter.place()) {
		p.value = raw.value
	}
}

// once keeps two overrides from setting one field.
func (o *overrideSet) once(c *compiler, what string, at Place) bool {
	if first, twice := o.by[what]; twice {
		c.fail(at, "a second override of "+strings.TrimPrefix(what, "$")+"; first at "+first.String())
		return false
	}
	o.by[what] = at
	return true
}

// passed tells whether an override's last day is over.
func (c *compiler) passed(until text) bool {
	if !until.given() {
		return false
	}
	day, err := time.Parse(time.DateOnly, until.String())
	if err != nil {
		c.failAt(until, "found "+quote(until.String())+", expected a day such as 2027-12-31")
		return false
	}
	end := day.AddDate(0, 0, 1)
	if !c.Today.IsZero() && !c.Today.Before(end) {
		return true
	}
	if c.expires.IsZero() || end.Before(c.expires) {
		c.expires = end
	}
	return false
}

// apply changes a rule as its overrides say.
func (o *overrideSet) apply(c *compiler, r *Rule) {
	for _, raw := range o.all {
		if ok, err := path.Match(raw.rule.String(), r.ID); err != nil || !ok {
			continue
		}
		o.used[raw] = true
		r.Digest = digest(r.Digest, raw.node)
		if raw.revision.given() && c.positive(raw.revision) < r.Revision {
			p := raw.revision.place()
			c.warnings = append(c.warnings, Fault{p.File, p.Line, p.Col, r.ID,
				"override was written for revision " + raw.revision.String() + ", the rule is at " + itoa(r.Revision)})
		}
		if c.boolean(raw.disable) && o.once(c, r.ID+" disable", raw.disable.place()) {
			r.Enabled = false
		}
		for _, e := range raw.set {
			o.set(c, r, e)
		}
		for _, t := range raw.except {
			o.except(c, r, t)
		}
	}
}

func (o *overrideSet) set(c *compiler, r *Rule, e *entry) {
	field := e.name.String()
	if !contains(settable, field) {
		c.failAt(e.name, "cannot set "+quote(field)+oneOf(settable)+near(field, settable))
		return
	}
	if !o.once(c, r.ID+" "+field, e.name.place()) {
		return
	}
	switch field {
	case "severity":
		r.Severity = c.severity(e.value)
	case "title":
		r.Title = e.value.String()
	case "status":
		r.Status = c.choice(e.value, statuses)
		r.Enabled = r.Status != "testing"
	}
}

// except narrows every alternative of the rule. The condition is kept apart from the rule's own, so that both keep
// their texts for those who ask why a rule did not show.
func (o *overrideSet) except(c *compiler, r *Rule, t text) {
	if r.Match == nil {
		c.failAt(t, "except narrows rules with a match; "+r.ID+" relates records")
		return
	}
	for _, m := range r.Match {
		if cond := c.condition(t, t.String(), m.Holes); cond != nil {
			m.Except = append(m.Except, cond)
		}
	}
}

// check finds overrides that changed nothing.
func (o *overrideSet) check(c *compiler) {
	ids := slices.Clone(c.ids)
	for _, raw := range o.all {
		if !o.used[raw] {
			c.failAt(raw.rule, "unknown rule "+quote(raw.rule.String())+near(raw.rule.String(), ids))
		}
	}
}
