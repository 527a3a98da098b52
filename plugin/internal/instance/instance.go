// Package instance makes instances of the plugin from their settings and keeps each of them apart from the others.
package instance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/plugin/internal/hostlog"
	"github.com/cmtrail/cmtrail/plugin/internal/output"
	"github.com/cmtrail/cmtrail/plugin/internal/settings"
	"github.com/cmtrail/cmtrail/plugin/internal/state"
	"github.com/cmtrail/cmtrail/rules"
)

// Plugin is the loaded library. Fluent Bit keeps it loaded when it reloads its configuration, so it holds nothing of an
// instance but which ids are taken.
type Plugin struct {
	mu  sync.Mutex
	ids []string
	log *hostlog.Logger
}

// NewPlugin returns the library's one Plugin.
func NewPlugin() *Plugin {
	return &Plugin{log: hostlog.New(os.Stderr, hostlog.Info, "cmtrail", time.Now)}
}

// Fault tells of a fault of ours that was contained.
func (p *Plugin) Fault(what any) {
	for line := range strings.Lines(fmt.Sprintf("contained a panic: %v\n%s", what, debug.Stack())) {
		p.log.Errorf("%s", strings.TrimRight(line, "\n"))
	}
}

// Instance is one [OUTPUT] section.
type Instance struct {
	plugin   *Plugin
	id       string
	settings *settings.Settings
	thread   int // the thread that made it
	warned   atomic.Bool

	log     *hostlog.Logger
	logFile io.Closer // nil when the log is standard error
	out     *output.Output
}

// Make returns an instance of the settings that property gives. What is wrong with them has been logged when it returns an
// error.
func (p *Plugin) Make(property func(name string) string) (*Instance, error) {
	s, err := settings.Read(property)
	id, idErr := p.take(s.ID)
	if err = errors.Join(err, idErr); err != nil {
		p.refuse(id, err)
		return nil, err
	}
	i := &Instance{plugin: p, id: id, settings: s, thread: thread()}
	if err := i.open(); err != nil {
		i.closeLog()
		p.refuse(id, err)
		return nil, err
	}
	return i, nil
}

// refuse tells what is wrong with the settings of an instance, a line each, and gives its id back.
func (p *Plugin) refuse(id string, err error) {
	for line := range strings.Lines(err.Error()) {
		p.log.Errorf("%s", strings.TrimRight(line, "\n"))
	}
	p.release(id)
}

// take gives an id: the wanted one, or the lowest number that is free.
func (p *Plugin) take(wanted string) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	id := wanted
	for n := 0; id == ""; n++ {
		if free := strconv.Itoa(n); !slices.Contains(p.ids, free) {
			id = free
		}
	}
	if slices.Contains(p.ids, id) {
		return "", fmt.Errorf("id: %q is taken by another instance", id)
	}
	p.ids = append(p.ids, id)
	return id, nil
}

func (p *Plugin) release(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ids = slices.DeleteFunc(p.ids, func(taken string) bool { return taken == id })
}

func (i *Instance) open() error {
	s := i.settings
	var to io.Writer = os.Stderr
	if s.LogFile != "" {
		f, err := os.OpenFile(s.LogFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return fmt.Errorf("plugin_log_file: %w", err)
		}
		to, i.logFile = f, f
	}
	i.log = hostlog.New(to, s.LogLevel, "cmtrail."+i.id, time.Now)

	engine, reloader, err := load(s, i.log)
	if err != nil {
		return err
	}
	redactor, err := s.Redact.Redactor()
	if err != nil {
		return fmt.Errorf("redact: %w", err)
	}
	var store *state.Store
	name := i.id
	if s.StatePath != "" {
		var damaged string
		store, damaged, err = state.Open(s.StatePath, i.id, s.Fsync)
		if err != nil {
			return fmt.Errorf("state_path: %w", err)
		}
		if damaged != "" {
			i.log.Errorf("state_path: the file could not be read; it is kept as %s, and what was held in it is not handed on", damaged)
		}
		name = store.Name()
	}
	machine := hostName()
	if redactor != nil { // it goes on with each event
		machine = redactor.Host(machine)
	}
	name = machine + "/" + name
	to2, err := i.newSink(name)
	if err != nil {
		if store != nil {
			err = errors.Join(err, store.Close())
		}
		return err
	}
	var relate *pipeline.LiveOptions
	if s.Correlation {
		relate = &s.Live
	}
	i.out, err = output.New(output.Config{
		Instance:     name,
		TagPrefix:    i.tagPrefix(),
		Reader:       output.Reader{Message: s.MessageKey, Path: s.PathKey, Stream: s.StreamKey, Host: s.HostKey},
		KeepOriginal: s.KeepOriginal,
		RecordTime:   s.RecordTime,
		RetryMemory:  s.RetryMemory,
		Clock:        pipeline.SystemClock{},
		IdleAfter:    s.Bounds.IdleAfter,
		Grace:        grace,
		Relate:       relate,
		Reloader:     reloader,
		Redact:       redactor,
	}, engine, output.Parsing{Options: s.Parsing, Bounds: s.Bounds}, to2, store, i.log)
	if err != nil {
		errs := []error{err, to2.Close()}
		if store != nil {
			errs = append(errs, store.Close())
		}
		return errors.Join(errs...)
	}
	i.tell()
	return nil
}

// grace is how long ending an instance may take; Fluent Bit's own default is five seconds for everything.
const grace = 3 * time.Second

// load loads the rules. Faults in rule files are all told at once.
func load(s *settings.Settings, log *hostlog.Logger) (*rules.Engine, *pipeline.Reloader, error) {
	var fallback func(error)
	if s.OnError == "keep" {
		fallback = func(err error) {
			for line := range strings.Lines(err.Error()) {
				log.Errorf("%s", strings.TrimRight(line, "\n"))
			}
			log.Errorf("going on with the shipped rules alone")
		}
	}
	interval := s.ReloadInterval
	if len(s.Rules) == 0 {
		interval = 0 // the shipped rules do not change
	}
	return pipeline.LoadRules(rules.Options{Paths: s.Rules, NoDefault: !s.DefaultRules}, interval, pipeline.SystemClock{}, fallback)
}

// tell logs the settings as they apply.
func (i *Instance) tell() {
	var set, defaults []string
	for _, e := range i.settings.Effective() {
		switch {
		case e.From != "default":
			set = append(set, e.Name+"="+e.Value)
		case e.Value != "" && i.concerns(e.Name):
			defaults = append(defaults, e.Name+"="+e.Value)
		}
	}
	i.log.Infof("settings: %s", strings.Join(set, " "))
	i.log.Infof("defaults: %s", strings.Join(defaults, " "))
	if i.settings.StatePath == "" && i.settings.Sink != settings.Stdout {
		i.log.Warnf("state_path is off: lines of unfinished records are lost when the process is killed")
	}
}

// concerns tells whether a setting has a meaning for the sink that was chosen.
func (i *Instance) concerns(name string) bool {
	for _, sink := range []string{settings.Spool, settings.Forward, settings.OTLP} {
		if strings.HasPrefix(name, sink+"_") {
			return i.settings.Sink == sink
		}
	}
	return true
}

// Flush takes a chunk and returns Fluent Bit's number for the answer.
func (i *Instance) Flush(tag string, data []byte) int {
	if i.out == nil {
		return int(output.Failed)
	}
	if i.settings.Loopback() && thread() == i.thread && !i.warned.Swap(true) {
		i.log.Warnf("Fluent Bit calls this plugin on the thread of its pipeline, and the sink is on this machine: if it is an " +
			"input of this very process, neither can move. Set workers on this output, or threaded on that input")
	}
	return int(i.out.Flush(context.Background(), tag, data))
}

// Close ends the instance: what it holds is handed on or kept.
func (i *Instance) Close() {
	err := i.out.Close()
	for line := range strings.Lines(i.out.Counters().Summary()) {
		i.log.Infof("%s", strings.TrimRight(line, "\n"))
	}
	if err != nil {
		for line := range strings.Lines(err.Error()) {
			i.log.Errorf("%s", strings.TrimRight(line, "\n"))
		}
	}
	i.closeLog()
	i.plugin.release(i.id)
	i.out = nil // Fluent Bit's side of the context stays for as long as the process lives
}

func (i *Instance) closeLog() {
	if i.logFile != nil {
		i.logFile.Close() //nolint:errcheck // there is nowhere left to tell it
	}
}

func hostName() string {
	name, err := os.Hostname()
	if err != nil {
		return "localhost"
	}
	return name
}
