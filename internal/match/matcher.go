package match

import (
	"slices"
	"unicode/utf8"

	"github.com/cmtrail/cmtrail/internal/condition"
	"github.com/cmtrail/cmtrail/internal/ruleset"
	"github.com/cmtrail/cmtrail/internal/sentence"
	"github.com/cmtrail/cmtrail/parsers"
)

// Matcher evaluates records one after the other. It belongs to one goroutine.
type Matcher struct {
	engine  *Engine
	runner  *condition.Runner
	verdict Verdict
	once    once

	arch     string // of the host under way
	record   *parsers.Record
	log      string // of the last record, and its format
	format   string
	place    place
	group    *group // of the place
	round    uint32
	marks    []uint32 // of the group's alternatives: the round in which each was last a candidate
	been     map[place]visited
	found    []int32           // candidates of this record
	collect  func(ids []int32) // candidates, as a value that is made once
	carried  func() []uint32   // Codes, as a value that is made once
	codes    []uint32
	coded    bool // whether codes are those of the present record
	holes    []sentence.Hole
	scratch  []byte
	squeezed []byte // the message with single blanks
	took     []bool // whether the rule of this index matched; only the entries of verdict.Matched are set
}

// visited is what a matcher keeps of a place.
type visited struct {
	group *group
	marks []uint32
}

// NewMatcher returns a matcher for one goroutine.
func (e *Engine) NewMatcher() *Matcher {
	m := &Matcher{engine: e, runner: condition.NewRunner(), once: once{forgotten: &e.forgotten}, been: map[place]visited{}, took: make([]bool, len(e.errors))}
	m.carried = m.Codes
	m.collect = m.candidates
	return m
}

// GoOn takes over from a matcher whose place this one takes: which issues have been reported in their period.
func (m *Matcher) GoOn(from *Matcher) { m.once.cases = from.once.cases }

// On says which processor architecture the hosts of the records that follow have, as host.arch of the semantic conventions
// names it; "" when it is not known.
func (m *Matcher) On(arch string) { m.arch = arch }

// Match returns what the rules say of a record of the log, by its normalised name or "", on the host; nil when neither
// they nor their relations take notice. It allocates nothing then, and its cost does not depend on the number of rules.
func (m *Matcher) Match(r *parsers.Record, log, host string) *Verdict {
	if log == "" {
		log = parsers.LogOf(r)
	}
	v := &m.verdict
	v.reset()
	m.record, m.coded = r, false
	m.enter(log, string(r.Format))
	for _, s := range m.group.sieves {
		scan(s, r.Message, m.collect)
	}
	if !r.Single { // sentences ask for their texts with single blanks
		m.squeezed = sentence.Squeeze(m.squeezed[:0], r.Message)
		for _, s := range m.group.sieves {
			scan(s, m.squeezed, m.collect)
		}
	}
	if len(m.group.byCode) > 0 {
		for _, c := range m.Codes() {
			m.candidates(m.group.byCode[c])
		}
	}
	m.holes = m.holes[:0]
	for _, id := range m.group.always {
		m.take(m.group.alternatives[id].rule)
	}
	m.candidates(m.group.open)
	if !r.Single {
		m.candidates(m.group.folded)
	}
	if len(m.found) > 0 {
		slices.Sort(m.found)
		m.scratch = m.scratch[:0]
		m.runner.Begin(valuesOf(r, log, host, m.arch, m.carried))
		for _, id := range m.found {
			m.try(&m.group.alternatives[id])
		}
	}
	if len(v.Matched) == 0 {
		return nil
	}
	m.conclude(r, host)
	return v
}

// Codes returns the error codes that the message of the last record carries, each once, in their order. They hold until the
// next Match. They are looked for when they are first asked for: not all rules and readers want them.
func (m *Matcher) Codes() []uint32 {
	if !m.coded && m.record != nil {
		m.codes, m.coded = m.engine.codes.Extract(m.record.Message, m.codes[:0]), true
	}
	return m.codes
}

// enter turns to the group of a log and a format, and starts a round in which no alternative is a candidate.
func (m *Matcher) enter(log, format string) {
	if m.group == nil || m.format != format || m.log != log {
		e := m.engine
		p := place{e.logs[log], e.formats[format]}
		m.log, m.format = log, format
		if m.group == nil || p != m.place {
			v, ok := m.been[p]
			if !ok {
				g := e.group(p)
				v = visited{g, make([]uint32, len(g.alternatives))}
				m.been[p] = v
			}
			m.place, m.group, m.marks = p, v.group, v.marks
		}
	}
	m.round++
	if m.round == 0 { // after four thousand million records old marks could pass for new ones
		for _, v := range m.been {
			clear(v.marks)
		}
		m.round = 1
	}
	m.found = m.found[:0]
}

func (m *Matcher) candidates(ids []int32) {
	for _, id := range ids {
		if m.marks[id] != m.round {
			m.marks[id] = m.round
			m.found = append(m.found, id)
		}
	}
}

// try evaluates one alternative and notes what it gives.
func (m *Matcher) try(a *alternative) {
	r := a.rule
	if m.took[r.Index] || m.engine.inARow[r.Index].Load() >= maxErrors {
		return
	}
	if !m.texts(a.match) || !m.carries(a.match.Codes) || !m.conditions(r, a.match) {
		return
	}
	m.take(r)
}

// take notes that a rule holds, with what the holes caught.
func (m *Matcher) take(r *ruleset.Rule) {
	m.took[r.Index] = true
	m.verdict.addMatched(r, m.holes)
	if r.Owner != nil {
		return
	}
	m.verdict.Rules = append(m.verdict.Rules, r)
	for _, h := range m.holes {
		m.verdict.addKey(h.Name, h.Value)
	}
}

// texts fills the holes from the first sentence and the first pattern that match; where either kind stands, one must.
func (m *Matcher) texts(match *ruleset.Match) bool {
	m.holes = m.holes[:0]
	if len(match.Lines) > 0 && !m.line(match) {
		return false
	}
	return len(match.Patterns) == 0 || m.pattern(match)
}

func (m *Matcher) line(match *ruleset.Match) bool {
	for _, s := range match.Lines {
		var ok bool
		if m.holes, m.scratch, ok = s.MatchInto(m.record.Message, m.holes, m.scratch); ok {
			return true
		}
	}
	return false
}

func (m *Matcher) pattern(match *ruleset.Match) bool {
	for _, p := range match.Patterns {
		at := p.FindStringSubmatchIndex(begin(m.record.Message))
		if at == nil {
			continue
		}
		for i, name := range p.SubexpNames() {
			if name != "" && at[2*i] >= 0 {
				m.holes = append(m.holes, sentence.Hole{Name: name, Value: m.record.Message[at[2*i]:at[2*i+1]]})
			}
		}
		return true
	}
	return false
}

// maxSearched is how much of a message patterns look at: their time grows with their own size times that.
const maxSearched = 64 << 10

// begin returns the beginning of a message that patterns look at.
func begin(message string) string {
	if len(message) <= maxSearched {
		return message
	}
	n := maxSearched
	for n > maxSearched-utf8.UTFMax && !utf8.RuneStart(message[n]) {
		n--
	}
	return message[:n]
}

func (m *Matcher) carries(codes []uint32) bool {
	if len(codes) == 0 {
		return true
	}
	for _, c := range m.Codes() {
		if slices.Contains(codes, c) {
			return true
		}
	}
	return false
}

func (m *Matcher) conditions(r *ruleset.Rule, match *ruleset.Match) bool {
	if match.When != nil && !m.holds(r, match.When, false) {
		return false
	}
	for _, c := range match.Except {
		if m.holds(r, c, true) {
			return false
		}
	}
	return true
}

// holds evaluates a condition. One that fails is counted and stands as otherwise says: a rule that cannot be told
// does not show.
func (m *Matcher) holds(r *ruleset.Rule, c *condition.Condition, otherwise bool) bool {
	ok, err := m.runner.Eval(c, m.holes)
	if err != nil {
		m.engine.errors[r.Index].Add(1)
		m.engine.inARow[r.Index].Add(1)
		return otherwise
	}
	if m.engine.inARow[r.Index].Load() != 0 {
		m.engine.inARow[r.Index].Store(0)
	}
	return ok
}

// conclude sorts the rules that matched into steps and issues.
func (m *Matcher) conclude(r *parsers.Record, host string) {
	v := &m.verdict
	specific := false
	for _, seen := range v.Matched {
		m.took[seen.Rule.Index] = false
	}
	for _, rule := range v.Rules {
		specific = specific || rule.Issue && !rule.Generic && !rule.Aside
		v.addStep(rule.Step)
		for _, s := range rule.AlsoSteps {
			v.addStep(s)
		}
	}
	for _, rule := range v.Rules {
		if !rule.Issue || rule.Generic && specific {
			continue
		}
		if rule.Once != nil {
			report, repeats := m.once.report(rule, r, v.Keys, host)
			if !report {
				continue
			}
			if repeats > 0 {
				v.Repeats = append(v.Repeats, Repeat{rule, repeats})
			}
		}
		v.Issues = append(v.Issues, rule)
		v.Severity = max(v.Severity, rule.Severity)
	}
	if specific {
		v.Rules = slices.DeleteFunc(v.Rules, func(rule *ruleset.Rule) bool { return rule.Issue && rule.Generic })
	}
}
