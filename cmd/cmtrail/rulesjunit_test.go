package main

import (
	"bytes"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cmtrail/cmtrail/internal/ruleset"
	"github.com/cmtrail/cmtrail/internal/ruletest"
)

// A suite a file, a case a test; what a log line holds cannot break the document.
func TestJUnit(t *testing.T) {
	at := func(file string, line int) ruleset.Place { return ruleset.Place{File: file, Line: line, Col: 9} }
	var b bytes.Buffer
	err := encodeJUnit(&b, []ruletest.Result{
		{Rule: "CM-A-B", Test: "test 1", Where: at("a.yaml", 4), Took: 1500 * time.Microsecond},
		{Rule: "CM-A-B", Test: `<"near" miss>`, Where: at("a.yaml", 7), Why: "does not show on a.log:1: a.log:1 plain \"]]> \x1b[31m & \x00\" gave []", Took: time.Millisecond},
		{Rule: "CM-C-D", Test: "test 1", Where: at("b.yaml", 9)},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="cmtrail rules test" tests="3" failures="1" time="0.002500">
  <testsuite name="a.yaml" tests="2" failures="1" time="0.002500">
    <testcase name="CM-A-B: test 1" classname="CM-A-B" file="a.yaml" line="4" time="0.001500"></testcase>
    <testcase name="CM-A-B: &lt;&#34;near&#34; miss&gt;" classname="CM-A-B" file="a.yaml" line="7" time="0.001000">
      <failure message="does not show on a.log:1">a.yaml:7:9: does not show on a.log:1: a.log:1 plain &#34;]]&gt; ` + "\ufffd" + `[31m &amp; ` + "\ufffd" + `&#34; gave []</failure>
    </testcase>
  </testsuite>
  <testsuite name="b.yaml" tests="1" failures="0" time="0.000000">
    <testcase name="CM-C-D: test 1" classname="CM-C-D" file="b.yaml" line="9" time="0.000000"></testcase>
  </testsuite>
</testsuites>
`
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	var back junitSuites
	if err := xml.Unmarshal(b.Bytes(), &back); err != nil {
		t.Errorf("not XML: %v", err)
	}
}

func TestJUnitFlag(t *testing.T) {
	args := []string{"rules", "test", "--no-default-rules", "--rules", "testdata/wrong.yaml", "--junit"}
	text, _, _ := call("", args[:len(args)-1]...)
	file := filepath.Join(t.TempDir(), "rules.xml")
	out, errOut, status := call("", append(args, file)...)
	if out != text || errOut != "" || status != exitUsage {
		t.Errorf("beside a file: status %d, output %q, errors %q", status, out, errOut)
	}
	written, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	out, errOut, status = call("", append(args, "-")...)
	if errOut != text || status != exitUsage {
		t.Errorf("on standard output: status %d, errors %q, expected the text there", status, errOut)
	}
	for name, document := range map[string]string{"file": string(written), "standard output": out} {
		var all junitSuites
		if err := xml.Unmarshal([]byte(document), &all); err != nil || all.Tests != 2 || all.Failures != 1 {
			t.Errorf("%s: %d tests, %d failures, %v", name, all.Tests, all.Failures, err)
		}
	}
	_, errOut, status = call("", append(args, filepath.Join(t.TempDir(), "none", "rules.xml"))...)
	if status != exitUsage || !strings.Contains(errOut, "--junit: open ") {
		t.Errorf("where no file can be: status %d, errors %q", status, errOut)
	}
}
