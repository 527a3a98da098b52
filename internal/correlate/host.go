package correlate

import (
	"container/heap"
	"container/list"
	"slices"
	"strings"
	"time"

	"github.com/cmtrail/cmtrail/parsers"
)

// host is what is known of one machine.
type host struct {
	c       *Correlator
	name    string
	element *list.Element
	logs    []*logState
	newest  int64 // the newest record of any log
	now     int64 // events up to here have been related
	dueAt   int64 // when the correlator looks at it next; 0: not at all
	place   int   // in the heap of those
	events  eventHeap
	timers  timerHeap
	own     []*instance // what is pending for it, and some that is over
	overdue []waker     // their time has come, and nothing tells yet what became of them
	runs    []*run
	gaps    []gap
	unfound []unfound // closers of the present instant that found nothing open
	recent  []trace   // events of the last moments, so that a restart does not count them twice
	before  []trace   // those of before the restart
	zoneless
	pendingOwn int
	forgotten  bool
}

// zoneless is for logs that print no offset: they have that of the host's other logs.
type zoneless struct {
	offset  int16 // minutes east of Greenwich
	zoned   bool
	waiting []*event // until the offset is known; their time is the wall clock
}

// maxZoneless is the number of events that wait for the host's offset.
const maxZoneless = 1024

// logState is what is known of one log of a host.
type logState struct {
	name  string
	mark  int64 // its newest record
	seen  bool  // it has a record
	wall  int64 // its newest clock, while nothing tells its offset
	files []string
	watch int // silences that a record of this log breaks
	all   *logState

	// Of the log on all hosts: the host that is furthest, and how far the next one is.
	leader string
	second int64
}

// gap is a time without any record of a host.
type gap struct{ from, to int64 }

// silent is how long nothing must have come from a host for it to count as switched off.
const silent = int64(2 * time.Hour)

type trace struct {
	At  int64  `json:"t"`
	Sum uint64 `json:"s"`
}

func newHost(c *Correlator, name string) *host { return &host{c: c, name: strings.Clone(name)} }

func (h *host) log(name string) *logState {
	for _, l := range h.logs {
		if l.name == name {
			return l
		}
	}
	l := &logState{name: strings.Clone(name)}
	for _, r := range h.c.relations {
		if r.watches(name) {
			l.watch++
		}
	}
	if h != h.c.global {
		l.all = h.c.global.log(name)
	}
	h.logs = append(h.logs, l)
	return l
}

// watched tells whether every record of the log counts, as a sign of life.
func (l *logState) watched() bool { return l.watch > 0 }

// file returns the name of a file of the log, kept once.
func (l *logState) file(name string) string {
	for _, f := range l.files {
		if f == name {
			return f
		}
	}
	if len(l.files) >= 8 {
		l.files = l.files[:0]
	}
	f := strings.Clone(name)
	l.files = append(l.files, f)
	return f
}

// instant returns when a record was written. A clock without an offset is read with that of the host's other logs.
func (h *host) instant(st *parsers.Stamp) (int64, bool) {
	switch {
	case st.HasUTC:
		return st.UTC, true
	case !st.HasWall:
		return 0, false
	case st.HasOffset:
		h.zone(st.Offset)
		return st.Wall - int64(st.Offset)*int64(time.Minute), true
	case h.zoned:
		return st.Wall - int64(h.offset)*int64(time.Minute), true
	}
	return st.Wall, false
}

// zone learns the host's offset from a log that prints it.
func (h *host) zone(offset int16) {
	h.offset = offset
	if h.zoned {
		return
	}
	h.zoned = true
	waiting := h.waiting
	h.waiting = nil
	for _, e := range waiting {
		e.at -= int64(offset) * int64(time.Minute)
		e.ref.At = e.at
		late := e.log.seen && e.at < e.log.mark-int64(h.c.options.Lateness)
		h.reach(e.log, e.at)
		h.c.submit(h, e, late)
	}
	for _, l := range h.logs {
		if l.wall != 0 {
			h.reach(l, l.wall-int64(offset)*int64(time.Minute))
			l.wall = 0
		}
	}
}

// assumeZone stops waiting for an offset: the host's clocks without one agree at least with each other.
func (h *host) assumeZone() {
	if !h.zoned && (len(h.waiting) > 0 || slices.ContainsFunc(h.logs, func(l *logState) bool { return l.wall != 0 })) {
		h.zone(0)
	}
}

func (h *host) hold(e *event) {
	h.waiting = append(h.waiting, e)
	if len(h.waiting) >= maxZoneless {
		h.assumeZone()
	}
}

// reach notes a record of the log at that time.
func (h *host) reach(l *logState, at int64) {
	l.mark, l.seen = max(l.mark, at), true
	l.all.lead(h.name, at)
	h.c.global.newest = max(h.c.global.newest, at)
	switch {
	case at-h.newest >= silent && h.newest != 0 && h.pending():
		h.gap(h.newest, at)
	case at < h.newest && len(h.gaps) > 0:
		h.fill(at)
	}
	h.newest = max(h.newest, at)
}

// maxGaps is the number of silences that are remembered of a host.
const maxGaps = 64

func (h *host) gap(from, to int64) {
	if to-from < silent {
		return
	}
	if len(h.gaps) >= maxGaps {
		h.gaps = slices.Delete(h.gaps, 0, 1)
	}
	h.gaps = append(h.gaps, gap{from, to})
}

// fill splits the silence that a record turns out to have broken.
func (h *host) fill(at int64) {
	for i, g := range h.gaps {
		if g.from < at && at < g.to {
			h.gaps = slices.Delete(h.gaps, i, i+1)
			h.gap(g.from, at)
			h.gap(at, g.to)
			return
		}
	}
}

// lead notes how far the log of that name has come on a host.
func (l *logState) lead(host string, at int64) {
	switch {
	case !l.seen || host == l.leader:
		l.mark, l.leader = max(l.mark, at), host
	case at > l.mark:
		l.second, l.mark, l.leader = l.mark, at, host
	default:
		l.second = max(l.second, at)
	}
	l.seen = true
}

func (h *host) pending() bool {
	return len(h.events)+len(h.timers)+len(h.overdue)+len(h.runs) > 0
}

// wasSilent tells whether the host as a whole said nothing for long around a time, and until when.
func (h *host) wasSilent(at int64, within time.Duration) (until int64, silence bool) {
	for _, g := range h.gaps {
		if g.from <= at && at < g.to && g.to-g.from >= max(silent, int64(within)) {
			return g.to, true
		}
	}
	return 0, false
}

// push has an event wait for its place among those of the host. When too many wait in all, the host's first is related at
// once: what comes late then is late.
func (h *host) push(e *event) {
	heap.Push(&h.events, e)
	h.c.waiting++
	if h.c.waiting > h.c.options.MaxTotal {
		h.c.counters.Hurried++
		h.advance(h.events[0].at, false)
	}
	if len(h.events) > 0 {
		h.c.schedule(h, h.events[0].at)
	}
}

func (h *host) wakeAt(at int64, w waker) {
	if at < never {
		heap.Push(&h.timers, timer{at, w})
		h.c.schedule(h, h.timers[0].at)
	}
}

// advance relates what the host has up to a time, in order. In the end, final, what cannot be told is undecided.
func (h *host) advance(to int64, final bool) {
	h.recheck(false)
	for {
		switch {
		case len(h.events) > 0 && h.events[0].at <= to && (len(h.timers) == 0 || h.events[0].at <= h.timers[0].at):
			e := heap.Pop(&h.events).(*event)
			h.c.waiting--
			h.step(e.at)
			h.c.dispatch(h, e)
		case len(h.timers) > 0 && h.timers[0].at <= to:
			h.expire(final)
		default:
			h.step(to)
			if final {
				h.recheck(true)
				h.gaps = nil
			}
			return
		}
	}
}

// step moves the host's time on.
func (h *host) step(to int64) {
	if to > h.now {
		h.now = min(to, forever)
		if len(h.unfound) > 0 && h.unfound[0].e.at < h.now-slack {
			h.unfound = slices.DeleteFunc(h.unfound, func(u unfound) bool { return u.e.at < h.now-slack })
		}
	}
}

func (h *host) expire(final bool) {
	t := heap.Pop(&h.timers).(timer)
	switch at := t.what.wakes(); {
	case at == t.at:
		h.step(t.at)
		h.c.touch(h)
		t.what.wake(final)
	case at > t.at: // put off
		h.wakeAt(at, t.what)
	}
}

// recheck asks anew what could not be told.
func (h *host) recheck(final bool) {
	if len(h.overdue) == 0 {
		return
	}
	waiting := h.overdue
	h.overdue = nil
	for _, w := range waiting {
		switch at := w.wakes(); {
		case at == never:
		case at > h.now:
			h.wakeAt(at, w) // put off meanwhile
		default:
			w.wake(final)
		}
	}
}

func (h *host) reschedule() {
	next := never
	if len(h.events) > 0 {
		next = h.events[0].at
	}
	if len(h.timers) > 0 {
		next = min(next, h.timers[0].at)
	}
	if next < never {
		h.c.schedule(h, next)
	}
}

// repeated tells whether the event was related before the restart, and else remembers it for the next one.
func (h *host) repeated(e *event) bool {
	if h == h.c.global {
		return false
	}
	t := trace{e.at, e.sum()}
	if at := slices.Index(h.before, t); at >= 0 {
		h.before = slices.Delete(h.before, at, at+1)
		return true
	}
	if h.c.changed == nil {
		return false // nobody will restart from here
	}
	if len(h.recent) >= maxRecent {
		oldest := h.newest - int64(h.c.options.Lateness)
		h.recent = slices.DeleteFunc(h.recent, func(r trace) bool { return r.At < oldest })
		h.recent = slices.Delete(h.recent, 0, max(0, len(h.recent)-maxRecent/2))
	}
	h.recent = append(h.recent, t)
	return false
}

// maxRecent is the number of events that a restart knows again.
const maxRecent = 256
