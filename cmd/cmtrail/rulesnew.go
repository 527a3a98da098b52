package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cmtrail/cmtrail/internal/display"
	"github.com/cmtrail/cmtrail/internal/propose"
	"github.com/cmtrail/cmtrail/internal/sentence"
	"github.com/cmtrail/cmtrail/rules"
)

// ruleMaker makes a rule of a log line.
type ruleMaker struct {
	rules                     ruleFlags
	log, line, sentence       string
	title, severity, step, id string
	stepRule, cause, to       string
	fix                       []string

	set *rules.Set
	ask *asker // nil when there is no one to ask
}

func newNew() *cobra.Command {
	m := &ruleMaker{}
	c := &cobra.Command{
		Use:   "new [LOG:LINE]",
		Short: "Make a rule of a log line",
		Long: "Make a rule of a log line: a sentence with named holes where such lines vary, and tests that hold the line itself\n" +
			"and one that nearly matches. LOG:LINE is a line of a log file; or else --log and --line give it, or --log and\n" +
			"standard input. On a terminal it asks for what no flag gives. The rule file goes to standard output, or to --to,\n" +
			"and only when it has no faults and its tests pass.",
		Example: "  cmtrail rules new C:\\Windows\\CCM\\Logs\\WUAHandler.log:214 --to my-rules.yaml\n" +
			"  cmtrail rules new distmgr.log:40 --title 'The disk is full' --severity critical --cause 'The drive is full.' --fix 'Free space.'\n" +
			"  Get-Clipboard | cmtrail rules new --log WUAHandler.log --title 'No disk' --severity error\n" +
			"  cmtrail rules new UpdatesHandler.log:7 --step install.01 --step-rule started",
		Args: cobra.MaximumNArgs(1),
		RunE: m.run,
	}
	m.rules.add(c)
	f := c.Flags()
	f.StringVar(&m.log, "log", "", "name of the log that the line is from, where the file's own does not tell")
	f.StringVar(&m.line, "line", "", "the line itself, as the log writes it")
	f.StringVar(&m.sentence, "sentence", "", "the sentence, instead of the one that is proposed")
	f.StringVar(&m.title, "title", "", "one line for people")
	f.StringVar(&m.severity, "severity", "", "info, warning, error or critical")
	f.StringVar(&m.step, "step", "", "the step of the pipeline that the line belongs to")
	f.StringVar(&m.id, "id", "", "id of the issue: CM-<AREA>-<NAME>; by default made of the log and the title")
	f.StringVar(&m.stepRule, "step-rule", "", "make a rule that marks --step instead of one that shows an issue; this is the last part of its id")
	f.StringVar(&m.cause, "cause", "", "why it happens")
	f.StringArrayVar(&m.fix, "fix", nil, "what to do about it (repeatable, in order)")
	f.StringVar(&m.to, "to", "", "rule file that the rule is added to; it is made when it is not there")
	completeFrom(c, "severity", fixedValues(severityNames))
	completeFrom(c, "step", stepsOfSet)
	completeFrom(c, "log", logsOfSet)
	return c
}

func (m *ruleMaker) run(c *cobra.Command, args []string) error {
	if err := checkFolder(m.to); err != nil {
		return &exitError{exitUsage, "--to: " + err.Error()}
	}
	if err := m.load(c); err != nil {
		return err
	}
	if isTerminal(c.InOrStdin()) {
		m.ask = newAsker(c)
	}
	if err := m.check(); err != nil {
		return err
	}
	o, err := m.origin(c, args)
	if err != nil {
		return err
	}
	m.show(c, o)
	s, err := m.sentenceOf(c, o)
	if err != nil {
		return err
	}
	around, err := o.survey(s)
	if err != nil {
		return err
	}
	around.tell(c)
	if m.ask != nil && m.to == "" {
		if m.to, err = m.ask.line("File to add the rule to; empty prints it []:", "", checkFolder); err != nil {
			return err
		}
		if m.to != "" {
			if err := m.load(c); err != nil {
				return err
			}
		}
	}
	d := &rules.Draft{Evidence: "observed", Line: s.String()}
	if d.When = o.when(); d.When == "" {
		d.File = o.log
	}
	if err := m.describe(o, d); err != nil {
		return err
	}
	tests, changed := o.tests(s, around)
	if changed != "" {
		c.PrintErrln("note: " + changed)
	}
	d.Tests = tests
	return m.write(c, d)
}

// load loads the rules, those of the file that the rule goes to among them: its id must be free there too.
func (m *ruleMaker) load(c *cobra.Command) error {
	if _, err := os.Stat(m.to); m.to != "" && err == nil {
		m.rules.paths = append(m.rules.paths, m.to)
	}
	var err error
	m.set, err = m.rules.load(c)
	return err
}

// checkFolder refuses a file that could not be made, before anything is asked.
func checkFolder(file string) error {
	if file == "" {
		return nil
	}
	if info, err := os.Stat(filepath.Dir(file)); err != nil || !info.IsDir() {
		return fmt.Errorf("there is no folder %s", filepath.Dir(file))
	}
	if info, err := os.Stat(file); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no file", file)
	}
	return nil
}

// check refuses flags that contradict each other or name what is not there.
func (m *ruleMaker) check() error {
	refuse := func(format string, args ...any) error { return &exitError{exitUsage, fmt.Sprintf(format, args...)} }
	if m.severity != "" && !slices.Contains(severityNames, m.severity) {
		return refuse("--severity: found %q, expected %s", m.severity, strings.Join(severityNames, ", "))
	}
	if err := m.checkStep(m.step); err != nil {
		return refuse("--step: %v", err)
	}
	if m.stepRule != "" {
		switch {
		case m.step == "":
			return refuse("--step-rule needs --step")
		case m.severity != "" || m.id != "" || m.cause != "" || len(m.fix) > 0:
			return refuse("--step-rule makes a rule without --severity, --id, --cause and --fix: it shows no issue")
		case !stepRuleForm.MatchString(m.stepRule):
			return refuse("--step-rule: found %q, expected small letters, digits and hyphens", m.stepRule)
		}
		if id := m.step + "." + m.stepRule; m.taken(id) {
			return refuse("--step-rule: rule %q is there already", id)
		}
	}
	if err := m.checkID(m.id); m.id != "" && err != nil {
		return refuse("--id: %v", err)
	}
	if m.ask != nil || m.stepRule != "" {
		return nil
	}
	var missing []string
	if m.title == "" {
		missing = append(missing, "--title")
	}
	if m.severity == "" {
		missing = append(missing, "--severity")
	}
	if len(missing) > 0 {
		return refuse("there is no terminal to ask on: give %s", strings.Join(missing, " and "))
	}
	return nil
}

func (m *ruleMaker) checkStep(id string) error {
	if known := stepsOfSet(m.set); id != "" && !slices.Contains(known, id) {
		hint := "; cmtrail rules steps lists them"
		if near := sentence.Nearest(id, known); near != "" {
			hint = fmt.Sprintf(", did you mean %q?", near)
		}
		return fmt.Errorf("unknown step %q%s", id, hint)
	}
	return nil
}

// show tells which record the rule is made of, and which rules know it already.
func (m *ruleMaker) show(c *cobra.Command, o *origin) {
	c.PrintErrf("%s, read as %s\n  %s\n", o.where(), o.record.Format, display.Line(strings.ReplaceAll(o.record.Message, "\n", " | ")))
	if o.why != "" {
		c.PrintErrln("note: " + o.why)
	}
	for _, r := range o.knownBy(m.set) {
		what := "marks the line already"
		if r.Issue {
			what = "shows on the line already: " + r.Title
		}
		c.PrintErrf("note: %s %s\n", r.ID, display.Line(what))
	}
}

// sentenceOf proposes a sentence and lets the person take it or write another.
func (m *ruleMaker) sentenceOf(c *cobra.Command, o *origin) (*sentence.Sentence, error) {
	fits := func(text string) error {
		s, err := sentence.Compile(text)
		if err != nil {
			return err
		}
		if _, ok := s.Match(o.record.Message, nil); !ok {
			return fmt.Errorf("the sentence does not match the line")
		}
		return nil
	}
	text := m.sentence
	if text != "" {
		if err := fits(text); err != nil {
			return nil, &exitError{exitUsage, "--sentence: " + err.Error()}
		}
	} else {
		p, err := propose.New(m.set, rules.ErrorCodes()).Propose(o.normal(), o.record.Message)
		if err != nil {
			return nil, &exitError{exitUsage, err.Error() + "; --sentence gives one"}
		}
		text = p.Sentence
	}
	c.PrintErrf("sentence: %s\n", display.Line(text))
	if m.ask != nil && m.sentence == "" {
		var err error
		if text, err = m.ask.line("Enter takes it, or write another:", text, fits); err != nil {
			return nil, err
		}
	}
	s, err := sentence.Compile(text)
	if err != nil {
		return nil, err
	}
	holes, _ := s.Match(o.record.Message, nil)
	types := map[string]sentence.Type{}
	for _, h := range s.Holes() {
		types[h.Name] = h.Type
	}
	for _, h := range holes {
		c.PrintErrf("  %s = %s\n", h.Name, display.Line(h.Value))
		if types[h.Name] == sentence.Hresult {
			c.PrintErrf("  any code matches; to ask for this one, add to match: when: %s == \"%s\"\n", h.Name, h.Value)
		}
	}
	return s, nil
}
