package collector

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// follower is the built Collector following a folder of logs, a folder a host.
type follower struct {
	t       *testing.T
	logs    string
	out     string
	storage string
	metrics string // its port
	cmd     *exec.Cmd
	stderr  bytes.Buffer
}

func newFollower(t *testing.T) *follower {
	t.Helper()
	f := &follower{t: t, logs: t.TempDir(), storage: t.TempDir(), out: filepath.Join(t.TempDir(), "out.json")}
	f.start()
	return f
}

func (f *follower) start() {
	f.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") // a port that is free
	if err != nil {
		f.t.Fatal(err)
	}
	_, f.metrics, _ = net.SplitHostPort(l.Addr().String())
	if err := l.Close(); err != nil {
		f.t.Fatal(err)
	}
	f.cmd = exec.Command(built, "--config", "testdata/correlation.yaml")
	f.cmd.Env = append(os.Environ(), "CMTRAIL_LOGS="+f.logs, "CMTRAIL_OUT="+f.out, "CMTRAIL_STORAGE="+f.storage, "CMTRAIL_METRICS="+f.metrics)
	f.cmd.Stderr = &f.stderr
	if err := f.cmd.Start(); err != nil {
		f.t.Fatalf("%v; build it first: make collector", err)
	}
	f.t.Cleanup(func() { _ = f.cmd.Process.Kill() })
}

func (f *follower) stop(sig syscall.Signal) {
	f.t.Helper()
	if err := f.cmd.Process.Signal(sig); err != nil {
		f.t.Error(err)
	}
	if err := f.cmd.Wait(); err != nil && sig != syscall.SIGKILL {
		f.t.Errorf("collector: %v\n%s", err, &f.stderr)
	}
}

// write appends a record to a log of a host. Its context is the host: the receiver tells files apart by how they begin.
func (f *follower) write(host, log, clock, message string) {
	f.t.Helper()
	folder := filepath.Join(f.logs, host)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		f.t.Fatal(err)
	}
	component := strings.TrimSuffix(log, ".log")
	appendTo(f.t, filepath.Join(folder, log), fmt.Sprintf(
		`<![LOG[%s]LOG]!><time="%s.000+0" date="03-12-2026" component="%s" context="%s" type="1" thread="5120" file="c.cpp:1">`+"\r\n", message, clock, component, host))
}

// came waits until so many records of the logs have come out.
func (f *follower) came(n int) {
	f.t.Helper()
	eventually(f.t, fmt.Sprintf("%d records", n), func() bool {
		count := 0
		for _, r := range readOutput(f.t, f.out, f.logs) {
			if r.Attributes["event.name"] == nil && r.Path != "" {
				count++
			}
		}
		return count >= n
	})
}

// findings returns the issues of the findings that have come out, each with its host and the key that names it.
func (f *follower) findings() (all []string) {
	f.t.Helper()
	for _, r := range readOutput(f.t, f.out, f.logs) {
		if r.Event == "configmgr.finding" {
			all = append(all, fmt.Sprint(r.Host, " ", r.Attributes["configmgr.issue.ids"], " ", r.Attributes["configmgr.key.location_request_id"]))
		}
	}
	return all
}

// metric returns the sum of a counter for an issue.
func (f *follower) metric(name, issue string) string {
	f.t.Helper()
	resp, err := http.Get("http://127.0.0.1:" + f.metrics + "/metrics")
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err.Error()
	}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "otelcol_"+name) && strings.Contains(line, `"`+issue+`"`) {
			return line[strings.LastIndexByte(strings.TrimSpace(line), ' ')+1 : len(line)-1]
		}
	}
	return ""
}

const (
	noLocation = "CM-LOC-LS-NO-LOCATION"
	requestA   = "e07d41b9-2c58-4a63-b1f4-90ce6a8d3f15"
	requestB   = "1f6b2c90-8a4e-4d17-9c35-b02e7f61ad84"
	requestC   = "7a30d5e8-46b1-4c92-8f0d-e15c9b73a264"
	source     = "5b2a9e14-77c3-4f0d-8e65-1d9c3b0fa742"
)

func sent(request string) string {
	return "Created and Sent Location Request '{" + request + "}' for package {" + source + "}"
}

func calledBack(request string) string {
	return "Calling back with locations for WSUS request {" + request + "}"
}

// TestLocationRequest appends live: a request that is never answered while the host goes on, one that is answered in
// time, and one on a host that is switched off.
func TestLocationRequest(t *testing.T) {
	f := newFollower(t)
	f.write("LAB-01", "LocationServices.log", "08:00:00", sent(requestA))
	f.write("LAB-02", "LocationServices.log", "08:00:00", sent(requestB))
	f.write("LAB-03", "LocationServices.log", "08:00:00", sent(requestC))
	f.came(3)
	f.write("LAB-02", "LocationServices.log", "08:09:00", calledBack(requestB))
	f.write("LAB-01", "StateMessage.log", "08:05:00", "Waiting")
	f.write("LAB-02", "StateMessage.log", "08:05:00", "Waiting")
	f.came(6)
	f.write("LAB-01", "StateMessage.log", "08:12:00", "Waiting")
	f.write("LAB-02", "StateMessage.log", "08:12:00", "Waiting")
	want := []string{"LAB-01 [" + noLocation + "] " + requestA}
	eventually(t, "the finding", func() bool { return len(f.findings()) > 0 })
	eventually(t, "the question of the host that is off", func() bool { return f.metric("processor_cmtrail_undecided", noLocation) == "1" })
	f.stop(syscall.SIGTERM)
	if diff := cmp.Diff(want, f.findings()); diff != "" {
		t.Errorf("findings (-want +got):\n%s\n%s", diff, &f.stderr)
	}
}

// TestRestart stops the Collector between the request and the deadline, and once more after the finding.
func TestRestart(t *testing.T) {
	for name, sig := range map[string]syscall.Signal{"terminated": syscall.SIGTERM, "killed": syscall.SIGKILL} {
		t.Run(name, func(t *testing.T) {
			f := newFollower(t)
			f.write("LAB-01", "LocationServices.log", "08:00:00", sent(requestA))
			f.came(1)
			f.stop(sig)
			f.start()
			f.write("LAB-01", "LocationServices.log", "08:12:00", "Waiting")
			f.came(2)
			eventually(t, "the finding", func() bool { return len(f.findings()) > 0 })
			f.stop(sig)
			f.start()
			f.write("LAB-01", "LocationServices.log", "08:30:00", "Waiting")
			f.came(3)
			f.stop(syscall.SIGTERM)
			want := []string{"LAB-01 [" + noLocation + "] " + requestA}
			if diff := cmp.Diff(want, f.findings()); diff != "" {
				t.Errorf("findings (-want +got):\n%s\n%s", diff, &f.stderr)
			}
		})
	}
}

// step is a record of a scenario.
type step struct{ log, clock, message string }

// The scenarios in which something does not come, each on a host of its own, and the issue that tells.
var scenarios = map[string]struct {
	issue string
	steps []step
}{
	"a scan that WUAHandler never picks up": {"CM-SCAN-NOT-STARTED", []step{
		{"WUAHandler.log", "07:00:00", "Successfully completed scan."},
		{"ScanAgent.log", "08:00:00", "ScanJob({8c1f7a52-3d0e-4b6c-9f21-5a7e60d4c381}): CScanJob::Execute - successfully requested Scan, ScanType=1"},
		{"StateMessage.log", "08:04:00", "Waiting"},
		{"StateMessage.log", "08:07:00", "Waiting"},
	}},
	"a Group Policy refresh that never comes": {"CM-GPO-REFRESH-TIMEOUT", []step{
		{"WUAHandler.log", "08:00:00", "Waiting for 2 mins for Group Policy to notify of WUA policy change..."},
		{"StateMessage.log", "08:02:00", "Waiting"},
		{"StateMessage.log", "08:05:00", "Waiting"},
	}},
	"a search that starts and never ends": {"CM-SCAN-HUNG", []step{
		{"WUAHandler.log", "08:00:00", "Async searching of updates using WUAgent started."},
		{"StateMessage.log", "08:30:00", "Waiting"},
		{"StateMessage.log", "09:05:00", "Waiting"},
	}},
	"a synchronisation that starts and does not end": {"CM-SYNC-NO-END", []step{
		{"wsyncmgr.log", "08:00:00", `STATMSG: ID=6701 SEV=I LEV=M SOURCE="SMS Server" COMP="SMS_WSUS_SYNC_MANAGER" SYS=SITE01 SITE=CT1 PID=432 TID=3404`},
		{"wsyncmgr.log", "10:00:00", "Waiting"},
		{"wsyncmgr.log", "11:00:00", "Waiting"},
		{"wsyncmgr.log", "12:05:00", "Waiting"},
	}},
	"a location request that is answered": {"", []step{
		{"LocationServices.log", "08:00:00", sent(requestA)},
		{"LocationServices.log", "08:00:05", calledBack(requestA)},
		{"LocationServices.log", "08:30:00", "Waiting"},
	}},
}

// TestSameVerdicts runs each scenario live and as a replay.
func TestSameVerdicts(t *testing.T) {
	f := newFollower(t)
	var files []pipeline.File
	records, host := 0, 0
	var want []string
	for name, s := range scenarios {
		host++
		machine := fmt.Sprintf("LAB-%02d", host)
		logs := map[string]bool{}
		for _, step := range s.steps {
			f.write(machine, step.log, step.clock, step.message)
			logs[step.log] = true
			records++
		}
		for log := range logs {
			path := filepath.Join(f.logs, machine, log)
			files = append(files, pipeline.File{Source: pipeline.Source{Host: machine, Name: log}, Name: log, Open: func() (io.ReadCloser, error) { return os.Open(path) }})
		}
		if s.issue != "" {
			want = append(want, machine+" "+s.issue)
			t.Logf("%s: %s", machine, name)
		}
	}
	f.came(records)
	eventually(t, "the findings", func() bool { return len(f.findings()) >= len(want) })
	f.stop(syscall.SIGTERM)

	engine, err := rules.LoadEngine(rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var replayed []string
	correlator := rules.NewCorrelator(engine.Set(), rules.CorrelatorOptions{}, rules.CorrelatorOutput{Finding: func(f *rules.Finding) {
		replayed = append(replayed, f.Host+" "+f.Rule.ID)
	}})
	pipeline.New(engine).NewReplay(parsers.Options{}, correlator, nil).Run(files, func(i int, err error) { t.Errorf("%s: %v", files[i].Name, err) })

	var live []string
	for _, finding := range f.findings() {
		live = append(live, strings.NewReplacer("[", "", "]", "").Replace(strings.TrimSuffix(finding, " <nil>")))
	}
	slices.Sort(live)
	slices.Sort(replayed)
	if diff := cmp.Diff(replayed, live); diff != "" {
		t.Errorf("findings (-replay +live):\n%s\n%s", diff, &f.stderr)
	}
	for _, finding := range want {
		if !slices.Contains(live, finding) {
			t.Errorf("%s was not found", finding)
		}
	}
}
