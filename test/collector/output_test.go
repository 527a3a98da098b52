package collector

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"
)

// root is the root of the repository.
const root = "../.."

var update = flag.Bool("update", false, "rewrite the golden files")

// record is what a test compares of one log record: all but the time of observation. Path is below the folder of logs.
type record struct {
	Host       string         `json:"host,omitempty"`
	Path       string         `json:"path"`
	Time       string         `json:"time,omitempty"`
	Severity   string         `json:"severity,omitempty"`
	Event      string         `json:"event,omitempty"`
	Body       string         `json:"body"`
	Attributes map[string]any `json:"attributes"`
}

// flatten returns the records of a batch. logs is the folder that the paths are made relative to.
func flatten(batch plog.Logs, logs string) (records []record) {
	for _, rl := range batch.ResourceLogs().All() {
		var host string
		if v, ok := rl.Resource().Attributes().Get("host.name"); ok {
			host = v.Str()
		}
		for _, sl := range rl.ScopeLogs().All() {
			for _, lr := range sl.LogRecords().All() {
				r := record{Host: host, Body: lr.Body().AsString(), Severity: lr.SeverityText(), Event: lr.EventName(), Attributes: lr.Attributes().AsRaw()}
				if lr.Timestamp() != 0 {
					r.Time = lr.Timestamp().AsTime().Format(time.RFC3339Nano)
				}
				if path, ok := r.Attributes["log.file.path"].(string); ok {
					r.Path = filepath.ToSlash(strings.TrimPrefix(path, logs+string(filepath.Separator)))
					delete(r.Attributes, "log.file.path")
				}
				relative(r.Attributes, logs)
				r.Body = strings.ReplaceAll(r.Body, logs+string(filepath.Separator), "")
				records = append(records, r)
			}
		}
	}
	return records
}

// relative makes the paths of what a finding or journey names relative to the folder of logs.
func relative(v any, logs string) {
	switch v := v.(type) {
	case map[string]any:
		if file, ok := v["file"].(string); ok {
			v["file"] = filepath.ToSlash(strings.TrimPrefix(file, logs+string(filepath.Separator)))
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

// readOutput reads what the file exporter wrote; a last line that is still being written is left out.
func readOutput(t *testing.T, path, logs string) (records []record) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	whole := data[:bytes.LastIndexByte(data, '\n')+1]
	for line := range bytes.Lines(whole) {
		batch, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs(line)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		records = append(records, flatten(batch, logs)...)
	}
	return records
}

// byPath sorts records by path and leaves those of one path in the order in which they came. Findings and journeys, which
// belong to no one log, are sorted by what they say.
func byPath(records []record) {
	slices.SortStableFunc(records, func(a, b record) int {
		if a.Event != "" && b.Event != "" {
			return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Host, b.Host), cmp.Compare(a.Body, b.Body))
		}
		return cmp.Compare(a.Path, b.Path)
	})
}

// lines writes one record a line, for golden files that a reader can compare.
func lines(t *testing.T, records []record) string {
	t.Helper()
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for _, r := range records {
		if err := enc.Encode(r); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

// copySamples copies the sample logs to a folder of the test.
func copySamples(t *testing.T) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "logs")
	if err := os.CopyFS(to, onlyLogs{os.DirFS(filepath.Join(root, "deploy/samples"))}); err != nil {
		t.Fatal(err)
	}
	return to
}

// onlyLogs leaves out what stands beside the folders of logs.
type onlyLogs struct{ fs.FS }

// ReadDir lists a folder, of the topmost one only the folders in it.
func (o onlyLogs) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(o.FS, name)
	if name == "." {
		entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return !e.IsDir() })
	}
	return entries, err
}

func splitLines(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == '\n' })
}
