package rulebook

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cmtrail/cmtrail/internal/ruleset"
	"github.com/cmtrail/cmtrail/rules"
)

// Mark begins each page, so that a page can be told from a file that somebody wrote.
const Mark = "<!-- Made by cmtrail rules docs: what is changed here is lost. -->\n"

// Page is one page of Markdown.
type Page struct {
	Path string // with slashes, below the folder of the book: steps/scan.01.03.md
	Text string
}

// Pages returns all pages: the index, one a step and one an issue.
func (b *Book) Pages() []Page {
	all := []Page{{"index.md", b.index()}}
	for _, f := range b.Flows {
		for _, s := range f.Steps {
			all = append(all, Page{stepPath(s.Step), b.step(s)})
		}
	}
	for _, f := range b.Flows {
		for _, r := range f.Issues {
			all = append(all, Page{issuePath(r), b.issue(r)})
		}
	}
	return all
}

// Page returns the page of a step or an issue by its id; that of a rule that marks a step is the step's.
func (b *Book) Page(id string) (string, bool) {
	for s, entry := range b.steps {
		if s.ID == id {
			return b.step(entry), true
		}
	}
	r := b.rules[id]
	switch {
	case r == nil:
		return "", false
	case r.Issue:
		return b.issue(r), true
	}
	return b.step(b.steps[r.Step]), true
}

func stepPath(s *rules.Step) string  { return "steps/" + s.ID + ".md" }
func issuePath(r *rules.Rule) string { return "issues/" + r.ID + ".md" }

// linker writes links from pages that stand so many folders below the index.
func linker(up string) link {
	return func(r *rules.Rule) string {
		if r.Issue {
			return "[" + r.ID + "](" + up + issuePath(r) + ")"
		}
		if r.Step == nil {
			return code(r.ID)
		}
		return "[" + code(r.ID) + "](" + up + stepPath(r.Step) + ")"
	}
}

func stepLink(up string, s *rules.Step) string {
	return "[" + s.ID + "](" + up + stepPath(s) + ") " + text(s.Title)
}

// anchor is the id of a journey in the index.
func anchor(j *ruleset.Journey) string { return "journey-" + j.ID }

func (b *Book) index() string {
	var out strings.Builder
	out.WriteString(Mark + "\n# Steps and known issues\n\n")
	out.WriteString(b.summary())
	for _, f := range b.Flows {
		if len(f.Steps) == 0 {
			continue
		}
		out.WriteString("\n## " + flowTitle(f.Name) + "\n\n" + head("step", "where", "marked by", "issues"))
		for _, s := range f.Steps {
			out.WriteString(row(stepLink("", s.Step), s.RunsOn, count(len(s.Marks), "rule"), strconv.Itoa(len(s.Issues))))
		}
	}
	if len(b.set.Journeys) > 0 {
		out.WriteString("\n## Journeys\n")
	}
	for _, j := range b.set.Journeys {
		out.WriteString("\n" + `<a id="` + anchor(j) + `"></a>` + "\n\n**" + text(j.Title) + "** (" + code(j.ID) + ") " + journey(j, linker("")) + "\n")
	}
	out.WriteString("\n## Issues\n\n" + head("issue", "severity", "step", "title", ""))
	for _, f := range b.Flows {
		for _, r := range f.Issues {
			step := ""
			if r.Step != nil {
				step = "[" + r.Step.ID + "](" + stepPath(r.Step) + ")"
			}
			out.WriteString(row(linker("")(r), r.Severity.String(), step, text(r.Title), off(r)))
		}
	}
	out.WriteString("\n## Logs\n\n" + b.logTable(func(s *rules.Step) string { return "[" + s.ID + "](" + stepPath(s) + ")" }, linker("")))
	return out.String()
}

// journey says how a run begins and ends.
func journey(j *ruleset.Journey, to link) string {
	list := func(all []*rules.Rule) string {
		names := make([]string, len(all))
		for i, r := range all {
			names[i] = to(r)
		}
		return strings.Join(names, ", ")
	}
	s := "begins with " + list(j.Starts)
	for _, state := range []string{"completed", "failed"} {
		if len(j.Ends[state]) > 0 {
			s += "; is " + state + " with " + list(j.Ends[state])
		}
	}
	return s + ". Its keys are " + codes(j.Keys) + ". It is stalled after " + span(j.StalledAfter) + " of silence."
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// off says that a rule is off, and why.
func off(r *rules.Rule) string {
	switch {
	case r.Status == "testing":
		return "off by default"
	case !r.Enabled:
		return "disabled"
	}
	return ""
}

func (b *Book) step(s *Step) string {
	var out strings.Builder
	to := linker("../")
	out.WriteString(Mark + "\n# " + s.ID + ": " + text(s.Title) + "\n\n")
	flow, _, _ := strings.Cut(s.ID, ".")
	out.WriteString("- Flow: " + text(flowTitle(flow)) + ", see the [index](../index.md)\n")
	if s.RunsOn != "" {
		out.WriteString("- Runs on: " + s.RunsOn + "\n")
	}
	for _, j := range s.Journeys {
		out.WriteString("- Journey: [" + text(j.Title) + "](../index.md#" + anchor(j) + ")\n")
	}
	if len(s.Logs) > 0 {
		out.WriteString("- Logs: " + text(strings.Join(s.Logs, ", ")) + "\n")
	}
	if len(s.More) > 0 {
		out.WriteString("- Its issues also stand in: " + text(strings.Join(s.More, ", ")) + "\n")
	}
	before, after := b.around(s)
	for _, n := range []struct {
		what string
		step *Step
	}{{"Before it", before}, {"After it", after}} {
		if n.step != nil {
			out.WriteString("- " + n.what + ": " + stepLink("../", n.step.Step) + "\n")
		}
	}
	out.WriteString("\n## What can go wrong\n\n")
	if len(s.Issues) == 0 {
		out.WriteString("No known issue belongs to this step.\n")
	} else {
		out.WriteString(head("issue", "severity", "title", ""))
		for _, r := range s.Issues {
			out.WriteString(row(to(r), r.Severity.String(), text(r.Title), off(r)))
		}
	}
	out.WriteString("\n## How it is recognised\n")
	if len(s.Marks) == 0 {
		out.WriteString("\nNo rule marks this step.\n")
	}
	for _, r := range s.Marks {
		out.WriteString("\n### " + r.ID + "\n\n" + b.recognised(r, to))
		out.WriteString(b.example(r))
		out.WriteString("\nIt stands in " + code(place(r)) + ".\n")
	}
	return out.String()
}

// around returns the steps before and after a step in its flow.
func (b *Book) around(s *Step) (before, after *Step) {
	for _, f := range b.Flows {
		i := slices.Index(f.Steps, s)
		if i < 0 {
			continue
		}
		if i > 0 {
			before = f.Steps[i-1]
		}
		if i+1 < len(f.Steps) {
			after = f.Steps[i+1]
		}
	}
	return before, after
}

func (b *Book) issue(r *rules.Rule) string {
	var out strings.Builder
	to := linker("../")
	out.WriteString(Mark + "\n# " + r.ID + ": " + text(r.Title) + "\n\n")
	status := r.Status
	if off(r) != "" {
		status += ", " + off(r)
	}
	if r.ReplacedBy != "" {
		status += ", replaced by " + to(b.rules[r.ReplacedBy])
	}
	facts := []struct{ name, value string }{
		{"Severity", r.Severity.String()}, {"Status", status}, {"Evidence", r.Evidence}, {"Revision", strconv.Itoa(r.Revision)},
		{"Tags", text(strings.Join(r.Tags, ", "))}, {"Logs", text(strings.Join(b.LogsOf(r), ", "))}, {"Stands in", code(place(r))},
	}
	for _, s := range stepsOf(r) {
		out.WriteString("- Step: " + stepLink("../", s) + "\n")
		for _, j := range b.steps[s].Journeys {
			out.WriteString("- Journey: [" + text(j.Title) + "](../index.md#" + anchor(j) + ")\n")
		}
	}
	for _, f := range facts {
		if f.value != "" {
			out.WriteString("- " + f.name + ": " + f.value + "\n")
		}
	}
	a := r.About
	paragraph(&out, "Cause", a.Cause)
	paragraph(&out, "Impact", a.Impact)
	if len(a.Fix) > 0 {
		out.WriteString("\n## What to do\n\n")
		for i, f := range a.Fix {
			fmt.Fprintf(&out, "%d. %s\n", i+1, text(f))
		}
	}
	bullets(&out, "Read next", a.LookNext)
	out.WriteString("\n## How it is recognised\n\n" + b.recognised(r, to) + b.example(r))
	bullets(&out, "References", a.References)
	b.related(&out, r, to)
	return out.String()
}

func paragraph(out *strings.Builder, name, s string) {
	if s != "" {
		out.WriteString("\n## " + name + "\n\n" + text(s) + "\n")
	}
}

func bullets(out *strings.Builder, name string, all []string) {
	if len(all) == 0 {
		return
	}
	out.WriteString("\n## " + name + "\n\n")
	for _, s := range all {
		out.WriteString("- " + text(s) + "\n")
	}
}

// related lists what shows on the same records, and the other issues of the same steps.
func (b *Book) related(out *strings.Builder, r *rules.Rule, to link) {
	var lines []string
	add := func(other *rules.Rule, why string) {
		line := "- " + to(other) + " " + text(title(other)) + why + "\n"
		if other != r && !slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, "- "+to(other)+" ") }) {
			lines = append(lines, line)
		}
	}
	for _, other := range b.set.Rules {
		if slices.Contains(r.Also, other.ID) || slices.Contains(other.Also, r.ID) {
			add(other, " (shows on the same records)")
		}
	}
	for _, s := range stepsOf(r) {
		for _, other := range b.steps[s].Issues {
			add(other, "")
		}
	}
	if len(lines) > 0 {
		out.WriteString("\n## Related\n\n" + strings.Join(lines, ""))
	}
}

// example shows the logs of the rule's first test in which it shows.
func (b *Book) example(r *rules.Rule) string {
	for _, t := range r.Tests {
		if len(t.Expect) == 0 {
			continue
		}
		var out strings.Builder
		for _, l := range t.Logs {
			out.WriteString("\n" + text(l.Name) + ":\n\n" + block(shortened(l.Text)))
		}
		var on []string
		for _, e := range t.Expect {
			on = append(on, text(e.On))
		}
		return "\nFor example, it shows on " + strings.Join(on, ", ") + " of:\n" + out.String()
	}
	return ""
}

// maxExample is the number of lines of a log that an example shows.
const maxExample = 12

func shortened(s string) string {
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
	if len(lines) <= maxExample {
		return strings.Join(lines, "\n")
	}
	rest := len(lines) - maxExample
	return strings.Join(lines[:maxExample], "\n") + "\n... " + count(rest, "line") + " more"
}
