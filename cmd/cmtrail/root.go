package main

import (
	"io"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"github.com/cmtrail/cmtrail/internal/display"
	"github.com/cmtrail/cmtrail/rules"
)

// Set by the linker; a build without them falls back to what Go records.
var version, commit, date string

func newRoot(in io.Reader) *cobra.Command {
	root := &cobra.Command{
		Use:           "cmtrail",
		Short:         "Read ConfigMgr software-update logs and say what they mean",
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetIn(in)
	root.AddCommand(newTag(), newScan(), newErrorCode(), newExplain(), newRules(), newVersion())
	return root
}

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		Run: func(c *cobra.Command, _ []string) {
			v, at, when := version, commit, date
			if info, ok := debug.ReadBuildInfo(); ok {
				if v == "" {
					v = info.Main.Version
				}
				for _, s := range info.Settings {
					switch {
					case s.Key == "vcs.revision" && at == "":
						at = s.Value
					case s.Key == "vcs.time" && when == "":
						when = s.Value
					}
				}
			}
			c.Println("cmtrail " + orElse(v, "(devel)") + " commit " + orElse(at, "unknown") + " built " + orElse(when, "unknown"))
		},
	}
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// ruleFlags are the flags of all commands that load rules.
type ruleFlags struct {
	paths     []string
	noDefault bool
}

func (f *ruleFlags) add(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.paths, "rules", nil, "rule file, folder or glob pattern, added to the shipped packs (repeatable)")
	c.Flags().BoolVar(&f.noDefault, "no-default-rules", false, "leave the shipped packs out")
}

// load reads the rules and tells all faults on standard error.
func (f *ruleFlags) load(c *cobra.Command) (*rules.Set, error) { return f.loadAs(c, false) }

// loadKept is load for those who ask what the files say, too.
func (f *ruleFlags) loadKept(c *cobra.Command) (*rules.Set, error) { return f.loadAs(c, true) }

func (f *ruleFlags) loadAs(c *cobra.Command, keep bool) (*rules.Set, error) {
	set, faults, err := rules.Load(rules.Options{Paths: f.paths, NoDefault: f.noDefault, Today: time.Now(), Keep: keep})
	if err != nil {
		return nil, err
	}
	for _, fault := range faults {
		c.PrintErrln(display.Line(fault.String()))
	}
	if len(faults) > 0 {
		return nil, &exitError{exitUsage, "rules have " + number(len(faults), "fault")}
	}
	for _, w := range set.Warnings {
		c.PrintErrln("warning: " + display.Line(w.String()))
	}
	return set, nil
}
