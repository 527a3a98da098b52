package ruleset

import (
	"strings"

	"github.com/cmtrail/cmtrail/internal/errorcode"
	"github.com/cmtrail/cmtrail/internal/sentence"
)

// logNames goes over all places where a log is named, tests apart: those may name any log.
func (l *linter) logNames(yield func(*Rule, text) bool) {
	each := func(r *Rule, all []text) bool {
		for _, t := range all {
			if !yield(r, t) {
				return false
			}
		}
		return true
	}
	for r, raw := range l.rules {
		for m := range raw.matches {
			if !each(r, m.files) {
				return
			}
		}
		if raw.about != nil && !each(r, raw.about.lookNext) || raw.relation != nil && !each(r, raw.relation.coveredBy) {
			return
		}
	}
	for _, f := range l.c.files {
		for _, j := range f.journeys {
			for _, n := range j.near {
				if !yield(nil, n.name) {
					return
				}
			}
		}
	}
}

// knownLogs returns how logs are written, by their normalised name: as most shipped rules write them, else as their
// products do.
func (l *linter) knownLogs() map[string]string {
	times := map[string]int{} // by spelling
	for r, t := range l.logNames {
		if r != nil && l.shipped(t.src) {
			times[t.String()]++
		}
	}
	known := map[string]string{}
	if l.c.Logs != nil {
		for _, name := range l.c.Logs() {
			known[l.c.logName(name)] = name
		}
	}
	for _, name := range sortedKeys(times) {
		if normal := l.c.logName(name); times[name] > times[known[normal]] {
			known[normal] = name
		}
	}
	return known
}

// unknownLog finds logs whose name is close to that of a known one. Other names are let be: people have logs of their
// own.
func unknownLog(l *linter) {
	known := l.knownLogs()
	names := sortedKeys(known)
	for r, t := range l.logNames {
		name := l.c.logName(t.String())
		if known[name] != "" || len(name) < len("short.log") {
			continue
		}
		if n := sentence.NearestWithin(name, names, 2); n != "" {
			l.say(r, t.place(), "no log is known as "+quote(t.String())+", did you mean "+quote(known[n])+"?")
		}
	}
}

// spelling finds logs written in other letter cases than elsewhere, and codes that are not 0x and eight digits.
func spelling(l *linter) {
	known := l.knownLogs()
	for r, t := range l.logNames {
		if usual := known[l.c.logName(t.String())]; usual != t.String() && strings.EqualFold(usual, t.String()) {
			l.mend(l.say(r, t.place(), quote(t.String())+" is written "+quote(usual)+" elsewhere"), t, usual)
		}
	}
	for r, raw := range l.rules {
		for m := range raw.matches {
			for _, t := range m.codes {
				code, ok := l.c.code(t.String())
				if ok && strings.ContainsAny(t.String()[:1], "-0123456789") && errorcode.Format(code) != t.String() {
					l.mend(l.say(r, t.place(), "the code "+t.String()+" is written "+errorcode.Format(code)+" elsewhere"), t, errorcode.Format(code))
				}
			}
		}
	}
}

func unused(l *linter) {
	for _, f := range l.c.files {
		for _, kind := range []struct {
			name string
			all  []*entry
		}{{"list", f.lists}, {"macro", f.macros}, {"parameter", f.parameters}} {
			for _, e := range kind.all {
				if !e.used {
					l.say(nil, e.name.place(), "nothing names the "+kind.name+" "+quote(e.name.String()))
				}
			}
		}
	}
}

func noSuccessor(l *linter) {
	for r, raw := range l.rules {
		if r.Status == "deprecated" && r.ReplacedBy == "" {
			at := raw.status
			if !at.given() { // an override made it so
				at = raw.id
			}
			l.say(r, at.place(), "the rule is deprecated and replaced_by names none")
		}
	}
}

func movedOn(l *linter) {
	for _, w := range l.set.Warnings {
		if w.Rule != "" { // the others are no rule's
			l.all = append(l.all, Advice{Check: l.check, Fault: w})
		}
	}
}
