package main

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// section is what docs/cli.md says of one command.
type section struct {
	text  string
	flags []string // those of its tables
}

var (
	commandHeading = regexp.MustCompile("(?m)^##+ `cmtrail ([^`]+)`$")
	anyHeading     = regexp.MustCompile("(?m)^##+ ")
	flagRow        = regexp.MustCompile("(?m)^\\| ([^|]*(?:\\\\\\|[^|]*)*`-[^|]*(?:\\\\\\|[^|]*)*) \\|")
	flagName       = regexp.MustCompile("--([a-z][a-z-]*)")
)

// commandPage reads docs/cli.md: a section for each command that it has a heading for.
func commandPage(t *testing.T) (text string, sections map[string]section) {
	text = read(t, "../../docs/cli.md")
	sections = map[string]section{}
	for _, m := range commandHeading.FindAllStringSubmatchIndex(text, -1) {
		body := text[m[1]:]
		if next := anyHeading.FindStringIndex(body); next != nil {
			body = body[:next[0]]
		}
		s := section{text: body, flags: []string{}}
		for _, row := range flagRow.FindAllStringSubmatch(body, -1) {
			for _, f := range flagName.FindAllStringSubmatch(row[1], -1) {
				s.flags = append(s.flags, f[1])
			}
		}
		slices.Sort(s.flags)
		words := strings.Fields(text[m[2]:m[3]])
		for len(words) > 0 && strings.ToLower(words[len(words)-1]) != words[len(words)-1] {
			words = words[:len(words)-1] // an argument
		}
		last := len(words) - 1
		for _, one := range strings.Split(words[last], "|") {
			sections[strings.Join(append(slices.Clone(words[:last]), one), " ")] = s
		}
	}
	return text, sections
}

// The page of the command has a section for each command with exactly the command's flags, and none for another.
func TestCommandPage(t *testing.T) {
	text, sections := commandPage(t)
	root := newRoot(nil)
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd("bash")
	known := map[string]bool{"help": true}
	var commands []string
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			walk(sub)
		}
		if c == root {
			return
		}
		name := strings.TrimPrefix(c.CommandPath(), "cmtrail ")
		commands = append(commands, name)
		flags := []string{}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			known[f.Name] = true
			if f.Name != "help" {
				flags = append(flags, f.Name)
			}
		})
		slices.Sort(flags)
		s, ok := sections[name]
		if !ok {
			return // told below
		}
		if d := cmp.Diff(flags, s.flags); d != "" {
			t.Errorf("cmtrail %s, -flags +tables of docs/cli.md:\n%s", name, d)
		}
	}
	walk(root)
	slices.Sort(commands)
	if d := cmp.Diff(commands, slices.Sorted(maps.Keys(sections))); d != "" {
		t.Errorf("-commands +docs/cli.md:\n%s", d)
	}
	for _, f := range flagName.FindAllStringSubmatch(text, -1) {
		if !known[f[1]] {
			t.Errorf("docs/cli.md names --%s, which no command has", f[1])
		}
	}
}

// ownNames are keys below which names of the logs and the rules stand, not those of the command.
var ownNames = []string{"keys", "superseded_by", "attrs", "holes"}

// Each key that a command writes stands in its section, or in that of the command whose form it has.
func TestCommandPageHasTheKeys(t *testing.T) {
	_, sections := commandPage(t)
	for name, tt := range map[string]struct {
		sections string
		lines    [][]string
	}{
		"tag": {"tag", [][]string{{"tag", "testdata/stuck"}, {"tag", "testdata/interleaved"}, {"tag", "testdata/fleet"}, {"tag", "../../deploy/samples"}}},
		"scan": {"scan tag", [][]string{{"scan", "--format", "json", "testdata/stuck"}, {"scan", "--format", "json", "testdata/asleep"},
			{"scan", "--format", "json", "testdata/fleet", "testdata/none"}}},
		"explain": {"explain tag", [][]string{{"explain", "--json", "testdata/stuck/LocationServices.log:2"}, {"explain", "--json", "testdata/fleet/LAB-01/WUAHandler.log:1"}}},
		"rules explain": {"explain tag", [][]string{{"rules", "explain", "--json", "CM-LOC-LS-NO-LOCATION", "testdata/stuck/LocationServices.log:2"},
			{"rules", "explain", "--json", "--rules", "testdata/explain.yaml", "CM-SCAN-FAILED", "testdata/stuck/WUAHandler.log:1"}}},
		"errorcode":    {"errorcode", [][]string{{"errorcode", "--json", "0x80244017", "8024402C"}}},
		"rules lint":   {"rules lint", [][]string{{"rules", "lint", "--json", "--no-default-rules", "--rules", "testdata/untested.yaml"}, {"rules", "lint", "--list-checks", "--json"}}},
		"rules test":   {"rules test", [][]string{{"rules", "test", "--json", "--no-default-rules", "--rules", "testdata/wrong.yaml"}}},
		"rules mutate": {"rules mutate", [][]string{{"rules", "mutate", "--json", "--no-default-rules", "--rules", "testdata/unnoticed.yaml"}}},
		"rules list":   {"rules list", [][]string{{"rules", "list", "--json"}}},
		"rules steps":  {"rules steps", [][]string{{"rules", "steps", "--json"}}},
	} {
		t.Run(name, func(t *testing.T) {
			page := ""
			for _, s := range slices.Concat([]string{name}, strings.Split(tt.sections, " ")) {
				page += sections[s].text
			}
			keys := map[string]bool{}
			for _, line := range tt.lines {
				out, errOut, _ := call("", line...)
				written := 0
				for dec := json.NewDecoder(strings.NewReader(out)); dec.More(); written++ {
					var value any
					if err := dec.Decode(&value); err != nil {
						t.Fatalf("%v: %v: %s", line, err, errOut)
					}
					keysOf(value, keys)
				}
				if written == 0 {
					t.Errorf("%v wrote nothing: %s", line, errOut)
				}
			}
			for _, k := range slices.Sorted(maps.Keys(keys)) {
				if !strings.Contains(page, "`"+k+"`") {
					t.Errorf("the key %q stands nowhere", k)
				}
			}
		})
	}
}

func keysOf(value any, into map[string]bool) {
	switch v := value.(type) {
	case map[string]any:
		for k, one := range v {
			into[k] = true
			if !slices.Contains(ownNames, k) {
				keysOf(one, into)
			}
		}
	case []any:
		for _, one := range v {
			keysOf(one, into)
		}
	}
}
