package ruleset

import (
	"slices"
	"strings"
)

// shows tells which answers the tests of a rule show.
func shows(r *Rule) (hit, miss, undecided bool) {
	for _, t := range r.Tests {
		switch {
		case len(t.Expect) > 0:
			hit = true
		case t.Undecided == 0:
			miss = true
		}
		undecided = undecided || t.Undecided > 0
	}
	return hit, miss, undecided
}

func noHit(l *linter) {
	for r, raw := range l.rules {
		if hit, _, _ := shows(r); !hit {
			l.say(r, raw.id.place(), "no test shows where the rule shows")
		}
	}
}

func noNearMiss(l *linter) {
	for r, raw := range l.rules {
		if _, miss, _ := shows(r); !miss {
			l.say(r, raw.id.place(), "no test shows a line that nearly matches")
		}
	}
}

func noUndecided(l *linter) {
	for r, raw := range l.rules {
		if _, _, undecided := shows(r); !undecided && raw.kind == "absence" {
			l.say(r, raw.id.place(), "no test shows when it stays undecided: the logs end before the answer could come")
		}
	}
}

// farMiss finds near misses that could not show whatever the rule said.
func farMiss(l *linter) {
	for r := range l.rules {
		matches := matchesOf(r)
		for _, t := range r.Tests {
			if len(t.Expect) == 0 && t.Undecided == 0 && len(matches) > 0 && !l.near(t, matches) {
				l.say(r, t.Where, "the near miss has neither a log nor a word of the rule, so it shows nothing")
			}
		}
	}
}

// matchesOf returns the matches of a rule, or of all that it relates; none when another relation is among that.
func matchesOf(r *Rule) []*Match {
	if r.Correlation == nil {
		return r.Match
	}
	var all []*Match
	for e := range r.Correlation.Events {
		if len(e.Rule.Match) == 0 {
			return nil
		}
		all = append(all, e.Rule.Match...)
	}
	return all
}

// near tells whether a test's text comes near one of the matches: by its log, or by a word that the match asks for.
func (l *linter) near(t Test, matches []*Match) bool {
	for _, m := range matches {
		logs := m.Logs()
		if len(logs) == 0 {
			return true
		}
		for _, log := range t.Logs {
			if contains(logs, l.c.logName(log.Name[strings.LastIndexByte(log.Name, '/')+1:])) {
				return true
			}
			if l.speaks(log.Text, m) {
				return true
			}
		}
	}
	return false
}

// speaks tells whether a text holds a word, a code or a pattern of the match.
func (l *linter) speaks(text string, m *Match) bool {
	lower := strings.ToLower(text)
	holds := func(word string) bool { return word != "" && strings.Contains(lower, word) }
	for _, s := range m.Lines {
		if holds(s.Literal()) {
			return true
		}
	}
	for _, p := range m.Patterns {
		if p.MatchString(text) {
			return true
		}
	}
	if l.c.Codes != nil && slices.ContainsFunc(l.c.Codes.Extract(text, nil), func(code uint32) bool { return slices.Contains(m.Codes, code) }) {
		return true
	}
	return m.When != nil && slices.ContainsFunc(m.When.Need().Literals, holds)
}
