package main

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/cmtrail/cmtrail/internal/display"
	"github.com/cmtrail/cmtrail/rules"
)

func newFmt() *cobra.Command {
	f := &ruleFormatter{}
	c := &cobra.Command{
		Use:   "fmt PATH...",
		Short: "Lay rule files out: order of keys, indentation, blank lines",
		Long: "Lay rule files out: keys in the order of the reference, two blanks of indentation, one blank line between rules.\n" +
			"Comments stay with what they stand at, and texts as they are written. A file that would say something else\n" +
			"afterwards is left as it is. PATH is a file, a folder, a glob pattern, or - for standard input to standard output.",
		Example: "  cmtrail rules fmt my-rules.yaml\n  cmtrail rules fmt --check rules/\n  cmtrail rules fmt --diff rules/",
		Args:    needs(1, "a PATH: a rule file, a folder of them, or - for standard input"),
		RunE:    f.run,
	}
	c.Flags().BoolVar(&f.check, "check", false, "change nothing; name the files that differ and exit with status 2")
	c.Flags().BoolVar(&f.diff, "diff", false, "change nothing; print what would change")
	return c
}

type ruleFormatter struct {
	check, diff   bool
	differ, fault int
}

func (f *ruleFormatter) run(c *cobra.Command, paths []string) error {
	f.differ, f.fault = 0, 0
	for _, path := range paths {
		if path == "-" {
			data, err := io.ReadAll(c.InOrStdin())
			if err != nil {
				return &exitError{exitUnread, "standard input: " + err.Error()}
			}
			if err := f.one(c, "-", data); err != nil {
				return err
			}
			continue
		}
		names, err := rules.Expand(path)
		if err != nil {
			return err
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				return &exitError{exitUnread, err.Error()}
			}
			if err := f.one(c, name, data); err != nil {
				return err
			}
		}
	}
	switch {
	case f.fault > 0:
		return &exitError{exitUsage, fmt.Sprintf("left as they are: %s", number(f.fault, "file"))}
	case f.check && f.differ > 0:
		return &exitError{exitUsage, fmt.Sprintf("%s not laid out: cmtrail rules fmt mends that", number(f.differ, "file"))}
	}
	return nil
}

// one lays out one file, or tells what would change.
func (f *ruleFormatter) one(c *cobra.Command, name string, data []byte) error {
	out, faults := rules.Format(name, data)
	if len(faults) > 0 {
		f.fault++
		for _, fault := range faults {
			c.PrintErrln(display.Line(fault.String()))
		}
		return nil
	}
	same := bytes.Equal(out, data)
	if !same {
		f.differ++
	}
	switch {
	case f.diff && !same:
		return lineDiff(c.OutOrStdout(), name, string(data), string(out))
	case f.diff, f.check && same:
		return nil
	case f.check:
		c.Println(display.Line(name))
	case name == "-":
		_, err := c.OutOrStdout().Write(out)
		return err
	case !same:
		if err := replaceFile(name, out); err != nil {
			return err
		}
		c.Println(display.Line(name))
	}
	return nil
}

// number writes a number with its noun.
func number(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
