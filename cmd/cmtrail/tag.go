package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"syscall"
	_ "time/tzdata" // zone names work on machines without a zone database, Windows among them

	"github.com/spf13/cobra"

	"github.com/cmtrail/cmtrail/internal/display"
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
	found    []byte // lines of what relating has found and nobody has written
	out      *bufio.Writer
	err      error // first fault of writing
}

func newTag() *cobra.Command {
	t := &tagger{}
	c := &cobra.Command{
		Use:     "tag PATH...",
		Short:   "Print one JSON object a record, with steps, issues and error codes",
		Example: "  cmtrail tag C:\\Windows\\CCM\\Logs\n  cat WUAHandler.log | cmtrail tag --log WUAHandler.log -",
		Args:    needs(1, "a PATH: a log, a folder of logs, or - for standard input"),
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
	var formats []string
	for _, n := range parsers.FormatNames() {
		formats = append(formats, string(n))
	}
	choices(c, "format", formats...)
	choices(c, "bias", biasNames...)
	choices(c, "arch", archNames...)
	choices(c, "output", "jsonl")
	completeFrom(c, "log", logsOfSet)
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
	t.relate = newRelating(t.set, len(inputs) == 1, t.pipeline.Faults(), t.redact.output, func(line []byte) { t.found = append(t.found, line...) })
	p := newProgress(c.ErrOrStderr(), t.quiet, inputs)
	a := t.readAhead(c.InOrStdin(), inputs, p)
	for i, in := range inputs {
		if err := t.take(a, i, in); err != nil {
			unread = append(unread, fmt.Errorf("%s: %w", in.path, err))
		}
		if t.err != nil {
			a.stop()
			break
		}
	}
	t.relate.correlator.Do("", (*rules.Correlator).End)
	t.writeFound()
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
		c.PrintErrln("cmtrail:", display.Line(err.Error()))
	}
	if broke := tellPanics(c, t.pipeline); broke || len(unread) > 0 {
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
	watchPanics(c, t.pipeline)
	t.out = bufio.NewWriterSize(beneath(c.OutOrStdout()), 1<<16) // JSON, escaped
	return nil
}

// write writes lines, unless writing has failed before.
func (t *tagger) write(lines []byte) {
	if t.err == nil {
		_, t.err = t.out.Write(lines)
	}
}

// writeFound writes what relating has found.
func (t *tagger) writeFound() {
	t.write(t.found)
	t.found = t.found[:0]
}

// take writes what an input holds, and relates it. The error tells why it could not be read whole.
func (t *tagger) take(a *ahead, number int, in input) error {
	for {
		b := a.next(number, t.flush)
		if b == nil {
			return a.failed[number]
		}
		from := 0
		b.each(func(r *batched) {
			t.relate.take(in.name, t.host, r)
			if len(t.found) > 0 { // which stands behind the record that gave it
				t.write(b.lines[from:r.end])
				t.writeFound()
				from = r.end
			}
		})
		t.write(b.lines[from:])
		a.give(b)
		if t.err != nil {
			return nil
		}
	}
}

// flush passes on what has been written, while there is nothing else to do.
func (t *tagger) flush() {
	if t.err == nil {
		t.err = t.out.Flush()
	}
}

// withoutPath drops the path from an error of the file system, where the caller says it.
func withoutPath(err error) error {
	var e *os.PathError
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}
