package correlate

import (
	"cmp"
	"hash/fnv"
	"strconv"
	"strings"

	"github.com/cmtrail/cmtrail/internal/bounded"
	"github.com/cmtrail/cmtrail/internal/match"
	"github.com/cmtrail/cmtrail/internal/ruleset"
)

// event is one record that somebody waits for, with what was caught of it.
type event struct {
	at      int64 // nanoseconds since the epoch
	host    *host // where it was read; its own even when hosts are related
	log     *logState
	ref     Reference
	thread  uint32
	matched []matched
	late    bool // opens nothing
	derived bool // of a finding, not of a record
	run     *run // the run that it belongs to, if any
	place   place
}

type matched struct {
	rule *ruleset.Rule
	keys []match.Key
}

// event takes a copy of what is needed of a record. One that no rule of interest matched is only a sign of life.
func (c *Correlator) event(h *host, l *logState, in *Input, at int64, wanted bool) *event {
	e := &event{at: at, host: h, log: l, thread: in.Record.Thread}
	e.ref = Reference{Host: h.name, Log: l.name, File: l.file(in.File), Line: in.Record.LineStart, At: at, Message: strings.Clone(cut(in.Record.Message))}
	if !wanted {
		return e
	}
	for _, m := range in.Verdict.Matched {
		if !c.wants[m.Rule.Index] {
			continue
		}
		holes := in.Verdict.Holes(m)
		keys := make([]match.Key, len(holes))
		for i, k := range holes {
			keys[i] = match.Key{Name: k.Name, Value: strings.Clone(bounded.Text(k.Value))} // names belong to the rules
			if len(k.Value) > bounded.MaxText {
				c.counters.Cut++
			}
		}
		e.matched = append(e.matched, matched{m.Rule, keys})
	}
	return e
}

// before is the order in which events are related. Lines of one file come as they stand; files of one log in the order
// of their names, which puts rolled-over copies first.
func before(a, b *event) bool {
	return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.ref.Host, b.ref.Host), cmp.Compare(a.ref.Log, b.ref.Log),
		cmp.Compare(a.ref.File, b.ref.File), cmp.Compare(a.ref.Line, b.ref.Line)) < 0
}

// sum tells events of one instant apart, today and after a restart.
func (e *event) sum() uint64 {
	f := fnv.New64a()
	_, _ = f.Write([]byte(e.ref.Log))
	_, _ = f.Write([]byte{0})
	_, _ = f.Write([]byte(e.ref.Message))
	return f.Sum64()
}

// find returns what a rule's holes caught under the name, or what every record has.
func (e *event) find(m *matched, name string) (string, bool) {
	for _, k := range m.keys {
		if k.Name == name {
			return k.Value, true
		}
	}
	switch name {
	case "host":
		return e.ref.Host, true
	case "thread":
		return strconv.FormatUint(uint64(e.thread), 10), true
	}
	return "", false
}

// eventHeap has the event that comes next on top.
type eventHeap []*event

func (h eventHeap) Len() int           { return len(h) }
func (h eventHeap) Less(i, j int) bool { return before(h[i], h[j]) }
func (h eventHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *eventHeap) Push(x any)        { *h = append(*h, x.(*event)) }
func (h *eventHeap) Pop() any {
	all := *h
	last := all[len(all)-1]
	all[len(all)-1] = nil
	*h = all[:len(all)-1]
	return last
}
