package settings

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"time"
	_ "time/tzdata" // Windows carries no zone names of its own

	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/plugin/internal/hostlog"
)

// setting is one row of the table that both ways of configuring and the documentation come from.
type setting struct {
	name   string
	def    string // as users would write it
	doc    string
	secret bool
	set    func(s *Settings, value string) error
}

// Table returns the name, the default and the meaning of each setting, in the order of the documentation.
func Table() (rows []Row) {
	for _, s := range table {
		rows = append(rows, Row{s.name, s.def, s.doc})
	}
	return rows
}

// Row documents a setting.
type Row struct{ Name, Default, Doc string }

var table = []setting{
	{name: "id", doc: "Tells this instance from others of the same process in the log and in file names. Empty takes the next free number: set it where an instance might be added or removed.",
		set: func(s *Settings, v string) error {
			if strings.ContainsAny(v, `/\:*?"<>| `) {
				return errors.New("must be fit for a file name")
			}
			s.ID = v
			return nil
		}},
	{name: "sink", def: Spool, doc: "Where tagged events go: `spool`, `forward`, `otlp` or `stdout`.", set: choice(func(s *Settings) *string { return &s.Sink }, Spool, Forward, OTLP, Stdout)},

	{name: "rules", doc: "Rule files, folders or patterns of them, separated by commas; added to the shipped packs.", set: list(func(s *Settings) *[]string { return &s.Rules })},
	{name: "default_rules", def: "on", doc: "Take the shipped packs.", set: yes(func(s *Settings) *bool { return &s.DefaultRules })},
	{name: "on_error", def: "fail", doc: "What faults in rule files do at the start: `fail` keeps Fluent Bit from starting and names every fault, `keep` logs them and goes on with the shipped packs alone.",
		set: choice(func(s *Settings) *string { return &s.OnError }, "fail", "keep")},
	{name: "reload_interval", def: "5s", doc: "How often to look whether the files of `rules` have changed; 0 never does. What has changed is taken without a restart, unless it has faults.", set: span(func(s *Settings) *time.Duration { return &s.ReloadInterval })},

	{name: "message_key", def: "log", doc: "The key that holds the line. Its value becomes the message.", set: key(func(s *Settings) *string { return &s.MessageKey })},
	{name: "path_key", def: "path", doc: "The key that holds the path of the log, as set by `path_key` of the tail input.", set: text(func(s *Settings) *string { return &s.PathKey })},
	{name: "stream_key", doc: "The key that tells logs apart where no path is known; empty takes the tag.", set: text(func(s *Settings) *string { return &s.StreamKey })},
	{name: "host_key", def: "host", doc: "The key that tells hosts apart.", set: text(func(s *Settings) *string { return &s.HostKey })},

	{name: "format", doc: "Fixes the format of every log; empty finds it out for each.", set: text(func(s *Settings) *string { return &s.format })},
	{name: "timezone", doc: "The zone of stamps that print no offset, by its IANA name, as an offset such as `-05:00`, or `Local`.", set: text(func(s *Settings) *string { return &s.zone })},
	{name: "bias_sense", def: "windows", doc: "How to read the number behind the clock of ConfigMgr's own formats: `windows`, `iso` or `ignore`.", set: text(func(s *Settings) *string { return &s.bias })},
	{name: "keep_original", def: "off", doc: "Keep the lines as they came in `log.record.original`.", set: yes(func(s *Settings) *bool { return &s.KeepOriginal })},
	{name: "event_time", def: "incoming", doc: "The time of the event: `incoming` keeps it, `record` takes the record's own where it has one. The key `time` holds the record's own either way.",
		set: func(s *Settings, v string) error {
			var chosen string
			err := choice(func(*Settings) *string { return &chosen }, "incoming", "record")(s, v)
			s.RecordTime = chosen == "record"
			return err
		}},

	{name: "redact", doc: "The names that leave as pseudonyms, separated by commas: `user`, `host`, `sid`, `ip`, `email` or `all`. See [names](#names-as-pseudonyms).", set: list(func(s *Settings) *[]string { return &s.Redact.Classes })},
	{name: "redact_key", doc: "The secret that pseudonyms are made with, at least 16 bytes, such as `${CMTRAIL_REDACT_KEY}`. The same key gives the same pseudonyms on every machine.", secret: true, set: text(func(s *Settings) *string { return &s.Redact.Key })},
	{name: "redact_key_file", doc: "A file that holds the key instead.", set: text(func(s *Settings) *string { return &s.Redact.KeyFile })},

	{name: "idle_timeout", def: "5s", doc: "How long a log must be quiet before what is held of it goes on.", set: above(func(s *Settings) *time.Duration { return &s.Bounds.IdleAfter })},
	{name: "stream_timeout", def: "1h", doc: "How long a log must be quiet before it is forgotten.", set: above(func(s *Settings) *time.Duration { return &s.Bounds.DropAfter })},
	{name: "max_streams", def: "10000", doc: "Bounds the logs that are followed at a time.", set: count(func(s *Settings) *int { return &s.Bounds.MaxStreams })},
	{name: "max_held", def: "256M", doc: "Bounds the bytes of lines that are held until their records are complete. Beyond it the logs quiet for longest give out what they hold.", set: bytes(func(s *Settings) *int64 { return &s.Bounds.MaxHeld })},

	{name: "correlation", def: "on", doc: "Relate records: what did not come, what comes too often, how far each scan came. What is found becomes events of its own.", set: yes(func(s *Settings) *bool { return &s.Correlation })},
	{name: "correlation_lateness", def: "30s", doc: "How far behind the newest record of its log a record may be.", set: above(func(s *Settings) *time.Duration { return &s.Live.Correlator.Lateness })},
	{name: "correlation_silent_after", def: "1h", doc: "How long nothing must have come from a host before what waits for it is undecided.", set: above(func(s *Settings) *time.Duration { return &s.Live.SilentAfter })},
	{name: "correlation_max_open", def: "10000", doc: "Bounds what is pending for a rule that sets no bound of its own.", set: count(func(s *Settings) *int { return &s.Live.Correlator.MaxOpen })},
	{name: "correlation_max_total", def: "250000", doc: "Bounds what is pending in all.", set: count(func(s *Settings) *int { return &s.Live.Correlator.MaxTotal })},
	{name: "correlation_max_hosts", def: "200000", doc: "Bounds the hosts that are remembered. What is pending of the one that was not heard of for longest is undecided beyond it.", set: count(func(s *Settings) *int { return &s.Live.Correlator.MaxHosts })},

	{name: "state_path", def: filepath.Join(DataFolder(), "state"), doc: "The folder that keeps held lines, and what correlation has pending, across restarts. `off` keeps them in memory alone, so that being killed loses them; that is the default of the sink `stdout`.",
		set: func(s *Settings, v string) error {
			s.StatePath = v
			if v == "off" {
				s.StatePath = ""
			}
			return nil
		}},
	{name: "fsync", def: "on", doc: "Wait until the disk has what is said to be safe, in the spool and in the state.", set: yes(func(s *Settings) *bool { return &s.Fsync })},
	{name: "retry_memory", def: "64M", doc: "How many bytes of tagged events to keep while they wait to be handed on again.", set: func(s *Settings, v string) error {
		n, err := size(v)
		s.RetryMemory = int(n)
		return err
	}},

	{name: "plugin_log_level", def: "info", doc: "`error`, `warn`, `info`, `debug` or `off`. Fluent Bit's own `log_level` does not reach plugins.", set: func(s *Settings, v string) error {
		level, ok := hostlog.ParseLevel(v)
		if !ok {
			return errors.New("expected error, warn, info, debug or off")
		}
		s.LogLevel = level
		return nil
	}},
	{name: "plugin_log_file", doc: "A file to log to instead of standard error, which leads nowhere in a Windows service.", set: text(func(s *Settings) *string { return &s.LogFile })},

	{name: "spool_path", def: filepath.Join(DataFolder(), "spool"), doc: "The folder of the spool. A tail input reads `*.jsonl` in it.", set: text(func(s *Settings) *string { return &s.Spool.Path })},
	{name: "spool_segment_size", def: "16M", doc: "The size after which a new file begins.", set: bytes(func(s *Settings) *int64 { return &s.Spool.SegmentSize })},
	{name: "spool_max_size", def: "1G", doc: "The size of all files that have not been read. At the bound chunks are retried, so that Fluent Bit's own buffering takes over.", set: bytes(func(s *Settings) *int64 { return &s.Spool.MaxSize })},
	{name: "spool_keep", def: spoolKeep(), doc: "Remove a file after so long even if nobody is known to have read it; 0 never does. On Linux the plugin sees how far the tail input has read, elsewhere files go by age alone.",
		set: span(func(s *Settings) *time.Duration { return &s.Spool.Keep })},

	{name: "forward_address", def: "tcp://127.0.0.1:24224", doc: "`tcp://host:port`, `tls://host:port` or `unix:///path`.", set: text(func(s *Settings) *string { return &s.Forward.Address })},
	{name: "forward_tag_prefix", def: "cmtrail.", doc: "Put in front of the tags of what is handed on. Chunks whose tag begins with it are refused.", set: text(func(s *Settings) *string { return &s.Forward.TagPrefix })},
	{name: "forward_metadata", def: "off", doc: "Send metadata in its own place. Fluent Bit takes it; the Collector and Fluentd refuse it, and find it in the body instead.", set: yes(func(s *Settings) *bool { return &s.Forward.Metadata })},
	{name: "forward_shared_key", doc: "The key of the server's handshake.", secret: true, set: text(func(s *Settings) *string { return &s.Forward.SharedKey })},
	{name: "forward_user", doc: "The user of the server's handshake.", set: text(func(s *Settings) *string { return &s.Forward.User })},
	{name: "forward_password", doc: "The password of the user.", secret: true, set: text(func(s *Settings) *string { return &s.Forward.Password })},
	{name: "forward_hostname", doc: "This machine's name in the handshake; empty asks the system.", set: text(func(s *Settings) *string { return &s.Forward.Hostname })},
	{name: "forward_timeout", def: "2s", doc: "For connecting, each write and each acknowledgement.", set: span(func(s *Settings) *time.Duration { return &s.Forward.Timeout })},
	{name: "forward_fail_fast", def: "3s", doc: "How long not to try again after a failure, so that shutdown is not held up.", set: span(func(s *Settings) *time.Duration { return &s.Forward.FailFast })},
	{name: "forward_max_bytes", def: "1M", doc: "The payload of one message.", set: func(s *Settings, v string) error {
		n, err := size(v)
		s.Forward.MaxBytes = int(n)
		return err
	}},
	{name: "forward_ca_file", doc: "Certificates to trust, in PEM.", set: text(func(s *Settings) *string { return &s.Forward.CAFile })},
	{name: "forward_cert_file", doc: "A client certificate, in PEM.", set: text(func(s *Settings) *string { return &s.Forward.CertFile })},
	{name: "forward_key_file", doc: "Its key.", set: text(func(s *Settings) *string { return &s.Forward.KeyFile })},
	{name: "forward_server_name", doc: "The name that the server's certificate must have; empty takes the address.", set: text(func(s *Settings) *string { return &s.Forward.ServerName })},
	{name: "forward_tls_verify", def: "on", doc: "Verify the server's certificate.", set: no(func(s *Settings) *bool { return &s.Forward.Insecure })},

	{name: "otlp_endpoint", def: "http://127.0.0.1:4318", doc: "`http://`, `https://`, `grpc://` or `grpcs://`, host and port.", set: text(func(s *Settings) *string { return &s.OTLP.Endpoint })},
	{name: "otlp_headers", doc: "Headers of each request: `name=value`, separated by commas.", secret: true, set: func(s *Settings, v string) error {
		s.OTLP.Headers = map[string]string{}
		for _, pair := range split(v) {
			name, value, ok := strings.Cut(pair, "=")
			if !ok || strings.TrimSpace(name) == "" {
				return fmt.Errorf("expected name=value, found %q", pair)
			}
			s.OTLP.Headers[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
		return nil
	}},
	{name: "otlp_compression", def: "gzip", doc: "`gzip` or `none`.", set: choice(func(s *Settings) *string { return &s.OTLP.Compression }, "gzip", "none")},
	{name: "otlp_timeout", def: "3s", doc: "For one request.", set: span(func(s *Settings) *time.Duration { return &s.OTLP.Timeout })},
	{name: "otlp_fail_fast", def: "3s", doc: "How long not to try again after a failure; the server may ask for longer.", set: span(func(s *Settings) *time.Duration { return &s.OTLP.FailFast })},
	{name: "otlp_max_bytes", def: "1M", doc: "The events of one request, before they are encoded.", set: func(s *Settings, v string) error {
		n, err := size(v)
		s.OTLP.MaxBytes = int(n)
		return err
	}},
	{name: "otlp_ca_file", doc: "Certificates to trust, in PEM.", set: text(func(s *Settings) *string { return &s.OTLP.CAFile })},
	{name: "otlp_cert_file", doc: "A client certificate, in PEM.", set: text(func(s *Settings) *string { return &s.OTLP.CertFile })},
	{name: "otlp_key_file", doc: "Its key.", set: text(func(s *Settings) *string { return &s.OTLP.KeyFile })},
	{name: "otlp_server_name", doc: "The name that the server's certificate must have; empty takes the endpoint.", set: text(func(s *Settings) *string { return &s.OTLP.ServerName })},
	{name: "otlp_tls_verify", def: "on", doc: "Verify the server's certificate.", set: no(func(s *Settings) *bool { return &s.OTLP.Insecure })},
}

// spoolKeep is long where the plugin cannot see how far the spool has been read, and without end where it can.
func spoolKeep() string {
	if runtime.GOOS == "linux" {
		return "0"
	}
	return "168h"
}

// check completes the settings and returns everything that is wrong with them.
func (s *Settings) check() error {
	var errs []error
	if !s.DefaultRules && len(s.Rules) == 0 {
		errs = append(errs, errors.New("rules: no rules: default_rules is off and rules is empty"))
	}
	if f, ok := parsers.ParseFormat(s.format); ok {
		s.Parsing.Format = f
	} else {
		errs = append(errs, fmt.Errorf("format: %q is none of %s", s.format, formatList()))
	}
	if b, ok := parsers.ParseBias(s.bias); ok {
		s.Parsing.Bias = b
	} else {
		errs = append(errs, fmt.Errorf("bias_sense: %q is none of windows, iso and ignore", s.bias))
	}
	zone, err := parsers.ParseZone(s.zone)
	if err != nil {
		errs = append(errs, fmt.Errorf("timezone: %w", err))
	}
	s.Parsing.Zone = zone
	if s.Bounds.DropAfter < s.Bounds.IdleAfter {
		errs = append(errs, fmt.Errorf("stream_timeout: %s is shorter than idle_timeout, %s", s.Bounds.DropAfter, s.Bounds.IdleAfter))
	}
	if err := s.Redact.Check(); err != nil {
		errs = append(errs, fmt.Errorf("redact: %w", err))
	}
	s.Live.QuietAfter = s.Bounds.IdleAfter
	s.Spool.Fsync = s.Fsync
	s.OTLP.MessageKey, s.OTLP.HostKey, s.OTLP.PathKey = s.MessageKey, s.HostKey, s.PathKey
	switch s.Sink {
	case Spool:
		err = s.Spool.Validate()
	case Forward:
		err = s.Forward.Validate()
	case OTLP:
		err = s.OTLP.Validate()
	case Stdout:
		err = nil
	}
	return errors.Join(append(errs, err)...)
}

func formatList() string {
	var names []string
	for _, f := range parsers.FormatNames() {
		names = append(names, string(f))
	}
	return strings.Join(names, ", ")
}
