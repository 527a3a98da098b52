package explain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cmtrail/cmtrail/internal/correlate"
	"github.com/cmtrail/cmtrail/internal/ruleset"
	"github.com/cmtrail/cmtrail/rules"
)

// relation writes what the record did for the relation that is asked about, or why nothing.
func (p *page) relation(s *Story) {
	cor := s.Rule.Correlation
	p.within("  ", func() {
		p.field("relation", describe(cor))
		if off(s.Rules[0]) != "" {
			return
		}
		for _, l := range s.Lives {
			p.life(l)
		}
		p.asides(s.Asides)
		if len(s.Lives)+len(s.Asides) == 0 {
			p.line("The record takes no part in it.")
			p.untimed(s)
		}
	})
	if len(s.Lives) > 0 {
		return
	}
	for _, x := range s.Events {
		p.rule(x, true)
		if x.Rule.Correlation != nil {
			p.line("  ask about it: cmtrail rules explain %s %s", x.Rule.ID, visible(place(s.File, s.Record.LineStart)))
		}
	}
}

// lives writes what the record did for all relations and journeys.
func (p *page) lives(s *Story) {
	p.untimed(s)
	for _, of := range []struct {
		title string
		run   bool
	}{{"Relations that the record takes part in", false}, {"Journeys", true}} {
		own := slices.DeleteFunc(slices.Clone(s.Lives), func(l *Life) bool { return (l.Of() == nil) != of.run })
		asides := slices.DeleteFunc(slices.Clone(s.Asides), func(m *rules.Moment) bool { return (m.Rule == nil) != of.run })
		if len(own)+len(asides) == 0 {
			continue
		}
		p.line("\n%s", of.title)
		p.within("  ", func() {
			for _, l := range own {
				if r := l.Of(); r != nil {
					p.line("%s", title(r))
					p.within("  ", func() {
						p.field("relation", describe(r.Correlation))
						p.life(l)
					})
					continue
				}
				p.life(l)
			}
			p.asides(asides)
		})
	}
}

func (p *page) untimed(s *Story) {
	if st := &s.Record.Stamp; !st.HasWall && !st.HasUTC {
		p.line("\nIts time is not known, so that it is related to no other record.")
	}
}

// asides writes why the record belongs to no instance or run.
func (p *page) asides(all []*rules.Moment) {
	for _, m := range all {
		switch {
		case m.Journey != nil:
			p.line("%s: it joins no run: %s", m.Journey.ID, visible(m.Why))
		default:
			p.line("%s: as %s it changes nothing: %s%s", m.Rule.ID, m.Event, visible(m.Why), visible(keysOf(m.Keys, ", with ")))
		}
	}
}

// describe says what a relation looks for.
func describe(c *rules.Correlation) string {
	var out string
	switch c.Kind {
	case "absence":
		out = fmt.Sprintf("absence: after %s, %s is expected within %s", c.After.Name, c.Expect.Name, length(c.Within))
	case "sequence":
		out = fmt.Sprintf("sequence: %s, within %s", names(c.Steps, ", then "), length(c.Within))
		if c.AnyOrder {
			out = fmt.Sprintf("sequence: %s in any order, within %s", names(c.Steps, ", "), length(c.Within))
		}
	case "threshold":
		out = fmt.Sprintf("threshold: %d of %s within %s", c.AtLeast, c.Of.Name, length(c.Within))
		if c.Distinct != "" {
			out += ", with as many values of " + c.Distinct
		}
	case "change":
		out = fmt.Sprintf("change: %s of %s", c.Value, c.Of.Name)
	case "silence":
		out = fmt.Sprintf("silence: nothing for %s between %s and %s", length(c.LongerThan), c.From.Name, c.To.Name)
	case "duration":
		out = fmt.Sprintf("duration: from %s to %s it takes longer than %s", c.From.Name, c.To.Name, length(c.LongerThan))
	}
	if len(c.By) > 0 {
		out += ", by " + strings.Join(c.By, ", ")
	}
	if len(c.Unless) > 0 {
		out += ", unless " + names(c.Unless, " or ")
	}
	if c.AcrossHost {
		out += ", across hosts"
	}
	return out
}

func names(events []ruleset.Event, between string) string {
	var all []string
	for _, e := range events {
		all = append(all, e.Name)
	}
	return strings.Join(all, between)
}

func keysOf(keys []rules.Key, before string) string {
	var all []string
	for _, k := range keys {
		all = append(all, k.Name+" = "+k.Value)
	}
	if len(all) == 0 {
		return ""
	}
	return before + strings.Join(all, ", ")
}

// life writes the moments of an instance or a run.
func (p *page) life(l *Life) {
	end := l.Moments[len(l.Moments)-1]
	if j := end.Journey; j != nil {
		p.line("%s%s", j.ID, visible(keysOf(end.Keys, ", the run of ")))
	} else {
		p.line("instance%s", visible(keysOf(end.Keys, " of ")))
	}
	p.within("  ", func() {
		for _, e := range l.Moments {
			if e.More > 0 {
				p.line("%s  and %s before the next one", strings.Repeat(" ", len(clock(e.At))), count(e.More, "more record"))
			}
			mark := ""
			if e.This {
				mark = "  <- this record"
			}
			p.line("%-23s  %s%s", clock(e.At), visible(l.moment(&e)), mark)
		}
		if r := l.Of(); r != nil && r.Correlation.Kind == "duration" && end.Kind != correlate.Answered && end.Kind != correlate.Found && end.Kind != correlate.Folded {
			p.line("%-23s  still open", clock(never))
		}
	})
}

// moment says in a line what happened.
func (l *Life) moment(e *Event) string {
	who := place(e.Ref.File, e.Ref.Line)
	as := ""
	if e.Event != "" {
		as = ", as " + e.Event
	}
	why := ""
	if e.Why != "" {
		why = ": " + e.Why
	}
	switch e.Kind {
	case correlate.Opened:
		return who + " opens it" + as + l.awaits(e) + why
	case correlate.Again:
		if e.Rule.Correlation.Kind == "absence" {
			return who + " asks again" + as + "; the first question stands"
		}
		return who + " begins it anew" + as + l.awaits(e) + why
	case correlate.Continued:
		return who + " goes on with it" + as + l.awaits(e) + why
	case correlate.Answered:
		return who + " ends it" + as + why
	case correlate.CalledOff:
		return who + " calls it off" + as + why
	case correlate.Waits:
		return "its time is over, and nothing tells yet what came of it" + marks(e)
	case correlate.Found, correlate.Folded:
		out := "found" + marks(e)
		if e.Ref.Line > 0 {
			out = "found with " + who
		} else if e.Rule.Correlation.Kind == "absence" {
			out = "found: unanswered" + marks(e)
		}
		if e.Kind == correlate.Folded {
			out += "; counted alone, as once reported it a short while ago"
		}
		return out
	case correlate.Dropped:
		return "undecided" + why + marks(e)
	case correlate.Expired:
		return "over, and nothing was found" + why
	case correlate.Evicted:
		return "let go of, because too many were pending"
	case correlate.Joined:
		return who + " joins it" + as + why
	case correlate.Merged:
		return "two runs turn out to be one" + keysOf(e.Keys, ", with ")
	case correlate.Reported:
		return "reported as " + e.Why
	}
	return who + " changes nothing" + as + why
}

// awaits says what an instance waits for, and until when.
func (l *Life) awaits(e *Event) string {
	c := e.Rule.Correlation
	var out string
	switch c.Kind {
	case "absence":
		out = "; awaits " + c.Expect.Name
	case "sequence":
		out = fmt.Sprintf("; %d of %d steps have come", max(e.Count, 1), len(c.Steps))
	case "threshold":
		out = fmt.Sprintf("; %d of %d have come", e.Count, c.AtLeast)
	case "silence":
		out = "; something must come"
	case "duration":
		return "; awaits " + c.To.Name
	}
	if out != "" && !e.Until.IsZero() {
		out += " until " + clock(e.Until)
	}
	return out
}

// marks says how far the logs had been read when time did something.
func marks(e *Event) string {
	var all []string
	for _, l := range e.Logs {
		if l.Read.IsZero() {
			all = append(all, l.Log+" was never read")
			continue
		}
		all = append(all, l.Log+" is read to "+clock(l.Read))
	}
	if !e.Newest.IsZero() {
		all = append(all, "all logs to "+clock(e.Newest))
	}
	if len(all) == 0 {
		return ""
	}
	return "; " + strings.Join(all, ", ")
}
