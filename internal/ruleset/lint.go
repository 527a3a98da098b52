package ruleset

import (
	"cmp"
	"slices"
)

// Advice is something that makes a rule hard to trust or to read, though it loads.
type Advice struct {
	Check string // name of the check
	Fault
	edit *edit // how to mend it; nil when only a person can
}

// Fixable tells whether Mend can mend it.
func (a Advice) Fixable() bool { return a.edit != nil }

// String writes the advice as editors read it: file:line:col: rule: text [check].
func (a Advice) String() string {
	f := a.Fault
	if f.Rule != "" && a.Check != FaultCheck {
		f.Text = f.Rule + ": " + f.Text
	}
	return f.String() + " [" + a.Check + "]"
}

// Check is one thing that Lint looks for.
type Check struct {
	Name  string
	About string // one sentence: what it reports
	Fixes bool   // whether Mend mends what it reports

	look func(l *linter) // nil: others look for it
}

// The checks that are not Lint's own.
const (
	FaultCheck     = "fault"     // of loading
	UnnoticedCheck = "unnoticed" // of changing the clauses of rules
)

const idleCheck = "idle-allowance"

// Checks returns all checks, in the order in which the documentation tells them.
func Checks() []Check {
	return []Check{
		{Name: FaultCheck, About: "The file cannot be loaded. Faults are always told."},
		{Name: "no-hit", About: "No test shows where the rule shows.", look: noHit},
		{Name: "no-near-miss", About: "No test shows a line that nearly matches.", look: noNearMiss},
		{Name: "no-undecided", About: "No test of an absence shows when it stays undecided.", look: noUndecided},
		{Name: "far-miss", About: "A near miss shares neither a log nor a word with the rule.", look: farMiss},
		{Name: UnnoticedCheck, About: "A clause of the rule could be changed and no test would notice. Looked for with `--mutate`."},
		{Name: "no-help", About: "An issue says no cause, or nothing to do.", look: noHelp},
		{Name: "open", About: "Nothing is required of the text, so the rule is evaluated on every record of its logs.", look: openMatch},
		{Name: "duplicate", About: "Two rules ask for the same, so both show on the same records.", look: duplicate},
		{Name: "twice", About: "A list holds the same thing twice.", look: twice},
		{Name: "as-sentence", About: "A pattern that a sentence could say.", look: asSentence},
		{Name: "unknown-log", About: "A log that is not known, with a name close to one that is.", look: unknownLog},
		{Name: "spelling", About: "A log or an error code is not written the way it is elsewhere.", Fixes: true, look: spelling},
		{Name: "blanks", About: "A text begins or ends with blanks.", Fixes: true, look: blanks},
		{Name: "title-stop", About: "A title ends with a full stop.", Fixes: true, look: titleStop},
		{Name: "title-long", About: "A title is longer than 100 characters.", look: titleLong},
		{Name: "unused", About: "A list, macro or parameter that nothing names.", look: unused},
		{Name: "no-successor", About: "A deprecated rule does not say what replaces it.", look: noSuccessor},
		{Name: "moved-on", About: "An override was written for an older revision of its rule.", look: movedOn},
		{Name: idleCheck, About: "A rule's `lint: {allow: ...}` accepts something that is not found."},
	}
}

// LintOptions say what to look for.
type LintOptions struct {
	Run   func(check string) bool // whether to run a check; nil: all
	Found []Advice                // what others have found, which rules may allow
}

// linter runs the checks over a set.
type linter struct {
	set   *Set
	c     *compiler
	check string
	all   []Advice
}

// Lint runs the checks over a set that was loaded with Keep. What rules allow is left out.
func Lint(set *Set, opt LintOptions) []Advice {
	l := &linter{set: set, c: set.written, all: slices.Clone(opt.Found)}
	ran := map[string]bool{UnnoticedCheck: opt.Found != nil}
	for _, check := range Checks() {
		if check.look != nil && (opt.Run == nil || opt.Run(check.Name)) {
			l.check, ran[check.Name] = check.Name, true
			check.look(l)
		}
	}
	used := l.allow()
	if opt.Run == nil || opt.Run(idleCheck) {
		l.check = idleCheck
		l.idle(ran, used)
	}
	slices.SortStableFunc(l.all, func(a, b Advice) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	return l.all
}

// say reports something of a rule, which may be nil, at a place.
func (l *linter) say(r *Rule, at Place, what string) *Advice {
	a := Advice{Check: l.check, Fault: Fault{File: at.File, Line: at.Line, Col: at.Col, Text: what}}
	if r != nil {
		a.Rule = r.ID
	}
	l.all = append(l.all, a)
	return &l.all[len(l.all)-1]
}

// rules goes over the rules with what their files say.
func (l *linter) rules(yield func(*Rule, *rawRule) bool) {
	for _, r := range l.set.Rules {
		if !yield(r, l.c.raw[r]) {
			return
		}
	}
}

// matches goes over the matches of a rule as written: its own, those of its events, and the alternatives in them.
func (raw *rawRule) matches(yield func(*rawMatch) bool) {
	var all []*rawMatch
	if raw.match != nil {
		all = append(all, raw.match)
	}
	for _, e := range raw.events {
		all = append(all, e.match)
	}
	for _, m := range all {
		if !yield(m) {
			return
		}
		for _, inner := range m.any {
			if !yield(inner) {
				return
			}
		}
	}
}
