package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cmtrail/cmtrail/internal/display"
	"github.com/cmtrail/cmtrail/internal/ruletest"
	"github.com/cmtrail/cmtrail/rules"
)

// schemaURL is where editors find the schema when none lies beside the rule file.
const schemaURL = "https://raw.githubusercontent.com/cmtrail/cmtrail/main/docs/rule-schema.json"

// write loads the rule with all others and runs its tests, and only then gives the file out.
func (m *ruleMaker) write(c *cobra.Command, d *rules.Draft) error {
	name, data, err := m.file(c, d)
	if err != nil {
		return err
	}
	set, faults, err := rules.Load(rules.Options{
		Paths: m.rules.paths, NoDefault: m.rules.noDefault, Today: time.Now(), Keep: true, Texts: []rules.Source{{Name: name, Data: data}},
	})
	if err != nil {
		return err
	}
	for _, fault := range faults {
		c.PrintErrln(display.Line(fault.String()))
	}
	if len(faults) > 0 {
		return &exitError{exitUsage, "nothing was written: the file would have faults"}
	}
	failed := false
	for _, res := range ruletest.Run(set, func(r *rules.Rule) bool { return r.ID == d.ID }) {
		if !res.Passed() {
			failed = true
			c.PrintErrf("%s: %s\n", res.Test, display.Line(res.Why))
		}
	}
	if failed {
		return &exitError{exitUsage, "nothing was written: a test of the rule fails"}
	}
	for _, a := range rules.Lint(set, rules.LintOptions{}) {
		if a.Rule == d.ID {
			c.PrintErrf("rules lint will say: %s [%s]\n", a.Text, a.Check)
		}
	}
	if m.to == "" {
		_, err := c.OutOrStdout().Write(data)
		return err
	}
	if err := replaceFile(name, data); err != nil {
		return err
	}
	c.Printf("%s written to %s\n", d.ID, name)
	return nil
}

// file returns the rule file with the draft in it, and its name.
func (m *ruleMaker) file(c *cobra.Command, d *rules.Draft) (string, []byte, error) {
	if m.to == "" {
		return "my-rules.yaml", rules.NewFile("my-rules", schemaURL, d), nil
	}
	data, err := os.ReadFile(m.to)
	switch {
	case err == nil:
		out, faults := rules.AddRule(m.to, data, d)
		for _, fault := range faults {
			c.PrintErrln(display.Line(fault.String()))
		}
		if len(faults) > 0 {
			return "", nil, &exitError{exitUsage, "nothing was written"}
		}
		return m.to, out, nil
	case !os.IsNotExist(err):
		return "", nil, &exitError{exitUnread, err.Error()}
	}
	schema := schemaURL
	beside := filepath.Join(filepath.Dir(m.to), "rule-schema.json")
	if info, err := os.Stat(beside); err == nil && info.Mode()&fs.ModeType == 0 {
		schema = "rule-schema.json"
	}
	pack := strings.TrimSuffix(filepath.Base(m.to), filepath.Ext(m.to))
	return m.to, rules.NewFile(pack, schema, d), nil
}
