// Package correlate relates records: what should have followed and did not, what happens too often, and how far each
// run came. It has no goroutine, no clock and no log of its own: time is what the records say, and whoever reads them
// tells how far the reading has come.
package correlate

import (
	"cmp"
	"container/heap"
	"container/list"
	"maps"
	"slices"
	"time"

	"github.com/cmtrail/cmtrail/internal/bounded"
	"github.com/cmtrail/cmtrail/internal/condition"
	"github.com/cmtrail/cmtrail/internal/match"
	"github.com/cmtrail/cmtrail/internal/ruleset"
	"github.com/cmtrail/cmtrail/parsers"
)

// The defaults of Options.
const (
	DefaultLateness = 30 * time.Second
	DefaultMaxOpen  = 10_000
	DefaultMaxTotal = 250_000
	DefaultMaxHosts = 200_000
)

// Options bound a Correlator. 0 takes the default.
type Options struct {
	Lateness time.Duration // how far behind the newest of its log a record may be: 30 s
	MaxOpen  int           // pending instances of a rule that sets no max_open: 10 000
	MaxTotal int           // pending instances and journeys in all, as many records that wait for their place, and as many answers ahead of their questions: 250 000
	MaxHosts int           // hosts that are remembered: 200 000
}

func (o Options) withDefaults() Options {
	o.Lateness = cmp.Or(o.Lateness, DefaultLateness)
	o.MaxOpen = cmp.Or(o.MaxOpen, DefaultMaxOpen)
	o.MaxTotal = cmp.Or(o.MaxTotal, DefaultMaxTotal)
	o.MaxHosts = cmp.Or(o.MaxHosts, DefaultMaxHosts)
	return o
}

// Output receives what the correlator finds. A nil function is not called. What it receives stays its own.
type Output struct {
	Finding   func(*Finding)
	Step      func(*Finding) // of a step rule that relates records: no issue, but an event to others
	Journey   func(*Journey)
	Undecided func(*Undecided)
	Gone      func(host string) // nothing is remembered of the host any more
	Trace     func(*Moment)     // what becomes of each record, instance and run; costly, for those who ask why
}

// Input is one record, where it stood and what the rules say of it. Its strings may be views.
type Input struct {
	Host    string
	Log     string // normalised log name, "" when the source has none
	File    string // the file as people know it
	Record  *parsers.Record
	Verdict *match.Verdict // nil when no rule took notice
}

// Counters count since the correlator began.
type Counters struct {
	Late      uint64            // records older than their log's newest by more than the lateness: they open nothing
	Untimed   uint64            // records without a time, which are not related
	Hurried   uint64            // events related before their time, because too many waited
	Evicted   uint64            // instances, journeys and hosts let go of because there were too many
	Cut       uint64            // what a bound within a host, a question or a run has cut: logs, answers ahead of their questions, beginnings, keys
	Findings  map[string]uint64 // by rule
	Undecided map[string]uint64 // by rule
	Journeys  map[string]uint64 // by state
}

// Correlator relates the records of any number of hosts. It is for one goroutine at a time.
type Correlator struct {
	set       *ruleset.Set
	options   Options
	out       Output
	relations []*relation
	subs      [][]subscription // by rule index
	journeys  []*journey
	wants     []bool // by rule index: a relation or journey takes notice

	hosts     map[string]*host
	known     list.List // of *host, the one heard of last in front
	global    *host     // relations across hosts
	newest    int64     // how far the host that is furthest has been related
	instances map[instanceKey]*instance
	runs      map[runKey]*run
	live      list.List // of *run, the one with the oldest news last
	open      int       // instances and runs
	waiting   int       // events of all hosts
	early     int       // closers of all hosts that found nothing open
	due       dueHeap
	depth     int
	runner    *condition.Runner
	counters  Counters
	changed   map[*host]struct{} // hosts whose state differs from the last Save; nil when nobody saves
	scratch   []byte
	told      int   // instances and runs that Trace has been told of
	names     names // filled by Restore
}

// New returns a correlator for the relations and journeys of set.
func New(set *ruleset.Set, opt Options, out Output) *Correlator {
	c := &Correlator{
		set: set, options: opt.withDefaults(), out: out,
		hosts: map[string]*host{}, instances: map[instanceKey]*instance{}, runs: map[runKey]*run{},
		runner: condition.NewRunner(), counters: Counters{Findings: map[string]uint64{}, Undecided: map[string]uint64{}, Journeys: map[string]uint64{}},
	}
	c.global = newHost(c, "")
	c.subs = make([][]subscription, len(set.Rules)+len(set.Events))
	c.wants = make([]bool, len(c.subs))
	for _, r := range set.Rules {
		if r.Correlation != nil && r.Enabled {
			c.relate(r)
		}
	}
	for _, j := range set.Journeys {
		c.follow(j)
	}
	for i := range c.subs {
		c.wants[i] = c.wants[i] || len(c.subs[i]) > 0
		slices.SortStableFunc(c.subs[i], func(a, b subscription) int { return cmp.Compare(a.role, b.role) })
	}
	return c
}

// Set returns the rules that the correlator was made from.
func (c *Correlator) Set() *ruleset.Set { return c.set }

// Counters returns what has been counted so far.
func (c *Correlator) Counters() Counters {
	n := c.counters
	n.Findings, n.Undecided, n.Journeys = maps.Clone(n.Findings), maps.Clone(n.Undecided), maps.Clone(n.Journeys)
	return n
}

// Open returns the number of pending instances and journeys.
func (c *Correlator) Open() int { return c.open }

// Hosts returns the number of hosts that are remembered.
func (c *Correlator) Hosts() int { return len(c.hosts) }

// HostNames returns the names of the hosts that are remembered.
func (c *Correlator) HostNames() []string {
	names := make([]string, 0, len(c.hosts))
	for name := range c.hosts {
		names = append(names, name)
	}
	return names
}

// Record takes the next record of a log. Its effects show when time is moved on.
func (c *Correlator) Record(in *Input) {
	h := c.host(in.Host)
	name := in.Log
	if name == "" {
		name = bounded.Text(parsers.LogOf(in.Record))
	}
	l := h.log(name)
	wanted := in.Verdict != nil && c.wanted(in.Verdict)
	at, known := h.instant(&in.Record.Stamp)
	if !known {
		switch {
		case !in.Record.Stamp.HasWall:
			c.counters.Untimed++
		case wanted || l.watched():
			c.touch(h)
			h.hold(c.event(h, l, in, at, wanted))
		default:
			l.wall = max(l.wall, at)
		}
		return
	}
	c.place(h, l, in, at, wanted)
}

func (c *Correlator) wanted(v *match.Verdict) bool {
	for _, m := range v.Matched {
		if c.wants[m.Rule.Index] {
			return true
		}
	}
	return false
}

// place notes how far the log has come and takes the record for relating.
func (c *Correlator) place(h *host, l *logState, in *Input, at int64, wanted bool) {
	late := l.seen && at < l.mark-int64(c.options.Lateness)
	h.reach(l, at)
	if late {
		c.counters.Late++
	}
	if !wanted {
		if !late && l.watched() {
			e := c.event(h, l, in, at, false)
			c.touch(h)
			h.note(e)
			h.push(e)
		}
		if len(h.overdue) > 0 {
			c.schedule(h, at)
		}
		return
	}
	c.submit(h, c.event(h, l, in, at, true), late)
}

// submit puts an event in its place among those of its host. One that comes too late for that can still close what
// is open.
func (c *Correlator) submit(h *host, e *event, late bool) {
	if h.repeated(e) {
		return
	}
	c.touch(h)
	e.late = late || e.at <= h.now
	h.note(e)
	if e.late {
		c.dispatch(h, e)
		return
	}
	h.push(e)
}

// Advance says that no record of the host from before at less the lateness is to come.
func (c *Correlator) Advance(host string, at time.Time) {
	if h := c.hosts[host]; h != nil {
		c.newest = max(c.newest, at.UnixNano())
		h.advance(at.UnixNano()-int64(c.options.Lateness), false)
		c.global.advance(c.newest-2*int64(c.options.Lateness), false)
	}
}

// AdvanceAll is Advance for all hosts, as when their logs are merged by time.
func (c *Correlator) AdvanceAll(at time.Time) {
	c.advanceAll(at.UnixNano() - int64(c.options.Lateness))
}

func (c *Correlator) advanceAll(to int64) {
	for len(c.due) > 0 && c.due[0].dueAt <= to {
		h := heap.Pop(&c.due).(*host)
		h.dueAt = 0
		h.advance(to, false)
		h.reschedule()
	}
	c.global.advance(to, false)
}

// Settle says that the host's logs are quiet: what comes next will hardly be older than the newest record less the
// lateness.
func (c *Correlator) Settle(host string) {
	if h := c.hosts[host]; h != nil {
		h.assumeZone()
		c.Advance(host, time.Unix(0, h.newest))
	}
}

// Release says that no record of the host from before its newest one is to come.
func (c *Correlator) Release(host string) {
	if h := c.hosts[host]; h != nil {
		h.assumeZone()
		h.advance(h.newest, false)
		c.newest = max(c.newest, h.newest)
		c.global.advance(c.newest-2*int64(c.options.Lateness), false)
	}
}

// Expire ends what was to be told by a time, as the host has fallen silent before. It tells whether nothing is left of the host,
// which is then forgotten.
func (c *Correlator) Expire(host string, by time.Time) (gone bool) {
	h := c.hosts[host]
	if h == nil {
		return true
	}
	c.Release(host)
	h.recheck(true)
	left := 0
	for _, i := range h.instances() {
		if i.until > by.UnixNano() { // those that last for ever as well
			left++
			continue
		}
		i.wake(true)
		c.touch(h)
	}
	for _, r := range slices.Clone(h.runs) {
		if r.until > by.UnixNano() && !r.closed {
			left++
			continue
		}
		if !r.closed && !r.told {
			r.report(cmp.Or(r.state, Unended), nil)
		}
		c.discard(r)
		c.touch(h)
	}
	if left > 0 {
		return false
	}
	c.drop(h)
	return true
}

// End relates what waits, and ends everything: what cannot be told is undecided, and journeys are given as they are.
func (c *Correlator) End() {
	hosts := make([]*host, 0, len(c.hosts))
	for _, h := range c.hosts {
		hosts = append(hosts, h)
	}
	slices.SortFunc(hosts, func(a, b *host) int { return cmp.Compare(a.name, b.name) })
	for _, h := range hosts {
		h.assumeZone()
		h.advance(forever, true)
	}
	c.global.advance(forever, true)
	for _, h := range hosts {
		h.endRuns()
	}
}

// Forget ends everything of a host that has fallen silent, and the host with it.
func (c *Correlator) Forget(host string) {
	h := c.hosts[host]
	if h == nil {
		return
	}
	h.assumeZone()
	h.advance(forever, true)
	h.endRuns()
	c.drop(h)
}

func (c *Correlator) host(name string) *host {
	if front := c.known.Front(); front != nil && front.Value.(*host).name == name {
		return front.Value.(*host)
	}
	h := c.hosts[name]
	if h == nil {
		if len(c.hosts) >= c.options.MaxHosts {
			c.Forget(c.known.Back().Value.(*host).name)
			c.counters.Evicted++
		}
		h = newHost(c, name)
		c.hosts[h.name] = h
		h.element = c.known.PushFront(h)
		return h
	}
	c.known.MoveToFront(h.element)
	return h
}

func (c *Correlator) drop(h *host) {
	for _, i := range h.instances() {
		c.remove(i)
	}
	c.unschedule(h)
	c.waiting -= len(h.events) + len(h.waiting)
	c.early -= len(h.unfound)
	c.known.Remove(h.element)
	delete(c.hosts, h.name)
	c.touch(h)
	if c.out.Gone != nil {
		c.out.Gone(h.name)
	}
}

// touch notes that the host's state differs from what was last saved.
func (c *Correlator) touch(h *host) {
	if c.changed != nil {
		c.changed[h] = struct{}{}
	}
}
