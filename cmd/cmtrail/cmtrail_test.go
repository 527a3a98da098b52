package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite golden files")

// call runs the command in this process.
func call(in string, args ...string) (out, errOut string, status int) {
	var o, e bytes.Buffer
	status = run(args, strings.NewReader(in), &o, &e)
	return o.String(), e.String(), status
}

// Each file holds a command line, its input and what it gives, in one.
func TestGolden(t *testing.T) {
	golden(t, map[string]commandLine{
		"tag-gpo":           {args: []string{"tag", "--host", "LAB-01", "../../deploy/samples/client-gpo"}},
		"tag-msi":           {args: []string{"tag", "../../deploy/samples/client-msi"}},
		"tag-wsus":          {args: []string{"tag", "../../deploy/samples/wsus"}},
		"tag-stdin":         {in: "2026-11-10 10:00:00, Error                 CBS    Failed [HRESULT = 0x800f0831 - CBS_E_STORE_CORRUPTION]\n\x1b[31mred\x00 \xe9\n", args: []string{"tag", "--log", "CBS.log", "--timezone", "Europe/Amsterdam", "-"}},
		"tag-nameless":      {in: nameless, args: []string{"tag", "-"}},
		"tag-nameless-wsus": {in: namelessWSUS, args: []string{"tag", "-"}},
		"scan-nameless":     {in: nameless, args: []string{"scan", "-"}},
		"tag-missing":       {args: []string{"tag", "testdata/none.log", "-"}, in: "still read\n"},
		"tag-format":        {args: []string{"tag", "--format", "cmm", "-"}},
		"tag-zone":          {args: []string{"tag", "--timezone", "Mars/Olympus", "-"}},
		"tag-bad-rules":     {args: []string{"tag", "--rules", "testdata/bad.yaml", "-"}},
		"tag-stuck":         {args: []string{"tag", "--host", "LAB-01", "testdata/stuck"}},
		"scan":              {args: []string{"scan", "../../deploy/samples"}},
		"scan-stuck":        {args: []string{"scan", "--color", "always", "testdata/stuck"}},
		"scan-sync":         {args: []string{"scan", "testdata/sync"}},
		"scan-retry":        {args: []string{"scan", "testdata/retry"}},
		"scan-deployment":   {args: []string{"scan", "testdata/deployment"}},
		"scan-asleep":       {args: []string{"scan", "testdata/asleep"}},
		"scan-interleaved":  {args: []string{"scan", "testdata/interleaved"}},
		"scan-fleet":        {args: []string{"scan", "--format", "markdown", "--fail-on", "error", "testdata/fleet"}},
		"scan-json":         {args: []string{"scan", "--format", "json", "--fail-on", "critical", "--host", "LAB-01", "testdata/stuck"}},
		"scan-missing":      {args: []string{"scan", "testdata/none", "testdata/fleet/LAB-01/WUAHandler.log"}},
		"scan-fail-on":      {args: []string{"scan", "--fail-on", "fatal", "-"}},
		"errorcode":         {args: []string{"errorcode", "-2147024882", "0x80244017", "wu_e_pt_http_status_forbidden", "0x8FFFFFFF"}},
		"errorcode-json":    {args: []string{"errorcode", "--json", "8024402C"}},
		"errorcode-unknown": {args: []string{"errorcode", "WU_E_PT_HTTP_STATUS_DENYED"}},
		"rules-lint":        {args: []string{"rules", "lint", "--no-default-rules", "--rules", "testdata/untested.yaml"}},
		"rules-test":        {args: []string{"rules", "test", "--no-default-rules", "--rules", "testdata/wrong.yaml"}},
		"unknown-command":   {args: []string{"tagg"}},
		"rules-unknown":     {args: []string{"rules", "lnit"}},
	})
}

// Records of logs whose names are not told: their component tells it, or their form.
const (
	nameless     = "<![LOG[Scan failed with error = 0x80244022.]LOG]!><time=\"08:03:35.417+000\" date=\"03-12-2026\" component=\"WUAHandler\" context=\"\" type=\"3\" thread=\"5120\" file=\"cwuahandler.cpp:210\">\n"
	namelessWSUS = "2026-03-12 08:03:36.166 UTC\tInfo\tWsusService.27\tEventLogEventReporter.ReportEvent\tEventId=384,Type=Information,Category=Synchronization,Message=Synchronization completed successfully.\n"
)

type commandLine struct {
	in   string
	args []string
}

func golden(t *testing.T, all map[string]commandLine) {
	t.Helper()
	for name, tt := range all {
		t.Run(name, func(t *testing.T) {
			out, errOut, status := call(tt.in, tt.args...)
			got := "$ cmtrail " + strings.Join(tt.args, " ") + "\n" + out + "--- standard error\n" + errOut + "--- status " + string(rune('0'+status)) + "\n"
			file := filepath.Join("testdata", name+".txt")
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

// Every physical line that holds something is in one record; two records may only share the line on which one ends
// and the other begins.
func TestNoLineIsLost(t *testing.T) {
	folders := []string{"../../deploy/samples"}
	if shared := os.Getenv("CMTRAIL_SHARED"); shared != "" {
		folders = append(folders, filepath.Join(shared, "samples"))
	}
	for _, folder := range folders {
		inputs, unread := find([]string{folder})
		if len(unread) > 0 || len(inputs) == 0 {
			t.Fatal(unread, len(inputs))
		}
		for _, in := range inputs {
			out, errOut, status := call("", "tag", in.path)
			if status != 0 {
				t.Fatalf("%s: status %d: %s", in.path, status, errOut)
			}
			covered := map[int]bool{}
			for line := range strings.Lines(out) {
				var r struct {
					Line    int `json:"line"`
					LineEnd int `json:"line_end"`
				}
				if err := json.Unmarshal([]byte(line), &r); err != nil {
					t.Fatalf("%s: %v: %s", in.path, err, line)
				}
				for n := r.Line; n <= r.LineEnd; n++ {
					if covered[n] && n != r.Line {
						t.Errorf("%s:%d is in two records", in.path, n)
					}
					covered[n] = true
				}
			}
			data, err := os.ReadFile(in.path)
			if err != nil {
				t.Fatal(err)
			}
			text := strings.TrimPrefix(strings.ReplaceAll(string(data), "\x00", ""), "\xff\xfe")
			number := 0
			for line := range strings.Lines(text) {
				number++
				line = strings.TrimSpace(strings.TrimPrefix(line, "\ufeff"))
				if line != "" && !covered[number] {
					t.Errorf("%s:%d is in no record: %s", in.path, number, line)
				}
			}
		}
	}
}

// A link to a folder is followed where it was named, and a link within the folder anywhere.
func TestLinksAreFollowed(t *testing.T) {
	dir := t.TempDir()
	logs := filepath.Join(dir, "logs")
	if err := os.MkdirAll(filepath.Join(logs, "old"), 0o700); err != nil {
		t.Fatal(err)
	}
	target := filepath.Join(logs, "old", "a.log")
	if err := os.WriteFile(target, []byte("one line\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{filepath.Join(logs, "b.log"): target, filepath.Join(dir, "link"): logs} {
		if err := os.Symlink(to, link); err != nil {
			t.Fatal(err)
		}
	}
	out, errOut, status := call("", "tag", filepath.Join(dir, "link"))
	if status != 0 || !strings.Contains(out, `"file":"b.log"`) {
		t.Errorf("status %d, output %q, errors %q", status, out, errOut)
	}
}

// An archive of logs gives what its folder gives; what would unpack to too much is refused.
func TestArchive(t *testing.T) {
	name := filepath.Join(t.TempDir(), "support.zip")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	if err := z.AddFS(os.DirFS("testdata/stuck")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	want, _, _ := call("", "scan", "testdata/stuck")
	got, errOut, status := call("", "scan", name)
	if d := cmp.Diff(want, got); d != "" || status != 0 {
		t.Errorf("status %d, %s, -folder +archive:\n%s", status, errOut, d)
	}
}

func TestRotatedFilesComeFirst(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"WUAHandler.log", "WUAHandler.lo_", "WUAHandler-20260301-101112.log", "a.log"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	inputs, _ := find([]string{dir})
	var got []string
	for _, in := range inputs {
		got = append(got, in.name)
	}
	want := []string{"a.log", "WUAHandler-20260301-101112.log", "WUAHandler.lo_", "WUAHandler.log"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func TestCompletion(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"__complete", "rules", "test", "CM-GPO"}, "CM-GPO-OVERWRITTEN"},
		{[]string{"__complete", "tag", "--bias", ""}, "ignore"},
		{[]string{"__complete", "tag", "--format", ""}, "wua-etl"},
		{[]string{"__complete", "scan", "--fail-on", ""}, "critical"},
		{[]string{"__complete", "errorcode", "WU_E_PT_HTTP_STATUS_DEN"}, "WU_E_PT_HTTP_STATUS_DENIED"},
	} {
		if out, _, _ := call("", tt.args...); !strings.Contains(out, tt.want) {
			t.Errorf("%v gave %q, expected %s in it", tt.args, out, tt.want)
		}
	}
}
