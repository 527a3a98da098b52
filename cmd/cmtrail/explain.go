package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/cmtrail/cmtrail/internal/display"
	"github.com/cmtrail/cmtrail/internal/explain"
	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/internal/sentence"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// explainFlags say how to ask about one record. They serve explain and rules explain.
type explainFlags struct {
	rules   ruleFlags
	host    string
	arch    string
	zone    string
	bias    string
	json    bool
	quiet   bool
	nearest int
}

func (a *explainFlags) add(c *cobra.Command) {
	a.rules.add(c)
	f := c.Flags()
	f.StringVar(&a.host, "host", "", "name of the machine that all logs are from")
	f.StringVar(&a.arch, "arch", "", "processor architecture of the machine: amd64, arm64 or x86")
	f.StringVar(&a.zone, "timezone", "", "zone of formats that write local time without an offset; the default takes that of the machine's other logs")
	f.StringVar(&a.bias, "bias", "windows", "how to read the bias of ccm stamps: windows, iso or ignore")
	f.BoolVar(&a.json, "json", false, "one JSON object")
	f.BoolVar(&a.quiet, "quiet", false, "no progress on standard error")
	choices(c, "bias", biasNames...)
	choices(c, "arch", archNames...)
}

func newExplain() *cobra.Command {
	a := &explainFlags{}
	c := &cobra.Command{
		Use:   "explain LOG:LINE [PATH...]",
		Short: "Say what a record is, which rules show on it, and which nearly do",
		Long: "Explain tells of the record on a line of a log: its parts, the rules that show on it and why, the nearest rules that\n" +
			"do not and where their sentences stopped, and what the record did for relations and journeys. Those are followed\n" +
			"through the logs of the PATHs, or else of the folder that LOG stands in; LOG itself as PATH leaves the others unread.\n" +
			"LINE may be any line of the record. The exit status is 0 whether or not a rule shows.",
		Example: "  cmtrail explain C:\\Windows\\CCM\\Logs\\WUAHandler.log:118\n  cmtrail explain --json --nearest 10 WUAHandler.log:118 ./logs",
		Args:    needs(1, "LOG:LINE, such as WUAHandler.log:12"),
		RunE: func(c *cobra.Command, args []string) error {
			set, err := a.rules.load(c)
			if err != nil {
				return err
			}
			return a.answer(c, &explain.Question{Set: set, Nearest: a.nearest}, args[0], args[1:])
		},
	}
	a.add(c)
	c.Flags().IntVar(&a.nearest, "nearest", 5, "how many of the nearest rules that do not match to tell of")
	return c
}

// answer tells of the record at LOG:LINE.
func (a *explainFlags) answer(c *cobra.Command, q *explain.Question, where string, paths []string) (err error) {
	log, line, err := splitPlace(where)
	if err != nil {
		return err
	}
	q.Line = line
	if q.Options, err = a.options(); err != nil {
		return err
	}
	files, unread, err := a.files(c, q, log, paths)
	if err != nil {
		return err
	}
	defer files.close()
	p := newProgress(c.ErrOrStderr(), a.quiet, files.inputs)
	q.Files = files.counted(p)
	story, err := explain.Answer(q)
	p.done()
	var none *explain.NoRecord
	switch {
	case errors.As(err, &none):
		return &exitError{exitUsage, none.Text}
	case err != nil:
		return &exitError{exitUnread, fmt.Sprintf("%s: %v", log, withoutPath(err))}
	}
	if err := a.write(c.OutOrStdout(), story); err != nil {
		if errors.Is(err, syscall.EPIPE) {
			return errBrokenPipe
		}
		return &exitError{exitUnread, "writing: " + err.Error()}
	}
	for _, err := range append(unread, story.Unread...) {
		c.PrintErrln("cmtrail:", display.Line(err.Error()))
	}
	if len(unread)+len(story.Unread) > 0 {
		return &exitError{status: exitUnread}
	}
	return nil
}

func (a *explainFlags) write(to io.Writer, s *explain.Story) error {
	if a.json {
		return s.JSON(beneath(to), appendRecord(nil, s.File, &pipeline.Result{Source: s.Source, Log: s.Log, Record: s.Record, Verdict: s.Verdict}))
	}
	return s.Text(to)
}

func (a *explainFlags) options() (o parsers.Options, err error) {
	var ok bool
	if o.Bias, ok = parsers.ParseBias(a.bias); !ok {
		return o, &exitError{exitUsage, fmt.Sprintf("unknown bias %q, expected windows, iso or ignore", a.bias)}
	}
	if o.Zone, err = parsers.ParseZone(a.zone); err != nil {
		return o, &exitError{exitUsage, "timezone: " + err.Error()}
	}
	return o, nil
}

// splitPlace reads LOG:LINE. It is cut at the last colon, since paths may begin with the letter of a drive.
func splitPlace(where string) (log string, line int, err error) {
	at := strings.LastIndexByte(where, ':')
	if at > 0 {
		if line, err = strconv.Atoi(where[at+1:]); err == nil && line > 0 {
			return where[:at], line, nil
		}
	}
	found := "no line"
	if at > 0 && at+1 < len(where) && !strings.ContainsAny(where[at:], `/\`) {
		found = fmt.Sprintf("%q for a line", where[at+1:])
	}
	return "", 0, &exitError{exitUsage, fmt.Sprintf("%q has %s, expected LOG:LINE such as WUAHandler.log:12", where, found)}
}

// files are the logs to replay, LOG among them: those of the paths, or of its folder. A rule that looks at one record needs
// no others.
func (a *explainFlags) files(c *cobra.Command, q *explain.Question, log string, paths []string) (g *gathered, unread []error, err error) {
	target, err := os.Stat(log)
	if err != nil {
		return nil, nil, &exitError{exitUsage, fmt.Sprintf("%s: %v%s", log, withoutPath(err), otherThan(log))}
	}
	if target.IsDir() {
		return nil, nil, &exitError{exitUsage, fmt.Sprintf("%s is a folder, expected LOG:LINE such as %s:12", log, filepath.Join(log, "WUAHandler.log"))}
	}
	alone := q.Rule != nil && q.Rule.Correlation == nil && q.Rule.Once == nil
	switch {
	case len(paths) > 0:
		g, unread, err = gather(c.InOrStdin(), paths, a.host)
	case alone:
		g, unread, err = gather(c.InOrStdin(), []string{log}, a.host)
	default:
		g, err = besides(log, target, a.host)
	}
	if err != nil {
		return nil, nil, err
	}
	is := func(in input) bool {
		info, err := os.Stat(in.path)
		return err == nil && os.SameFile(info, target)
	}
	q.Target = slices.IndexFunc(g.inputs, is)
	if q.Target < 0 { // none of the paths holds it
		more, _, err := gather(c.InOrStdin(), []string{log}, a.host)
		if err != nil {
			return nil, nil, err
		}
		q.Target = len(g.all)
		g.all, g.inputs = append(g.all, more.all...), append(g.inputs, more.inputs...)
	}
	for i := range g.all {
		g.all[i].Source.Arch = a.arch
	}
	return g, unread, nil
}

// besides returns the log and those in its folder.
func besides(log string, target fs.FileInfo, host string) (*gathered, error) {
	folder := filepath.Dir(log)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, &exitError{exitUnread, fmt.Sprintf("%s: %v", folder, withoutPath(err))}
	}
	root, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return nil, &exitError{exitUnread, fmt.Sprintf("%s: %v", folder, withoutPath(err))}
	}
	var inputs []input
	for _, e := range entries {
		path := filepath.Join(folder, e.Name())
		if e.Type()&fs.ModeSymlink != 0 && e.Name() != filepath.Base(log) && !leadsInto(root, path) {
			continue
		}
		info, err := os.Stat(path) // of what a link leads to
		if err != nil || !info.Mode().IsRegular() || !isLog(e.Name()) && !os.SameFile(info, target) {
			continue
		}
		inputs = append(inputs, input{path: path, name: e.Name(), size: info.Size()})
	}
	slices.SortStableFunc(inputs, inOrder)
	g := &gathered{}
	for _, in := range inputs {
		g.add(in, func() (io.ReadCloser, error) { return os.Open(in.path) })
	}
	assign(g.all, host)
	return g, nil
}

// otherThan names what was meant by a path that does not exist.
func otherThan(log string) string {
	if at := strings.LastIndexByte(log, ':'); at > 0 {
		if _, err := os.Stat(log[:at]); err == nil {
			return "; expected LOG:LINE without a column"
		}
	}
	entries, err := os.ReadDir(filepath.Dir(log))
	if err != nil {
		return ""
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if near := sentence.Nearest(filepath.Base(log), names); near != "" {
		return fmt.Sprintf(", did you mean %s?", display.Line(filepath.Join(filepath.Dir(log), near)))
	}
	return ""
}

// findRule returns the rule, or the event of a rule's own, with the id.
func findRule(set *rules.Set, id string) (*rules.Rule, error) {
	var ids []string
	for _, r := range slices.Concat(set.Rules, set.Events) {
		if strings.EqualFold(r.ID, id) {
			return r, nil
		}
		ids = append(ids, r.ID)
	}
	hint := ""
	if near := sentence.Nearest(id, ids); near != "" {
		hint = fmt.Sprintf(", did you mean %s?", near)
	}
	return nil, &exitError{exitUsage, fmt.Sprintf("unknown rule %q%s", id, hint)}
}
