package explain

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/cmtrail/cmtrail/internal/condition"
	"github.com/cmtrail/cmtrail/internal/match"
	"github.com/cmtrail/cmtrail/internal/sentence"
	"github.com/cmtrail/cmtrail/rules"
)

// Text writes the story for people.
func (s *Story) Text(to io.Writer) error {
	p := &page{}
	p.record(s)
	if s.Rule == nil {
		p.verdict(s.Verdict, s.Codes)
	}
	for _, x := range s.Rules {
		p.rule(x, s.Rule != nil)
	}
	if s.Rule != nil && s.Rule.Correlation != nil {
		p.relation(s)
	}
	if s.Rule == nil {
		p.near(s.Near)
		p.lives(s)
	}
	_, err := io.WriteString(to, p.b.String())
	return err
}

// page is a text under way.
type page struct {
	b      strings.Builder
	indent string
}

func (p *page) line(format string, args ...any) {
	p.b.WriteString(strings.TrimRight(p.indent+fmt.Sprintf(format, args...), " ") + "\n")
}

// field writes a name and what it is; nothing when that is empty.
func (p *page) field(name, text string) {
	if text != "" {
		p.line("%-9s %s", name, visible(text))
	}
}

// within writes what f writes further in.
func (p *page) within(by string, f func()) {
	outer := p.indent
	p.indent += by
	f()
	p.indent = outer
}

const column = "          " // under the text of a field

func (p *page) record(s *Story) {
	r := s.Record
	where := place(s.File, r.LineStart)
	if r.LineEnd > r.LineStart {
		where += fmt.Sprintf(" to %d", r.LineEnd)
	}
	p.line("%s", visible(where))
	p.within("  ", func() {
		at := string(r.Stamp.AppendTime(nil))
		if local := string(r.Stamp.AppendLocal(nil)); at == "" && local != "" {
			at = local + ", of no known offset"
		} else if at == "" {
			at = "none"
		}
		p.field("time", at)
		p.field("host", s.Source.Host)
		p.field("log", s.Log)
		p.field("format", string(r.Format))
		p.field("severity", r.Severity.String())
		p.field("component", r.Component)
		p.field("context", r.Context)
		if r.HasThread {
			p.field("thread", fmt.Sprint(r.Thread))
		}
		if r.HasPID {
			p.field("process", fmt.Sprint(r.PID))
		}
		if r.SourceFile != "" {
			p.field("source", strings.TrimSuffix(place(r.SourceFile, int(r.SourceLine)), ":0"))
		}
		p.field("tag", r.Tag)
		p.field("flags", strings.Join(r.Flags.Names(), ", "))
		for _, a := range r.Attrs {
			p.field("attribute", a.Key+" = "+first(a.Str, maxLine))
		}
		p.field("message", first(r.Message, maxMessage))
	})
}

// maxMessage is the number of runes of a message that are shown.
const maxMessage = 2000

func (p *page) verdict(v *rules.Verdict, codes []uint32) {
	if v == nil && len(codes) == 0 {
		p.line("\nNo rule shows on it, and it carries no error code.")
		return
	}
	if v == nil {
		v = &rules.Verdict{}
	}
	p.within("  ", func() {
		for _, s := range v.Steps {
			p.field("step", s.ID+"  "+s.Title)
		}
		for _, r := range v.Issues {
			p.field("issue", r.ID+"  "+r.Severity.String())
		}
		for _, c := range codes {
			e, _ := rules.ErrorCodes().Lookup(c)
			p.field("code", strings.TrimRight(rules.FormatCode(c)+"  "+e.Symbol, " "))
		}
		for _, k := range v.Keys {
			p.field("key", k.Name+" = "+k.Value)
		}
	})
}

// rule writes what a rule makes of the record; whole with each of its clauses.
func (p *page) rule(x *match.Explanation, whole bool) {
	p.line("\n%s", title(x.Rule))
	p.within("  ", func() {
		p.line("%s", visible(outcome(x)))
		p.field("rule", about(x.Rule))
		p.overrides(x.Rule)
		for i := range x.Alternatives {
			a := &x.Alternatives[i]
			if !whole && !a.Holds {
				continue
			}
			if len(x.Alternatives) > 1 {
				p.line("alternative %d of %d, at %s: %s", i+1, len(x.Alternatives), a.Match.Where, map[bool]string{true: "holds", false: "does not hold"}[a.Holds])
			}
			p.alternative(a)
		}
	})
}

func title(r *rules.Rule) string {
	if t := r.Title; t != "" {
		return r.ID + "  " + t
	}
	if r.Step != nil {
		return r.ID + "  " + r.Step.Title
	}
	return r.ID
}

func about(r *rules.Rule) string {
	out := place(r.File, r.Line)
	if r.Issue {
		out += ", " + r.Severity.String()
	}
	if r.Status != "" {
		out += ", " + r.Status
	}
	if r.Generic {
		out += ", generic"
	}
	return out
}

func (p *page) overrides(r *rules.Rule) {
	if r.Owner != nil {
		r = r.Owner
	}
	for _, o := range r.Overrides {
		what := ""
		switch {
		case o.Over:
			what = "changes nothing any more"
		case o.Field == "except":
			what = "excepts " + o.Value
		case o.Field == "disable":
			what = "disables it"
		default:
			what = fmt.Sprintf("sets %s to %s, was %s", o.Field, o.Value, o.Was)
		}
		p.field("override", o.Where.String()+" "+what+because(o))
	}
}

func (p *page) alternative(a *match.Alternative) {
	if a.LogHolds {
		p.field("log", "holds: "+wanted(a))
	} else {
		p.field("log", fmt.Sprintf("does not hold: it reads %s, and this is %s", wanted(a), its(a)))
	}
	p.lines(a.Lines)
	for i := range a.Patterns {
		p.pattern(&a.Patterns[i])
	}
	if len(a.Match.Codes) > 0 {
		verb := "does not hold"
		if a.CodesHold {
			verb = "holds"
		}
		p.field("code", fmt.Sprintf("%s: any of %s; the record carries %s", verb, codes(a.Match.Codes), codes(a.Carried)))
	}
	if a.Match.When != nil {
		p.condition("when", a.When, a.Match.When.String())
	}
	for i, c := range a.Match.Except {
		var part *condition.Part
		if i < len(a.Except) {
			part = a.Except[i]
		}
		p.condition("except", part, c.String())
	}
	for _, h := range a.Holes {
		p.field("hole", h.Name+" = "+first(h.Value, maxLine))
	}
}

func codes(all []uint32) string {
	const most = 10
	var out []string
	for i, c := range all {
		if i == most {
			out = append(out, fmt.Sprintf("%d more", len(all)-most))
			break
		}
		out = append(out, rules.FormatCode(c))
	}
	if len(out) == 0 {
		return "none"
	}
	return strings.Join(out, ", ")
}

func matches(l *sentence.Explanation) bool { return l.Matched }

// maxLines is the number of sentences, of several that do not match, of which it is told where they stopped.
const maxLines = 3

// lines writes the sentence that matches, or where those stopped that came nearest.
func (p *page) lines(all []*sentence.Explanation) {
	if i := slices.IndexFunc(all, matches); i >= 0 {
		p.sentence(all[i])
		return
	}
	near := slices.Clone(all)
	slices.SortStableFunc(near, func(a, b *sentence.Explanation) int { return -compare(a.Share, b.Share) })
	for _, l := range near[:min(len(near), maxLines)] {
		p.sentence(l)
	}
	if more := len(near) - maxLines; more > 0 {
		p.line("%s and %s of which less holds", column, count(more, "sentence"))
	}
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func (p *page) sentence(l *sentence.Explanation) {
	verb := "matches"
	if !l.Matched {
		verb = fmt.Sprintf("does not match: stopped at character %d of the sentence", l.Stop.Rune+1)
	}
	p.field("line", verb)
	p.within(column, func() {
		a := align(l)
		p.line("sentence  %s", a.sentence)
		p.line("message   %s", a.message)
		if l.Stop == nil {
			return
		}
		p.line("          %s^", strings.Repeat(" ", a.caret))
		p.line("expected  %s", visible(l.Stop.Expected))
		p.line("found     %s", visible(l.Stop.Found))
		for _, h := range l.Stop.Hints {
			p.line("note      %s", visible(h))
		}
	})
}

func (p *page) pattern(l *match.Pattern) {
	verb := "matches: "
	if !l.Holds {
		verb = "does not match: "
	}
	p.field("pattern", verb+l.Text)
	if l.Hint != "" {
		p.line("%snote      %s", column, visible(l.Hint))
	}
}

// condition writes a condition and its parts; one that was not asked alone.
func (p *page) condition(name string, part *condition.Part, text string) {
	if part == nil {
		p.field(name, "not asked: "+text)
		return
	}
	p.field(name, part.Outcome.String()+": "+part.Text+reason(part))
	p.within(column, func() { p.parts(part) })
}

func (p *page) parts(of *condition.Part) {
	for _, part := range of.Parts {
		p.line("%s", visible(part.Outcome.String()+": "+part.Text+reason(part)))
		p.within("  ", func() { p.parts(part) })
	}
}

func reason(part *condition.Part) string {
	if part.Reason == "" {
		return ""
	}
	return " (" + part.Reason + ")"
}

// near writes the rules that came nearest, each with the sentence that did.
func (p *page) near(all []*match.Explanation) {
	if len(all) == 0 {
		return
	}
	p.line("\nNearest rules that do not match")
	for _, x := range all {
		p.within("  ", func() {
			p.line("%s", title(x.Rule))
			p.within("  ", func() {
				p.line("%s", visible(outcome(x)))
				one := *best(x)
				if len(one.Lines) > 1 {
					one.Lines = []*sentence.Explanation{slices.MaxFunc(one.Lines, func(a, b *sentence.Explanation) int { return compare(a.Share, b.Share) })}
				}
				p.alternative(&one)
			})
		})
	}
}

// never stands for the end of all records.
var never time.Time

// clock writes a time in UTC.
func clock(t time.Time) string {
	if t.IsZero() {
		return "the end"
	}
	return t.UTC().Format("2006-01-02 15:04:05.000")
}
