package conformance

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/tinylib/msgp/msgp"

	"github.com/cmtrail/cmtrail/plugin/internal/event"
	"github.com/cmtrail/cmtrail/plugin/internal/instance"
)

// The sample logs through an instance and its spool give what the Collector gave, wherever the chunks are cut and
// whenever Fluent Bit is restarted.
func TestSampleLogs(t *testing.T) {
	logs := filepath.Join(root, "deploy/samples")
	names, err := filepath.Glob(filepath.Join(logs, "*/*.log"))
	if err != nil || len(names) < 10 {
		t.Fatal(names, err)
	}
	for _, tt := range []struct {
		name            string
		events, restart int // of a chunk; chunks before a restart, 0 = never
	}{{"one chunk a log", 1 << 20, 0}, {"an event a chunk", 1, 0}, {"cut anywhere", 0, 0}, {"restarted after each event", 1, 1}, {"restarted now and then", 3, 4}} {
		t.Run(tt.name, func(t *testing.T) {
			want, names := ofCollector(t), names
			if tt.restart > 0 {
				want = slices.DeleteFunc(want, func(r record) bool { return leansOnItsHead(r.Path) })
				names = slices.DeleteFunc(slices.Clone(names), leansOnItsHead)
			}
			folder := t.TempDir()
			properties := map[string]string{
				"spool_path": filepath.Join(folder, "spool"), "state_path": filepath.Join(folder, "state"),
				"timezone": "America/Chicago", "keep_original": "on", "fsync": "off", "plugin_log_level": "warn",
				// Nothing is quiet for long enough here: what the end of a log holds comes when the state is off.
				"idle_timeout": "1h", "stream_timeout": "1h", "correlation_lateness": "500ms",
			}
			plugin := instance.NewPlugin()
			open := func() *instance.Instance {
				i, err := plugin.Make(func(name string) string { return properties[name] })
				if err != nil {
					t.Fatal(err)
				}
				return i
			}
			i := open()
			random := rand.New(rand.NewPCG(1, 2))
			chunks := 0
			for _, name := range names {
				for _, chunk := range chunksOf(t, name, tt.events, random) {
					if answer := i.Flush("raw."+name, chunk); answer != 1 {
						t.Fatalf("%s: flush answers %d, expected 1 (FLB_OK)", name, answer)
					}
					if chunks++; tt.restart > 0 && chunks%tt.restart == 0 {
						i.Close()
						i = open()
					}
				}
			}
			i.Close()
			properties["idle_timeout"] = "50ms"           // the last lines of the logs
			properties["correlation_silent_after"] = "2s" // what is pending when they end
			i = open()
			for end := time.Now().Add(20 * time.Second); len(spooled(t, properties["spool_path"])) < len(want) && time.Now().Before(end); {
				time.Sleep(20 * time.Millisecond)
			}
			i.Close()
			var got []record
			for _, line := range spooled(t, properties["spool_path"]) {
				got = append(got, ofPlugin(t, line, logs))
			}
			agree(t, want, got)
		})
	}
}

// leansOnItsHead tells logs whose lines mean what the head of the file says: the columns of W3C, the date of Windows
// Installer. It is read once and is not kept, as in the Collector.
func leansOnItsHead(path string) bool {
	name := filepath.Base(path)
	return name == "u_ex261110.log" || name == "client.msi.log"
}

// chunksOf returns a log as the tail input would flush it: an event a line, n of them a chunk; a random number when n is 0.
func chunksOf(t *testing.T, name string, n int, random *rand.Rand) (chunks [][]byte) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var chunk []byte
	events, limit := 0, n
	for line := range bytes.SplitSeq(bytes.TrimSuffix(data, []byte("\n")), []byte("\n")) {
		if limit == 0 {
			limit = 1 + random.IntN(4)
		}
		chunk = event.AppendHead(chunk, event.AppendStamp(nil, time.Now()), msgp.AppendMapHeader(nil, 0))
		chunk = msgp.AppendMapHeader(chunk, 3)
		chunk = msgp.AppendString(msgp.AppendString(chunk, "host"), filepath.Base(filepath.Dir(name)))
		chunk = msgp.AppendString(msgp.AppendString(chunk, "path"), name)
		chunk = msgp.AppendString(msgp.AppendString(chunk, "log"), string(bytes.TrimSuffix(line, []byte("\r"))))
		if events++; events == limit {
			chunks, chunk, events, limit = append(chunks, chunk), nil, 0, n
		}
	}
	if events > 0 {
		chunks = append(chunks, chunk)
	}
	return chunks
}
