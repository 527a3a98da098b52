package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	_ "time/tzdata" // zone names work on machines without a zone database, Windows among them

	"github.com/spf13/cobra"

	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// errBrokenPipe ends the command without a word: the reader has seen enough.
var errBrokenPipe = errors.New("broken pipe")

type tagger struct {
	rules    ruleFlags
	redact   redactFlags
	host     string
	arch     string
	zone     string
	log      string
	format   string
	bias     string
	output   string
	quiet    bool
	options  parsers.Options
	set      *rules.Set
	pipeline *pipeline.Pipeline
	relate   *relating
	out      *bufio.Writer
	line     []byte
	err      error // first fault of writing
}

func newTag() *cobra.Command {
	t := &tagger{}
	c := &cobra.Command{
		Use:     "tag PATH...",
		Short:   "Print one JSON object a record, with steps, issues and error codes",
		Example: "  cmtrail tag C:\\Windows\\CCM\\Logs\n  cat WUAHandler.log | cmtrail tag --log WUAHandler.log -",
		Args:    cobra.MinimumNArgs(1),
		RunE:    t.run,
	}
	t.rules.add(c)
	t.redact.add(c)
	f := c.Flags()
	f.StringVar(&t.host, "host", "", "name of the machine that the logs are from")
	f.StringVar(&t.arch, "arch", "", "processor architecture of that machine: amd64, arm64 or x86")
	f.StringVar(&t.zone, "timezone", "", "zone of formats that write local time without an offset, such as Europe/Amsterdam")
	f.StringVar(&t.log, "log", "", "name of the log on standard input")
	f.StringVar(&t.format, "format", "", "format of all inputs; the default finds it out for each")
	f.StringVar(&t.bias, "bias", "windows", "how to read the bias of ccm stamps: windows, iso or ignore")
	f.StringVar(&t.output, "output", "jsonl", "form of the output: jsonl")
	f.BoolVar(&t.quiet, "quiet", false, "no progress on standard error")
	fixed := func(values ...string) func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return values, cobra.ShellCompDirectiveNoFileComp
		}
	}
	var formats []string
	for _, n := range parsers.FormatNames() {
		formats = append(formats, string(n))
	}
	for flag, values := range map[string][]string{"format": formats, "bias": {"windows", "iso", "ignore"}, "output": {"jsonl"}} {
		// It fails only for a flag that does not exist, which the tests of completion would show.
		_ = c.RegisterFlagCompletionFunc(flag, fixed(values...))
	}
	return c
}

func (t *tagger) run(c *cobra.Command, paths []string) error {
	if err := t.prepare(c); err != nil {
		return err
	}
	inputs, unread := find(paths)
	if t.log != "" {
		for i := range inputs {
			if inputs[i].path == "-" {
				inputs[i].name = t.log
			}
		}
	}
	t.relate = newRelating(t.set, len(inputs) == 1, t.redact.output, t.write)
	p := newProgress(c.ErrOrStderr(), t.quiet, inputs)
	for _, in := range inputs {
		if err := t.file(c.InOrStdin(), in, p); err != nil {
			unread = append(unread, fmt.Errorf("%s: %w", in.path, err))
		}
		if t.err != nil {
			break
		}
	}
	t.relate.correlator.End()
	p.done()
	if err := t.out.Flush(); err != nil && t.err == nil {
		t.err = err
	}
	if errors.Is(t.err, syscall.EPIPE) {
		return errBrokenPipe
	}
	if t.err != nil {
		return &exitError{exitUnread, "writing: " + t.err.Error()}
	}
	for _, err := range unread {
		c.PrintErrln("cmtrail:", err)
	}
	if len(unread) > 0 {
		return &exitError{status: exitUnread}
	}
	return nil
}

func (t *tagger) prepare(c *cobra.Command) error {
	var ok bool
	if t.options.Format, ok = parsers.ParseFormat(t.format); !ok {
		return &exitError{exitUsage, fmt.Sprintf("unknown format %q, expected one of %v", t.format, parsers.FormatNames())}
	}
	if t.options.Bias, ok = parsers.ParseBias(t.bias); !ok {
		return &exitError{exitUsage, fmt.Sprintf("unknown bias %q, expected windows, iso or ignore", t.bias)}
	}
	if t.output != "jsonl" {
		return &exitError{exitUsage, fmt.Sprintf("unknown output %q, expected jsonl", t.output)}
	}
	zone, err := parsers.ParseZone(t.zone)
	if err != nil {
		return &exitError{exitUsage, "timezone: " + err.Error()}
	}
	t.options.Zone = zone
	if err := t.redact.load(); err != nil {
		return err
	}
	set, err := t.rules.load(c)
	if err != nil {
		return err
	}
	t.set, t.pipeline = set, pipeline.New(rules.NewEngine(set))
	t.out = bufio.NewWriterSize(c.OutOrStdout(), 1<<16)
	return nil
}

// write writes a line, unless writing has failed before.
func (t *tagger) write(line []byte) {
	if t.err == nil {
		_, t.err = t.out.Write(line)
	}
}

// file reads one input whole.
func (t *tagger) file(stdin io.Reader, in input, p *progress) (err error) {
	from := stdin
	if in.path != "-" {
		f, err := os.Open(in.path)
		if err != nil {
			return withoutPath(err)
		}
		defer func() { _ = f.Close() }() // read only: closing loses nothing
		from = f
	}
	s := t.pipeline.Open(pipeline.Source{Host: t.host, Arch: t.arch, Path: in.path, Name: in.log()}, t.options, func(r *pipeline.Result) {
		name, shown := t.redact.record(in.name, r)
		t.line = appendRecord(t.line[:0], name, shown)
		t.write(t.line)
		t.relate.take(in.name, r)
	})
	_, err = io.Copy(s, p.reader(from, in))
	s.Flush()
	return withoutPath(err)
}

// withoutPath drops the path from an error of the file system, where the caller says it.
func withoutPath(err error) error {
	var e *os.PathError
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}
