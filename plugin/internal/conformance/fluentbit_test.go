package conformance

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// fluentBit is the real program. `make e2e-fluentbit` sets it where there is one.
var fluentBit = os.Getenv("FLUENT_BIT")

// The configurations of deploy/fluentbit, as they are, in a real Fluent Bit.
func TestRealFluentBit(t *testing.T) {
	needFluentBit(t)
	// The samples are of several hosts and the configurations of one: what several records show differs.
	event := func(r record) bool { return r.Event != "" }
	want := slices.DeleteFunc(ofCollector(t), event)
	for _, config := range []string{"spool.yaml", "spool.conf", "forward.yaml"} {
		t.Run(config, func(t *testing.T) {
			home := homeOf(t)
			f := run(t, home, config)
			out := filepath.Join(home, "build/fluentbit/out/tagged")
			f.until(t, "all records", func() bool { return len(written(t, out)) >= len(want) })
			f.stop(t, syscall.SIGTERM)
			var got []record
			for _, body := range written(t, out) {
				r := ofPlugin(t, body, "deploy/samples")
				if metadata := config == "forward.yaml"; (r.instance == "") != metadata {
					t.Errorf("%s: the instance is named in the body: %t", body, !metadata)
				}
				got = append(got, r)
			}
			agree(t, want, slices.DeleteFunc(got, event))
		})
	}
}

// Nothing is lost when Fluent Bit is stopped, killed or told to reload while lines keep coming.
func TestNothingIsLost(t *testing.T) {
	needFluentBit(t)
	for _, tt := range []struct {
		name, config string
		how          []syscall.Signal // one after the other, half a second apart
	}{
		{"SIGTERM with the spool", "spool.yaml", []syscall.Signal{syscall.SIGTERM, syscall.SIGTERM}},
		{"SIGKILL with the spool", "spool.yaml", []syscall.Signal{syscall.SIGKILL, syscall.SIGKILL}},
		{"SIGHUP with the spool", "spool.yaml", []syscall.Signal{syscall.SIGHUP, syscall.SIGHUP}},
		{"SIGTERM with forward", "forward.yaml", []syscall.Signal{syscall.SIGTERM, syscall.SIGTERM}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			home := homeOf(t)
			logs := filepath.Join(home, "deploy/samples")
			if err := os.RemoveAll(logs); err != nil {
				t.Fatal(err)
			}
			log := filepath.Join(logs, "PC1", "WUAHandler.log")
			if err := os.MkdirAll(filepath.Dir(log), 0o700); err != nil {
				t.Fatal(err)
			}
			file, err := os.Create(log)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			n := 0
			grow := func(lines int) {
				buf := bufio.NewWriter(file)
				for range lines {
					n++
					fmt.Fprintf(buf, "<![LOG[Search number %d\r\nhas ended]LOG]!><time=\"10:02:00.037+360\" date=\"11-10-2026\" component=\"WUAHandler\" context=\"\" type=\"1\" thread=\"4120\" file=\"wuahandler.cpp:107\">\r\n", n)
				}
				if err := buf.Flush(); err != nil {
					t.Fatal(err)
				}
			}
			f := run(t, home, tt.config)
			for _, signal := range tt.how {
				for range 10 {
					grow(1000)
					time.Sleep(150 * time.Millisecond)
				}
				if signal == syscall.SIGHUP {
					f.signal(t, signal)
					continue
				}
				f.stop(t, signal)
				grow(1000)
				f = run(t, home, tt.config)
			}
			grow(1000)
			out := filepath.Join(home, "build/fluentbit/out/tagged")
			seen := map[string]int{}
			f.until(t, "all records", func() bool {
				data, err := os.ReadFile(out)
				if err != nil && !os.IsNotExist(err) {
					t.Fatal(err)
				}
				clear(seen)
				for _, found := range search.FindAllSubmatch(data, -1) {
					seen[string(found[1])]++
				}
				return len(seen) >= n
			})
			f.stop(t, syscall.SIGTERM)
			twice := 0
			for _, times := range seen {
				twice += times - 1
			}
			t.Logf("%d records of two lines each, %d of them came again", n, twice)
		})
	}
}

// search finds a whole record, wherever a killed file output has left it.
var search = regexp.MustCompile(`"log":"Search number (\d+)\\nhas ended"`)

func needFluentBit(t *testing.T) {
	t.Helper()
	if fluentBit == "" {
		t.Skip("FLUENT_BIT names no fluent-bit program; make e2e-fluentbit sets it where there is one")
	}
}

// homeOf makes a folder that looks like the root of a clone after `make plugin`.
func homeOf(t *testing.T) string {
	t.Helper()
	home := t.TempDir()
	for _, folder := range []string{"deploy/samples", "deploy/fluentbit"} {
		if err := os.CopyFS(filepath.Join(home, folder), os.DirFS(filepath.Join(root, folder))); err != nil {
			t.Fatal(err)
		}
	}
	library, err := filepath.Abs(filepath.Join(root, "build/out_cmtrail.so"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(home, "build"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(library, filepath.Join(home, "build/out_cmtrail.so")); err != nil {
		t.Fatal(err)
	}
	return home
}

// running is a Fluent Bit.
type running struct {
	cmd  *exec.Cmd
	log  string
	done chan error
}

func run(t *testing.T, home, config string) *running {
	t.Helper()
	f := &running{log: filepath.Join(home, "fluent-bit.log"), done: make(chan error, 1)}
	log, err := os.OpenFile(f.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	f.cmd = exec.Command(fluentBit, "--enable-hot-reload", "-c", filepath.Join("deploy/fluentbit", config))
	f.cmd.Dir, f.cmd.Stdout, f.cmd.Stderr = home, log, log
	if err := f.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { f.done <- f.cmd.Wait() }()
	t.Cleanup(func() { f.cmd.Process.Kill() })
	return f
}

func (f *running) signal(t *testing.T, s syscall.Signal) {
	t.Helper()
	if err := f.cmd.Process.Signal(s); err != nil {
		t.Fatalf("%v: %v\n%s", s, err, f.tail(t))
	}
}

// stop ends it and waits until it is gone.
func (f *running) stop(t *testing.T, s syscall.Signal) {
	t.Helper()
	f.signal(t, s)
	select {
	case err := <-f.done:
		if s == syscall.SIGTERM && err != nil {
			t.Fatalf("ended with %v\n%s", err, f.tail(t))
		}
	case <-time.After(20 * time.Second):
		t.Fatalf("still runs 20 s after %v\n%s", s, f.tail(t))
	}
}

func (f *running) until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		select {
		case err := <-f.done:
			t.Fatalf("ended by itself: %v\n%s", err, f.tail(t))
		default:
		}
		if ok() {
			return
		}
	}
	t.Fatalf("no %s after a minute\n%s", what, f.tail(t))
}

func (f *running) tail(t *testing.T) string {
	log, err := os.ReadFile(f.log)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(log), "\n")
	return strings.Join(lines[max(0, len(lines)-40):], "\n")
}

// written returns the bodies that the file output wrote: `tag: [time, body]`, or `tag: [[time, metadata], body]`.
func written(t *testing.T, path string) (bodies [][]byte) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for line := range bytes.Lines(data[:bytes.LastIndexByte(data, '\n')+1]) {
		if _, body, ok := bytes.Cut(line, []byte(`, {"path"`)); ok {
			bodies = append(bodies, append([]byte(`{"path"`), bytes.TrimSuffix(bytes.TrimSpace(body), []byte("]"))...))
		}
	}
	return bodies
}
