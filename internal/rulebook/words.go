package rulebook

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/cmtrail/cmtrail/internal/ruleset"
	"github.com/cmtrail/cmtrail/rules"
)

// link writes the name of something as Markdown, with a link where there is a page of it.
type link func(r *rules.Rule) string

// recognised says how a rule knows its records.
func (b *Book) recognised(r *rules.Rule, to link) string {
	var out strings.Builder
	for i, m := range r.Match {
		if len(r.Match) > 1 {
			out.WriteString(map[bool]string{true: "Either:\n\n", false: "\nor:\n\n"}[i == 0])
		}
		out.WriteString(b.match(m))
	}
	if r.Correlation != nil {
		out.WriteString(b.relation(r.Correlation, to) + "\n")
		told := map[*rules.Rule]bool{}
		for e := range r.Correlation.Events {
			if told[e.Rule] || len(e.Rule.Match) == 0 {
				continue
			}
			told[e.Rule] = true
			name := to(e.Rule)
			if e.Rule.Owner != nil {
				name = code(e.Name)
			}
			out.WriteString("\n" + name + " is a record\n\n")
			for i, m := range e.Rule.Match {
				if i > 0 {
					out.WriteString("\nor:\n\n")
				}
				out.WriteString(b.match(m))
			}
		}
	}
	if r.Once != nil {
		out.WriteString("\nIt is reported once in " + span(r.Once.Per) + by(" for the same ", r.Once.By) + ", and the repeats are counted.\n")
	}
	if r.Generic {
		out.WriteString("\nIt is left off a record on which a more specific issue shows.\n")
	}
	return out.String()
}

// match lists what must hold of one record.
func (b *Book) match(m *ruleset.Match) string {
	var out strings.Builder
	var logs []string
	for _, l := range m.Logs() {
		logs = append(logs, b.logName(l))
	}
	if len(logs) == 0 {
		out.WriteString("- in any log\n")
	} else {
		out.WriteString("- in " + strings.Join(logs, ", ") + "\n")
	}
	for i, s := range m.Lines {
		out.WriteString(orLine(i) + "the line " + code(s.String()) + "\n")
	}
	for i, p := range m.Patterns {
		out.WriteString(orLine(i) + "the pattern " + code(p.String()) + "\n")
	}
	if len(m.Codes) > 0 {
		var all []string
		for _, c := range m.Codes {
			name := code(rules.FormatCode(c))
			if e, ok := rules.ErrorCodes().Lookup(c); ok && e.Symbol != "" {
				name += " " + text(e.Symbol)
			}
			all = append(all, name)
		}
		out.WriteString("- with the error code " + strings.Join(all, ", ") + "\n")
	}
	if m.When != nil {
		out.WriteString("- when " + code(m.When.String()) + "\n")
	}
	for _, e := range m.Except {
		out.WriteString("- except when " + code(e.String()) + "\n")
	}
	return out.String()
}

func orLine(i int) string {
	if i == 0 {
		return "- with "
	}
	return "- or "
}

// relation says in words how records are related.
func (b *Book) relation(c *ruleset.Correlation, to link) string {
	name := func(e ruleset.Event) string {
		if e.Rule == nil || e.Rule.Owner != nil {
			return code(e.Name)
		}
		return to(e.Rule)
	}
	list := func(all []ruleset.Event, between string) string {
		names := make([]string, len(all))
		for i, e := range all {
			names[i] = name(e)
		}
		return strings.Join(names, between)
	}
	var s string
	switch c.Kind {
	case "absence":
		s = name(c.After) + " asks, and " + name(c.Expect) + " does not come within " + span(c.Within)
	case "sequence":
		if c.AnyOrder {
			s = list(c.Steps, " and ") + " come within " + span(c.Within) + ", in any order"
		} else {
			s = list(c.Steps, ", then ") + " come within " + span(c.Within)
		}
	case "threshold":
		s = name(c.Of) + " shows " + strconv.Itoa(c.AtLeast) + " times within " + span(c.Within)
		if c.Distinct != "" {
			s = name(c.Of) + " shows with " + strconv.Itoa(max(c.AtLeast, 1)) + " different values of " + code(c.Distinct) + " within " + span(c.Within)
		}
	case "change":
		s = "the value of " + code(c.Value) + " in " + name(c.Of) + " is not the last one"
	case "silence":
		s = "nothing"
		if c.Of.Rule != nil {
			s = "no " + name(c.Of)
		}
		if c.Value != "" {
			s += " with another value of " + code(c.Value)
		}
		s += " comes for " + span(c.LongerThan) + " between " + name(c.From) + " and " + name(c.To)
	case "duration":
		s = "more than " + span(c.LongerThan) + " pass from " + name(c.From) + " to " + name(c.To)
	}
	s += by(" for the same ", c.By)
	if c.When != nil {
		s += ", when " + code(c.When.String())
	}
	s = "It shows when " + s + "."
	if len(c.Unless) > 0 {
		s += " Called off by " + list(c.Unless, ", ") + "."
	}
	if len(c.CoveredBy) > 0 {
		logs := make([]string, len(c.CoveredBy))
		for i, l := range c.CoveredBy {
			logs[i] = b.logName(l)
		}
		s += " The answer can stand in " + strings.Join(logs, ", ") + "."
	}
	if c.AcrossHost {
		s += " The records may be of several hosts."
	}
	return s
}

func by(before string, holes []string) string {
	if len(holes) == 0 {
		return ""
	}
	return before + codes(holes)
}

// place says where a rule stands.
func place(r *rules.Rule) string { return r.File + ":" + strconv.Itoa(r.Line) }

// title is what a rule is called: its own title, or that of its step.
func title(r *rules.Rule) string {
	if r.Step != nil {
		return cmp.Or(r.Title, r.Step.Title)
	}
	return r.Title
}
