package ruleset

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/cmtrail/cmtrail/internal/condition"
	"github.com/cmtrail/cmtrail/internal/sentence"
)

var (
	issueForm = regexp.MustCompile(`^CM-[A-Z0-9]+(?:-[A-Z0-9]+)+$`)
	ruleForm  = regexp.MustCompile(`^[a-z][a-z0-9]*(?:\.[a-z0-9][a-z0-9-]*)+$`)
)

// relationKinds are the keys that say what a rule looks for.
var relationKinds = []string{"match", "sequence", "threshold", "absence", "change", "silence", "duration"}

// rule compiles one rule, its relation apart.
func (c *compiler) rule(raw *rawRule, over *overrideSet, set *Set) {
	if !raw.id.given() {
		return
	}
	before := len(c.faults)
	id := raw.id.String()
	defer func() {
		for i := before; i < len(c.faults); i++ {
			c.faults[i].Rule = id
		}
	}()
	if first := c.byID[id]; first != nil {
		c.failAt(raw.id, "rule "+quote(id)+" stands twice; first at "+c.raw[first].id.place().String())
		return
	}
	r := &Rule{
		ID: id, Issue: issueForm.MatchString(id), Revision: 1, Title: raw.title.String(), ReplacedBy: raw.replacedBy.String(),
		Tags: strs(raw.tags), Generic: c.boolean(raw.generic), Aside: c.boolean(raw.aside), Scan: c.choice(raw.scan, []string{"all"}),
		Evidence: c.choice(raw.evidence, evidences), Status: "stable",
		Also: strs(raw.also), Pack: raw.file.pack.String(), Shipped: raw.file.shipped, File: raw.file.src.name, Line: raw.node.Line, Digest: digest(0, raw.node),
	}
	if !r.Issue && !ruleForm.MatchString(id) {
		c.failAt(raw.id, "rule id "+quote(id)+": expected CM-<AREA>-<NAME> for an issue, or lower-case words below the rule's step")
	}
	if raw.revision.given() {
		r.Revision = c.positive(raw.revision)
	}
	if raw.status.given() {
		r.Status = c.choice(raw.status, statuses)
	}
	r.Enabled = r.Status != "testing"
	r.Severity = c.severity(raw.severity)
	c.stepsOf(raw, r)
	if r.Issue {
		c.require(raw, "issue", raw.title, "title")
		c.require(raw, "issue", raw.severity, "severity")
	}
	switch {
	case raw.match == nil && raw.relation == nil:
		if slices.ContainsFunc(relationKinds, func(k string) bool { return misspelt(raw.node, k, ruleFields) }) {
			break
		}
		c.fail(raw.file.src.at(raw.node), "rule has neither match nor a relation")
	case raw.match != nil && raw.relation != nil:
		c.fail(raw.file.src.at(raw.kindNode), "rule has both match and "+raw.kind+", expected one of them")
	case raw.match != nil:
		r.Match = c.alternatives(raw.match)
	}
	if raw.once != nil {
		r.Once = &Once{By: strs(raw.once.by), Per: c.duration(raw.once.per)}
	}
	if a := raw.about; a != nil {
		r.About = About{Cause: a.cause.String(), Impact: a.impact.String(), Fix: strs(a.fix), LookNext: strs(a.lookNext), References: strs(a.references)}
	}
	if raw.lint != nil {
		c.allowances(raw.lint)
	}
	for _, t := range raw.tests {
		r.Tests = append(r.Tests, c.test(t))
	}
	over.apply(c, r)
	c.byID[id], c.raw[r] = r, raw
	c.ids = append(c.ids, id)
	set.Rules = append(set.Rules, r)
}

func (c *compiler) require(raw *rawRule, what string, t text, key string) {
	if !t.given() && !misspelt(raw.node, key, ruleFields) {
		c.fail(raw.file.src.at(raw.node), what+" has no "+key)
	}
}

func (c *compiler) severity(t text) Severity {
	for i, s := range severities {
		if s == t.String() {
			return Severity(i + 1)
		}
	}
	c.choice(t, severities)
	return NoSeverity
}

func (c *compiler) stepsOf(raw *rawRule, r *Rule) {
	for i, t := range raw.steps {
		s := c.steps[t.String()]
		if s == nil {
			c.failAt(t, "unknown step "+quote(t.String())+near(t.String(), sortedKeys(c.steps)))
			continue
		}
		if i == 0 {
			r.Step = s
		} else {
			r.AlsoSteps = append(r.AlsoSteps, s)
		}
		if i == 0 && !r.Issue && ruleForm.MatchString(r.ID) && !strings.HasPrefix(r.ID, s.ID+".") {
			c.failAt(raw.id, "rule id "+quote(r.ID)+" does not stand below its step "+s.ID)
		}
	}
	if len(raw.steps) == 0 && !r.Issue {
		c.fail(raw.file.src.at(raw.node), "step rule has no step")
	}
}

// also checks the rules that r says it shares records with.
func (c *compiler) also(named []text, r *Rule) {
	for i, t := range named {
		id := t.String()
		switch {
		case c.byID[id] == nil:
			c.failAt(t, "unknown rule "+quote(id)+near(id, c.ids))
		case id == r.ID:
			c.failAt(t, "also names the rule itself, expected another one")
		case contains(r.Also[:i], id):
			c.failAt(t, "also names "+id+" twice")
		}
	}
}

func strs(all []text) []string {
	var out []string
	for _, t := range all {
		out = append(out, t.String())
	}
	return out
}

// alternatives compiles a match. One with any becomes an alternative for each, which inherits what stands beside it.
func (c *compiler) alternatives(raw *rawMatch) []*Match {
	if len(raw.any) == 0 {
		return []*Match{c.match(raw)}
	}
	var all []*Match
	for _, a := range raw.any {
		merged := *a
		if len(a.any) > 0 {
			c.fail(a.src.at(a.node), "any inside any, expected one level of alternatives")
		}
		merged.any = nil
		merged.files = append(append([]text(nil), raw.files...), a.files...)
		merged.lines = orElse(a.lines, raw.lines)
		merged.patterns = orElse(a.patterns, raw.patterns)
		merged.codes = orElse(a.codes, raw.codes)
		if !merged.when.given() {
			merged.when = raw.when
		} else if raw.when.given() {
			c.failAt(a.when, "when stands both beside any and inside it, expected one of them")
		}
		m := c.match(&merged)
		if len(all) > 0 && !sameNames(all[0].Holes, m.Holes) {
			c.fail(a.src.at(a.node), "alternatives fill different holes: "+names(all[0].Holes)+" and "+names(m.Holes))
		}
		all = append(all, m)
	}
	return all
}

func orElse(own, shared []text) []text {
	if len(own) > 0 {
		return own
	}
	return shared
}

func (c *compiler) match(raw *rawMatch) *Match {
	m := &Match{Where: raw.src.at(raw.node)}
	for _, f := range raw.files {
		m.Files = append(m.Files, c.logName(f.String()))
	}
	first := true
	fills := func(t text, holes []string) {
		if first {
			m.Holes, first = holes, false
			return
		}
		if !sameNames(m.Holes, holes) {
			c.failAt(t, "alternatives fill different holes: "+names(m.Holes)+" and "+names(holes))
		}
	}
	for _, t := range raw.lines {
		s, err := sentence.Compile(t.String())
		if err != nil {
			c.failWithin(t, err)
			continue
		}
		m.Lines = append(m.Lines, s)
		var holes []string
		for _, h := range s.Holes() {
			if h.Name != "" {
				holes = append(holes, h.Name)
			}
		}
		fills(t, holes)
	}
	for _, t := range raw.patterns {
		re, err := condition.CompilePattern(t.String(), maxPattern)
		if err != nil {
			c.failWithin(t, patternFault(t.String(), err))
			continue
		}
		m.Patterns = append(m.Patterns, re)
		var holes []string
		for _, n := range re.SubexpNames() {
			if n != "" && !contains(holes, n) {
				holes = append(holes, n)
			}
		}
		fills(t, holes)
	}
	for _, h := range m.Holes {
		c.holeNames[h] = true
	}
	for _, t := range raw.codes {
		code, ok := c.code(t.String())
		if !ok {
			c.failAt(t, "found "+quote(t.String())+", expected an error code such as 0x8007000E, or its symbol"+c.nearSymbol(t.String()))
			continue
		}
		m.Codes = append(m.Codes, code)
	}
	if raw.when.given() {
		m.When = c.condition(raw.when, raw.when.String(), m.Holes)
	}
	anything := raw.event && len(raw.files) > 0 // an event may be any record of a log
	if len(raw.lines)+len(raw.patterns)+len(raw.codes) == 0 && !raw.when.given() && !anything {
		c.fail(m.Where, "match has neither line, pattern, code nor when")
	}
	return m
}

// Logs returns the logs that the match is bound to, by its file or by its condition; none: any log.
func (m *Match) Logs() []string {
	if len(m.Files) > 0 || m.When == nil {
		return m.Files
	}
	return m.When.Files()
}

// Formats returns the formats for whose records the match can hold, nil for all.
func (m *Match) Formats() []string {
	if m.When == nil {
		return nil
	}
	return m.When.Formats()
}

func (c *compiler) code(s string) (uint32, bool) {
	if c.Codes == nil {
		return 0, false
	}
	return c.Codes.Resolve(s)
}

func (c *compiler) nearSymbol(s string) string {
	if c.Codes == nil || !strings.ContainsFunc(s, unicode.IsLetter) {
		return ""
	}
	return near(strings.ToUpper(s), c.Codes.Symbols())
}

func (c *compiler) logName(s string) string { return c.LogName(s) }

// condition compiles an expression that stands at t.
func (c *compiler) condition(t text, expression string, holes []string) *condition.Condition {
	scope := c.scope
	scope.Holes = holes
	c.noteUse(expression)
	cond, err := condition.Compile(expression, scope)
	if err != nil {
		c.failWithin(t, err)
		return nil
	}
	return cond
}

// mark notes that something names the entry. One that is marked is left alone: several goroutines may compile its users
// again.
func (e *entry) mark() {
	if e != nil && !e.used {
		e.used = true
	}
}

var word = regexp.MustCompile(`\$?[a-z][a-z0-9_]*`)

// noteUse marks the lists, macros and parameters that an expression names, for lint.
func (c *compiler) noteUse(expression string) {
	for _, w := range word.FindAllString(expression, -1) {
		if p, ok := strings.CutPrefix(w, "$"); ok {
			c.parameters[p].mark()
			continue
		}
		c.lists[w].mark()
		if e := c.macros[w]; e != nil && !e.used {
			e.used = true
			c.noteUse(e.value.String())
		}
	}
}

func (c *compiler) test(raw *rawTest) Test {
	t := Test{Name: raw.name.String(), Where: Place{}}
	for i, l := range raw.logs {
		if i == 0 {
			t.Where = l.name.place()
		}
		t.Logs = append(t.Logs, TestLog{l.name.String(), l.value.String()})
	}
	t.Arch = raw.arch.String()
	if raw.undecided.given() {
		t.Undecided = c.positive(raw.undecided)
	}
	for _, e := range raw.expect {
		x := Expect{On: e.on.String(), Keys: map[string]string{}}
		if e.on.given() && !onForm(e.on.String(), t.Logs) {
			c.failAt(e.on, "found "+quote(x.On)+", expected one of the test's logs and a line, such as "+example(t.Logs))
		}
		for _, k := range e.keys {
			x.Keys[k.name.String()] = k.value.String()
		}
		t.Expect = append(t.Expect, x)
	}
	return t
}

func onForm(on string, logs []TestLog) bool {
	i := strings.LastIndexByte(on, ':')
	if i < 0 || i+1 == len(on) || strings.Trim(on[i+1:], "0123456789") != "" {
		return false
	}
	for _, l := range logs {
		if strings.EqualFold(l.Name, on[:i]) {
			return true
		}
	}
	return false
}

func example(logs []TestLog) string {
	if len(logs) == 0 {
		return "ScanAgent.log:1"
	}
	return logs[0].Name + ":1"
}

func sameNames(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for _, n := range a {
		if !contains(b, n) {
			return false
		}
	}
	return true
}

func names(all []string) string {
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(all, ", ")
}
