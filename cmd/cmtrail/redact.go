package main

import (
	"errors"
	"os"

	"github.com/spf13/cobra"

	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/internal/redact"
	"github.com/cmtrail/cmtrail/rules"
)

// redactKey is the variable of the environment that holds the key. A flag would show it to every process of the machine.
const redactKey = "CMTRAIL_REDACT_KEY"

// redactFlags are the flags of commands that can print pseudonyms for names.
type redactFlags struct {
	classes []string
	keyFile string
	*redact.Redactor
}

func (f *redactFlags) add(c *cobra.Command) {
	c.Flags().StringSliceVar(&f.classes, "redact", nil, "print pseudonyms for names: user, host, sid, ip, email or all; the key is in "+redactKey+" or --redact-key-file")
	c.Flags().StringVar(&f.keyFile, "redact-key-file", "", "file with the key that pseudonyms are made with")
	// It fails only for a flag that does not exist, which the tests of completion would show.
	_ = c.RegisterFlagCompletionFunc("redact", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return append([]string{redact.All}, redact.Names()...), cobra.ShellCompDirectiveNoFileComp
	})
}

// load makes the redactor; it stays nil when none is asked for. The variable counts for nothing then.
func (f *redactFlags) load() (err error) {
	s := redact.Settings{Classes: f.classes, KeyFile: f.keyFile}
	switch {
	case s.Off() && f.keyFile != "":
		return &exitError{exitUsage, "redact: --redact-key-file is given but no --redact"}
	case s.Off():
		return nil
	case f.keyFile == "":
		s.Key = os.Getenv(redactKey)
	}
	if _, err := redact.ParseClasses(f.classes); err == nil && s.Key == "" && f.keyFile == "" {
		return &exitError{exitUsage, "redact: no key: set " + redactKey + " or give --redact-key-file; the same key gives the same pseudonyms"}
	}
	if f.Redactor, err = s.Redactor(); err != nil {
		return &exitError{exitUsage, "redact: " + err.Error()}
	}
	return nil
}

// again returns the flags with a redactor of their own, for another goroutine.
func (f *redactFlags) again() *redactFlags {
	own := *f
	if f.Redactor != nil {
		own.Redactor = f.Again()
	}
	return &own
}

// record returns what is printed of a record of the named file.
func (f *redactFlags) record(file string, r *pipeline.Result) (string, *pipeline.Result) {
	if f.Redactor == nil {
		return file, r
	}
	hidden := f.Result(r)
	return f.File(r.Source.Host, file), hidden
}

// output returns what takes the findings that out is to print.
func (f *redactFlags) output(out rules.CorrelatorOutput) rules.CorrelatorOutput {
	if f.Redactor == nil {
		return out
	}
	return f.Output(out)
}

// fault returns what is printed of a fault of reading.
func (f *redactFlags) fault(err error) error {
	if f.Redactor == nil || err == nil {
		return err
	}
	return errors.New(f.Text(err.Error()))
}
