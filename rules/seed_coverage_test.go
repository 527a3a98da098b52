package rules_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// seedLine is one line that the article on software update management quotes, with the steps it must get.
type seedLine struct {
	log, column, message string
	steps                []string // all of them, in pipeline order
	issue                string   // "" for a healthy line
}

func seedLines(t *testing.T) []seedLine {
	t.Helper()
	data, err := os.ReadFile("testdata/seed-lines.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var all []seedLine
	for row := range strings.SplitSeq(strings.TrimSuffix(string(data), "\n"), "\n") {
		if strings.HasPrefix(row, "#") {
			continue
		}
		cells := strings.Split(row, "\t")
		if len(cells) != 4 {
			t.Fatalf("row has %d cells, expected 4: %s", len(cells), row)
		}
		steps, issue, _ := strings.Cut(cells[2], "!")
		all = append(all, seedLine{cells[0], cells[1], strings.ReplaceAll(cells[3], `\n`, "\n"), strings.Split(steps, "+"), issue})
	}
	return all
}

// framed writes the message as its real log does.
func (l seedLine) framed() string {
	switch l.log {
	case "WindowsUpdate.log":
		return fmt.Sprintf("2026-05-06\t09:10:11:123\t 948\t1a2c\t%s\t%s", l.column, l.message)
	case "SoftwareDistribution.log":
		if l.column == "bare" {
			return l.message
		}
		c := strings.Split(l.column, "|")
		return fmt.Sprintf("2026-05-06 09:10:11.168 UTC\t%s\t%s\t%s\t%s", c[1], c[0], c[2], l.message)
	case "profiler.txt", "telnet.txt", "update.msi.log":
		return l.message
	}
	return fmt.Sprintf(`<![LOG[%s]LOG]!><time="09:10:11.123-120" date="05-06-2026" component="%s" context="" type="1" thread="4242" file="scan.cpp:12">`,
		l.message, l.column)
}

// Every quoted line gets its steps, as its log writes it and as people paste it into a ticket.
func TestSeedLinesGetTheirSteps(t *testing.T) {
	set, faults, err := rules.Load(rules.Options{})
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	matcher := rules.NewEngine(set).NewMatcher()
	for _, l := range seedLines(t) {
		for name, text := range map[string]string{"framed": l.framed(), "bare": l.message} {
			var got, issues []string
			s := parsers.NewStream(l.log, parsers.Options{}, func(r *parsers.Record) {
				v := matcher.Match(r, parsers.LogName(l.log), "")
				if v == nil {
					return
				}
				for _, step := range v.Steps {
					got = append(got, step.ID)
				}
				for _, rule := range v.Issues {
					issues = append(issues, rule.ID)
				}
			})
			s.WriteLine(text)
			s.Flush()
			got = slices.Compact(got) // a message pasted over several lines is several records
			if !slices.Equal(got, l.steps) {
				t.Errorf("%s %s: steps %v, expected %v: %s", l.log, name, got, l.steps, l.message)
			}
			if strings.Join(issues, " ") != l.issue {
				t.Errorf("%s %s: issues %v, expected %q: %s", l.log, name, issues, l.issue, l.message)
			}
		}
	}
}
