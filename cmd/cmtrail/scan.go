package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/cmtrail/cmtrail/internal/display"
	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/internal/report"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// exitFound is the status when an issue at or above --fail-on was found.
const exitFound = 3

var (
	reportFormats = []string{"text", "json", "markdown"}
	severities    = []string{"info", "warning", "error", "critical"}
	colorModes    = []string{"auto", "always", "never"}
)

type scanner struct {
	rules  ruleFlags
	redact redactFlags
	host   string
	arch   string
	zone   string
	bias   string
	format string
	color  string
	failOn string
	quiet  bool
}

func newScan() *cobra.Command {
	s := &scanner{}
	c := &cobra.Command{
		Use:   "scan PATH...",
		Short: "Report what ran, how far each scan came, what is wrong and what to do",
		Long: "Scan reads logs as one flow in the order of time and writes a report for people. PATH is a log, a folder of logs or\n" +
			"a .zip of one. All files of a PATH are of one machine, unless two of its folders hold the same log: then each\n" +
			"folder is a machine of its own.",
		Example: "  cmtrail scan C:\\Windows\\CCM\\Logs C:\\Windows\\WindowsUpdate.log\n  cmtrail scan --format markdown --fail-on error support.zip",
		Args:    needs(1, "a PATH: a log, a folder of logs, a .zip of one, or - for standard input"),
		RunE:    s.run,
	}
	s.rules.add(c)
	s.redact.add(c)
	f := c.Flags()
	f.StringVar(&s.host, "host", "", "name of the machine that all logs are from")
	f.StringVar(&s.arch, "arch", "", "processor architecture of the machines: amd64, arm64 or x86")
	f.StringVar(&s.zone, "timezone", "", "zone of formats that write local time without an offset; the default takes that of the machine's other logs")
	f.StringVar(&s.bias, "bias", "windows", "how to read the bias of ccm stamps: windows, iso or ignore")
	f.StringVar(&s.format, "format", "text", "form of the report: text, json or markdown")
	f.StringVar(&s.color, "color", "auto", "colours: auto (on a terminal, unless NO_COLOR is set), always or never")
	f.StringVar(&s.failOn, "fail-on", "", "exit with status 3 when an issue of this severity or a worse one is found")
	f.BoolVar(&s.quiet, "quiet", false, "no progress on standard error")
	choices(c, "format", reportFormats...)
	choices(c, "fail-on", severities...)
	choices(c, "color", colorModes...)
	choices(c, "bias", biasNames...)
	choices(c, "arch", archNames...)
	return c
}

func (s *scanner) run(c *cobra.Command, paths []string) error {
	options, err := s.options()
	if err != nil {
		return err
	}
	if err := s.redact.load(); err != nil {
		return err
	}
	set, err := s.rules.load(c)
	if err != nil {
		return err
	}
	files, unread, err := gather(c.InOrStdin(), paths, s.host)
	if err != nil {
		return err
	}
	defer files.close()
	for i := range files.all {
		files.all[i].Source.Arch = s.arch
	}
	b := report.NewBuilder(len(files.all), files.passed)
	for _, err := range unread {
		b.Unread(s.redact.fault(err))
	}
	p := newProgress(c.ErrOrStderr(), s.quiet, files.inputs)
	pipe := pipeline.New(rules.NewEngine(set))
	watchPanics(c, pipe)
	correlator := rules.NewCorrelator(set, rules.CorrelatorOptions{}, s.redact.output(b.Output()))
	replay := pipe.NewReplay(options, correlator, func(file int, r *pipeline.Result) {
		b.Record(s.redact.record(files.all[file].Name, r))
	})
	failed := len(unread) > 0
	replay.Run(files.counted(p), func(file int, err error) {
		failed = true
		b.Unread(s.redact.fault(fmt.Errorf("%s: %w", files.all[file].Name, withoutPath(err))))
	})
	p.done()
	r := b.Report()
	if err := s.write(c.OutOrStdout(), r); err != nil {
		if errors.Is(err, syscall.EPIPE) {
			return errBrokenPipe
		}
		return &exitError{exitUnread, "writing: " + err.Error()}
	}
	broke := tellPanics(c, pipe)
	switch {
	case failed || broke:
		for _, u := range r.Unread {
			c.PrintErrln("cmtrail:", display.Line(u))
		}
		return &exitError{status: exitUnread}
	case s.failOn != "" && r.Worst() > slices.Index(severities, s.failOn):
		return &exitError{status: exitFound}
	}
	return nil
}

func (s *scanner) options() (o parsers.Options, err error) {
	for _, choice := range []struct {
		name, value string
		of          []string
	}{{"format", s.format, reportFormats}, {"color", s.color, colorModes}, {"fail-on", s.failOn, append([]string{""}, severities...)}} {
		if !slices.Contains(choice.of, choice.value) {
			return o, &exitError{exitUsage, fmt.Sprintf("unknown %s %q, expected %s", choice.name, choice.value, strings.TrimPrefix(strings.Join(choice.of, ", "), ", "))}
		}
	}
	var ok bool
	if o.Bias, ok = parsers.ParseBias(s.bias); !ok {
		return o, &exitError{exitUsage, fmt.Sprintf("unknown bias %q, expected windows, iso or ignore", s.bias)}
	}
	if o.Zone, err = parsers.ParseZone(s.zone); err != nil {
		return o, &exitError{exitUsage, "timezone: " + err.Error()}
	}
	return o, nil
}

func (s *scanner) write(to io.Writer, r *report.Report) error {
	switch s.format {
	case "json":
		return r.JSON(escaped{beneath(to)}, func(j *rules.Journey) []byte { return appendJourney(nil, j) }, func(f *rules.Finding) []byte { return appendFinding(nil, f) })
	case "markdown":
		return r.Markdown(to)
	}
	style := report.Style{Color: s.color == "always"}
	if f, ok := beneath(to).(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			style.Width = width
		}
		style.Color = style.Color || s.color == "auto" && os.Getenv("NO_COLOR") == ""
	}
	if style.Color {
		to = beneath(to) // its own sequences have to come through
	}
	return r.Text(to, style)
}
