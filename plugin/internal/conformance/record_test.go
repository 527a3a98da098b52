package conformance

import (
	"bytes"
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const root = "../../.."

// record is what both hosts must agree on. The Collector takes its host from the folder in the demo, and Fluent Bit does
// not, so the host is left out.
type record struct {
	Path       string         `json:"path"`
	Time       string         `json:"time"`
	Severity   string         `json:"severity"`
	Body       string         `json:"body"`
	Event      string         `json:"event"`
	Attributes map[string]any `json:"attributes"`

	instance string // that tagged it
}

// ofCollector reads the records that the Collector made of the sample logs.
func ofCollector(t *testing.T) (records []record) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, "test/collector/testdata/samples.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(data) {
		var r record
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatal(err)
		}
		delete(r.Attributes, "event.name") // stands in a field of its own
		relative(r.Attributes, "")
		records = append(records, r)
	}
	return records
}

// ofPlugin makes a record of a JSON body that the plugin wrote. Paths are made relative to the folder of logs.
func ofPlugin(t *testing.T, line []byte, logs string) (r record) {
	t.Helper()
	r.Attributes = map[string]any{}
	if err := json.Unmarshal(line, &r.Attributes); err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	take := func(key string) string {
		text, _ := r.Attributes[key].(string)
		delete(r.Attributes, key)
		return text
	}
	r.Body, r.Severity, r.Event = take("log"), take("severity"), take("event.name")
	take("host")
	r.Body = strings.ReplaceAll(r.Body, logs+string(filepath.Separator), "")
	relative(r.Attributes, logs)
	r.Path = filepath.ToSlash(strings.TrimPrefix(take("path"), logs+string(filepath.Separator)))
	if text := take("time"); text != "" {
		at, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			t.Fatal(err)
		}
		r.Time = at.UTC().Format(time.RFC3339Nano)
	}
	r.instance = take("cmtrail.instance")
	take("cmtrail.time")
	return r
}

// relative makes the paths of what a finding or journey names relative to the folder of logs. Lines count from where a
// host began to read, so they differ after a restart and are left out.
func relative(v any, logs string) {
	switch v := v.(type) {
	case map[string]any:
		if file, ok := v["file"].(string); ok {
			v["file"] = filepath.ToSlash(strings.TrimPrefix(file, logs+string(filepath.Separator)))
			delete(v, "line")
		}
		for _, inner := range v {
			relative(inner, logs)
		}
	case []any:
		for _, inner := range v {
			relative(inner, logs)
		}
	}
}

// agree compares the two, log by log; findings and journeys, which belong to no one log, by what they say.
func agree(t *testing.T, collector, plugin []record) {
	t.Helper()
	byPath := func(records []record) {
		slices.SortStableFunc(records, func(a, b record) int {
			if a.Event != "" && b.Event != "" {
				return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Body, b.Body))
			}
			return cmp.Compare(a.Path, b.Path)
		})
	}
	byPath(collector)
	byPath(plugin)
	if diff := gocmp.Diff(collector, plugin, cmpopts.IgnoreUnexported(record{})); diff != "" {
		t.Errorf("records (-Collector +Fluent Bit):\n%s", diff)
	}
}

// spooled returns the lines of a spool, oldest first.
func spooled(t *testing.T, folder string) (lines [][]byte) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(data) {
			lines = append(lines, line)
		}
	}
	return lines
}
