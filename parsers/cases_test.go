package parsers_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cmtrail/cmtrail/parsers"
)

// testCase is lines in and records out. An expected record names what it has; the rest must be unset, but for the wall
// clock, which formats that print UTC need not repeat, and the attributes, which are compared where named.
type testCase struct {
	Name    string
	Format  string
	Options map[string]any
	Input   []string
	Expect  []map[string]any
}

// formatOf maps the short names that the shared cases use.
var formatOf = map[string]parsers.Format{
	"legacy": parsers.CCMLegacy, "rolesetup": parsers.RoleSetup, "wua7": parsers.WUATab, "wua10": parsers.WUAETL,
}

func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		runCases(t, file)
	}
}

func TestSharedCases(t *testing.T) {
	dir, ok := shared()
	if !ok {
		t.Log("no shared folder")
		return
	}
	runCases(t, filepath.Join(dir, "facts", "parser-cases.json"))
}

// shared finds the folder of facts and samples that development machines have beside the repository.
func shared() (string, bool) {
	dir := os.Getenv("CMTRAIL_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared")
	}
	info, err := os.Stat(dir)
	return dir, err == nil && info.IsDir()
}

func readCases(t testing.TB, file string) []testCase {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var cases []testCase
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return cases
}

func runCases(t *testing.T, file string) {
	for _, tc := range readCases(t, file) {
		t.Run(tc.Name, func(t *testing.T) {
			opt := caseOptions(t, tc)
			got := readLines("", opt, tc.Input)
			if len(got) != len(tc.Expect) {
				for _, r := range got {
					t.Logf("%s %q %s", r.Format, r.Message, r.Flags)
				}
				t.Fatalf("%d records, want %d", len(got), len(tc.Expect))
			}
			for i, want := range tc.Expect {
				if diff := cmp.Diff(want, observed(got[i], want)); diff != "" {
					t.Errorf("record %d (-want +got):\n%s", i, diff)
				}
			}
			if tc.Options["format"] == nil {
				detectedSame(t, tc, opt, got)
			}
		})
	}
}

// detectedSame checks that the format need not be told, save for a lone line that nothing can be told from.
func detectedSame(t *testing.T, tc testCase, opt parsers.Options, want []*parsers.Record) {
	if tc.Name == "w3c-before-fields" {
		return
	}
	opt.Format = ""
	if diff := cmp.Diff(want, readLines("", opt, tc.Input)); diff != "" {
		t.Errorf("detected (-told +detected):\n%s", diff)
	}
}

func caseOptions(t *testing.T, tc testCase) parsers.Options {
	opt := parsers.Options{Format: parsers.Format(tc.Format)}
	if f, ok := formatOf[tc.Format]; ok {
		opt.Format = f
	}
	for key, value := range tc.Options {
		switch key {
		case "ctx":
			opt.Preceding = int(value.(float64))
		case "zone":
			zone, err := time.LoadLocation(value.(string))
			if err != nil {
				t.Fatal(err)
			}
			opt.Zone = zone
		case "bias":
			sense, ok := parsers.ParseBias(value.(string))
			if !ok {
				t.Fatalf("no bias sense %q", value)
			}
			opt.Bias = sense
		case "day_first":
			opt.DayFirst = value.(bool)
		case "learn_csi":
			opt.LearnCSI = value.(bool)
		case "no_text_severity":
			opt.NoTextSeverity = value.(bool)
		case "format":
			opt.Format = parsers.Format(value.(string))
		default:
			t.Fatalf("no option %q", key)
		}
	}
	return opt
}

func readLines(name string, opt parsers.Options, lines []string) []*parsers.Record {
	var got []*parsers.Record
	s := parsers.NewStream(name, opt, func(r *parsers.Record) { got = append(got, r.Clone()) })
	for _, line := range lines {
		s.WriteLine(line)
	}
	s.Flush()
	return got
}

// observed lays a record out like an expected one. Keys with no field of the record are attributes.
func observed(r *parsers.Record, want map[string]any) map[string]any {
	got := map[string]any{"format": string(r.Format)}
	set := func(key string, value any, present bool) {
		if present {
			got[key] = value
		} else if v, named := want[key]; named && v == nil {
			got[key] = nil
		}
	}
	_, hasTime := r.Time()
	_, wantsLocal := want["local_time"]
	set("message", r.Message, r.Message != "" && (r.Format != parsers.W3C || want["message"] != nil))
	set("time", string(r.Stamp.AppendTime(nil)), hasTime)
	set("local_time", string(r.Stamp.AppendLocal(nil)), r.Stamp.HasWall && (wantsLocal || !hasTime))
	set("utc_offset_min", float64(r.Stamp.Offset), r.Stamp.HasOffset)
	set("severity", r.Severity.String(), r.Severity != parsers.Unset)
	set("component", r.Component, r.Component != "")
	set("context", r.Context, r.Context != "")
	set("thread", float64(r.Thread), r.HasThread)
	set("pid", float64(r.PID), r.HasPID)
	set("file", r.SourceFile, r.SourceFile != "" && (r.Format == parsers.CCM || want["file"] != nil))
	set("line", float64(r.SourceLine), r.SourceLine != 0 && (r.Format == parsers.CCM || want["line"] != nil))
	set("tag", r.Tag, r.Tag != "" && (r.Format == parsers.MSI || want["tag"] != nil))
	flags := make([]any, 0, 4)
	for _, name := range r.Flags.Names() {
		flags = append(flags, name)
	}
	set("flags", flags, len(flags) > 0)
	for key := range want {
		if _, done := got[key]; done || known[key] {
			continue
		}
		if key == "attrs" {
			got[key] = attrsNamed(r, want[key].(map[string]any))
			continue
		}
		if a, ok := r.Attr(key); ok {
			got[key] = value(a)
		}
	}
	return got
}

var known = map[string]bool{
	"message": true, "time": true, "local_time": true, "utc_offset_min": true, "severity": true, "component": true,
	"context": true, "thread": true, "pid": true, "file": true, "line": true, "tag": true, "flags": true,
}

func value(a parsers.Attr) any {
	switch a.Kind {
	case parsers.KindInt:
		return float64(a.Int)
	case parsers.KindBool:
		return a.Int != 0
	case parsers.KindList:
		list := make([]any, 0, len(a.List))
		for _, s := range a.List {
			list = append(list, s)
		}
		return list
	}
	return a.Str
}

func attrsNamed(r *parsers.Record, want map[string]any) map[string]any {
	got := map[string]any{}
	for key := range want {
		if a, ok := r.Attr(key); ok {
			got[key] = strings.TrimSpace(a.Str)
		}
	}
	return got
}
