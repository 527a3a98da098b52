package match

import (
	"regexp"
	"slices"
	"strings"

	"github.com/cmtrail/cmtrail/internal/condition"
	"github.com/cmtrail/cmtrail/internal/ruleset"
	"github.com/cmtrail/cmtrail/internal/sentence"
	"github.com/cmtrail/cmtrail/parsers"
)

// Explanation says what one rule, or one event of a rule's own, makes of a record, and why.
type Explanation struct {
	Rule         *ruleset.Rule
	Alternatives []Alternative   // none of a rule that relates records
	Holds        bool            // an alternative holds, whether or not the rule is on
	Failing      bool            // it is off because its conditions failed too often in a row
	Shows        bool            // the verdict has it
	LeftOff      []*ruleset.Rule // the specific issues because of which a generic one is left off
	Folded       bool            // it was reported a short while ago, and is counted
}

// Alternative is one match of a rule with what each of its clauses came to.
type Alternative struct {
	Match       *ruleset.Match
	Holds       bool
	Log         string // of the record
	ByComponent bool   // the record's component told its log
	LogHolds    bool
	Lines       []*sentence.Explanation
	Patterns    []Pattern
	TextsHold   bool            // of the sentences one matches, and of the patterns one
	Holes       []sentence.Hole // what they caught; empty unless TextsHold
	Carried     []uint32        // the record's error codes
	CodesHold   bool
	When        *condition.Part   // nil when there is none, or it is not asked because the texts do not hold
	Except      []*condition.Part // as When; those of overrides
}

// Pattern says whether a pattern matches the message.
type Pattern struct {
	Text       string
	Holds      bool
	Begin, End int    // bytes of the message, when it holds
	Hint       string // what keeps it from matching, where that is easy to tell
}

// Explain tells what the rule makes of a record of the log, by its normalised name or "", on the host. verdict is what Match
// said of it, nil included. It allocates freely and is for people who wait.
func (e *Engine) Explain(rule *ruleset.Rule, r *parsers.Record, log, host, arch string, verdict *Verdict) *Explanation {
	x := &Explanation{Rule: rule, Failing: e.inARow[rule.Index].Load() >= maxErrors}
	byComponent := log == ""
	if byComponent {
		log = parsers.LogOfComponent(r.Component)
	}
	carried := e.codes.Extract(r.Message, nil)
	runner := condition.NewRunner()
	runner.Begin(valuesOf(r, log, host, arch, func() []uint32 { return carried }))
	for _, m := range rule.Match {
		a := Alternative{Match: m, Log: log, ByComponent: byComponent, Carried: carried}
		a.LogHolds = len(m.Files) == 0 || slices.Contains(m.Files, log)
		a.texts(r.Message)
		a.CodesHold = len(m.Codes) == 0 || slices.ContainsFunc(carried, func(c uint32) bool { return slices.Contains(m.Codes, c) })
		conditions := a.conditions(runner)
		a.Holds = a.LogHolds && a.TextsHold && a.CodesHold && conditions
		x.Holds = x.Holds || a.Holds
		x.Alternatives = append(x.Alternatives, a)
	}
	x.afterwards(verdict)
	return x
}

func valuesOf(r *parsers.Record, log, host, arch string, codes func() []uint32) condition.Values {
	return condition.Values{
		Message: r.Message, Component: r.Component, File: log, Format: string(r.Format), Severity: r.Severity.String(),
		Host: host, Source: r.SourceFile, Thread: int(r.Thread), Codes: codes, Arch: arch,
	}
}

// texts explains each sentence and pattern. The holes are those of the first that match, as Match has them.
func (a *Alternative) texts(message string) {
	lines, patterns := len(a.Match.Lines) == 0, len(a.Match.Patterns) == 0
	for _, s := range a.Match.Lines {
		a.Lines = append(a.Lines, s.Explain(message))
		if !lines {
			a.Holes, lines = s.Match(message, a.Holes)
		}
	}
	for _, re := range a.Match.Patterns {
		p := explainPattern(re, message)
		a.Patterns = append(a.Patterns, p)
		if !p.Holds || patterns {
			continue
		}
		patterns = true
		at := re.FindStringSubmatchIndex(begin(message))
		for i, name := range re.SubexpNames() {
			if name != "" && at[2*i] >= 0 {
				a.Holes = append(a.Holes, sentence.Hole{Name: name, Value: message[at[2*i]:at[2*i+1]]})
			}
		}
	}
	a.TextsHold = lines && patterns
	if !a.TextsHold {
		a.Holes = nil
	}
}

func explainPattern(re *regexp.Regexp, message string) Pattern {
	message = begin(message)
	p := Pattern{Text: re.String()}
	if at := re.FindStringIndex(message); at != nil {
		p.Holds, p.Begin, p.End = true, at[0], at[1]
		return p
	}
	if folded, err := regexp.Compile("(?i)" + re.String()); err == nil && folded.MatchString(message) {
		p.Hint = "the letter case differs: write (?i) before the pattern to match without it"
		return p
	}
	need := condition.PatternNeed(re.String())
	low := strings.ToLower(message)
	if !need.Open && !slices.ContainsFunc(need.Literals, func(l string) bool { return strings.Contains(low, l) }) {
		p.Hint = "the message does not hold " + quoteAny(need.Literals)
	}
	return p
}

func quoteAny(texts []string) string {
	const most = 5
	if len(texts) > most {
		texts = append(slices.Clone(texts[:most]), "…")
	}
	return `"` + strings.Join(texts, `" or "`) + `"`
}

// conditions explains what is asked of the holes; nothing is asked unless the texts hold.
func (a *Alternative) conditions(runner *condition.Runner) bool {
	if !a.TextsHold {
		return false
	}
	hold := true
	if a.Match.When != nil {
		a.When = runner.Explain(a.Match.When, a.Holes)
		hold = a.When.Outcome == condition.True
	}
	for _, c := range a.Match.Except {
		p := runner.Explain(c, a.Holes)
		a.Except = append(a.Except, p)
		hold = hold && p.Outcome == condition.False // one that cannot be told excepts: a rule that cannot be told does not show
	}
	return hold
}

// afterwards tells what became of a rule that holds.
func (x *Explanation) afterwards(v *Verdict) {
	if v == nil || !slices.ContainsFunc(v.Matched, func(m Matched) bool { return m.Rule == x.Rule }) {
		return
	}
	switch {
	case x.Rule.Owner != nil || !x.Rule.Issue:
		x.Shows = true
	case slices.Contains(v.Issues, x.Rule):
		x.Shows = true
	case slices.Contains(v.Rules, x.Rule):
		x.Folded = true
	default:
		for _, r := range v.Rules {
			if r.Issue && !r.Generic {
				x.LeftOff = append(x.LeftOff, r)
			}
		}
	}
}

// Share says how much of the rule's texts holds, from 0 to 1, whatever its other clauses say; 1 of a rule that holds. Of one
// without texts that does not hold, only the error codes count.
func (x *Explanation) Share() float64 {
	best := 0.0
	if x.Holds {
		return 1
	}
	for i := range x.Alternatives {
		a := &x.Alternatives[i]
		if len(a.Lines)+len(a.Patterns) == 0 && len(a.Match.Codes) > 0 && a.CodesHold {
			best = max(best, 1)
		}
		for _, l := range a.Lines {
			best = max(best, l.Share)
		}
		for _, p := range a.Patterns {
			if p.Holds {
				best = 1
			}
		}
	}
	return best
}
