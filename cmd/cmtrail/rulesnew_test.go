package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

// told are flags that leave nothing to ask.
var told = []string{"--title", "A copy failed", "--severity", "error", "--cause", "The disk is full.", "--fix", "Free space.", "--fix", "Send it again."}

// withListing is a command line on the rules of testdata/listing.yaml alone, which no change of the packs touches.
func withListing(args ...string) []string {
	return append([]string{"rules", "new", "--no-default-rules", "--rules", "testdata/listing.yaml"}, args...)
}

func TestNewGolden(t *testing.T) {
	full := func(args ...string) commandLine { return commandLine{args: append(withListing(args...), told...)} }
	golden(t, map[string]commandLine{
		"rules-new":              full("testdata/authoring/distmgr.log:2"),
		"rules-new-no-help":      {args: withListing("testdata/authoring/distmgr.log:4", "--title", "No", "--severity", "info", "--step", "dep.04")},
		"rules-new-changed":      full("testdata/authoring/distmgr.log:5"),
		"rules-new-lines":        full("testdata/authoring/UpdatesHandler.log:3"),
		"rules-new-web":          full("../../deploy/samples/wsus/u_ex261110.log:6"),
		"rules-new-installer":    full("../../deploy/samples/client-msi/client.msi.log:8"),
		"rules-new-no-folder":    full("testdata/authoring/distmgr.log:2", "--to", "testdata/none/x.yaml"),
		"rules-new-line":         full("--log", "a.log", "--line", "Warned 5 people of '\x1b[31mred'"),
		"rules-new-stdin":        {in: "2026-11-10 08:00:00, Error  CBS  Failed to open C:\\x [HRESULT = 0x800f0831]\n", args: append(withListing("--log", "CBS.log"), told...)},
		"rules-new-step-rule":    {args: withListing("testdata/authoring/distmgr.log:1", "--step", "dep.04", "--step-rule", "new-content")},
		"rules-new-sentence":     full("testdata/authoring/distmgr.log:2", "--sentence", "Cannot copy package <package_id:word> to <path:path>, hr=<hr:hresult>", "--id", "CM-DIST-COPY"),
		"rules-new-nothing":      {args: withListing("testdata/authoring/distmgr.log:2")},
		"rules-new-which":        {args: append(withListing(), told...)},
		"rules-new-place":        full("testdata/authoring/distmgr.log"),
		"rules-new-no-record":    full("testdata/authoring/distmgr.log:99"),
		"rules-new-no-file":      full("testdata/authoring/none.log:1"),
		"rules-new-two-records":  {in: "a line\nand another\n", args: append(withListing("--log", "a.log"), told...)},
		"rules-new-no-match":     full("testdata/authoring/distmgr.log:2", "--sentence", "Cannot move <x>"),
		"rules-new-bad-hole":     full("testdata/authoring/distmgr.log:2", "--sentence", "Cannot copy <x:guidd>"),
		"rules-new-taken":        full("testdata/authoring/distmgr.log:2", "--id", "CM-T-NOT-SENT"),
		"rules-new-bad-id":       full("testdata/authoring/distmgr.log:2", "--id", "copy-failed"),
		"rules-new-step":         full("testdata/authoring/distmgr.log:2", "--step", "dep.05"),
		"rules-new-severity":     {args: withListing("testdata/authoring/distmgr.log:2", "--title", "x", "--severity", "fatal")},
		"rules-new-no-step":      {args: withListing("testdata/authoring/distmgr.log:2", "--step-rule", "x")},
		"rules-new-both":         full("testdata/authoring/distmgr.log:2", "--line", "x"),
		"rules-new-known":        {args: append([]string{"rules", "new", "../../deploy/samples/client-gpo/WUAHandler.log:7"}, told...)},
		"rules-new-no-word":      full("--log", "a.log", "--line", "\u00a0"),
		"rules-new-completion":   {args: []string{"__complete", "rules", "new", "--severity", "w"}},
		"rules-new-copy-by-name": {args: append(withListing("--log", "distmgr.lo_", "--line", "It 5"), told...)},
	})
}

// person is a terminal with someone at it.
type person struct{ *strings.Reader }

func (person) IsTerminal() bool { return true }

func converse(answers string, args ...string) (out, errOut string, status int) {
	var o, e bytes.Buffer
	status = run(args, person{strings.NewReader(answers)}, &o, &e)
	return o.String(), e.String(), status
}

// A person is asked for what no flag gives, again until it will do; what is offered is taken by an empty answer.
func TestNewAsks(t *testing.T) {
	for _, tt := range []struct {
		name, answers string
		args          []string
		out, talk     string
		status        int
	}{
		{"rules-new-talk", strings.Join([]string{
			"Cannot move <x>", "Cannot copy package <package_id:word> to <path:path>, hr=<hr:hresult>", // sentence
			"testdata/none/x.yaml", "", // file
			"", "The share of a distribution point is full", // title
			"fatal", "critical", "dep.4", "dep.04", "copy", "CM-T-NOT-SENT", "", // severity, step, id
			"The disk is full.", "Free space.", "  Send it again.  ", "", // cause, fix
		}, "\n") + "\n", withListing("testdata/authoring/distmgr.log:2"), "", "", 0},
		{"rules-new-talk-paste", "Warned 5 people of a fire\n\n\n\nA warning\n\n\n\n\n\n", withListing("--log", "a.log"), "", "", 0},
		{"rules-new-talk-gone", "\n\nA title\n", withListing("testdata/authoring/distmgr.log:2"), "", "", exitUsage},
		{"rules-new-talk-told", "\n\n\n\n", append(withListing("testdata/authoring/distmgr.log:2"), told...), "", "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, talk, status := converse(tt.answers, tt.args...)
			if status != tt.status {
				t.Errorf("status %d, expected %d", status, tt.status)
			}
			got := "$ cmtrail " + strings.Join(tt.args, " ") + "\n" + out + "--- standard error, on which it asks\n" + talk + "--- standard input\n" + tt.answers
			file := filepath.Join("testdata", tt.name+".txt")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Errorf("-want +got; -update rewrites it:\n%s", d)
			}
		})
	}
}

// The file that a person names at the end is written, as --to would.
func TestNewAsksForTheFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "asked.yaml")
	out, talk, status := converse("\n"+file+"\n\n\n", append(withListing("testdata/authoring/distmgr.log:2"), told...)...)
	if status != 0 || out != "CM-T-COPY-FAILED written to "+file+"\n" {
		t.Errorf("status %d, output %q, talk %s", status, out, talk)
	}
	if got := read(t, file); !strings.Contains(got, "\npack: asked\n") {
		t.Errorf("the file is %s", got)
	}
	// The second time the id is taken, by a file that --rules does not name.
	out, talk, status = converse("\n"+file+"\n\n\n", append(withListing("testdata/authoring/distmgr.log:4"), told...)...)
	if status != 0 || out != "CM-T-COPY-FAILED-2 written to "+file+"\n" {
		t.Errorf("status %d, output %q, talk %s", status, out, talk)
	}
}

// The file is made, and added to; what is in it stays. The rules in it hold and have nothing to mend.
func TestNewWrites(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "our-rules.yaml")
	args := append(withListing("testdata/authoring/distmgr.log:2", "--to", file), told...)
	out, errOut, status := call("", args...)
	if status != 0 || out != "CM-T-COPY-FAILED written to "+file+"\n" {
		t.Fatalf("status %d, output %q, errors %q", status, out, errOut)
	}
	first := read(t, file)
	if !strings.HasPrefix(first, "# yaml-language-server: $schema="+schemaURL+"\nschema: 1\npack: our-rules\n\nrules:\n  - id: CM-") {
		t.Errorf("the file is %s", first)
	}
	mine := strings.Replace(first, "\nrules:\n", "\n# what we know\nrules:\n", 1) + "\noverrides: [] # ours\n"
	if err := os.WriteFile(file, []byte(mine), 0o600); err != nil {
		t.Fatal(err)
	}
	// The file is also one of --rules, by another path: it must not be read twice.
	link := filepath.Join(t.TempDir(), "link.yaml")
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	args = append(withListing("testdata/authoring/UpdatesHandler.log:2", "--rules", link, "--to", file, "--id", "CM-OUR-ANSWER"), told...)
	if _, errOut, status := call("", args...); status != 0 {
		t.Fatalf("status %d, errors %q", status, errOut)
	}
	second := read(t, file)
	begin, end, _ := strings.Cut(mine, "\noverrides:")
	if !strings.HasPrefix(second, begin) || !strings.HasSuffix(second, "\noverrides:"+end) || strings.Count(second, "- id: ") != 2 {
		t.Errorf("the file was\n%s\nand is\n%s", mine, second)
	}
	for _, command := range [][]string{{"rules", "lint"}, {"rules", "test"}} {
		if out, errOut, status := call("", append(command, "--no-default-rules", "--rules", file)...); status != 0 {
			t.Errorf("%v: status %d, %s%s", command, status, out, errOut)
		}
	}
}

// A file that would have faults is not touched, and neither is one that has them already.
func TestNewLeavesFaultyFilesAlone(t *testing.T) {
	for name, text := range map[string]string{
		"no YAML":       "schema: 1\nrules: [\n",
		"another fault": "schema: 1\npack: p\nrules:\n  - {id: CM-A-B, severity: error, match: {line: x}}\n",
		"a short list":  "schema: 1\npack: p\nrules: []\n",
	} {
		file := filepath.Join(t.TempDir(), "rules.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		out, errOut, status := call("", append(withListing("testdata/authoring/distmgr.log:2", "--to", file), told...)...)
		if out != "" || status != exitUsage || !strings.Contains(errOut, "rules.yaml:") {
			t.Errorf("%s: status %d, output %q, errors %q", name, status, out, errOut)
		}
		if got := read(t, file); got != text {
			t.Errorf("%s: the file is now %q", name, got)
		}
	}
}

func TestNewRefersToTheSchemaBeside(t *testing.T) {
	dir := t.TempDir()
	if _, errOut, status := call("", "rules", "schema", "--to", filepath.Join(dir, "rule-schema.json")); status != 0 {
		t.Fatal(errOut)
	}
	file := filepath.Join(dir, "r.yaml")
	if _, errOut, status := call("", append(withListing("testdata/authoring/distmgr.log:2", "--to", file), told...)...); status != 0 {
		t.Fatal(errOut)
	}
	if got := read(t, file); !strings.HasPrefix(got, "# yaml-language-server: $schema=rule-schema.json\n") {
		t.Errorf("the file is %s", got)
	}
}

// The line is decoded before it goes into the rule, and the log is known by the name of what it is a copy of.
func TestNewReadsOtherEncodings(t *testing.T) {
	data, err := os.ReadFile("testdata/authoring/distmgr.log")
	if err != nil {
		t.Fatal(err)
	}
	wide := []byte{0xFF, 0xFE}
	for _, u := range utf16.Encode([]rune(strings.ReplaceAll(string(data), "\n", "\r\n"))) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	file := filepath.Join(t.TempDir(), "copied for support.txt")
	if err := os.WriteFile(file, wide, 0o600); err != nil {
		t.Fatal(err)
	}
	out, errOut, status := call("", append(withListing(file+":2"), told...)...)
	want, _, _ := call("", append(withListing("testdata/authoring/distmgr.log:2"), told...)...)
	if d := cmp.Diff(want, out); d != "" || status != 0 {
		t.Errorf("status %d, errors %s; -plain +UTF-16:\n%s", status, errOut, d)
	}
	if !strings.Contains(errOut, "is taken for a copy of distmgr.log, since its component is SMS_DISTRIBUTION_MANAGER") {
		t.Errorf("errors %s", errOut)
	}
}

// Every record of the sample logs gives a rule that loads, passes its tests and is laid out, or a reason.
func TestNewOnSamples(t *testing.T) {
	folders := []string{"../../deploy/samples"}
	if shared := os.Getenv("CMTRAIL_SHARED"); shared != "" {
		folders = append(folders, filepath.Join(shared, "samples"))
	}
	inputs, _ := find(folders)
	for _, in := range inputs {
		for _, line := range []string{"1", "5", "12"} {
			out, errOut, status := call("", append(withListing(in.path+":"+line), told...)...)
			if status != 0 {
				if out != "" || strings.Contains(errOut, "nothing was written") {
					t.Errorf("%s:%s: status %d: %s", in.path, line, status, errOut)
				}
				continue
			}
			if laid, errOut, status := call(out, "rules", "fmt", "-"); status != 0 || laid != out {
				t.Errorf("%s:%s: status %d: %s-rule +laid out:\n%s", in.path, line, status, errOut, cmp.Diff(out, laid))
			}
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
