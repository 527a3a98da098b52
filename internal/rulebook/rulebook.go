// Package rulebook says what a set of rules covers, for people: a page a step and an issue, and a report of the whole.
package rulebook

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/cmtrail/cmtrail/internal/ruleset"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// Book is a set of rules, ordered for reading.
type Book struct {
	Flows []*Flow // as the steps come; issues without a step stand in a last one without a name
	Logs  []*Log  // by name; what any log can carry stands in a last one without a name

	set   *rules.Set
	steps map[*rules.Step]*Step
	rules map[string]*rules.Rule
	names map[string]string // a log's normalised name -> as people write it
}

// Flow is a run of steps.
type Flow struct {
	Name   string // scan
	Steps  []*Step
	Issues []*rules.Rule // those of its steps, and, in the last flow, those of no step
	Marks  int           // rules that mark its steps
	Tests  int
}

// Step is one step and what is known of it.
type Step struct {
	*rules.Step
	Marks    []*rules.Rule // rules that mark it
	Issues   []*rules.Rule // what can go wrong in it
	Logs     []string      // that mark it
	More     []string      // other logs, that its issues stand in
	Journeys []*ruleset.Journey
}

// Log is one log and what it carries.
type Log struct {
	Name   string
	Steps  []*rules.Step
	Issues []*rules.Rule
}

// New orders a set.
func New(set *rules.Set) *Book {
	b := &Book{set: set, steps: map[*rules.Step]*Step{}, rules: map[string]*rules.Rule{}, names: spellings(set)}
	flows := map[string]*Flow{}
	flowOf := func(s *rules.Step) *Flow {
		name := ""
		if s != nil {
			name, _, _ = strings.Cut(s.ID, ".")
		}
		if flows[name] == nil {
			flows[name] = &Flow{Name: name}
			b.Flows = append(b.Flows, flows[name])
		}
		return flows[name]
	}
	for _, s := range set.Steps {
		entry := &Step{Step: s, Journeys: journeysOf(set, s)}
		b.steps[s] = entry
		f := flowOf(s)
		f.Steps = append(f.Steps, entry)
	}
	for _, r := range set.Rules {
		b.rules[r.ID] = r
		f := flowOf(r.Step)
		f.Tests += len(r.Tests)
		if r.Issue {
			f.Issues = append(f.Issues, r)
		} else {
			f.Marks++
		}
		for _, s := range stepsOf(r) {
			entry := b.steps[s]
			if r.Issue {
				entry.Issues = append(entry.Issues, r)
				entry.More = append(entry.More, b.LogsOf(r)...)
			} else {
				entry.Marks = append(entry.Marks, r)
				entry.Logs = append(entry.Logs, b.LogsOf(r)...)
			}
		}
	}
	for _, f := range b.Flows {
		worstFirst(f.Issues)
		for _, s := range f.Steps {
			worstFirst(s.Issues)
			s.Logs = sorted(s.Logs)
			s.More = slices.DeleteFunc(sorted(s.More), func(l string) bool { return slices.Contains(s.Logs, l) })
		}
	}
	b.Logs = b.logs()
	return b
}

// stepsOf returns the steps that a rule belongs to.
func stepsOf(r *rules.Rule) []*rules.Step {
	if r.Step == nil {
		return nil
	}
	return append([]*rules.Step{r.Step}, r.AlsoSteps...)
}

func worstFirst(issues []*rules.Rule) {
	slices.SortStableFunc(issues, func(a, b *rules.Rule) int {
		return cmp.Or(-cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.ID, b.ID))
	})
}

// sorted orders names without regard to case, each once.
func sorted(names []string) []string {
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(strings.ToLower(a), strings.ToLower(b)) })
	return slices.Compact(names)
}

// spellings learns from tests and advice how people write the names of logs.
func spellings(set *rules.Set) map[string]string {
	names := map[string]string{}
	learn := func(name string) {
		name = name[strings.LastIndexAny(name, `/\`)+1:]
		if n := parsers.LogName(name); names[n] == "" && strings.EqualFold(n, name) {
			names[n] = name
		}
	}
	for _, r := range set.Rules {
		for _, t := range r.Tests {
			for _, l := range t.Logs {
				learn(l.Name)
			}
		}
		for _, l := range r.About.LookNext {
			learn(l)
		}
	}
	return names
}

func (b *Book) logName(normal string) string { return cmp.Or(b.names[normal], normal) }

// LogsOf returns the logs that a rule reads, as people write their names; none: any log.
func (b *Book) LogsOf(r *rules.Rule) []string {
	var all []string
	for _, m := range r.Match {
		for _, l := range m.Logs() {
			all = append(all, b.logName(l))
		}
	}
	if r.Correlation != nil {
		for e := range r.Correlation.Events {
			all = append(all, b.LogsOf(e.Rule)...)
		}
		for _, l := range r.Correlation.CoveredBy {
			all = append(all, b.logName(l))
		}
	}
	return sorted(all)
}

// journeysOf returns the journeys that can pass the step: those that begin or end in its flow, or name it.
func journeysOf(set *rules.Set, s *rules.Step) []*ruleset.Journey {
	flow, _, _ := strings.Cut(s.ID, ".")
	var all []*ruleset.Journey
	for _, j := range set.Journeys {
		passes := func(r *rules.Rule) bool { return r.Step != nil && strings.HasPrefix(r.Step.ID, flow+".") }
		ends := slices.Concat(slices.Collect(maps.Values(j.Ends))...)
		reached := slices.Contains(slices.Collect(maps.Values(j.Reaches)), s)
		if reached || slices.ContainsFunc(j.Starts, passes) || slices.ContainsFunc(ends, passes) {
			all = append(all, j)
		}
	}
	return all
}

// logs lists what each log carries.
func (b *Book) logs() []*Log {
	byName := map[string]*Log{}
	for _, r := range b.set.Rules {
		logs := b.LogsOf(r)
		if len(logs) == 0 {
			logs = []string{""}
		}
		for _, name := range logs {
			if byName[name] == nil {
				byName[name] = &Log{Name: name}
			}
			byName[name].add(r)
		}
	}
	names := sorted(slices.Collect(maps.Keys(byName)))
	if len(names) > 0 && names[0] == "" {
		names = append(names[1:], "")
	}
	var all []*Log
	for _, name := range names {
		l := byName[name]
		worstFirst(l.Issues)
		slices.SortFunc(l.Steps, func(a, b *rules.Step) int { return cmp.Compare(a.Index, b.Index) })
		all = append(all, l)
	}
	return all
}

func (l *Log) add(r *rules.Rule) {
	if r.Issue {
		l.Issues = append(l.Issues, r)
		return
	}
	for _, s := range stepsOf(r) {
		if !slices.Contains(l.Steps, s) {
			l.Steps = append(l.Steps, s)
		}
	}
}
