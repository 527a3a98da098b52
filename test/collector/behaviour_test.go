package collector

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/collector/consumer/consumertest"
)

// tail is a Collector that follows a folder of logs with the given settings of the processor, and keeps what it gets.
func tail(t *testing.T, folder, settings string) *running {
	t.Helper()
	t.Setenv("CMTRAIL_TEST_LOGS", folder)
	return start(t, `yaml:
receivers:
  file_log:
    include: ["${env:CMTRAIL_TEST_LOGS}/*.log"]
    include_file_path: true
    start_at: beginning
    poll_interval: 20ms
processors:
  cmtrail: {`+settings+`}
exporters:
  sink:
service:
  telemetry:
    metrics: {level: none}
    logs: {level: warn}
  pipelines:
    logs: {receivers: [file_log], processors: [cmtrail], exporters: [sink]}
`)
}

const (
	head = `<![LOG[The answer has two lines:`
	rest = `and this is the second]LOG]!><time="09:15:02.310+300" date="06-05-2026" component="LocationServices" context="" type="1" thread="5120" file="lsmessage.cpp:204">`
	one  = `<![LOG[Waiting for the answer]LOG]!><time="09:15:01.005+300" date="06-05-2026" component="LocationServices" context="" type="2" thread="5120" file="lsmessage.cpp:180">`
	held = `<![LOG[The service stops while it writes th`
)

// TestLinesJoinAcrossBatches appends to a log while the Collector follows it, and stops the Collector with a record
// half written.
func TestLinesJoinAcrossBatches(t *testing.T) {
	folder := t.TempDir()
	log := filepath.Join(folder, "LocationServices.log")
	appendTo(t, log, one+"\r\n"+head+"\r\n")
	r := tail(t, folder, "idle_timeout: 1h, stream_timeout: 1h")
	eventually(t, "the first record", func() bool { return r.sink.LogRecordCount() == 1 })

	appendTo(t, log, rest+"\r\n"+held+"\r\n")
	eventually(t, "the record of two lines", func() bool { return r.sink.LogRecordCount() == 2 })
	r.stop(t)

	want := []string{
		"Waiting for the answer",
		"The answer has two lines:\nand this is the second",
		strings.TrimPrefix(held, "<![LOG["),
	}
	if diff := cmp.Diff(want, bodies(r.sink, folder)); diff != "" {
		t.Errorf("bodies (-want +got):\n%s", diff)
	}
}

// TestIdleLogGivesOutWhatIsHeld leaves a record open and waits.
func TestIdleLogGivesOutWhatIsHeld(t *testing.T) {
	folder := t.TempDir()
	appendTo(t, filepath.Join(folder, "LocationServices.log"), one+"\n"+held+"\n")
	r := tail(t, folder, "idle_timeout: 200ms")
	eventually(t, "the open record", func() bool { return r.sink.LogRecordCount() == 2 })
	if got := strings.Join(bodies(r.sink, folder), "|"); !strings.HasSuffix(got, "th") {
		t.Errorf("bodies = %q, want the open record last", got)
	}
}

// TestFilesDoNotMix writes two logs line by line in turn, each with records of two lines.
func TestFilesDoNotMix(t *testing.T) {
	folder := t.TempDir()
	a, b := filepath.Join(folder, "a.log"), filepath.Join(folder, "b.log")
	// The receiver tells files apart by how they begin.
	appendTo(t, a, strings.ReplaceAll(one, "answer", "a.log")+"\n")
	appendTo(t, b, strings.ReplaceAll(one, "answer", "b.log")+"\n")
	r := tail(t, folder, "idle_timeout: 1h, stream_timeout: 1h")
	for range 3 {
		appendTo(t, a, head+"\n")
		appendTo(t, b, head+"\n")
		appendTo(t, a, rest+"\n")
		appendTo(t, b, rest+"\n")
	}
	eventually(t, "eight records", func() bool { return r.sink.LogRecordCount() >= 8 })
	r.stop(t)
	counts := map[string]int{}
	for _, batch := range r.sink.AllLogs() {
		for _, rec := range flatten(batch, folder) {
			counts[rec.Path+": "+rec.Body]++
		}
	}
	want := map[string]int{
		"a.log: Waiting for the a.log":                             1,
		"b.log: Waiting for the b.log":                             1,
		"a.log: The answer has two lines:\nand this is the second": 3,
		"b.log: The answer has two lines:\nand this is the second": 3,
	}
	if diff := cmp.Diff(want, counts); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

func bodies(sink *consumertest.LogsSink, folder string) (list []string) {
	for _, batch := range sink.AllLogs() {
		for _, r := range flatten(batch, folder) {
			list = append(list, r.Body)
		}
	}
	return list
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
}
