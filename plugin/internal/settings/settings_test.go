package settings

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the table in docs/fluent-bit.md")

func properties(pairs ...string) func(string) string {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return func(name string) string { return m[name] }
}

func TestDefaults(t *testing.T) {
	s, err := Read(properties())
	if err != nil {
		t.Fatal(err)
	}
	if s.Sink != Spool || !s.DefaultRules || s.MessageKey != "log" || s.PathKey != "path" || s.HostKey != "host" ||
		s.Bounds.IdleAfter != 5*time.Second || s.RetryMemory != 64<<20 || !s.Fsync || s.Spool.MaxSize != 1<<30 ||
		s.StatePath != filepath.Join(DataFolder(), "state") {
		t.Errorf("defaults: %+v", s)
	}
	if s, err = Read(properties("sink", "stdout")); err != nil || s.StatePath != "" {
		t.Errorf("the sink stdout keeps its state in %q, %v", s.StatePath, err)
	}
}

func TestPropertiesGoBeforeTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cmtrail.yaml")
	text := "sink: forward\nforward_address: unix:///run/a.sock\nforward_shared_key: secret\nrules: [a.yaml, b.yaml]\nidle_timeout: 3\notlp_headers: {a: b, c: d}\nkeep_original: true\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Read(properties("config_file", path, "forward_address", "tcp://logs.contoso.com:24224", "max_streams", "7"))
	if err != nil {
		t.Fatal(err)
	}
	if s.Forward.Address != "tcp://logs.contoso.com:24224" || s.Forward.SharedKey != "secret" || s.Bounds.IdleAfter != 3*time.Second ||
		s.Bounds.MaxStreams != 7 || !s.KeepOriginal {
		t.Errorf("settings: %+v", s)
	}
	if diff := cmp.Diff([]string{"a.yaml", "b.yaml"}, s.Rules); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]string{"a": "b", "c": "d"}, s.OTLP.Headers); diff != "" {
		t.Error(diff)
	}
	for _, e := range s.Effective() {
		if strings.Contains(e.Value, "secret") {
			t.Errorf("%s shows its value", e.Name)
		}
	}
}

func TestFaults(t *testing.T) {
	for _, tt := range []struct{ name, value, want string }{
		{"sink", "kafka", `sink: found "kafka", expected spool, forward, otlp or stdout`},
		{"default_rules", "off", `rules: no rules: default_rules is off and rules is empty`},
		{"default_rules", "perhaps", `default_rules: found "perhaps", expected on or off`},
		{"message_key", "severity", `message_key: "severity" is a key that the plugin writes itself`},
		{"message_key", "configmgr.x", `message_key: "configmgr.x" is a key that the plugin writes itself`},
		{"format", "cmm", `format: "cmm" is none of `},
		{"timezone", "Mars/Olympus", `timezone: "Mars/Olympus" is neither the name of a zone, such as Europe/Berlin, nor an offset, such as -05:00`},
		{"bias_sense", "posix", `bias_sense: "posix" is none of windows, iso and ignore`},
		{"idle_timeout", "0", `idle_timeout: must be above zero`},
		{"idle_timeout", "soon", `idle_timeout: found "soon", expected a duration such as 500ms, 10s or 2h`},
		{"idle_timeout", "2h", `stream_timeout: 1h0m0s is shorter than idle_timeout, 2h0m0s`},
		{"max_streams", "-1", `max_streams: expected a whole number above zero`},
		{"retry_memory", "much", `retry_memory: found "much", expected a size such as 64k, 16M or 1G`},
		{"spool_max_size", "1M", `spool_max_size: must be at least twice spool_segment_size, is 1048576 bytes`},
		{"plugin_log_level", "trace", `plugin_log_level: expected error, warn, info, debug or off`},
		{"event_time", "now", `event_time: found "now", expected incoming or record`},
		{"redact", "host", `redact: no key: pseudonyms are made with a secret key of your own`},
		{"redact", "host,hots", `redact: classes: unknown class "hots", expected user, host, sid, ip, email or all; did you mean "host"?`},
		{"redact_key", "0123456789abcdef", `redact: a key is given but no classes: expected some of user, host, sid, ip, email, or all`},
		{"id", "a/b", `id: must be fit for a file name`},
		{"config_file", "/nowhere/cmtrail.yaml", `config_file: open /nowhere/cmtrail.yaml: no such file or directory`},
	} {
		_, err := Read(properties(tt.name, tt.value))
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s %s: %v, want %s", tt.name, tt.value, err, tt.want)
		}
	}
}

func TestFaultsInTheFile(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"sink: spool\nspool_pth: /x\n", `config_file: FILE:2:1: unknown setting "spool_pth"; did you mean "spool_path"?`},
		{"sink: spool\nsink: otlp\n", `config_file: FILE:2:1: setting "sink" stands twice; first at line 1`},
		{"idle_timeout: soon\n", `FILE:1:15: idle_timeout: found "soon", expected a duration such as 500ms, 10s or 2h`},
		{"- sink\n", `config_file: FILE:1:1: expected settings, each as name: value`},
		{"rules: [a, [b]]\n", `config_file: FILE:1:8: rules: line 1: expected a text`},
		{"sink: [\n", `config_file: FILE: yaml: line 1: did not find expected node content`},
	} {
		path := filepath.Join(t.TempDir(), "cmtrail.yaml")
		if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Read(properties("config_file", path))
		if got := strings.ReplaceAll(fmt.Sprint(err), path, "FILE"); got != tt.want {
			t.Errorf("%q:\n got %s\nwant %s", tt.text, got, tt.want)
		}
	}
}

// The table of settings in the documentation is the table that settings are read by.
func TestDocumentation(t *testing.T) {
	const begin, end = "<!-- settings: made by a test, see CONTRIBUTING.md -->\n", "<!-- end of settings -->\n"
	path := "../../../docs/fluent-bit.md"
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok1 := strings.Cut(string(data), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatalf("%s has no place for the settings", path)
	}
	var b strings.Builder
	b.WriteString("\n| setting | default | meaning |\n| --- | --- | --- |\n")
	b.WriteString("| `config_file` | | A YAML file of settings. Unknown names in it are errors, which Fluent Bit does not tell of its own configuration; what stands in that goes before. |\n")
	for _, row := range Table() {
		def := ""
		if row.Default != "" {
			def = "`" + row.Default + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", row.Name, def, row.Doc)
	}
	b.WriteString("\n")
	want := before + begin + b.String() + end + after
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(data)); diff != "" {
		t.Errorf("stale; -update rewrites it (-want +got):\n%s", diff)
	}
}
