package collector

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const golden = "testdata/samples.jsonl"

// TestDemoConfiguration runs the demo's configuration over the sample logs in this process.
func TestDemoConfiguration(t *testing.T) {
	logs, out := copySamples(t), filepath.Join(t.TempDir(), "tagged.json")
	t.Setenv("CMTRAIL_LOGS", logs)
	t.Setenv("CMTRAIL_OUT", out)
	r := start(t, "file:"+filepath.Join(root, "deploy/otelcol/demo.yaml"))
	settled(t, out, logs)
	r.stop(t)
	checkGolden(t, readOutput(t, out, logs))
}

// settled waits until the output holds as many records of logs as the golden file, or, when that is to be written, until no
// more come. Journeys can be told only when the Collector stops.
func settled(t *testing.T, out, logs string) {
	t.Helper()
	want := 0
	for _, line := range splitLines(readGolden(t)) {
		if !strings.Contains(line, `"event":"configmgr.`) {
			want++
		}
	}
	last, since := 0, time.Now()
	eventually(t, "the records of the samples", func() bool {
		n := 0
		for _, r := range readOutput(t, out, logs) {
			if r.Event == "" {
				n++
			}
		}
		if n != last {
			last, since = n, time.Now()
		}
		if *update {
			return n > 0 && time.Since(since) > 5*time.Second
		}
		return n >= want
	})
}

// eventually asks again and again until ok, for at most half a minute.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline:
			t.Errorf("waited too long for %s", what)
			return
		case <-tick.C:
		}
	}
}

func checkGolden(t *testing.T, records []record) {
	t.Helper()
	byPath(records)
	got := lines(t, records)
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(splitLines(readGolden(t)), splitLines(got)); diff != "" {
		t.Errorf("records of the samples (-want +got), rewrite with -update:\n%s", diff)
	}
}

func readGolden(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(golden)
	if err != nil && !(*update && os.IsNotExist(err)) {
		t.Fatal(err)
	}
	return string(data)
}
