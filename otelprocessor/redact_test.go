package otelprocessor

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/cmtrail/cmtrail/otelprocessor/internal/metadata"
)

const redactKey = "a key for tests, sixteen bytes or more"

// redacted returns what a processor makes of batches, as one text.
func redacted(t *testing.T, cfg *Config, batches ...plog.Logs) string {
	t.Helper()
	next := &consumertest.LogsSink{}
	p, err := newTagger(processortest.NewNopSettings(metadata.Type), cfg, next, newClock())
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range batches {
		consume(t, p, b)
	}
	if err := p.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, ld := range next.AllLogs() {
		text, err := (&plog.JSONMarshaler{}).MarshalLogs(ld)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}

func hiding(classes ...string) *Config {
	cfg := createDefaultConfig().(*Config)
	cfg.Redact = RedactConfig{Classes: classes, Key: configopaque.String(redactKey)}
	return cfg
}

// No name of the sample logs goes on, in no message, key, finding, journey, attribute or resource, and the rules see all of
// them.
func TestRedactSamples(t *testing.T) {
	folders, err := filepath.Glob("../deploy/samples/*")
	if err != nil || len(folders) == 0 {
		t.Fatal(folders, err)
	}
	var batches []plog.Logs
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(folder, "*.log"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			b := batch("LAB-07.contoso.com", `C:\Users\ina\`+filepath.Base(file), strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")...)
			b.ResourceLogs().At(0).Resource().Attributes().PutStr("host.ip", "10.20.4.51")
			batches = append(batches, b)
		}
	}
	copies := func() (all []plog.Logs) {
		for _, b := range batches {
			c := plog.NewLogs()
			b.CopyTo(c)
			all = append(all, c)
		}
		return all
	}
	plain := createDefaultConfig().(*Config)
	plain.KeepOriginal = true
	hidden := hiding("all")
	hidden.KeepOriginal = true
	clear, got := redacted(t, plain, copies()...), redacted(t, hidden, copies()...)
	for _, name := range []string{"contoso.com", "LAB-07", "10.20.", `Users\\ina`, "SUP01", "MP01", "SITE01"} {
		was, is := strings.Count(strings.ToLower(clear), strings.ToLower(name)), strings.Count(strings.ToLower(got), strings.ToLower(name))
		if was == 0 {
			t.Errorf("the samples do not hold %q", name)
		}
		if is > 0 {
			at := strings.Index(strings.ToLower(got), strings.ToLower(name))
			t.Errorf("%q goes on %d times of %d, first in %q", name, is, was, got[max(0, at-120):min(len(got), at+60)])
		}
	}
	for _, attribute := range []string{`"configmgr.rule.ids"`, `"configmgr.finding.first"`, `"configmgr.journey.id"`, `"configmgr.step.id"`, `"configmgr.key.wsus_url"`} {
		if was, is := strings.Count(clear, attribute), strings.Count(got, attribute); was == 0 || was != is {
			t.Errorf("%s stands on %d records, with names redacted on %d", attribute, was, is)
		}
	}
	// Attributes of findings have no order, so pseudonyms are compared and not texts.
	names := func(s string) []string {
		all := regexp.MustCompile(`\b(user|host|domain|sid|ip|email)-[0-9a-f]{12}\b`).FindAllString(s, -1)
		slices.Sort(all)
		return all
	}
	if diff := cmp.Diff(names(got), names(redacted(t, hidden, copies()...))); diff != "" {
		t.Errorf("a second processor with the same key gives other pseudonyms:\n%s", diff)
	}
	other := hiding("all")
	other.Redact.Key = "another key, of sixteen bytes or more"
	first := names(got)[0]
	if again := names(redacted(t, other, copies()...)); slices.Contains(again, first) {
		t.Errorf("another key gives %s as well", first)
	}
}

// What holds no line goes through the same.
func TestRedactPassed(t *testing.T) {
	ld := batch("LAB-07", "/logs/a.log", "x")
	lr := ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
	m := lr.Body().SetEmptyMap()
	m.PutStr("computer_name", "LAB-07")
	m.PutEmptySlice("seen").AppendEmpty().SetStr("by ina@contoso.com")
	m.PutEmptyBytes("raw").FromRaw([]byte(`CONTOSO\ina`))
	m.PutInt("n", 7)
	got := redacted(t, hiding("all"), ld)
	for _, name := range []string{"LAB-07", "ina", "contoso", "CONTOSO"} {
		if strings.Contains(got, name) {
			t.Errorf("%q goes on in %s", name, got)
		}
	}
}

// With an attribute as the line, the body is no copy of it that is forgotten.
func TestRedactMessageAttribute(t *testing.T) {
	ld := batch("LAB-07", "/logs/a.log", "LAB-07 asks http://sup01/")
	ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes().PutStr("line_text", "LAB-07 asks http://sup01/")
	cfg := hiding("host")
	cfg.MessageAttribute = "line_text"
	if got := redacted(t, cfg, ld); strings.Contains(got, "LAB-07") || strings.Contains(got, "sup01") || strings.Count(got, "asks http://host-") != 2 {
		t.Error(got)
	}
}

func TestRedactConfig(t *testing.T) {
	for _, tt := range []struct {
		cfg  RedactConfig
		want string
	}{
		{RedactConfig{}, ""},
		{RedactConfig{Classes: []string{"host"}, Key: redactKey}, ""},
		{RedactConfig{Classes: []string{"host"}}, "redact: no key: pseudonyms are made with a secret key of your own, the same on every machine whose names are to be comparable"},
		{RedactConfig{Classes: []string{"hosts"}, Key: redactKey}, `redact: classes: unknown class "hosts", expected user, host, sid, ip, email or all; did you mean "host"?`},
		{RedactConfig{Key: redactKey}, "redact: a key is given but no classes: expected some of user, host, sid, ip, email, or all"},
		{RedactConfig{Classes: []string{"all"}, Key: "short"}, "redact: key: the key has 5 bytes, expected at least 16"},
		{RedactConfig{Classes: []string{"all"}, Key: redactKey, KeyFile: "k"}, "redact: key and key_file are both given: expected one of them"},
	} {
		cfg := createDefaultConfig().(*Config)
		cfg.Redact = tt.cfg
		got := ""
		if err := cfg.Validate(); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%+v:\n got %s\nwant %s", tt.cfg, got, tt.want)
		}
	}
}
