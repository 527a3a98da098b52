package otelprocessor

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap/confmaptest"

	"github.com/cmtrail/cmtrail/otelprocessor/internal/metadata"
)

func loadConfig(t *testing.T, name string) *Config {
	t.Helper()
	conf, err := confmaptest.LoadConf(filepath.Join("testdata", "config.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	sub, err := conf.Sub(component.NewIDWithName(metadata.Type, name).String())
	if err != nil {
		t.Fatal(err)
	}
	cfg := createDefaultConfig().(*Config)
	if err := sub.Unmarshal(cfg); err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestConfig(t *testing.T) {
	defaults := Config{
		DefaultRules: true, OnError: OnErrorFail, ReloadInterval: 5 * time.Second, BiasSense: "windows", HostAttribute: "host.name",
		IdleTimeout: 5 * time.Second, StreamTimeout: time.Hour, MaxStreams: 10_000, MaxHeldBytes: 256 << 20, MaxWaiting: 10_000,
		Correlation: CorrelationConfig{
			Enabled: true, Lateness: 30 * time.Second, SilentAfter: time.Hour, MaxOpen: 10_000, MaxTotal: 250_000, MaxHosts: 200_000,
		},
	}
	storage := component.MustNewID("file_storage")
	offset := defaults
	offset.Timezone = "-05:00"
	for _, tt := range []struct {
		name string
		want Config
	}{
		{"", defaults},
		{"offset", offset},
		{"all", Config{
			Rules: []string{"/etc/cmtrail/rules/*.yaml"}, OnError: OnErrorKeep, ReloadInterval: time.Minute, Format: "ccm",
			Timezone: "Europe/Berlin", BiasSense: "iso", MessageAttribute: "message", HostAttribute: "host.id",
			KeepOriginal: true, Redact: RedactConfig{Classes: []string{"host", "user"}, KeyFile: "/etc/cmtrail/redact.key"}, IdleTimeout: 10 * time.Second, StreamTimeout: 30 * time.Minute, MaxStreams: 500, MaxHeldBytes: 1 << 20, MaxWaiting: 200, Storage: &storage,
			Correlation: CorrelationConfig{
				Lateness: time.Minute, SilentAfter: 2 * time.Hour, MaxOpen: 100, MaxTotal: 1000, MaxHosts: 50,
			},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := loadConfig(t, tt.name)
			if diff := cmp.Diff(&tt.want, got, cmpopts.EquateComparable(component.ID{})); diff != "" {
				t.Errorf("config (-want +got):\n%s", diff)
			}
			if err := got.Validate(); err != nil {
				t.Errorf("Validate() = %v, want nil", err)
			}
		})
	}
}

func TestValidate(t *testing.T) {
	for _, tt := range []struct{ name, want string }{
		{"wrong", `rules[0]: empty path
on_error: "ignore" is none of "fail" and "keep"
reload_interval: must not be below zero, is -1s
format: "cmm" is none of ccm, ccm-legacy, role-setup, w3c, wsus, wua-tab, wua-etl, cbs, msi, reporting, plain
timezone: "Berlin" is neither the name of a zone, such as Europe/Berlin, nor an offset, such as -05:00
bias_sense: "unix" is none of windows, iso and ignore
host_attribute: must not be empty
idle_timeout: must be above zero, is 0s
stream_timeout: must be above zero, is -1s
correlation: lateness: must be above zero, is 0s
correlation: silent_after: must be above zero, is -1s
max_streams: must be above zero, is 0
max_held_bytes: must be above zero, is 0
max_waiting: must be above zero, is -1
correlation: max_open: must be above zero, is 0
correlation: max_total: must be above zero, is -1
correlation: max_hosts: must be above zero, is 0`},
		{"no_rules", "no rules: default_rules is off and rules is empty"},
		{"timeouts", "stream_timeout: 1m0s is shorter than idle_timeout, 2m0s"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := loadConfig(t, tt.name).Validate()
			if err == nil {
				t.Fatal("Validate() = nil")
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}
