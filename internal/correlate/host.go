package correlate

import (
	"container/heap"
	"container/list"
	"slices"
	"strings"
)

// host is what is known of one machine.
type host struct {
	c         *Correlator
	name      string
	element   *list.Element
	logs      []*logState
	last      *logState // the one asked for last: records of a log come in runs
	newest    int64     // the newest record of any log
	now       int64     // events up to here have been related
	dueAt     int64     // when the correlator looks at it next; 0: not at all
	place     int       // in the heap of those
	events    eventHeap
	timers    timerHeap
	own       []*instance // what is pending for it, and some that is over
	overdue   []waker     // their time has come, and nothing tells yet what became of them
	runs      []*run
	gaps      []gap
	unfound   []unfound     // closers of the present instant that found nothing open
	recent    []trace       // events of the last moments, so that a restart does not count them twice
	before    map[trace]int // how often each was there before the restart
	fresh     []*event      // those that no save has given yet
	pages     []page        // of the journal that are kept, by number
	epoch     int           // states that have been saved
	held      []stretch     // what waited in the journal when the state was saved that has been restored
	heldEpoch int           // of that state
	zoneless
	pendingOwn int
	forgotten  bool
}

// logState is what is known of one log of a host.
type logState struct {
	name    string
	mark    int64 // its newest record
	seen    bool  // it has a record
	wall    int64 // its newest clock, while nothing tells its offset
	files   []string
	watch   int // silences that a record of this log breaks
	all     *logState
	carries bool // a relation waits for answers in it

	// Of the log on all hosts: the host that is furthest, and how far the next one is.
	leader string
	second int64
}

func newHost(c *Correlator, name string) *host { return &host{c: c, name: strings.Clone(name)} }

func (h *host) log(name string) *logState {
	if l := h.last; l != nil && l.name == name {
		return l
	}
	for _, l := range h.logs {
		if l.name == name {
			h.last = l
			return l
		}
	}
	if len(h.logs) >= maxLogs && h != h.c.global {
		h.forgetLog()
	}
	l := &logState{name: strings.Clone(name), carries: h.c.carries(name, false)}
	for _, r := range h.c.relations {
		if r.watches(name) {
			l.watch++
		}
	}
	if h != h.c.global && h.c.carries(name, true) {
		l.all = h.c.global.log(name)
	}
	h.logs = append(h.logs, l)
	h.last = l
	return l
}

// maxLogs bounds the logs of a host of which it is known how far they have been read. Real ones have two hundred at most.
const maxLogs = 512

// forgetLog lets go of the log that has stood still for longest, one that no question waits for if there is any.
func (h *host) forgetLog() {
	at := 0
	for i, l := range h.logs {
		if old := h.logs[at]; old.carries && !l.carries || old.carries == l.carries && l.mark < old.mark {
			at = i
		}
	}
	h.logs, h.last = slices.Delete(h.logs, at, at+1), nil
	h.c.counters.Cut++
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
	if len(l.files) >= maxFiles { // those that are needed are kept by what needs them
		l.files = l.files[:0]
	}
	f := strings.Clone(name)
	l.files = append(l.files, f)
	return f
}

// maxFiles bounds the names of files of one log that are kept once.
const maxFiles = 8

// reach notes a record of the log at that time.
func (h *host) reach(l *logState, at int64) {
	l.read(h.name, at)
	h.c.global.newest = max(h.c.global.newest, at)
	switch {
	case at-h.newest >= silent && h.newest != 0 && h.pending():
		h.gap(h.newest, at)
	case at < h.newest && len(h.gaps) > 0:
		h.fill(at)
	}
	h.newest = max(h.newest, at)
}

// read notes how far the log has been read.
func (l *logState) read(host string, at int64) {
	l.mark, l.seen = max(l.mark, at), true
	l.all.lead(host, at)
}

// lead notes how far the log of that name has come on a host. It is nil of a log that can carry no answer across hosts.
func (l *logState) lead(host string, at int64) {
	switch {
	case l == nil:
		return
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
		h.tidyTimers()
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
			before := len(h.unfound)
			h.unfound = slices.DeleteFunc(h.unfound, func(u unfound) bool { return u.e.at < h.now-slack })
			h.c.early -= before - len(h.unfound)
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
