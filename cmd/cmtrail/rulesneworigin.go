package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// origin is the record that a rule is made of.
type origin struct {
	log    string          // as rules and tests call it
	why    string          // why it is called so, where the file's name does not tell
	path   string          // of its file; "" for a line that was given
	record *parsers.Record // a copy
	text   string          // raw lines that give the record when they are read alone
	line   int             // where in text it begins, from 1
	lead   string          // lines of the file without which its records cannot be read
}

// recordsBefore is how many records before one may be needed to read it alone.
const recordsBefore = 20

// origin finds the record that the command line speaks of.
func (m *ruleMaker) origin(c *cobra.Command, args []string) (*origin, error) {
	if len(args) == 1 {
		if m.line != "" {
			return nil, &exitError{exitUsage, "give LOG:LINE or --line, not both"}
		}
		return m.fromFile(args[0])
	}
	if m.log == "" {
		return nil, &exitError{exitUsage, "which line? Give LOG:LINE, or --log NAME and --line TEXT, or --log NAME and the line on standard input"}
	}
	text := m.line
	switch {
	case text != "":
	case m.ask != nil:
		lines, err := m.ask.lines("Paste the line as the log writes it, then an empty one:")
		if err != nil {
			return nil, err
		}
		text = strings.Join(lines, "\n")
	default:
		data, err := io.ReadAll(c.InOrStdin())
		if err != nil {
			return nil, &exitError{exitUnread, "standard input: " + err.Error()}
		}
		text = string(data)
	}
	o := &origin{log: m.called(m.log)}
	var all []*parsers.Record
	s := parsers.NewStream(o.log, parsers.Options{}, func(r *parsers.Record) {
		if strings.TrimSpace(r.Message) != "" {
			all = append(all, r.Clone())
		}
	})
	_, _ = s.Write([]byte(text)) // takes all and never fails
	s.Flush()
	if len(all) != 1 {
		return nil, &exitError{exitUsage, fmt.Sprintf("found %d records, expected one", len(all))}
	}
	o.record = all[0]
	return o, o.isolate(nil)
}

// fromFile reads the record around a physical line of a file.
func (m *ruleMaker) fromFile(place string) (*origin, error) {
	i := strings.LastIndexByte(place, ':')
	line := 0
	if i > 0 {
		line, _ = strconv.Atoi(place[i+1:])
	}
	if line < 1 {
		return nil, &exitError{exitUsage, fmt.Sprintf("found %q, expected LOG:LINE, such as WUAHandler.log:214", place)}
	}
	o := &origin{path: place[:i]}
	var before []string
	last := 0
	err := o.read(func(r *parsers.Record) {
		last = max(last, r.LineEnd)
		// Two records can share a line: the one that begins there is meant.
		if line >= r.LineStart && line <= r.LineEnd && (o.record == nil || r.LineStart == line && o.record.LineStart != line) {
			o.record = r.Clone()
		}
		if o.record == nil {
			o.lead = orElse(directives(r.Original), o.lead)
			before = append(before, strings.Clone(r.Original))
			if len(before) > recordsBefore {
				before = before[1:]
			}
		}
	})
	if err != nil {
		return nil, &exitError{exitUnread, fmt.Sprintf("%s: %v", o.path, withoutPath(err))}
	}
	if o.record == nil || strings.TrimSpace(o.record.Message) == "" {
		return nil, &exitError{exitUsage, fmt.Sprintf("%s: no record holds line %d; it has %d lines", o.path, line, last)}
	}
	m.nameLog(o)
	return o, o.isolate(before)
}

// read gives each record of the origin's file.
func (o *origin) read(each func(*parsers.Record)) error {
	f, err := os.Open(o.path)
	if err != nil {
		return err
	}
	defer f.Close()
	s := parsers.NewStream(o.path, parsers.Options{}, each)
	if _, err := io.Copy(s, f); err != nil {
		return err
	}
	s.Flush()
	return nil
}

// directives returns the lines at the head of a record that say how to read those after them.
func directives(original string) string {
	var all []string
	for line := range strings.SplitSeq(original, "\n") {
		if !strings.HasPrefix(line, "#") {
			break
		}
		all = append(all, strings.Clone(line))
	}
	return strings.Join(all, "\n")
}

// isolate finds raw lines that give the record when they are read alone, as a test reads them: its own, or those with
// what stands before it.
func (o *origin) isolate(before []string) error {
	own := o.record.Original
	for _, text := range []string{own, o.lead + "\n" + own, strings.Join(append(before, own), "\n")} {
		text = strings.TrimLeft(text, "\n")
		all := readAlone(o.log, text)
		if n := len(all); n > 0 && alike(all[n-1], o.record) {
			o.text, o.line = text, all[n-1].LineStart
			if d := directives(own); d != "" && d != own {
				o.line += strings.Count(d, "\n") + 1
			}
			return nil
		}
	}
	return &exitError{exitUsage, o.where() + ": the record cannot be read apart from those around it; give more of it with --log and --line"}
}

// alike tells whether a record that was read alone came out as it did in its file.
func alike(alone, record *parsers.Record) bool {
	return alone.Message == record.Message && alone.Format == record.Format && alone.Flags == record.Flags
}

// readAlone reads lines as a test of a rule does.
func readAlone(log, text string) []*parsers.Record {
	var all []*parsers.Record
	s := parsers.NewStream(log, parsers.Options{}, func(r *parsers.Record) { all = append(all, r.Clone()) })
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		s.WriteLine(line)
	}
	s.Flush()
	return all
}

// nameLog decides what the rule calls the log: --log, the file's name where it is known, or what it was copied from.
func (m *ruleMaker) nameLog(o *origin) {
	name := parsers.LogName(o.path)
	known := logsOfSet(m.set)
	if m.log == "" && o.when() != "" {
		o.log = filepath.Base(o.path)
		return
	}
	is := func(log string) bool {
		return slices.ContainsFunc(known, func(k string) bool { return parsers.LogName(k) == log })
	}
	base := filepath.Base(o.path)
	of := parsers.LogOfComponent(o.record.Component)
	switch {
	case m.log != "":
		o.log = m.called(m.log)
		return
	case is(name) || of == name:
		o.log = m.called(base)
		return
	case of != "":
		o.log = m.called(of)
		o.why = fmt.Sprintf("%s is taken for a copy of %s, since its component is %s; --log says otherwise", base, o.log, o.record.Component)
		return
	}
	stem := strings.TrimSuffix(name, ".log")
	for _, k := range known {
		s := strings.TrimSuffix(parsers.LogName(k), ".log")
		if rest, ok := strings.CutPrefix(stem, s); ok && strings.IndexByte("-_. (", rest[0]) >= 0 {
			o.log, o.why = k, fmt.Sprintf("%s is taken for a copy of %s by its name; --log says otherwise", base, k)
			return
		}
	}
	o.log, o.why = m.called(base), fmt.Sprintf("no rule reads a log of this name so far; --log names it where %s is a copy", base)
}

// called spells a log's name as tests do, where they know it.
func (m *ruleMaker) called(name string) string {
	normal := parsers.LogName(name)
	if known := spelling(m.set)(normal); known != normal {
		return known
	}
	if _, rotated := parsers.IsRotated(name); rotated {
		return normal
	}
	return name
}

// when tells logs apart that have no name of their own: each day's of a web server has another one, and whoever has an
// installer write one names it.
func (o *origin) when() string {
	switch f := o.record.Format; f {
	case parsers.W3C, parsers.MSI:
		return `format == "` + string(f) + `"`
	}
	return ""
}

func (o *origin) normal() string { return parsers.LogName(o.log) }

func (o *origin) where() string {
	if o.path == "" {
		return o.log
	}
	return fmt.Sprintf("%s:%d", o.path, o.record.LineStart)
}

// severity offers one that fits what the record says of itself: many formats print none, but an error code tells.
func (o *origin) severity() string {
	switch {
	case o.record.Severity >= parsers.Error, len(rules.ErrorCodes().Extract(o.record.Message, nil)) > 0:
		return "error"
	case o.record.Severity == parsers.Warn:
		return "warning"
	}
	return "info"
}

// knownBy returns the rules that match the record.
func (o *origin) knownBy(set *rules.Set) []*rules.Rule {
	v := rules.NewEngine(set).NewMatcher().Match(o.record, o.normal(), "")
	if v == nil {
		return nil
	}
	return slices.Clone(v.Rules)
}
