package main

import (
	"slices"
	"strings"

	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// kindOf says what a rule looks for: match, or the kind of its relation.
func kindOf(r *rules.Rule) string {
	if r.Correlation != nil {
		return r.Correlation.Kind
	}
	return "match"
}

// stepIDs returns the steps that a rule marks, never nil.
func stepIDs(r *rules.Rule) []string {
	ids := []string{}
	if r.Step != nil {
		ids = append(ids, r.Step.ID)
	}
	for _, s := range r.AlsoSteps {
		ids = append(ids, s.ID)
	}
	return ids
}

// marked tells whether a rule marks the step or an issue belongs to it.
func marked(set *rules.Set, step *rules.Step) bool {
	return slices.ContainsFunc(set.Rules, func(r *rules.Rule) bool { return r.Step == step || slices.Contains(r.AlsoSteps, step) })
}

// flowOf returns the flow of a step: scan for scan.01.03.
func flowOf(step string) string {
	flow, _, _ := strings.Cut(step, ".")
	return flow
}

// logsOf returns the normalised names of the logs that a rule reads, or that the events of its relation do. None: any.
func logsOf(r *rules.Rule) []string {
	var all []string
	var gather func(r *rules.Rule, depth int)
	gather = func(r *rules.Rule, depth int) {
		for _, m := range r.Match {
			for _, log := range m.Logs() {
				if !slices.Contains(all, log) {
					all = append(all, log)
				}
			}
		}
		// A relation can wait for another one; a circle of them is a fault, but this must end all the same.
		if r.Correlation != nil && depth < 8 {
			for e := range r.Correlation.Events {
				gather(e.Rule, depth+1)
			}
		}
	}
	gather(r, 0)
	return all
}

// spelling returns what gives a normalised log name back the capitals that people know it by. Tests hold them.
func spelling(set *rules.Set) func(string) string {
	known := map[string]string{}
	for _, r := range set.Rules {
		for _, t := range r.Tests {
			for _, l := range t.Logs {
				name := l.Name[strings.LastIndexByte(l.Name, '/')+1:]
				if log := parsers.LogName(name); strings.EqualFold(name, log) && known[log] == "" {
					known[log] = name
				}
			}
		}
	}
	return func(log string) string { return orElse(known[log], log) }
}

func stepsOfSet(set *rules.Set) []string {
	var all []string
	for _, s := range set.Steps {
		all = append(all, s.ID)
	}
	return all
}

func flowsOfSet(set *rules.Set) []string {
	var all []string
	for _, s := range set.Steps {
		if f := flowOf(s.ID); !slices.Contains(all, f) {
			all = append(all, f)
		}
	}
	return all
}

func tagsOfSet(set *rules.Set) []string {
	return sorted(set, func(r *rules.Rule) []string { return r.Tags })
}

func logsOfSet(set *rules.Set) []string {
	spell := spelling(set)
	all := sorted(set, logsOf)
	for i := range all {
		all[i] = spell(all[i])
	}
	return all
}

func packsOfSet(set *rules.Set) []string {
	return sorted(set, func(r *rules.Rule) []string { return []string{r.Pack} })
}

func sorted(set *rules.Set, of func(*rules.Rule) []string) []string {
	var all []string
	for _, r := range set.Rules {
		all = append(all, of(r)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
