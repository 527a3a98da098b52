package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestExplainGolden(t *testing.T) {
	rule := func(id, where string, more ...string) commandLine {
		args := []string{"rules", "explain", "--no-default-rules", "--rules", "testdata/explain.yaml", id, where}
		return commandLine{args: append(args, more...)}
	}
	const location, handler = "testdata/stuck/LocationServices.log:2", "testdata/stuck/WUAHandler.log:1"
	golden(t, map[string]commandLine{
		"explain-middle":        rule("CM-X-MIDDLE", location),
		"explain-case":          rule("CM-X-CASE", location),
		"explain-type":          rule("CM-X-TYPE", handler),
		"explain-log":           rule("CM-X-LOG", location),
		"explain-when":          rule("CM-X-WHEN", handler, "--host", "LAB-07"),
		"explain-when-pilot":    rule("CM-X-WHEN", handler, "--host", "LAB-01"),
		"explain-code":          rule("CM-X-CODE", handler),
		"explain-pattern":       rule("CM-X-PATTERN", handler),
		"explain-missing":       rule("CM-X-MISSING", handler),
		"explain-testing":       rule("CM-X-TESTING", handler),
		"explain-off":           rule("CM-X-OFF", handler),
		"explain-except":        rule("CM-X-EXCEPT", handler),
		"explain-generic":       rule("CM-X-GENERIC", handler),
		"explain-any":           rule("CM-X-ANY", handler),
		"explain-json":          rule("CM-X-WHEN", handler, "--json", "--host", "LAB-07"),
		"explain-unknown":       rule("CM-X-MIDLE", handler),
		"explain-no-line":       rule("CM-X-CASE", "testdata/stuck/LocationServices.log"),
		"explain-past-the-end":  rule("CM-X-CASE", "testdata/stuck/LocationServices.log:99"),
		"explain-no-log":        rule("CM-X-CASE", "testdata/stuck/LocationService.log:2"),
		"explain-folder":        rule("CM-X-CASE", "testdata/stuck:2"),
		"explain-column":        rule("CM-X-CASE", "testdata/stuck/LocationServices.log:2:5"),
		"explain-directive":     {args: []string{"explain", "../../deploy/samples/wsus/u_ex261110.log:1"}},
		"explain-answered":      {args: []string{"rules", "explain", "CM-LOC-NOT-SENT", "testdata/stuck/LocationServices.log:2"}},
		"explain-unanswered":    {args: []string{"rules", "explain", "CM-LOC-LS-NO-LOCATION", "testdata/stuck/LocationServices.log:2"}},
		"explain-undecided":     {args: []string{"rules", "explain", "CM-LOC-LS-NO-LOCATION", "testdata/stuck/LocationServices.log:2", "testdata/stuck/LocationServices.log"}},
		"explain-no-part":       {args: []string{"rules", "explain", "CM-LOC-LS-NO-LOCATION", "testdata/stuck/ScanAgent.log:1"}},
		"explain-event":         {args: []string{"rules", "explain", "cm-sync-stuck-at-0#moved", "testdata/sync/wsyncmgr.log:2"}},
		"explain-record":        {args: []string{"explain", "testdata/stuck/LocationServices.log:2"}},
		"explain-healthy":       {args: []string{"explain", "--nearest", "2", "--host", "LAB-01", "../../deploy/samples/client-healthy/WUAHandler.log:3"}},
		"explain-asleep":        {args: []string{"explain", "--nearest", "1", "testdata/asleep/ScanAgent.log:4"}},
		"explain-ambiguous":     {args: []string{"explain", "--nearest", "1", "testdata/interleaved/WUAHandler.log:1"}},
		"explain-near":          {args: []string{"explain", "--nearest", "3", "testdata/stuck/WUAHandler.log:1"}},
		"explain-record-json":   {args: []string{"explain", "--json", "--nearest", "1", "testdata/stuck/WUAHandler.log:1"}},
		"explain-other-folders": {args: []string{"explain", "--nearest", "0", "testdata/fleet/LAB-01/WUAHandler.log:1", "testdata/fleet"}},
	})
}

// LOG may have a name that only the folder's place tells apart: the letter of a drive is no line.
func TestSplitPlace(t *testing.T) {
	for _, tt := range []struct {
		in, log string
		line    int
	}{
		{`C:\Windows\CCM\Logs\WUAHandler.log:118`, `C:\Windows\CCM\Logs\WUAHandler.log`, 118},
		{"a.log:1", "a.log", 1},
		{"a.log", "", 0},
		{"a.log:", "", 0},
		{"a.log:0", "", 0},
		{"a.log:-1", "", 0},
		{"a.log:x", "", 0},
		{":5", "", 0},
		{`C:\Logs\a.log`, "", 0},
	} {
		log, line, err := splitPlace(tt.in)
		if log != tt.log || line != tt.line || (err == nil) != (tt.line > 0) {
			t.Errorf("splitPlace(%q) = %q, %d, %v; want %q, %d", tt.in, log, line, err, tt.log, tt.line)
		}
	}
}

// Any line of a record asks for it, and control characters of the log stay out of the answer.
func TestExplainAnyLine(t *testing.T) {
	name := filepath.Join(t.TempDir(), "WUAHandler.log")
	text := "<![LOG[first]LOG]!><time=\"08:00:00.000+0\" date=\"03-12-2026\" component=\"WUAHandler\" context=\"\" type=\"1\" thread=\"1\" file=\"a.cpp:1\">\n" +
		"<![LOG[second \x1b[31m\n\u0085goes on\nand on]LOG]!><time=\"08:00:01.000+0\" date=\"03-12-2026\" component=\"WUAHandler\" context=\"\" type=\"1\" thread=\"1\" file=\"a.cpp:1\">\n"
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, flag := range []string{"--json", "--quiet"} {
		want, errOut, status := call("", "explain", flag, name+":2")
		if status != 0 || !strings.Contains(want, "goes on") || strings.Contains(want, "first") {
			t.Fatalf("status %d, %s, %s", status, errOut, want)
		}
		for _, line := range []string{":3", ":4"} {
			if got, _, _ := call("", "explain", flag, name+line); got != want {
				t.Errorf("line %s gave %s, want %s", line, got, want)
			}
		}
		if strings.ContainsAny(want, "\x1b\u0085") {
			t.Errorf("%s lets control characters through: %q", flag, want)
		}
		if flag == "--json" && !json.Valid([]byte(want)) {
			t.Errorf("no JSON: %s", want)
		}
	}
}

func TestExplainCompletion(t *testing.T) {
	out, _, _ := call("", "__complete", "rules", "explain", "CM-GPO")
	if !strings.Contains(out, "CM-GPO-OVERWRITTEN") {
		t.Errorf("the first argument completes to %q", out)
	}
	if out, _, _ = call("", "__complete", "rules", "explain", "CM-GPO-OVERWRITTEN", ""); strings.Contains(out, "CM-") || !strings.Contains(out, ":0") {
		t.Errorf("the second argument completes to %q, expected files", out)
	}
}
