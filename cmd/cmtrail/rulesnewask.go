package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/cmtrail/cmtrail/internal/display"
	"github.com/cmtrail/cmtrail/internal/ruleset"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

var (
	issueForm    = regexp.MustCompile(`^CM-[A-Z0-9]+(?:-[A-Z0-9]+)+$`)
	stepRuleForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)
)

// isTerminal tells whether a person sits at the reader's other end. A reader may say so itself.
func isTerminal(r io.Reader) bool {
	if t, ok := r.(interface{ IsTerminal() bool }); ok {
		return t.IsTerminal()
	}
	f, ok := r.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// asker asks a person. Questions go to standard error, so that standard output holds the rule alone.
type asker struct {
	in *bufio.Reader
	to io.Writer
}

func newAsker(c *cobra.Command) *asker {
	return &asker{bufio.NewReader(c.InOrStdin()), c.ErrOrStderr()}
}

// errNoAnswer ends the command: the person has gone.
var errNoAnswer = &exitError{exitUsage, "nothing was written: the answers ended"}

// line asks until the answer passes the check. An empty answer is the one that was offered.
func (a *asker) line(question, offered string, check func(string) error) (string, error) {
	for {
		fmt.Fprint(a.to, question+" ")
		answer, err := a.in.ReadString('\n')
		if err != nil && (answer == "" || !errors.Is(err, io.EOF)) {
			fmt.Fprintln(a.to)
			return "", errNoAnswer
		}
		answer = strings.TrimSpace(answer)
		if answer == "" {
			answer = offered
		}
		if err := check(answer); err != nil {
			fmt.Fprintln(a.to, "  "+display.Line(err.Error()))
			continue
		}
		return answer, nil
	}
}

// lines asks for several lines, up to an empty one.
func (a *asker) lines(question string) ([]string, error) {
	fmt.Fprintln(a.to, question)
	var all []string
	for {
		text, err := a.in.ReadString('\n')
		text = strings.TrimRight(text, "\r\n")
		if strings.TrimSpace(text) != "" {
			all = append(all, text)
		}
		if err != nil || strings.TrimSpace(text) == "" {
			return all, nil
		}
	}
}

// describe fills in what people are told of the rule: from flags, or else by asking.
func (m *ruleMaker) describe(o *origin, d *rules.Draft) error {
	d.Title, d.Step = m.title, m.step
	if m.stepRule != "" {
		d.ID = m.step + "." + m.stepRule
		return nil
	}
	d.Cause, d.Fix = m.cause, m.fix
	severity, id := m.severity, m.id
	for _, q := range []struct {
		into             *string
		question, offers string
		check            func(string) error
		skip             bool
	}{
		{&d.Title, "Title, one line for people:", "", needed, d.Title != ""},
		{&severity, "Severity (info, warning, error, critical) [" + o.severity() + "]:", o.severity(), checkSeverity, severity != ""},
		{&d.Step, "Step of the pipeline, if it belongs to one []:", "", m.checkStep, d.Step != ""},
	} {
		if q.skip || m.ask == nil {
			continue
		}
		var err error
		if *q.into, err = m.ask.line(q.question, q.offers, q.check); err != nil {
			return err
		}
	}
	if id == "" {
		id = m.proposeID(o, d.Title)
		if m.ask != nil {
			var err error
			if id, err = m.ask.line("Id ["+id+"]:", id, m.checkID); err != nil {
				return err
			}
		}
	}
	d.ID, d.Severity = id, ruleset.Severity(slices.Index(severityNames, severity)+1)
	if m.ask == nil {
		return nil
	}
	return m.help(d)
}

// help asks for cause and fix, which may stay open.
func (m *ruleMaker) help(d *rules.Draft) error {
	var err error
	if d.Cause == "" {
		if d.Cause, err = m.ask.line("Cause, why it happens []:", "", func(string) error { return nil }); err != nil {
			return err
		}
	}
	if len(d.Fix) == 0 {
		d.Fix, err = m.ask.lines("Fix, what to do, a line each; an empty one ends:")
		for i := range d.Fix {
			d.Fix[i] = strings.TrimSpace(d.Fix[i])
		}
	}
	return err
}

func needed(s string) error {
	if s == "" {
		return errors.New("an issue needs one")
	}
	return nil
}

func checkSeverity(s string) error {
	if !slices.Contains(severityNames, s) {
		return fmt.Errorf("found %q, expected %s", s, strings.Join(severityNames, ", "))
	}
	return nil
}

func (m *ruleMaker) checkID(id string) error {
	switch {
	case !issueForm.MatchString(id):
		return fmt.Errorf("found %q, expected CM-<AREA>-<NAME> in capitals and digits", id)
	case m.taken(id):
		return fmt.Errorf("rule %q is there already", id)
	}
	return nil
}

func (m *ruleMaker) taken(id string) bool {
	return slices.ContainsFunc(m.set.Rules, func(r *rules.Rule) bool { return r.ID == id })
}

// proposeID makes a free id: the area that most issues of the log have, then the first words of the title that tell something.
func (m *ruleMaker) proposeID(o *origin, title string) string {
	id := "CM-" + m.area(o)
	words := 0
	for _, w := range idWords.FindAllString(strings.ToUpper(strings.ReplaceAll(title, "'", "")), -1) {
		if words < 4 && !slices.Contains(fillers, w) {
			id, words = id+"-"+w, words+1
		}
	}
	if words == 0 {
		id += "-LINE"
	}
	free := id
	for n := 2; m.taken(free); n++ {
		free = id + "-" + strconv.Itoa(n)
	}
	return free
}

// area returns the part of an id that says where in the product the issue is.
func (m *ruleMaker) area(o *origin) string {
	switch o.record.Format {
	case parsers.W3C:
		return "IIS"
	case parsers.MSI:
		return "MSI"
	}
	log := o.normal()
	count, area := map[string]int{}, ""
	for _, r := range m.set.Rules {
		if !r.Issue || !slices.Contains(logsOf(r), log) {
			continue
		}
		a, _, _ := strings.Cut(strings.TrimPrefix(r.ID, "CM-"), "-")
		count[a]++
		if area == "" || count[a] > count[area] || count[a] == count[area] && a < area {
			area = a
		}
	}
	if area == "" {
		stem := strings.TrimSuffix(parsers.LogName(log), ".log")
		area = orElse(strings.Join(idWords.FindAllString(strings.ToUpper(stem), -1), ""), "LOG")
	}
	return area
}

var (
	idWords = regexp.MustCompile(`[A-Z0-9]+`)
	fillers = strings.Fields("A AN THE OF FOR WITH TO AT IN ON BY FROM IS ARE WAS WERE BE BEEN HAS HAVE AND OR THAT THIS ITS CAN COULD")
)
