package ruleset

import (
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

const longTitle = 100 // characters

func noHelp(l *linter) {
	for r, raw := range l.rules {
		if r.Issue && (r.About.Cause == "" || len(r.About.Fix) == 0) {
			l.say(r, raw.id.place(), "about has no cause or no fix")
		}
	}
}

// titles goes over the titles of rules, steps and journeys.
func (l *linter) titles(yield func(*Rule, text) bool) {
	for r, raw := range l.rules {
		if raw.title.given() && !yield(r, raw.title) {
			return
		}
	}
	for _, f := range l.c.files {
		for _, s := range f.steps {
			if s.title.given() && !yield(nil, s.title) {
				return
			}
		}
		for _, j := range f.journeys {
			if j.title.given() && !yield(nil, j.title) {
				return
			}
		}
	}
}

func titleStop(l *linter) {
	for r, t := range l.titles {
		s := strings.TrimRight(t.String(), " ")
		if strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "..") {
			l.mend(l.say(r, t.place(), "the title ends with a full stop"), t, strings.TrimSuffix(s, "."))
		}
	}
}

func titleLong(l *linter) {
	for r, t := range l.titles {
		if n := utf8.RuneCountInString(t.String()); n > longTitle {
			l.say(r, t.place(), "the title has "+itoa(n)+" characters; what is more than "+itoa(longTitle)+" belongs into about")
		}
	}
}

// blanks finds quoted texts with blanks at an end, which mean nothing there. A pattern keeps its blanks.
func blanks(l *linter) {
	look := func(r *Rule, all ...text) {
		for _, t := range all {
			if !t.given() || t.node.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) == 0 {
				continue
			}
			if s := strings.TrimSpace(t.String()); s != t.String() && s != "" {
				l.mend(l.say(r, t.place(), quote(t.String())+" begins or ends with blanks"), t, s)
			}
		}
	}
	for r, raw := range l.rules {
		look(r, raw.title)
		for m := range raw.matches {
			look(r, m.lines...)
		}
		if a := raw.about; a != nil {
			look(r, a.cause, a.impact)
			look(r, a.fix...)
			look(r, a.references...)
		}
	}
	for _, f := range l.c.files {
		for _, s := range f.steps {
			look(nil, s.title)
		}
	}
}
