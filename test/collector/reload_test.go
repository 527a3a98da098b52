package collector

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// TestRulesWhileItRuns goes the way of someone who writes a first rule: the built Collector follows a log, a line comes out
// untagged, cmtrail rules new makes a rule of it, and the next such line, of another depot, is tagged. A file with a fault
// changes nothing.
func TestRulesWhileItRuns(t *testing.T) {
	logs, folder, out := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "out.json")
	log := filepath.Join(logs, "LAB-01", "distmgr.log")
	if err := os.Mkdir(filepath.Dir(log), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(built, "--config", filepath.Join(root, "deploy/otelcol/follow.yaml"))
	cmd.Env = append(os.Environ(), "CMTRAIL_LOGS="+logs, "CMTRAIL_RULES="+folder, "CMTRAIL_OUT="+out)
	told := filepath.Join(t.TempDir(), "stderr")
	stderr, err := os.Create(told)
	if err != nil {
		t.Fatal(err)
	}
	defer stderr.Close()
	cmd.Stderr = stderr
	if err := cmd.Start(); err != nil {
		t.Fatalf("%v; build it first: make collector", err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	logged := func(what string) func() bool {
		return func() bool {
			text, err := os.ReadFile(told)
			return err == nil && strings.Contains(string(text), what)
		}
	}
	n := 0
	issues := func(clock string) string { // of a line that comes now
		n++
		appendTo(t, log, `The shelf of depot LAB-DP0`+strconv.Itoa(n)+` is full  $$<SMS_DISTRIBUTION_MANAGER><03-12-2026 `+clock+`.000+0><thread=4412 (0x113C)>`+"\r\n")
		var got []string
		eventually(t, "the line", func() bool {
			got = nil
			for _, r := range readOutput(t, out, logs) {
				if r.Path == "" {
					continue
				}
				ids, _ := r.Attributes["configmgr.issue.ids"].([]any)
				id := "-"
				if len(ids) == 1 {
					id, _ = ids[0].(string)
				}
				got = append(got, id)
			}
			return len(got) == n
		})
		return got[n-1]
	}
	if got := issues("08:00:00"); got != "-" {
		t.Errorf("before there is a rule: %s", got)
	}
	file := filepath.Join(folder, "ours.yaml")
	if told, err := exec.Command(command, "rules", "new", log+":1", "--id", "CM-SITE-SHELF-FULL", "--to", file,
		"--title", "A depot is full", "--severity", "error").CombinedOutput(); err != nil {
		t.Fatalf("%v; build it first: make build\n%s", err, told)
	}
	eventually(t, "the reload", logged("Rules reloaded"))
	if got := issues("08:01:00"); got != "CM-SITE-SHELF-FULL" {
		t.Errorf("with the rule: %s", got)
	}
	rule, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, bytes.Replace(rule, []byte("severity"), []byte("serenity"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the fault", logged(`unknown key \"serenity\"`))
	if got := issues("08:02:00"); got != "CM-SITE-SHELF-FULL" {
		t.Errorf("with a fault in the file: %s", got)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	if err := cmd.Wait(); err != nil {
		text, _ := os.ReadFile(told)
		t.Errorf("collector: %v\n%s", err, text)
	}
}
