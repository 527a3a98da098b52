package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cmtrail/cmtrail/internal/ruletest"
)

// The document that build servers read. Its names are theirs.
type (
	junitSuites struct {
		XMLName  xml.Name      `xml:"testsuites"`
		Name     string        `xml:"name,attr"`
		Tests    int           `xml:"tests,attr"`
		Failures int           `xml:"failures,attr"`
		Time     string        `xml:"time,attr"`
		Suites   []*junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Time     string       `xml:"time,attr"`
		Cases    []*junitCase `xml:"testcase"`
		took     time.Duration
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		File    string        `xml:"file,attr"`
		Line    int           `xml:"line,attr"`
		Time    string        `xml:"time,attr"`
		Failure *junitFailure `xml:"failure"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// writeJUnit writes the results to a file, or to standard output for "-".
func writeJUnit(c *cobra.Command, name string, results []ruletest.Result) error {
	if name == "-" {
		return encodeJUnit(c.OutOrStdout(), results)
	}
	f, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("--junit: %w", err)
	}
	if err := encodeJUnit(f, results); err != nil {
		_ = f.Close() // the first error says more
		return fmt.Errorf("--junit %s: %w", name, err)
	}
	return f.Close()
}

// encodeJUnit makes a suite of each file and a case of each test. The encoder replaces characters that XML cannot hold.
func encodeJUnit(to io.Writer, results []ruletest.Result) error {
	all := junitSuites{Name: "cmtrail rules test"}
	suites := map[string]*junitSuite{}
	var took time.Duration
	for _, r := range results {
		if r.Advice != "" {
			continue // no test
		}
		s := suites[r.Where.File]
		if s == nil {
			s = &junitSuite{Name: r.Where.File}
			suites[r.Where.File], all.Suites = s, append(all.Suites, s)
		}
		one := &junitCase{Name: r.Rule + ": " + r.Test, Class: r.Rule, File: r.Where.File, Line: r.Where.Line, Time: seconds(r.Took)}
		if !r.Passed() {
			short, _, _ := strings.Cut(r.Why, ": ")
			one.Failure = &junitFailure{short, fmt.Sprintf("%s:%d:%d: %s", r.Where.File, r.Where.Line, r.Where.Col, r.Why)}
			s.Failures++
			all.Failures++
		}
		s.Cases = append(s.Cases, one)
		s.Tests++
		all.Tests++
		s.took, took = s.took+r.Took, took+r.Took
	}
	for _, s := range all.Suites {
		s.Time = seconds(s.took)
	}
	all.Time = seconds(took)
	if _, err := io.WriteString(to, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(to)
	enc.Indent("", "  ")
	if err := enc.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(to, "\n")
	return err
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.6f", d.Seconds()) }
