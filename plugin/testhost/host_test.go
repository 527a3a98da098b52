package testhost

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/tinylib/msgp/msgp"

	"github.com/cmtrail/cmtrail/plugin/internal/event"
)

var library, host string

// TestMain builds the library and the host once, the host under the address sanitizer.
func TestMain(m *testing.M) {
	os.Exit(func() int {
		folder, err := os.MkdirTemp("", "cmtrail-host")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(folder)
		library, host = filepath.Join(folder, "out_cmtrail.so"), filepath.Join(folder, "host")
		for _, args := range [][]string{
			{"go", "build", "-buildmode=c-shared", "-tags", "cmtrail_break", "-o", library, ".."},
			{"cc", "-std=gnu11", "-Wall", "-Werror", "-g", "-fsanitize=address", "-pthread", "-o", host, "testdata/host.c", "-ldl"},
		} {
			if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
				fmt.Fprintf(os.Stderr, "%s: %v\n%s", strings.Join(args, " "), err, out)
				return 1
			}
		}
		return m.Run()
	}())
}

// play runs a script in a host and returns what it printed and what the plugin logged.
func play(t *testing.T, script ...string) (answers []string, log string) {
	t.Helper()
	cmd := exec.Command(host, library)
	// Go's runtime keeps memory to the end, and handles its own signals.
	cmd.Env = append(os.Environ(), "ASAN_OPTIONS=detect_leaks=0:handle_segv=0:handle_sigbus=0:handle_sigfpe=0")
	cmd.Stdin = strings.NewReader(strings.Join(script, "\n") + "\n")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("host: %v\n%s\n%s", err, stdout.String(), stderr.String())
	}
	answers = strings.Split(strings.TrimSpace(stdout.String()), "\n")
	if answers[0] != "register=0 type=2 proxy=11 name=cmtrail" || answers[len(answers)-1] != "end" {
		t.Fatalf("answers %q", answers)
	}
	return answers[1 : len(answers)-1], stderr.String()
}

// home is a folder of an instance.
type home string

func (h home) settings(more ...string) string {
	return strings.Join(append([]string{"spool_path=" + string(h) + "/spool", "state_path=" + string(h) + "/state", "fsync=off", "plugin_log_level=warn"}, more...), ";")
}

// lines returns the values of "log" in the spool.
func (h home) lines(t *testing.T) (texts []string) {
	t.Helper()
	names, err := filepath.Glob(string(h) + "/spool/*.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(data) {
			var body map[string]any
			if err := json.Unmarshal(line, &body); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			texts = append(texts, fmt.Sprint(body["log"]))
		}
	}
	return texts
}

func ccm(message string) string {
	return `<![LOG[` + message + `]LOG]!><time="09:00:03.000+300" date="06-05-2026" component="WUAHandler" context="" type="1" thread="4021" file="wua.cpp:80">`
}

func chunk(lines ...string) (c []byte) {
	for i, line := range lines {
		c = event.AppendHead(c, event.AppendStamp(nil, time.Unix(1700000000, int64(i))), msgp.AppendMapHeader(nil, 0))
		c = msgp.AppendMapHeader(c, 2)
		c = msgp.AppendString(msgp.AppendString(c, "path"), "/logs/WUAHandler.log")
		c = msgp.AppendString(msgp.AppendString(c, "log"), line)
	}
	return c
}

func write(t *testing.T, folder, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func want(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestInstancesAreApart(t *testing.T) {
	a, b, f := home(t.TempDir()), home(t.TempDir()), t.TempDir()
	one, two := write(t, f, "one", chunk(ccm("one"))), write(t, f, "two", chunk(ccm("two")))
	answers, log := play(t, "init "+a.settings(), "init "+b.settings("keep_original=on"),
		"flush 0 raw "+one, "flush 1 raw "+two, "exit 0", "flush 0 raw "+one, "flush 1 raw "+one, "exit 1")
	want(t, "answers", answers, "init=1", "init=1", "flush=1", "flush=1", "exit=1", "flush=0", "flush=1", "exit=1")
	want(t, "first", a.lines(t), "one")
	want(t, "second", b.lines(t), "two", "one")
	if log != "" {
		t.Errorf("logged %s", log)
	}
}

func TestBadSettingsFailInit(t *testing.T) {
	folder := t.TempDir()
	file := write(t, folder, "cmtrail.yaml", []byte("sink: stdout\n\nmesage_key: log\n"))
	rules := write(t, folder, "rules.yaml", []byte("schema: 1\npack: p\nrulez: []\n"))
	for _, tt := range []struct{ settings, want string }{
		{"sink=kafka", `sink: found "kafka"`},
		{"timezone=Mars/Olympus", `timezone: "Mars/Olympus"`},
		{"config_file=" + file, `cmtrail.yaml:3:1: unknown setting "mesage_key"; did you mean "message_key"?`},
		{"sink=stdout;rules=" + rules, `rules.yaml:3:1: `},
		{"sink=forward;forward_address=nowhere", `forward_address: `},
		{"sink=otlp;otlp_endpoint=ftp://x:1", `otlp_endpoint: found "ftp://x:1"`},
		{"state_path=" + file + "/state", `state_path: `},
		{"state_path=off;spool_path=" + file + "/spool", `spool_path: `},
	} {
		answers, log := play(t, "init "+tt.settings)
		want(t, tt.settings, answers, "init=0")
		if !strings.Contains(log, tt.want) || !strings.Contains(log, "[error] [output:cmtrail:cmtrail") {
			t.Errorf("%s: logged %q, want %q", tt.settings, log, tt.want)
		}
	}
	a := home(folder)
	answers, log := play(t, "init "+a.settings(), "init "+a.settings("id=0"), "exit 0", "init "+a.settings(), "exit 2")
	want(t, "the same id", answers, "init=1", "init=0", "exit=1", "init=1", "exit=1")
	if !strings.Contains(log, `id: "0" is taken by another instance`) {
		t.Errorf("logged %q", log)
	}
}

func TestConcurrentFlushes(t *testing.T) {
	a, f := home(t.TempDir()), t.TempDir()
	for thread := range 3 {
		for i := range 50 {
			write(t, f, fmt.Sprintf("c-%d-%d", thread, i), chunk(ccm(fmt.Sprintf("thread %d time %d", thread, i))))
		}
	}
	answers, _ := play(t, "init "+a.settings(), "threads 3 50 0 raw "+f+"/c", "exit 0")
	want(t, "answers", answers, "init=1", "error=0 ok=150 retry=0 other=0", "exit=1")
	seen := map[string]bool{}
	for _, line := range a.lines(t) {
		seen[line] = true
	}
	if len(seen) != 150 || len(a.lines(t)) != 150 {
		t.Errorf("%d lines, %d different, want 150", len(a.lines(t)), len(seen))
	}
}

// A reload ends an instance while others work, and makes it anew: a record whose lines it parted comes out whole.
func TestReload(t *testing.T) {
	a, b, f := home(t.TempDir()), home(t.TempDir()), t.TempDir()
	whole := ccm("the first line\nand the second")
	first, second, _ := strings.Cut(whole, "\n")
	opens, closes := write(t, f, "opens", chunk(first)), write(t, f, "closes", chunk(second))
	other := write(t, f, "other", chunk(ccm("other")))
	answers, _ := play(t, "init "+a.settings(), "init "+b.settings(), "flush 0 raw "+opens,
		"race 1 0 200 raw "+other, "init "+a.settings("id=0"), "flush 2 raw "+closes, "exit 2", "exit 1")
	want(t, "answers", answers, "init=1", "init=1", "flush=1", "exit=1 error=0 ok=200 retry=0 other=0", "init=1", "flush=1", "exit=1", "exit=1")
	want(t, "record", a.lines(t), "the first line\nand the second")
	if n := len(b.lines(t)); n != 200 {
		t.Errorf("%d lines of the other instance, want 200", n)
	}
}

// Whatever the bytes of a chunk, the answer is OK and nothing of it is lost.
func TestHostileChunks(t *testing.T) {
	a, f := home(t.TempDir()), t.TempDir()
	good := chunk(ccm("good"))
	script, n := []string{"init " + a.settings()}, 0
	for name, bad := range map[string][]byte{
		"nil": msgp.AppendNil(nil), "number": {7}, "cut": chunk("cut")[:20], "unused": {0xc1},
		"lying": append([]byte{0x92, 0xd7, 0, 0, 0, 0, 1, 0, 0, 0, 1}, 0xdf, 0xff, 0xff, 0xff, 0xff),
		"deep":  bytes.Repeat([]byte{0x91}, 200_000),
		"text":  msgp.AppendString(event.AppendHead(nil, event.AppendStamp(nil, time.Unix(1, 0)), nil), "no map"),
		"long":  append([]byte{0xdb, 0xff, 0xff, 0xff, 0xff}, "x"...),
	} {
		script = append(script, "flush 0 raw "+write(t, f, name, append(append([]byte{}, good...), bad...)))
		n++
	}
	script = append(script, "flush 0 raw "+write(t, f, "empty", nil), "exit 0")
	answers, log := play(t, script...)
	for _, answer := range answers[1 : n+2] {
		if answer != "flush=1" {
			t.Errorf("answers %q", answers)
			break
		}
	}
	goods := 0
	for _, line := range a.lines(t) {
		if line == "good" {
			goods++
		}
	}
	if goods != n || len(a.lines(t)) != 2*n {
		t.Errorf("%d good lines of %d, want %d of %d", goods, len(a.lines(t)), n, 2*n)
	}
	if strings.Count(log, "carries what is no event") != 1 {
		t.Errorf("logged %s", log)
	}
}

func TestAFullSpoolIsTriedAgain(t *testing.T) {
	a, f := home(t.TempDir()), t.TempDir()
	big := write(t, f, "big", chunk(ccm(strings.Repeat("x", 100<<10))))
	small := write(t, f, "small", chunk(ccm("small")))
	answers, log := play(t, "init "+a.settings("spool_segment_size=64k", "spool_max_size=128k"),
		"flush 0 raw "+big, "flush 0 raw "+big, "flush 0 raw "+big, "flush 0 raw "+small, "exit 0")
	want(t, "answers", answers, "init=1", "flush=1", "flush=2", "flush=2", "flush=1", "exit=1")
	if strings.Count(log, "is full") != 1 {
		t.Errorf("logged %s", log)
	}
	if n := len(a.lines(t)); n != 2 {
		t.Errorf("%d lines, want 2", n)
	}
}

// Ten thousand chunks under the address sanitizer.
func TestManyChunks(t *testing.T) {
	a, f := home(t.TempDir()), t.TempDir()
	const threads, times = 2, 5000
	for thread := range threads {
		for i := range times {
			write(t, f, fmt.Sprintf("c-%d-%d", thread, i), chunk(ccm(fmt.Sprintf("Scan %d failed with error = 0x8024402c", thread*times+i)), "plain text"))
		}
	}
	answers, _ := play(t, "init "+a.settings(), fmt.Sprintf("threads %d %d 0 raw %s/c", threads, times, f), "exit 0")
	want(t, "answers", answers, "init=1", "error=0 ok=10000 retry=0 other=0", "exit=1")
	seen := map[string]bool{}
	for _, line := range a.lines(t) {
		seen[line] = true
	}
	if len(seen) < threads*times {
		t.Errorf("%d different lines, want %d and more", len(seen), threads*times)
	}
}
