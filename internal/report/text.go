package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/cmtrail/cmtrail/internal/display"
	"github.com/cmtrail/cmtrail/rules"
)

// Style says how a text report looks.
type Style struct {
	Color bool
	Width int // columns; 0: lines are not broken
}

// Text writes the report for a terminal or a file.
func (r *Report) Text(to io.Writer, s Style) error {
	p := &page{style: s}
	p.head(r)
	if len(r.Journeys) > 0 {
		p.title("Journeys")
		for _, j := range r.Journeys {
			p.journey(j, len(r.Hosts) > 1)
		}
	}
	p.issues(r)
	if len(r.Undecided) > 0 {
		p.title("Undecided: the logs do not tell")
		var long []string
		for _, u := range r.Undecided {
			switch {
			case u.Within() <= longQuestion:
				p.undecided(u)
			case !slices.Contains(long, u.Rule.ID):
				long = append(long, u.Rule.ID)
			}
		}
		if len(long) > 0 {
			p.block("  ", "of more than a day, which the logs do not span: "+strings.Join(long, ", "))
		}
	}
	if len(r.Unknown) > 0 {
		p.title("Error codes without a name")
		for _, c := range r.Unknown {
			p.line("  %s  %s, first in %s:%d", rules.FormatCode(c.Code), times(c.Count), display.Line(c.First.File), c.First.Line)
		}
	}
	if len(r.Unread) > 0 {
		p.title("Not read whole")
		for _, u := range r.Unread {
			p.block("  ", display.Line(u))
		}
	}
	_, err := io.WriteString(to, p.b.String())
	return err
}

// longQuestion is the time above which a question is no more than named: few folders of logs could answer it.
const longQuestion = 24 * time.Hour

// page is a text under way.
type page struct {
	style Style
	b     strings.Builder
}

// The colours, as terminals number them.
const (
	bold   = "1"
	faint  = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
	cyan   = "36"
)

func (p *page) paint(color, text string) string {
	if !p.style.Color {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

func (p *page) line(format string, args ...any) { fmt.Fprintf(&p.b, format+"\n", args...) }

func (p *page) title(text string) { p.line("\n%s", p.paint(bold, text)) }

func (p *page) head(r *Report) {
	text := fmt.Sprintf("%s, %s", count(r.Logs, "log"), count(r.Records, "record"))
	if len(r.Hosts) > 1 {
		text += fmt.Sprintf(", %s", count(len(r.Hosts), "host"))
	}
	if !r.From.IsZero() {
		text += fmt.Sprintf(", %s to %s UTC", r.From.UTC().Format(time.DateTime), r.To.UTC().Format(time.DateTime))
	}
	if r.Passed > 0 {
		text += fmt.Sprintf("; %s passed over that %s no log", count(r.Passed, "file"), map[bool]string{true: "is", false: "are"}[r.Passed == 1])
	}
	p.line("%s", text)
}

func (p *page) journey(j *rules.Journey, host bool) {
	name := display.Line(j.Journey.Title)
	if id := j.Name(); id != "" {
		name += " " + display.Line(short(id))
	}
	if host && j.Host != "" {
		name += " on " + display.Line(j.Host)
	}
	state := ""
	switch j.State {
	case "completed":
		state = p.paint(green, "completed in "+spent(j.Ended.Sub(j.Started)))
	case "failed":
		state = p.paint(red, "failed after "+spent(j.Ended.Sub(j.Started)))
	case "stalled":
		state = p.paint(yellow, "stuck since "+j.Last.UTC().Format(time.DateTime))
	default:
		state = p.paint(faint, "not over when the logs end")
		if len(j.Ambiguous) > 0 {
			state = p.paint(yellow, "not to be told from another run after "+j.Last.UTC().Format(time.DateTime))
		}
	}
	if j.Attempt > 1 {
		state += fmt.Sprintf(", attempt %d", j.Attempt)
	}
	p.line("  %s  %s  %s", j.Started.UTC().Format(time.DateTime), name, state)
	p.steps(j)
	if s := j.LastStep; s != nil && j.State != "completed" {
		p.block("      ", "last step "+s.ID+": "+display.Line(s.Title))
	}
	if len(j.SupersededBy) > 0 {
		p.line("      taken over by %s", display.Line(short(j.SupersededBy[0].Value)))
	}
	if len(j.Ambiguous) > 0 {
		var ids []string
		for _, s := range j.Ambiguous {
			ids = append(ids, s.ID)
		}
		p.block("      ", "another run may have reached instead: "+strings.Join(ids, ", "))
	}
	if len(j.Issues) > 0 {
		var ids []string
		for _, r := range j.Issues {
			ids = append(ids, r.ID)
		}
		p.block("      ", "issues: "+strings.Join(ids, ", "))
	}
}

// steps draws a run as a line of its steps, each with the time until the next.
func (p *page) steps(j *rules.Journey) {
	var parts []string
	for i, s := range j.Steps {
		id := s.Step.ID
		if i > 0 {
			if flow, rest, _ := strings.Cut(id, "."); strings.HasPrefix(j.Steps[i-1].Step.ID, flow+".") {
				id = rest
			}
		}
		if d := j.Spent(i); d >= 100*time.Millisecond && i+1 < len(j.Steps) {
			id += " " + spent(d)
		}
		parts = append(parts, id)
	}
	p.block("      ", strings.Join(parts, " > "))
}

func (p *page) issues(r *Report) {
	if len(r.Issues) == 0 {
		p.line("\n%s", p.paint(green, "No known issue shows."))
		return
	}
	p.title("Issues")
	for _, i := range r.Issues {
		p.issue(i, len(r.Hosts) > 1)
	}
}

var severityColors = map[string]string{"critical": red, "error": red, "warning": yellow, "info": cyan}

func (p *page) issue(i *Issue, host bool) {
	severity := i.Rule.Severity.String()
	p.line("  %s %s  %s", p.paint(severityColors[severity], fmt.Sprintf("%-8s", severity)), p.paint(bold, i.Rule.ID), display.Line(i.Rule.Title))
	where := times(i.Count)
	if host && i.Host != "" {
		where = "on " + display.Line(i.Host) + ", " + where
	}
	if !i.First.IsZero() {
		where += ", " + i.First.UTC().Format(time.DateTime)
		if i.Count > 1 && !i.Last.Equal(i.First) {
			where += " to " + i.Last.UTC().Format(time.DateTime)
		}
	}
	p.field("seen", where)
	e := i.Evidence
	p.field("evidence", fmt.Sprintf("%s:%d  %s", display.Line(e.File), e.Line, display.Line(firstLine(e.Message))))
	if f := i.Finding; f != nil {
		switch {
		case f.Missing != nil:
			p.field("missing", fmt.Sprintf("nothing answered within %s%s", spent(f.Missing.Within), logsOf(f.Missing.Logs)))
		case f.Last != f.First:
			p.field("and", fmt.Sprintf("%s:%d  %s", display.Line(f.Last.File), f.Last.Line, display.Line(firstLine(f.Last.Message))))
		}
	}
	about := i.Rule.About
	p.field("cause", about.Cause)
	if severity == "info" {
		return // it is good to know; the documentation has the rest
	}
	p.field("impact", about.Impact)
	for n, fix := range about.Fix {
		name := "do"
		if n > 0 {
			name = ""
		}
		p.field(name, fmt.Sprintf("%d. %s", n+1, fix))
	}
	p.field("read next", strings.Join(about.LookNext, ", "))
	p.field("see", strings.Join(about.References, "; "))
}

func logsOf(logs []string) string {
	if len(logs) == 0 {
		return ""
	}
	return " in " + strings.Join(logs, ", ")
}

func (p *page) undecided(u *Undecided) {
	text := u.Why
	if len(u.Logs) > 0 {
		text += ": " + strings.Join(u.Logs, ", ")
	}
	p.block("  ", fmt.Sprintf("%s  %s", u.Rule.ID, display.Line(u.Rule.Title)))
	p.block("      ", fmt.Sprintf("%s, first asked in %s:%d; %s", times(u.Count), display.Line(u.First.File), u.First.Line, text))
}

func (p *page) field(name, text string) {
	text = display.Line(text) // of a log or a rule
	if text == "" {
		return
	}
	p.blockAfter("      "+p.paint(faint, fmt.Sprintf("%-10s", name)), 16, text)
}

func (p *page) block(indent, text string) { p.blockAfter(indent, len(indent), text) }

// blockAfter writes text behind a beginning that takes so many columns, broken to the width.
func (p *page) blockAfter(begin string, columns int, text string) {
	room := p.style.Width - columns
	p.b.WriteString(begin)
	used := 0
	for i, word := range strings.Split(text, " ") {
		n := utf8.RuneCountInString(word)
		switch {
		case i > 0 && p.style.Width > 0 && used+1+n > max(room, 20):
			p.b.WriteString("\n" + strings.Repeat(" ", columns))
			used = 0
		case i > 0:
			p.b.WriteByte(' ')
			used++
		}
		p.b.WriteString(word)
		used += n
	}
	p.b.WriteByte('\n')
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// short is what is shown of an id: its first group is enough to tell runs apart.
func short(id string) string {
	if len(id) == 36 && id[8] == '-' {
		return id[:8]
	}
	return id
}

func spent(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return fmt.Sprintf("%.1fs", d.Seconds())
	case d < time.Minute:
		return d.Round(time.Second).String()
	case d < time.Hour:
		return strings.TrimSuffix(d.Round(time.Second).String(), "m0s") + minutes(d.Round(time.Second)%time.Minute == 0)
	}
	h, m := int(d.Round(time.Minute)/time.Hour), int(d.Round(time.Minute)%time.Hour/time.Minute)
	if m == 0 {
		return fmt.Sprintf("%dh", h)
	}
	return fmt.Sprintf("%dh%dm", h, m)
}

func minutes(whole bool) string {
	if whole {
		return "m"
	}
	return ""
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
