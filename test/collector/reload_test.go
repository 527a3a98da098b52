package collector

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestRulesWhileItRuns goes the way of someone who writes a first rule: the built Collector follows a log, a line comes out
// untagged, the rule is put into its folder, and the next such line is tagged. A file with a fault changes nothing.
func TestRulesWhileItRuns(t *testing.T) {
	logs, folder, out := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "out.json")
	log := filepath.Join(logs, "LAB-01", "distmgr.log")
	if err := os.Mkdir(filepath.Dir(log), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(built, "--config", filepath.Join(root, "deploy/otelcol/follow.yaml"))
	cmd.Env = append(os.Environ(), "CMTRAIL_LOGS="+logs, "CMTRAIL_RULES="+folder, "CMTRAIL_OUT="+out)
	told := filepath.Join(t.TempDir(), "stderr")
	file, err := os.Create(told)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	cmd.Stderr = file
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
		appendTo(t, log, `The shelf of depot LAB-DP07 is full  $$<SMS_DISTRIBUTION_MANAGER><03-12-2026 `+clock+`.000+0><thread=4412 (0x113C)>`+"\r\n")
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
	write := func(text string) {
		if err := os.WriteFile(filepath.Join(folder, "ours.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := issues("08:00:00"); got != "-" {
		t.Errorf("before there is a rule: %s", got)
	}
	rule := "schema: 1\npack: ours\nrules:\n  - id: CM-SITE-SHELF-FULL\n    title: A depot is full\n    severity: error\n" +
		"    match: {file: distmgr.log, line: The shelf of depot <depot:word> is full}\n"
	write(rule)
	eventually(t, "the reload", logged("Rules reloaded"))
	if got := issues("08:01:00"); got != "CM-SITE-SHELF-FULL" {
		t.Errorf("with the rule: %s", got)
	}
	write(strings.Replace(rule, "severity", "serenity", 1))
	eventually(t, "the fault", logged("ours.yaml:6:5"))
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
