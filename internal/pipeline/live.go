package pipeline

import (
	"math"
	"slices"
	"time"

	"github.com/cmtrail/cmtrail/internal/fault"
	"github.com/cmtrail/cmtrail/rules"
)

// LiveOptions say how time is moved on while logs are followed. 0 takes the default.
type LiveOptions struct {
	Correlator  rules.CorrelatorOptions
	QuietAfter  time.Duration // a log without records for so long holds its host up no more: 5 s
	SilentAfter time.Duration // what waits for a host that was not heard of for so long is undecided: 1 h
}

// The defaults of LiveOptions.
const (
	DefaultQuietAfter  = 5 * time.Second
	DefaultSilentAfter = time.Hour
)

// behind is how far a record's time must lie back for its log to be one that is caught up on. The logs of a host are
// then read one after the other, and nothing of it is related before they have been read, for maxHold at most.
const (
	behind  = 2 * time.Minute
	maxHold = 30 * time.Second
)

// maxEvents is the number of records that are waited for before time is moved on.
const maxEvents = 50_000

// Live relates records as they come. The wall clock only tells which logs are quiet: a host's time is that of its own
// records, so that a host that is switched off stands still. It is for one goroutine at a time.
type Live struct {
	correlator *Relating
	options    LiveOptions
	clock      Clock
	hosts      map[string]*liveHost   // none that the correlator has forgotten
	active     map[*liveHost]struct{} // heard of since they were last released
	last       *liveHost
	taken      int // records since time was last moved on
	cut        uint64
	swept      time.Time
}

type liveHost struct {
	name    string
	logs    []liveLog
	last    int       // the one of logs that was heard of last: records of a log come in runs
	newest  int64     // of its records, in nanoseconds of Unix time
	heard   time.Time // when the last record came
	since   time.Time // when the first came since time was last moved on; zero: none has
	settled bool      // its time has been moved to its newest record less the lateness
}

// untimed is before every time.
const untimed = math.MinInt64

type liveLog struct {
	path  string
	mark  int64 // its newest record; untimed: none has a time
	heard time.Time
}

// NewLive returns a Live whose findings go to out, and whose panics to faults.
func NewLive(set *rules.Set, opt LiveOptions, clock Clock, faults *fault.Log, out rules.CorrelatorOutput) *Live {
	if opt.Correlator.Lateness <= 0 {
		opt.Correlator.Lateness = Lateness
	}
	if opt.QuietAfter <= 0 {
		opt.QuietAfter = DefaultQuietAfter
	}
	if opt.SilentAfter <= 0 {
		opt.SilentAfter = DefaultSilentAfter
	}
	l := &Live{options: opt, clock: clock, hosts: map[string]*liveHost{}, active: map[*liveHost]struct{}{}, swept: clock.Now()}
	told := out.Gone
	out.Gone = func(host string) {
		l.forget(host)
		if told != nil {
			told(host)
		}
	}
	l.correlator = NewRelating(rules.NewCorrelator(set, opt.Correlator, out), faults)
	return l
}

func (l *Live) forget(host string) {
	h := l.hosts[host]
	if h == nil {
		return
	}
	delete(l.hosts, host)
	delete(l.active, h)
	if l.last == h {
		l.last = nil
	}
}

// Counters returns what has been counted so far.
func (l *Live) Counters() rules.CorrelatorCounters {
	c := l.correlator.Counters()
	c.Cut += l.cut
	return c
}

// Correlator returns what relates the records.
func (l *Live) Correlator() *rules.Correlator { return l.correlator.Correlator }

// Reload relates by other rules from the next record on. What is pending goes on where its rule, with its revision, is there
// still.
func (l *Live) Reload(set *rules.Set) { l.correlator.Correlator = l.correlator.Reload(set) }

// Take relates a record.
func (l *Live) Take(r *Result) {
	l.correlator.Record(&rules.CorrelatorInput{Host: r.Source.Host, Log: r.Log, File: r.Source.File(), Record: r.Record, Verdict: r.Verdict})
	at, ok := r.Record.Stamp.UnixNano()
	if !ok {
		at = untimed // its log moves nothing on, but is heard of
	}
	l.heard(&r.Source, at)
	if l.taken++; l.taken >= maxEvents {
		l.Tick()
	}
}

func (l *Live) heard(src *Source, at int64) {
	h := l.last
	if h == nil || h.name != src.Host {
		if h = l.hosts[src.Host]; h == nil {
			h = &liveHost{name: src.Host}
			l.hosts[src.Host] = h
		}
		l.last = h
	}
	now := l.clock.Now()
	h.heard, h.settled = now, false
	if h.since.IsZero() {
		h.since = now
		l.active[h] = struct{}{}
	}
	h.newest = max(h.newest, at)
	path := src.File()
	if h.last < len(h.logs) && h.logs[h.last].path == path {
		h.logs[h.last].hear(now, at)
		return
	}
	for i := range h.logs {
		if h.logs[i].path == path {
			h.last = i
			h.logs[i].hear(now, at)
			return
		}
	}
	if len(h.logs) >= maxLogs {
		h.forgetLog()
		l.cut++
	}
	h.last = len(h.logs)
	h.logs = append(h.logs, liveLog{path, at, now})
}

func (l *liveLog) hear(now time.Time, at int64) {
	l.heard, l.mark = now, max(l.mark, at)
}

// maxLogs bounds the logs of a host that hold up its time until they are quiet.
const maxLogs = 1024

// forgetLog lets go of the log that was not heard of for longest: the host's time waits for it no more.
func (h *liveHost) forgetLog() {
	at := 0
	for i := range h.logs {
		if h.logs[i].heard.Before(h.logs[at].heard) {
			at = i
		}
	}
	h.logs = slices.Delete(h.logs, at, at+1)
}

// Tick moves time on as far as the logs have been read, and gives up on hosts that have fallen silent.
func (l *Live) Tick() {
	l.taken = 0
	now := l.clock.Now()
	for h := range l.active {
		quiet := now.Sub(h.heard)
		switch {
		case quiet >= max(l.options.Correlator.Lateness, l.options.QuietAfter):
			l.correlator.Do(h.name, func(c *rules.Correlator) { c.Release(h.name) })
			h.since, h.logs = time.Time{}, nil
			delete(l.active, h)
		case quiet >= l.options.QuietAfter:
			if !h.settled {
				l.correlator.Do(h.name, func(c *rules.Correlator) { c.Settle(h.name) })
				h.settled = true
			}
		case now.Sub(time.Unix(0, h.newest)) > behind && now.Sub(h.since) < maxHold:
		default:
			if to := h.read(now.Add(-l.options.QuietAfter)); !to.IsZero() {
				l.correlator.Do(h.name, func(c *rules.Correlator) { c.Advance(h.name, to) })
			}
		}
	}
	if now.Sub(l.swept) >= l.options.SilentAfter/4 {
		l.sweep(now)
	}
}

// read returns how far all logs of the host have been read that have been heard of lately. Others are forgotten.
func (h *liveHost) read(since time.Time) (to time.Time) {
	kept, mark := h.logs[:0], int64(untimed)
	for _, log := range h.logs {
		if log.heard.Before(since) {
			continue
		}
		kept = append(kept, log)
		if log.mark != untimed && (mark == untimed || log.mark < mark) {
			mark = log.mark
		}
	}
	clear(h.logs[len(kept):])
	h.logs = kept
	if mark == untimed {
		return time.Time{}
	}
	return time.Unix(0, mark)
}

// sweep ends what waits for hosts that have fallen silent.
func (l *Live) sweep(now time.Time) {
	l.swept = now
	for name, h := range l.hosts {
		if now.Sub(h.heard) < l.options.SilentAfter {
			continue
		}
		gone := true // when it breaks as well
		l.correlator.Do(name, func(c *rules.Correlator) { gone = c.Expire(name, now) })
		if gone {
			l.forget(name)
		}
	}
}

// End relates what has come and ends everything, as nobody will go on from here.
func (l *Live) End() {
	l.correlator.Do("", (*rules.Correlator).End)
	l.hosts, l.active, l.last = map[string]*liveHost{}, map[*liveHost]struct{}{}, nil
}
