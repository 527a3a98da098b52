// Package pipeline is what the adapters share: streams by host and file, each line parsed and its record matched
// against the rules, and the counters of it all. It is the only room besides the adapters with a goroutine and a clock.
package pipeline

import (
	"strings"
	"sync/atomic"

	"github.com/cmtrail/cmtrail/internal/bounded"
	"github.com/cmtrail/cmtrail/internal/fault"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// Source is where lines come from: one log file on one host.
type Source struct {
	Host   string
	Path   string // path of the file, or its name alone; "" when nothing is known
	Name   string // name of the file as people know it; "" = the last part of Path
	Arch   string // processor architecture of the host, as host.arch of the semantic conventions; "" when nothing is known
	Stream string // what tells files apart whose path is not known
}

// Base returns the name of the file without its folders, whichever system wrote the path.
func (s Source) Base() string {
	if s.Name != "" {
		return s.Name
	}
	return s.Path[strings.LastIndexAny(s.Path, `/\`)+1:]
}

// File returns what names the file in findings: its path where that is known.
func (s Source) File() string {
	if s.Path != "" {
		return s.Path
	}
	return s.Name
}

// bounded returns the source with names that are text of bounded length, as they come from others.
func (s Source) bounded() Source {
	return Source{
		Host: bounded.Text(s.Host), Path: bounded.Text(s.Path), Name: bounded.Text(s.Name), Arch: bounded.Text(s.Arch), Stream: bounded.Text(s.Stream),
	}
}

// Result is one record and what the rules say of it. It holds until the function that received it returns.
type Result struct {
	Source  Source
	Log     string // normalised log name; "" when the source has none
	Record  *parsers.Record
	Verdict *rules.Verdict // nil when no rule took notice
	Origin  any            // what was handed in with the record's first line; nil for bytes

	matching *matching
}

// Codes returns the error codes that the message carries, each once, in their order. They hold as long as the result.
func (r *Result) Codes() []uint32 {
	if r.matching == nil { // a record that was kept
		return rules.ErrorCodes().Extract(r.Record.Message, nil)
	}
	return r.matching.matcher.Codes()
}

// Pipeline parses and matches. It is safe for concurrent use; its streams and tables are each for one goroutine at a time.
type Pipeline struct {
	engine   atomic.Pointer[rules.Engine]
	counters *Counters
	faults   fault.Log
}

// New returns a pipeline that matches against engine.
func New(engine *rules.Engine) *Pipeline {
	p := &Pipeline{counters: newCounters(engine.Set())}
	p.engine.Store(engine)
	return p
}

// Engine returns the engine that records are matched against.
func (p *Pipeline) Engine() *rules.Engine { return p.engine.Load() }

// Counters returns the counters of all streams of the pipeline.
func (p *Pipeline) Counters() *Counters { return p.counters }

// Faults returns where panics of ours are counted. The adapter says who is told of them.
func (p *Pipeline) Faults() *fault.Log { return &p.faults }

// Open returns a stream that reads src and gives each record to emit, in input order.
func (p *Pipeline) Open(src Source, opt parsers.Options, emit func(*Result)) *Stream {
	return newStream(src, opt, p.newMatching(), p.counters, emit)
}
