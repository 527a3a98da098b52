package ruleset

import (
	"slices"
	"strings"

	"github.com/cmtrail/cmtrail/internal/condition"
)

// openMatch finds rules for which no literal and no code is required.
func openMatch(l *linter) {
	for r := range l.rules {
		if r.Scan == "all" {
			continue
		}
		for _, m := range r.Match {
			if m.Open() {
				l.say(r, m.Where, "no literal text is required, so it is evaluated on every record of its logs; give it one, or scan: all")
				break
			}
		}
	}
}

// Open tells whether no literal and no code is required for the match.
func (m *Match) Open() bool {
	if len(m.Codes) > 0 {
		return false
	}
	if n := len(m.Lines); n > 0 {
		for _, s := range m.Lines {
			if strings.TrimSpace(s.Literal()) == "" {
				return m.openWhen()
			}
		}
		return false
	}
	if len(m.Patterns) > 0 {
		for _, p := range m.Needs() {
			if p.Open {
				return m.openWhen()
			}
		}
		return false
	}
	return m.openWhen()
}

func (m *Match) openWhen() bool { return m.When == nil || m.When.Need().Open }

// Needs returns what a message must hold for each of the patterns to match.
func (m *Match) Needs() []condition.Need {
	needs := make([]condition.Need, len(m.Patterns))
	for i, p := range m.Patterns {
		needs[i] = condition.PatternNeed(p.String())
	}
	return needs
}

// duplicate finds two rules that show on the same records: of two issues one is too many, or would be generic; of two
// step rules one could name both steps.
func duplicate(l *linter) {
	type asked struct {
		r     *Rule
		first Place
	}
	seen := map[string]asked{}
	for r := range l.rules {
		if !r.Enabled || r.Generic {
			continue
		}
		for _, m := range r.Match {
			for _, what := range asks(m) {
				key := what
				if r.Issue {
					key = "issue " + what
				}
				first, twice := seen[key]
				if !twice {
					seen[key] = asked{r, m.Where}
					continue
				}
				if first.r == r {
					continue
				}
				mend := "drop one of them, or let one be generic"
				if !r.Issue {
					mend = "give one rule both steps"
				}
				l.say(r, m.Where, "shows on the records of "+first.r.ID+" ("+first.first.String()+"); "+mend)
			}
		}
	}
}

// asks writes down what a match asks for, once for each of its sentences or patterns.
func asks(m *Match) []string {
	files := slices.Clone(m.Logs())
	slices.Sort(files)
	rest := strings.Join(files, ",")
	codes := slices.Clone(m.Codes)
	slices.Sort(codes)
	for _, c := range codes {
		rest += " " + itoa(int(c))
	}
	if m.When != nil {
		rest += " when " + m.When.String()
	}
	for _, e := range m.Except {
		rest += " except " + e.String()
	}
	var all []string
	for _, s := range m.Lines {
		all = append(all, rest+" line "+s.String())
	}
	for _, p := range m.Patterns {
		all = append(all, rest+" pattern "+p.String())
	}
	if len(all) == 0 {
		all = append(all, rest)
	}
	return all
}

// twice finds lists that hold the same thing more than once.
func twice(l *linter) {
	for r, raw := range l.rules {
		look := func(what string, all []text, normal func(string) string) {
			seen := map[string]text{}
			for _, t := range all {
				key := normal(t.String())
				if first, ok := seen[key]; ok {
					l.say(r, t.place(), what+" holds "+quote(t.String())+" twice; first at line "+itoa(first.node.Line))
					continue
				}
				seen[key] = t
			}
		}
		same := func(s string) string { return s }
		for m := range raw.matches {
			look("file", m.files, l.c.logName)
			look("line", m.lines, func(s string) string { return strings.Join(strings.Fields(s), " ") })
			look("pattern", m.patterns, same)
			look("code", m.codes, func(s string) string {
				if code, ok := l.c.code(s); ok {
					return itoa(int(code))
				}
				return s
			})
		}
		look("step", raw.steps, same)
		look("tags", raw.tags, same)
		if raw.about != nil {
			look("fix", raw.about.fix, same)
			look("look_next", raw.about.lookNext, l.c.logName)
			look("references", raw.about.references, same)
		}
		if raw.relation != nil {
			look("by", raw.relation.by, same)
			look("unless", raw.relation.unless, same)
			look("covered_by", raw.relation.coveredBy, l.c.logName)
		}
	}
}
