package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/cmtrail/cmtrail/internal/display"
	"github.com/cmtrail/cmtrail/rules"
)

// Markdown writes the report for a ticket or a wiki.
func (r *Report) Markdown(to io.Writer) error {
	var b strings.Builder
	p := &page{}
	p.head(r)
	fmt.Fprintf(&b, "# cmtrail scan\n\n%s\n", strings.TrimSpace(p.b.String()))
	if len(r.Journeys) > 0 {
		b.WriteString("\n## Journeys\n\n| started (UTC) | run | host | state | last step | steps | issues |\n| --- | --- | --- | --- | --- | --- | --- |\n")
		for _, j := range r.Journeys {
			b.WriteString(row(j))
		}
	}
	b.WriteString("\n## Issues\n")
	if len(r.Issues) == 0 {
		b.WriteString("\nNo known issue shows.\n")
	}
	for _, i := range r.Issues {
		fmt.Fprintf(&b, "\n### %s: %s\n\n", i.Rule.ID, display.Markdown(i.Rule.Title))
		fmt.Fprintf(&b, "- severity: %s\n", i.Rule.Severity)
		if i.Host != "" {
			fmt.Fprintf(&b, "- host: %s\n", display.Markdown(i.Host))
		}
		fmt.Fprintf(&b, "- seen: %s", times(i.Count))
		if !i.First.IsZero() {
			fmt.Fprintf(&b, ", first %s UTC", i.First.UTC().Format(time.DateTime))
		}
		fmt.Fprintf(&b, "\n- evidence: %s %s\n", place(i.Evidence), display.Code(firstLine(i.Evidence.Message)))
		if f := i.Finding; f != nil && f.Missing != nil {
			fmt.Fprintf(&b, "- missing: %s\n", display.Markdown("nothing answered within "+spent(f.Missing.Within)+logsOf(f.Missing.Logs)))
		}
		about := i.Rule.About
		for _, e := range []struct{ name, text string }{{"cause", about.Cause}, {"impact", about.Impact}, {"read next", strings.Join(about.LookNext, ", ")}, {"see", strings.Join(about.References, "; ")}} {
			if e.text != "" {
				fmt.Fprintf(&b, "- %s: %s\n", e.name, display.Markdown(e.text))
			}
		}
		if len(about.Fix) > 0 {
			b.WriteByte('\n')
		}
		for n, fix := range about.Fix {
			fmt.Fprintf(&b, "%d. %s\n", n+1, display.Markdown(fix))
		}
	}
	if len(r.Undecided) > 0 {
		b.WriteString("\n## Undecided\n\n")
		for _, u := range r.Undecided {
			fmt.Fprintf(&b, "- %s (%s, %s): %s\n", u.Rule.ID, times(u.Count), place(u.First), display.Markdown(u.Why+logsOf(u.Logs)))
		}
	}
	if len(r.Unknown) > 0 {
		b.WriteString("\n## Error codes without a name\n\n")
		for _, c := range r.Unknown {
			fmt.Fprintf(&b, "- `%s` (%s, %s)\n", rules.FormatCode(c.Code), times(c.Count), place(c.First))
		}
	}
	if len(r.Unread) > 0 {
		b.WriteString("\n## Not read whole\n\n")
		for _, u := range r.Unread {
			fmt.Fprintf(&b, "- %s\n", display.Markdown(u))
		}
	}
	_, err := io.WriteString(to, b.String())
	return err
}

func row(j *rules.Journey) string {
	name, last := j.Journey.ID, ""
	if id := j.Name(); id != "" {
		name += " " + display.Markdown(short(id))
	}
	if j.LastStep != nil {
		last = j.LastStep.ID
	}
	var issues []string
	for _, r := range j.Issues {
		issues = append(issues, r.ID)
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s | %d | %s |\n", j.Started.UTC().Format(time.DateTime), name, display.Markdown(j.Host), j.State, last, len(j.Steps), strings.Join(issues, " "))
}

// place says where a record stands.
func place(at rules.Reference) string { return display.Code(fmt.Sprintf("%s:%d", at.File, at.Line)) }
