package collector

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// agent is the built Collector with the configuration of an agent on a client, as it is shipped.
type agent struct {
	logs, storage, stderr string
	backend               string
	extra                 []string // configurations laid over it
	metrics               string   // its port
	cmd                   *exec.Cmd
}

// collectorUnderTest is the built Collector, or another one that CMTRAIL_COLLECTOR names, to see what that does.
func collectorUnderTest() string {
	if path := os.Getenv("CMTRAIL_COLLECTOR"); path != "" {
		return path
	}
	return built
}

func newAgent(t *testing.T, backend string, extra ...string) *agent {
	t.Helper()
	folder := t.TempDir()
	a := &agent{
		logs: filepath.Join(folder, "logs"), storage: filepath.Join(folder, "storage"), stderr: filepath.Join(folder, "stderr"),
		backend: backend, extra: extra,
	}
	if err := os.Mkdir(a.logs, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if a.cmd != nil {
			_ = a.cmd.Process.Kill()
		}
	})
	return a
}

func (a *agent) start(t *testing.T) {
	t.Helper()
	stderr, err := os.OpenFile(a.stderr, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer stderr.Close()
	a.metrics = freePort(t)
	args := []string{"--feature-gates=stanza.synchronousLogEmitter"}
	if os.Getenv("CMTRAIL_GATE") == "off" {
		args = nil
	}
	for _, config := range append([]string{filepath.Join(root, "deploy/otelcol/agent-client.yaml"), "testdata/agent.yaml"}, a.extra...) {
		args = append(args, "--config", config)
	}
	a.cmd = exec.Command(collectorUnderTest(), args...)
	a.cmd.Env = append(os.Environ(), "CMTRAIL_LOGS="+a.logs, "CMTRAIL_STORAGE="+a.storage, "CMTRAIL_GATEWAY="+a.backend,
		"CMTRAIL_RULES="+filepath.Join(a.logs, "none/*.yaml"), "COMPUTERNAME=CLIENT01",
		"CMTRAIL_METRICS="+a.metrics, "CMTRAIL_HEALTH="+freePort(t))
	a.cmd.Stderr = stderr
	if err := a.cmd.Start(); err != nil {
		t.Fatalf("%v; build it first: make collector", err)
	}
}

// kill ends it without a word.
func (a *agent) kill(t *testing.T) {
	t.Helper()
	if err := a.cmd.Process.Kill(); err != nil {
		t.Fatalf("%v\n%s", err, a.tail())
	}
	if err := a.cmd.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("ended by itself: %v\n%s", err, a.tail())
	}
}

// stop shuts it down and waits for it.
func (a *agent) stop(t *testing.T) {
	t.Helper()
	if err := a.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- a.cmd.Wait() }()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("collector: %v\n%s", err, a.tail())
		}
	case <-time.After(30 * time.Second):
		t.Fatalf("still runs 30 s after SIGTERM\n%s", a.tail())
	}
}

func (a *agent) tail() string {
	text, _ := os.ReadFile(a.stderr)
	var told []string
	for line := range strings.Lines(string(text)) {
		if !strings.Contains(line, "\tinfo\t") {
			told = append(told, line)
		}
	}
	return strings.Join(told[max(0, len(told)-30):], "")
}

// metric returns the sum of a counter or gauge over its attributes, 0 before it counts, and whether metrics could be read.
func (a *agent) metric(name string) (sum float64, ok bool) {
	resp, err := http.Get("http://127.0.0.1:" + a.metrics + "/metrics")
	if err != nil {
		return 0, false
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(text)) {
		if rest, found := strings.CutPrefix(line, name); found && strings.ContainsAny(strings.TrimPrefix(rest, "_total")[:1], "{ ") {
			n, err := strconv.ParseFloat(strings.TrimSpace(line[strings.LastIndexByte(strings.TrimSpace(line), ' '):]), 64)
			if err != nil {
				return 0, false
			}
			sum += n
		}
	}
	return sum, true
}

// memory returns how much of the machine's memory the process has, and the most it ever had, in MiB.
func (a *agent) memory(t *testing.T) (now, peak int) {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", a.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var n int
		if _, err := fmt.Sscanf(line, "VmRSS: %d kB", &n); err == nil {
			now = n >> 10
		}
		if _, err := fmt.Sscanf(line, "VmHWM: %d kB", &n); err == nil {
			peak = n >> 10
		}
	}
	return now, peak
}
