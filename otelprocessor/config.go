package otelprocessor

import (
	"errors"
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // Windows carries no zone names of its own

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/internal/redact"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// OnError says what faults in rule files do when the Collector starts.
type OnError string

const (
	// OnErrorFail keeps the Collector from starting and names every fault.
	OnErrorFail OnError = "fail"
	// OnErrorKeep logs every fault and goes on with the shipped rules alone.
	OnErrorKeep OnError = "keep"
)

// Config is what users write below "cmtrail:".
type Config struct {
	// Rules are files or folders of rules, or patterns of them, added to the shipped ones.
	Rules []string `mapstructure:"rules"`
	// DefaultRules takes the shipped rules.
	DefaultRules bool `mapstructure:"default_rules"`
	// OnError says what faults in rule files do when the Collector starts.
	OnError OnError `mapstructure:"on_error"`
	// ReloadInterval is how often the files of Rules are looked at; 0 never looks after the start.
	ReloadInterval time.Duration `mapstructure:"reload_interval"`

	// Format fixes the format of every log; empty finds it out for each.
	Format string `mapstructure:"format"`
	// Timezone is the zone of stamps that print no offset, by its IANA name or as an offset such as "-05:00"; empty
	// leaves such records the receiver's time.
	Timezone string `mapstructure:"timezone"`
	// BiasSense says how to read the number behind the clock of ConfigMgr's own formats: windows, iso or ignore.
	BiasSense string `mapstructure:"bias_sense"`

	// MessageAttribute is the record attribute that holds the line; empty or "body" is the body.
	MessageAttribute string `mapstructure:"message_attribute"`
	// HostAttribute is the resource or record attribute that tells hosts apart.
	HostAttribute string `mapstructure:"host_attribute"`
	// KeepOriginal keeps the lines as they came in log.record.original.
	KeepOriginal bool `mapstructure:"keep_original"`

	// Redact says which names leave the machine as pseudonyms.
	Redact RedactConfig `mapstructure:"redact"`

	// IdleTimeout is how long a log must be quiet before what is held of it goes on.
	IdleTimeout time.Duration `mapstructure:"idle_timeout"`
	// StreamTimeout is how long a log must be quiet before it is forgotten.
	StreamTimeout time.Duration `mapstructure:"stream_timeout"`
	// MaxStreams bounds the logs that are followed at a time.
	MaxStreams int `mapstructure:"max_streams"`
	// MaxHeldBytes bounds the bytes of lines that all logs together hold.
	MaxHeldBytes int64 `mapstructure:"max_held_bytes"`
	// MaxWaiting bounds the records that wait for the next component; beyond it nothing more is taken.
	MaxWaiting int `mapstructure:"max_waiting"`

	// Storage is the storage extension in which held lines, records that wait for the next component, and what correlation
	// has pending survive a restart; empty: nothing does.
	Storage *component.ID `mapstructure:"storage"`

	// Correlation is how records are related.
	Correlation CorrelationConfig `mapstructure:"correlation"`
}

// CorrelationConfig says how records are related: what did not come, what comes too often, how far each scan came.
type CorrelationConfig struct {
	// Enabled relates records; off, each is tagged by itself alone.
	Enabled bool `mapstructure:"enabled"`
	// Lateness is how far behind the newest record of its log a record may be.
	Lateness time.Duration `mapstructure:"lateness"`
	// SilentAfter is how long nothing must have come from a host before what waits for it is undecided.
	SilentAfter time.Duration `mapstructure:"silent_after"`
	// MaxOpen bounds what is pending for a rule that sets no bound of its own.
	MaxOpen int `mapstructure:"max_open"`
	// MaxTotal bounds what is pending in all.
	MaxTotal int `mapstructure:"max_total"`
	// MaxHosts bounds the hosts that are remembered.
	MaxHosts int `mapstructure:"max_hosts"`
}

// RedactConfig says which names leave the machine as pseudonyms. Without classes none does.
type RedactConfig struct {
	// Classes are user, host, sid, ip and email, or all.
	Classes []string `mapstructure:"classes"`
	// Key is the secret that pseudonyms are made with.
	Key configopaque.String `mapstructure:"key"`
	// KeyFile is a file that holds the key instead.
	KeyFile string `mapstructure:"key_file"`
}

func (c *RedactConfig) settings() redact.Settings {
	return redact.Settings{Classes: c.Classes, Key: string(c.Key), KeyFile: c.KeyFile}
}

// live returns the settings that reach the pipeline.
func (c *CorrelationConfig) live(quiet time.Duration) pipeline.LiveOptions {
	return pipeline.LiveOptions{
		Correlator: rules.CorrelatorOptions{Lateness: c.Lateness, MaxOpen: c.MaxOpen, MaxTotal: c.MaxTotal, MaxHosts: c.MaxHosts},
		QuietAfter: quiet, SilentAfter: c.SilentAfter,
	}
}

func createDefaultConfig() component.Config {
	return &Config{
		DefaultRules:   true,
		OnError:        OnErrorFail,
		ReloadInterval: pipeline.DefaultReloadInterval,
		BiasSense:      "windows",
		HostAttribute:  "host.name",
		IdleTimeout:    pipeline.DefaultIdleAfter,
		StreamTimeout:  pipeline.DefaultDropAfter,
		MaxStreams:     pipeline.DefaultMaxStreams,
		MaxHeldBytes:   pipeline.DefaultMaxHeld,
		MaxWaiting:     defaultMaxWaiting,
		Correlation: CorrelationConfig{
			Enabled:     true,
			Lateness:    pipeline.Lateness,
			SilentAfter: pipeline.DefaultSilentAfter,
			MaxOpen:     rules.DefaultMaxOpen,
			MaxTotal:    rules.DefaultMaxTotal,
			MaxHosts:    rules.DefaultMaxHosts,
		},
	}
}

// Validate returns everything that is wrong with the settings. Rule files are read when the processor is made.
func (c *Config) Validate() error {
	var errs []error
	fault := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }

	for i, path := range c.Rules {
		if strings.TrimSpace(path) == "" {
			fault("rules[%d]: empty path", i)
		}
	}
	if !c.DefaultRules && len(c.Rules) == 0 {
		fault("no rules: default_rules is off and rules is empty")
	}
	if c.OnError != OnErrorFail && c.OnError != OnErrorKeep {
		fault("on_error: %q is none of %q and %q", c.OnError, OnErrorFail, OnErrorKeep)
	}
	if c.ReloadInterval < 0 {
		fault("reload_interval: must not be below zero, is %s", c.ReloadInterval)
	}
	if _, ok := parsers.ParseFormat(c.Format); !ok {
		fault("format: %q is none of %s", c.Format, formatList())
	}
	if _, err := parsers.ParseZone(c.Timezone); err != nil {
		fault("timezone: %w", err)
	}
	if _, ok := parsers.ParseBias(c.BiasSense); !ok {
		fault("bias_sense: %q is none of windows, iso and ignore", c.BiasSense)
	}
	if c.HostAttribute == "" {
		fault("host_attribute: must not be empty")
	}
	for _, d := range []struct {
		name string
		d    time.Duration
	}{
		{"idle_timeout", c.IdleTimeout}, {"stream_timeout", c.StreamTimeout},
		{"correlation: lateness", c.Correlation.Lateness}, {"correlation: silent_after", c.Correlation.SilentAfter},
	} {
		if d.d <= 0 {
			fault("%s: must be above zero, is %s", d.name, d.d)
		}
	}
	if c.IdleTimeout > 0 && c.StreamTimeout > 0 && c.StreamTimeout < c.IdleTimeout {
		fault("stream_timeout: %s is shorter than idle_timeout, %s", c.StreamTimeout, c.IdleTimeout)
	}
	for _, n := range []struct {
		name string
		n    int64
	}{
		{"max_streams", int64(c.MaxStreams)}, {"max_held_bytes", c.MaxHeldBytes}, {"max_waiting", int64(c.MaxWaiting)},
		{"correlation: max_open", int64(c.Correlation.MaxOpen)}, {"correlation: max_total", int64(c.Correlation.MaxTotal)},
		{"correlation: max_hosts", int64(c.Correlation.MaxHosts)},
	} {
		if n.n <= 0 {
			fault("%s: must be above zero, is %d", n.name, n.n)
		}
	}
	if err := c.Redact.settings().Check(); err != nil {
		fault("redact: %w", err)
	}
	return errors.Join(errs...)
}

// parsing returns the settings that reach a stream. The configuration has been validated.
func (c *Config) parsing() (parsers.Options, error) {
	loc, err := parsers.ParseZone(c.Timezone)
	if err != nil {
		return parsers.Options{}, fmt.Errorf("timezone: %w", err)
	}
	format, _ := parsers.ParseFormat(c.Format)
	sense, _ := parsers.ParseBias(c.BiasSense)
	return parsers.Options{Format: format, Zone: loc, Bias: sense}, nil
}

func formatList() string {
	var names []string
	for _, f := range parsers.FormatNames() {
		names = append(names, string(f))
	}
	return strings.Join(names, ", ")
}
