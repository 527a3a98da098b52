package output

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/cmtrail/cmtrail/internal/fault"
	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/plugin/internal/sink"
	"github.com/cmtrail/cmtrail/rules"
)

// Counters count what happened since the instance began. They may be read at any time.
type Counters struct {
	Pipeline  *pipeline.Counters
	Chunks    atomic.Uint64 // chunks taken, each time they came
	Again     atomic.Uint64 // those of them that had come before
	Events    atomic.Uint64 // events read
	Tagged    atomic.Uint64 // records that a rule matched
	Found     atomic.Uint64 // findings and journeys
	Passed    atomic.Uint64 // events that are no line, or tagged before
	Undecoded atomic.Uint64 // values that are no event
	Circular  atomic.Uint64 // events that this very instance has tagged before
	Delivered atomic.Uint64 // events that the sink has taken
	Failures  atomic.Uint64 // times the sink took less than it was given
	Refused   atomic.Uint64 // events that the sink will never take
	Evicted   atomic.Uint64 // tagged events let go of because too many waited; their chunks are read again
	Forgotten atomic.Uint64 // chunks of which it is not known any more that they came before, because there were too many
	Restored  atomic.Uint64 // lines and records taken up from the store
	Panics    *fault.Log    // faults of our own that were contained

	Pending atomic.Pointer[rules.CorrelatorCounters] // of correlation; nil until it has been looked at

	Reloads      atomic.Uint64 // times that changed rules were taken
	RulesRefused atomic.Uint64 // times that they were not
}

// Summary says in one line what was done, and in a second what went wrong, when something did.
func (c *Counters) Summary() string {
	text := fmt.Sprintf("done: chunks=%d again=%d events=%d lines=%d records=%d tagged=%d found=%d passed=%d delivered=%d restored=%d reloads=%d\n",
		c.Chunks.Load(), c.Again.Load(), c.Events.Load(), c.Pipeline.Lines.Load(), c.Pipeline.Records(), c.Tagged.Load(),
		c.Found.Load(), c.Passed.Load(), c.Delivered.Load(), c.Restored.Load(), c.Reloads.Load())
	faults := ""
	for _, f := range []struct {
		name string
		n    *atomic.Uint64
	}{
		{"failures", &c.Failures}, {"refused", &c.Refused}, {"evicted", &c.Evicted}, {"undecoded", &c.Undecoded},
		{"circular", &c.Circular}, {"truncated", &c.Pipeline.Truncated}, {"rules_refused", &c.RulesRefused},
	} {
		if n := f.n.Load(); n > 0 {
			faults += fmt.Sprintf(" %s=%d", f.name, n)
		}
	}
	for _, f := range []struct {
		name string
		n    uint64
	}{
		{"streams_evicted", c.Pipeline.Evicted.Load()}, {"held_hurried", c.Pipeline.Hurried.Load()}, {"chunks_forgotten", c.Forgotten.Load()},
	} {
		if f.n > 0 {
			faults += fmt.Sprintf(" %s=%d", f.name, f.n)
		}
	}
	if p := c.Pending.Load(); p != nil {
		for _, f := range []struct {
			name string
			n    uint64
		}{{"pending_evicted", p.Evicted}, {"pending_cut", p.Cut}, {"pending_hurried", p.Hurried}, {"pending_late", p.Late}} {
			if f.n > 0 {
				faults += fmt.Sprintf(" %s=%d", f.name, f.n)
			}
		}
	}
	if n := c.Panics.Total(); n > 0 {
		faults += fmt.Sprintf(" panics=%d", n)
	}
	if faults != "" {
		text += "faults:" + faults + "\n"
	}
	return text
}

// faults tells the first fault of each kind; what can happen for each event is counted.
type faults struct {
	mu   sync.Mutex
	told map[string]bool
}

func (f *faults) first(log sink.Reporter, kind, text string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.told[kind] {
		return
	}
	if f.told == nil {
		f.told = map[string]bool{}
	}
	f.told[kind] = true
	for line := range strings.Lines(text) { // a line of the log each
		log.Errorf("%s", strings.TrimRight(line, "\n"))
	}
}

// circular tells whether a tag says that the chunk is our own output.
func (o *Output) circular(tag string) bool {
	if o.config.TagPrefix == "" || !strings.HasPrefix(tag, o.config.TagPrefix) {
		return false
	}
	o.counters.Circular.Add(1)
	o.faults.first(o.log, "circle by tag", "tag \""+tag+"\" begins with \""+o.config.TagPrefix+
		"\": the output of this plugin is routed back to it. The chunk is dropped; keep such tags out of its match pattern")
	return true
}

// tellPanic tells of a panic that was contained; where it stood is told to those who look for it.
func (o *Output) tellPanic(r fault.Report) {
	o.log.Errorf("contained a panic (%s): %s; %d more since the last report", r.Place, r.What, r.Untold)
	for line := range strings.Lines(r.Stack) {
		o.log.Debugf("%s", strings.TrimRight(line, "\n"))
	}
}
