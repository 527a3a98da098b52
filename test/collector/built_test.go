package collector

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// built is the Collector that the builder made.
const built = root + "/build/otelcol-cmtrail"

// command is the built command.
const command = root + "/bin/cmtrail"

// TestBuiltCollector runs the built Collector with the demo's configuration over the sample logs.
func TestBuiltCollector(t *testing.T) {
	logs, out := copySamples(t), filepath.Join(t.TempDir(), "tagged.json")
	var stderr bytes.Buffer
	cmd := exec.Command(built, "--config", filepath.Join(root, "deploy/otelcol/demo.yaml"))
	cmd.Env = append(os.Environ(), "CMTRAIL_LOGS="+logs, "CMTRAIL_OUT="+out)
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatalf("%v; build it first: make collector", err)
	}
	settled(t, out, logs)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("collector: %v\n%s", err, &stderr)
	}
	checkGolden(t, readOutput(t, out, logs))
}

// TestConfigurations lets the built Collector check every configuration that is shipped.
func TestConfigurations(t *testing.T) {
	for _, name := range []string{"agent-client", "agent-server", "demo", "follow"} {
		cmd := exec.Command(built, "validate", "--config", filepath.Join(root, "deploy/otelcol", name+".yaml"))
		cmd.Env = append(os.Environ(), "CMTRAIL_GATEWAY=gateway.contoso.com:4317", "COMPUTERNAME=CLIENT01",
			"CMTRAIL_RULES="+t.TempDir(), "CMTRAIL_STORAGE="+t.TempDir(), "CMTRAIL_LOGS="+t.TempDir(), "CMTRAIL_OUT="+filepath.Join(t.TempDir(), "out.json"))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}
