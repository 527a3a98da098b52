package rulebook

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cmtrail/cmtrail/rules"
)

// flowTitles are what the shipped flows are about.
var flowTitles = map[string]string{
	"scan": "Scan on the client", "sync": "Synchronisation of WSUS", "install": "Installation", "supersede": "Supersedence",
	"detect": "Applicability", "pol": "Policy of the update source", "state": "State messages", "cmsync": "Synchronisation of the site",
	"wcm": "Configuration of WSUS by the site", "sup": "Setup of the software update point", "dep": "Deployment on the client",
	"adr": "Automatic deployment rules", "clean": "Clean-up of WSUS",
}

// flowTitle is what a flow is about, with its name.
func flowTitle(name string) string {
	switch {
	case name == "":
		return "No step"
	case flowTitles[name] == "":
		return name
	}
	return flowTitles[name] + " (" + name + ")"
}

// summary counts what the set holds, by flow.
func (b *Book) summary() string {
	var out strings.Builder
	out.WriteString(head("flow", "steps", "issues", "of them off by default", "rules that mark steps", "tests"))
	var steps, issues, offs, marks, tests int
	var silent []*rules.Rule
	for _, f := range b.Flows {
		n := 0
		for _, r := range f.Issues {
			if off(r) != "" {
				n++
				silent = append(silent, r)
			}
		}
		out.WriteString(row(flowTitle(f.Name), strconv.Itoa(len(f.Steps)), strconv.Itoa(len(f.Issues)), strconv.Itoa(n), strconv.Itoa(f.Marks), strconv.Itoa(f.Tests)))
		steps, issues, offs, marks, tests = steps+len(f.Steps), issues+len(f.Issues), offs+n, marks+f.Marks, tests+f.Tests
	}
	out.WriteString(row("**in all**", strconv.Itoa(steps), strconv.Itoa(issues), strconv.Itoa(offs), strconv.Itoa(marks), strconv.Itoa(tests)))
	if len(silent) > 0 {
		out.WriteString("\nOff by default: " + ids(silent) + ".\n")
	}
	return out.String()
}

func ids(all []*rules.Rule) string {
	names := make([]string, len(all))
	for i, r := range all {
		names[i] = r.ID
	}
	return strings.Join(names, ", ")
}

// Coverage reports, for the whole set: which steps there are, what marks and what breaks them, and in which logs.
func (b *Book) Coverage() string {
	var out strings.Builder
	out.WriteString("# What the rules cover\n\n" + `<!-- Made by "make generate" from the rule packs. -->` + "\n\n")
	fmt.Fprintf(&out, "%s in %s of %s. `cmtrail rules docs --to DIR` writes a page for each step and issue.\n\n",
		count(len(b.set.Rules), "rule"), count(len(b.set.Packs), "pack"), count(len(slices.DeleteFunc(slices.Clone(b.Logs), func(l *Log) bool { return l.Name == "" })), "log"))
	out.WriteString("## Summary\n\n" + b.summary())
	for _, f := range b.Flows {
		if len(f.Steps) == 0 {
			continue
		}
		out.WriteString("\n## " + flowTitle(f.Name) + "\n\n" + picture(f))
		for _, s := range f.Steps {
			out.WriteString("\n### " + s.ID + ": " + text(s.Title) + "\n\n")
			for _, fact := range []struct{ name, value string }{
				{"Runs on", s.RunsOn},
				{"Marked by", codes(names(s.Marks))},
				{"Can break", issuesBySeverity(s.Issues)},
				{"Logs", strings.Join(s.Logs, ", ")},
				{"Its issues also stand in", strings.Join(s.More, ", ")},
			} {
				if fact.value == "" {
					continue
				}
				out.WriteString("- " + fact.name + ": " + fact.value + "\n")
			}
		}
	}
	out.WriteString("\n## Logs\n\n" + b.logTable(func(s *rules.Step) string { return s.ID }, func(r *rules.Rule) string { return r.ID }))
	return out.String()
}

func names(all []*rules.Rule) []string {
	out := make([]string, len(all))
	for i, r := range all {
		out[i] = r.ID
	}
	return out
}

// issuesBySeverity lists issues, the worst first, each group with its severity.
func issuesBySeverity(issues []*rules.Rule) string {
	var out strings.Builder
	last := ""
	for i, r := range issues {
		severity := r.Severity.String()
		switch {
		case severity != last && i > 0:
			out.WriteString("; ")
		case i > 0:
			out.WriteString(", ")
		}
		if severity != last {
			out.WriteString(severity + ": ")
			last = severity
		}
		out.WriteString(r.ID)
		if off(r) != "" {
			out.WriteString(" (" + off(r) + ")")
		}
	}
	return out.String()
}

// logTable says which log carries which steps and issues.
func (b *Book) logTable(step func(*rules.Step) string, issue link) string {
	var out strings.Builder
	out.WriteString(head("log", "steps", "issues"))
	for _, l := range b.Logs {
		var steps, issues []string
		for _, s := range l.Steps {
			steps = append(steps, step(s))
		}
		for _, r := range l.Issues {
			issues = append(issues, issue(r))
		}
		out.WriteString(row(text(cmp.Or(l.Name, "any log")), strings.Join(steps, ", "), strings.Join(issues, ", ")))
	}
	return out.String()
}
