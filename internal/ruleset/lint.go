package ruleset

import (
	"strings"

	"github.com/cmtrail/cmtrail/internal/condition"
)

// Advice is something a rule lacks that loading does not insist on.
type Advice struct {
	Check string // name of the check
	Fault
}

// Lint looks for what makes rules hard to trust: no test that hits, none that nearly does, nothing to read for the user,
// and conditions that must be evaluated on every record.
func Lint(set *Set) []Advice {
	var all []Advice
	for _, r := range set.Rules {
		say := func(check, what string) {
			all = append(all, Advice{check, Fault{r.File, r.Line, 1, r.ID, r.ID + ": " + what}})
		}
		hit, miss := false, false
		for _, t := range r.Tests {
			if len(t.Expect) > 0 {
				hit = true
			} else if t.Undecided == 0 {
				miss = true
			}
		}
		if !hit {
			say("no-hit", "no test shows where the rule shows")
		}
		if !miss {
			say("no-near-miss", "no test shows a line that nearly matches")
		}
		if r.Issue && (r.About.Cause == "" || len(r.About.Fix) == 0) {
			say("no-help", "about has no cause or no fix")
		}
		if r.Scan != "all" {
			for _, m := range r.Match {
				if m.Open() {
					say("open", "no literal text is required, so it is evaluated on every record of its logs; give it one, or scan: all")
					break
				}
			}
		}
	}
	return all
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
