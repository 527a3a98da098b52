// Package settings holds what users may set of the plugin, as properties in Fluent Bit's own configuration or in one YAML
// file, both read by the same table.
package settings

import (
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/internal/redact"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/plugin/internal/hostlog"
	"github.com/cmtrail/cmtrail/plugin/internal/sink/forward"
	"github.com/cmtrail/cmtrail/plugin/internal/sink/otlp"
	"github.com/cmtrail/cmtrail/plugin/internal/sink/spool"
)

// Settings is one instance's, complete and checked.
type Settings struct {
	ID   string // "" = the next free number
	Sink string // spool, forward, otlp or stdout

	Rules          []string // files, folders or patterns of rules, added to the shipped ones
	DefaultRules   bool
	OnError        string // fail or keep
	ReloadInterval time.Duration

	MessageKey string // the body's key that holds the line
	PathKey    string // the body's key that holds the path of the log file
	StreamKey  string // the body's key that tells streams apart when there is no path
	HostKey    string // the body's key that tells hosts apart

	Parsing      parsers.Options
	KeepOriginal bool
	RecordTime   bool // the event's time becomes the record's own

	Redact redact.Settings // the names that go on as pseudonyms

	Correlation bool // relate records
	Live        pipeline.LiveOptions

	Bounds      pipeline.Bounds
	StatePath   string // folder for what must survive a restart; "" keeps it in memory
	Fsync       bool   // what is said to be safe is on the disk
	RetryMemory int    // bytes of tagged events kept while they wait to be handed on again

	LogLevel hostlog.Level
	LogFile  string

	Spool   spool.Config
	Forward forward.Config
	OTLP    otlp.Config

	zone, format, bias string // as written, until checked
	effective          []Effective
}

// Effective is a setting as it applies.
type Effective struct {
	Name, Value string
	From        string // property, config_file or default
}

// Effective returns every setting as it applies, in the order of the documentation. Secrets are left out of the values.
func (s *Settings) Effective() []Effective { return s.effective }

// Sinks that can be chosen.
const (
	Spool   = "spool"
	Forward = "forward"
	OTLP    = "otlp"
	Stdout  = "stdout"
)

// DataFolder is where the plugin keeps files unless told otherwise.
func DataFolder() string {
	if runtime.GOOS == "windows" {
		root := os.Getenv("ProgramData")
		if root == "" {
			root = `C:\ProgramData`
		}
		return filepath.Join(root, "cmtrail")
	}
	return "/var/lib/cmtrail"
}

// Loopback tells whether the sink speaks to this machine, perhaps to the very process the plugin runs in.
func (s *Settings) Loopback() bool {
	switch s.Sink {
	case Forward:
		return s.Forward.Loopback()
	case OTLP:
		return s.OTLP.Loopback()
	}
	return false
}
