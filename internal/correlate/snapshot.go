package correlate

import (
	"container/heap"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/cmtrail/cmtrail/internal/match"
	"github.com/cmtrail/cmtrail/internal/ruleset"
)

// The state of a host as it is saved: JSON, so that people can look into it.
type (
	hostState struct {
		Name    string       `json:"name"`
		Newest  int64        `json:"newest"`
		Now     int64        `json:"now"`
		Offset  int16        `json:"offset,omitempty"`
		Zoned   bool         `json:"zoned,omitempty"`
		Logs    []savedLog   `json:"logs,omitempty"`
		Epoch   int          `json:"epoch,omitempty"`
		Held    []stretch    `json:"held,omitempty"`    // events that wait and stand in the journal
		Events  []savedEvent `json:"events,omitempty"`  // those that stand nowhere else
		Waiting []savedEvent `json:"waiting,omitempty"` // for the host's offset
		Pending []savedCase  `json:"pending,omitempty"`
		Runs    []savedRun   `json:"runs,omitempty"`
		Gaps    [][2]int64   `json:"gaps,omitempty"`
		Recent  []trace      `json:"recent,omitempty"`
	}
	savedLog struct {
		Name   string `json:"name"`
		Mark   int64  `json:"mark"`
		Leader string `json:"leader,omitempty"`
		Second int64  `json:"second,omitempty"`
		Wall   int64  `json:"wall,omitempty"`
	}
	savedEvent struct {
		At      int64        `json:"t"`
		Ref     Reference    `json:"ref"`
		Thread  uint32       `json:"thread,omitempty"`
		Matched []savedMatch `json:"matched,omitempty"`
		Late    bool         `json:"late,omitempty"`
	}
	savedMatch struct {
		Rule string      `json:"rule"`
		Keys []match.Key `json:"keys,omitempty"`
	}
	savedCase struct {
		Rule     string      `json:"rule"`
		Revision int         `json:"revision"`
		Shape    string      `json:"shape"`
		Key      string      `json:"key"`
		Opened   int64       `json:"opened"`
		Until    int64       `json:"until"`
		First    Reference   `json:"first"`
		Last     Reference   `json:"last"`
		Keys     []match.Key `json:"keys,omitempty"`
		Parts    []savedPart `json:"parts,omitempty"`
		Marks    []savedMark `json:"marks,omitempty"`
		Value    string      `json:"value,omitempty"`
		More     int         `json:"more,omitempty"`
		Run      int         `json:"run,omitempty"` // place in runs, from 1
		Overdue  bool        `json:"overdue,omitempty"`
		Replaced bool        `json:"replaced,omitempty"` // a later question stands in its place
	}
	savedPart struct {
		Next  int         `json:"next"`
		From  int64       `json:"from"`
		First Reference   `json:"first"`
		Keys  []match.Key `json:"keys,omitempty"`
	}
	savedMark struct {
		At    int64     `json:"t"`
		Value string    `json:"value,omitempty"`
		Ref   Reference `json:"ref"`
	}
	savedRun struct {
		Journey  string      `json:"journey"`
		Started  bool        `json:"started,omitempty"`
		Attempt  int         `json:"attempt"`
		Keys     []match.Key `json:"keys,omitempty"`
		Lost     []match.Key `json:"lost,omitempty"` // keys that name another run by now
		At       int64       `json:"from"`
		Last     int64       `json:"last"`
		Until    int64       `json:"until"`
		Ended    int64       `json:"ended,omitempty"`
		State    string      `json:"state,omitempty"`
		EndStep  string      `json:"end_step,omitempty"`
		Steps    []savedStep `json:"steps,omitempty"`
		Logs     []savedSeen `json:"logs,omitempty"`
		Issues   []string    `json:"issues,omitempty"`
		Maybe    []string    `json:"maybe,omitempty"`
		Told     bool        `json:"told,omitempty"`
		Closed   bool        `json:"closed,omitempty"`
		Furthest string      `json:"furthest,omitempty"`
	}
	savedStep struct {
		Step  string    `json:"step"`
		First Reference `json:"first"`
		Last  int64     `json:"last"`
	}
	savedSeen struct {
		Log   string `json:"log"`
		Entry string `json:"entry,omitempty"`
	}
)

// Names under which states are saved. Hosts may have any name, so theirs are set apart.
const (
	globalName = "all"
	hostPrefix = "host/"
)

// Track makes the correlator note for Save which hosts have changed. It is called before the first record.
func (c *Correlator) Track() { c.changed = map[*host]struct{}{} }

// Save gives f the state of each host that has changed since the last Save, under a name of its own; nil when nothing is to be
// kept of it. Of hosts for which more than limit things are pending only a journal is given, and the relations across hosts
// are left for another time where there is such a host or as much is pending for them, unless limit is 0. A host whose f fails is given again.
func (c *Correlator) Save(limit int, f func(name string, state []byte) error) error {
	for h := range c.changed { // first, as one of the same name may have been heard of since
		if c.gone(h) {
			if err := c.write(h, nil, nil, f); err != nil {
				return err
			}
		}
	}
	small := func(h *host) bool { return limit == 0 || h.pendingOwn+len(h.runs)+len(h.events) <= limit }
	whole := true
	for h := range c.changed {
		if h == c.global {
			continue
		}
		save := h.saveJournal
		if small(h) {
			save = h.saveWhole
		} else {
			whole = false
		}
		if err := save(f); err != nil {
			return err
		}
	}
	// After a restart a journal gives its events to the relations across hosts once more, so these are not further than the hosts.
	if _, changed := c.changed[c.global]; changed && whole && small(c.global) {
		return c.global.saveWhole(f)
	}
	return nil
}

// saveWhole gives f the state of a host.
func (h *host) saveWhole(f func(name string, state []byte) error) error {
	h.epoch++
	waiting := h.inJournal()
	state, err := json.Marshal(h.saveBeside(waiting))
	if err != nil {
		return fmt.Errorf("state of host %q: %w", h.name, err)
	}
	return h.c.write(h, state, waiting, f)
}

// gone tells whether a host has been let go of.
func (c *Correlator) gone(h *host) bool { return h != c.global && c.hosts[h.name] != h }

// write gives f the state of a host, which holds its journal but for the events that wait there.
func (c *Correlator) write(h *host, state []byte, waiting []stretch, f func(name string, state []byte) error) error {
	if err := f(h.savedAs(), state); err != nil {
		return err
	}
	if err := h.endJournal(waiting, f); err != nil {
		return err
	}
	delete(c.changed, h)
	return nil
}

// SaveAll is Save of all hosts, changed or not.
func (c *Correlator) SaveAll(f func(name string, state []byte) error) error {
	c.touch(c.global)
	for _, h := range c.hosts {
		c.touch(h)
	}
	return c.Save(0, f)
}

func (h *host) savedAs() string {
	if h == h.c.global {
		return globalName
	}
	return hostPrefix + h.name
}

func (h *host) save() *hostState {
	s := h.saveButEvents()
	for _, e := range h.events {
		s.Events = append(s.Events, e.save())
	}
	return s
}

// saveBeside is save without the events that wait in the journal.
func (h *host) saveBeside(waiting []stretch) *hostState {
	s := h.saveButEvents()
	s.Epoch, s.Held = h.epoch, waiting
	for _, e := range h.events {
		if !h.journaled(e) {
			s.Events = append(s.Events, e.save())
		}
	}
	return s
}

func (h *host) saveButEvents() *hostState {
	s := &hostState{Name: h.name, Newest: h.newest, Now: h.now, Offset: h.offset, Zoned: h.zoned, Recent: h.recent}
	for _, l := range h.logs {
		if l.seen || l.wall != 0 {
			s.Logs = append(s.Logs, savedLog{l.name, l.mark, l.leader, l.second, l.wall})
		}
	}
	for _, e := range h.waiting {
		s.Waiting = append(s.Waiting, e.save())
	}
	for _, i := range h.instances() {
		s.Pending = append(s.Pending, i.save())
	}
	for _, r := range h.runs {
		s.Runs = append(s.Runs, r.save())
	}
	for _, g := range h.gaps {
		s.Gaps = append(s.Gaps, [2]int64{g.from, g.to})
	}
	return s
}

func (e *event) save() savedEvent {
	s := savedEvent{At: e.at, Ref: e.ref, Thread: e.thread, Late: e.late}
	for _, m := range e.matched {
		s.Matched = append(s.Matched, savedMatch{m.rule.ID, m.keys})
	}
	return s
}

func (i *instance) save() savedCase {
	s := savedCase{
		Rule: i.rel.rule.ID, Revision: i.rel.rule.Revision, Shape: i.rel.shape, Key: i.key, Opened: i.opened, Until: i.until, First: i.first, Last: i.last,
		Keys: i.keys, Value: i.value, More: i.more, Overdue: slices.Contains(i.host.overdue, waker(i)),
		Replaced: i.host.c.instances[instanceKey{i.rel, i.host, i.key}] != i,
	}
	s.Run = slices.Index(i.host.runs, i.run) + 1
	for _, p := range i.parts {
		s.Parts = append(s.Parts, savedPart{p.next, p.from, p.first, p.keys})
	}
	for _, m := range i.marks {
		s.Marks = append(s.Marks, savedMark{m.at, m.value, m.ref})
	}
	return s
}

func (r *run) save() savedRun {
	name := func(at int) string {
		if at < 0 {
			return ""
		}
		return r.c.set.Steps[at].ID
	}
	s := savedRun{
		Journey: r.j.def.ID, Started: r.started, Attempt: r.attempt, Keys: r.keys, At: r.at, Last: r.last, Until: r.until, Ended: r.ended,
		State: r.state, Told: r.told, Closed: r.closed, Furthest: name(r.furthest),
	}
	for _, k := range r.keys {
		if r.c.runs[r.key(k)] != r {
			s.Lost = append(s.Lost, k)
		}
	}
	if r.state != "" {
		s.EndStep = name(r.endStep)
	}
	for _, st := range r.steps {
		s.Steps = append(s.Steps, savedStep{st.step.ID, st.first, st.last})
	}
	for i, log := range r.logs {
		s.Logs = append(s.Logs, savedSeen{log, name(r.entries[i])})
	}
	for _, rule := range r.issues {
		s.Issues = append(s.Issues, rule.ID)
	}
	for _, step := range r.maybe {
		s.Maybe = append(s.Maybe, step.ID)
	}
	return s
}

// Restore takes back what Save gave. Questions of rules that have gone, have another revision or ask otherwise are undecided.
// It is called before the first record.
func (c *Correlator) Restore(name string, state []byte) error {
	if strings.HasPrefix(name, journalPrefix) {
		return c.restoreJournal(name, state)
	}
	var s hostState
	if err := json.Unmarshal(state, &s); err != nil {
		return fmt.Errorf("state %q: %w", name, err)
	}
	h := c.global
	if name != globalName {
		if name != hostPrefix+s.Name {
			return fmt.Errorf("state %q: it is of host %q", name, s.Name)
		}
		h = c.host(s.Name)
	}
	h.restoreHeld(s.Epoch, s.Held)
	c.restore(h, &s)
	h.known(s.Recent...)
	return nil
}

func (c *Correlator) restore(h *host, s *hostState) {
	h.newest, h.now, h.offset, h.zoned, h.recent = max(h.newest, s.Newest), s.Now, s.Offset, s.Zoned, append(h.recent, s.Recent...)
	c.newest = max(c.newest, s.Newest)
	for _, l := range s.Logs {
		if h == c.global && !c.carries(l.Name, true) {
			continue // of rules that have gone
		}
		h.log(l.Name).restore(&l)
	}
	for _, g := range s.Gaps {
		h.gaps = append(h.gaps, gap{g[0], g[1]})
	}
	if c.names.rules == nil {
		c.names = newNames(c.set)
	}
	known := c.names
	var runs []*run
	for _, r := range s.Runs {
		runs = append(runs, c.restoreRun(h, &r, known))
	}
	for _, i := range s.Pending {
		c.restoreCase(h, &i, runs)
	}
	for _, e := range s.Events {
		heap.Push(&h.events, c.restoreEvent(h, &e, known))
		c.waiting++
	}
	for _, e := range s.Waiting {
		h.waiting = append(h.waiting, c.restoreEvent(h, &e, known))
		c.waiting++
	}
	if h != c.global {
		h.reschedule()
	}
}

// restore takes back how far the log has been read. A journal may have told of more.
func (l *logState) restore(s *savedLog) {
	l.wall = max(l.wall, s.Wall)
	switch {
	case s.Leader != "":
		l.lead(s.Leader, s.Mark)
		l.second = max(l.second, s.Second)
	case s.Mark != 0:
		l.mark, l.seen = max(l.mark, s.Mark), true
	}
}

// names finds rules and steps by their ids.
type names struct {
	rules map[string]*ruleset.Rule
	steps map[string]*ruleset.Step
}

func newNames(set *ruleset.Set) names {
	n := names{map[string]*ruleset.Rule{}, map[string]*ruleset.Step{}}
	for _, r := range slices.Concat(set.Rules, set.Events) {
		n.rules[r.ID] = r
	}
	for _, s := range set.Steps {
		n.steps[s.ID] = s
	}
	return n
}

func (n names) place(step string) int {
	if s := n.steps[step]; s != nil {
		return s.Index
	}
	return -1
}

func (c *Correlator) restoreEvent(h *host, s *savedEvent, known names) *event {
	e := &event{at: s.At, host: h, ref: s.Ref, thread: s.Thread, late: s.Late}
	if h == c.global { // the event is of the host that its record names
		e.host = c.host(s.Ref.Host)
	}
	e.log = e.host.log(s.Ref.Log)
	for _, m := range s.Matched {
		if r := known.rules[m.Rule]; r != nil {
			e.matched = append(e.matched, matched{r, m.Keys})
		}
	}
	return e
}

func (c *Correlator) restoreCase(h *host, s *savedCase, runs []*run) {
	at := slices.IndexFunc(c.relations, func(r *relation) bool {
		return r.rule.ID == s.Rule && r.rule.Revision == s.Revision && r.shape == s.Shape
	})
	if at < 0 {
		c.counters.Undecided[s.Rule]++
		return
	}
	i := &instance{
		rel: c.relations[at], host: h, key: s.Key, opened: s.Opened, until: s.Until, first: s.First, last: s.Last,
		keys: s.Keys, value: s.Value, more: s.More,
	}
	if s.Run > 0 && s.Run <= len(runs) {
		i.run = runs[s.Run-1]
	}
	for _, p := range s.Parts {
		i.parts = append(i.parts, part{p.Next, p.From, p.First, p.Keys})
	}
	for _, m := range s.Marks {
		i.marks = append(i.marks, mark{m.At, m.Value, m.Ref})
	}
	later := c.instances[instanceKey{i.rel, h, i.key}]
	c.makeRoom(i.rel) // the bounds may have been wider
	c.add(i)
	if s.Replaced && later != nil {
		c.instances[instanceKey{i.rel, h, i.key}] = later
	}
	switch {
	case s.Overdue:
		h.overdue = append(h.overdue, i)
	case i.until < never:
		heap.Push(&h.timers, timer{i.until, i})
	}
}

func (c *Correlator) restoreRun(h *host, s *savedRun, known names) *run {
	at := slices.IndexFunc(c.journeys, func(j *journey) bool { return j.def.ID == s.Journey })
	if at < 0 {
		return nil // followed no more
	}
	r := &run{
		c: c, j: c.journeys[at], host: h, started: s.Started, attempt: s.Attempt, keys: s.Keys, at: s.At, last: s.Last, until: s.Until,
		ended: s.Ended, state: s.State, endStep: known.place(s.EndStep), furthest: known.place(s.Furthest), told: s.Told, closed: s.Closed,
	}
	for _, st := range s.Steps {
		if step := known.steps[st.Step]; step != nil {
			r.steps = append(r.steps, stepSeen{step, st.First, st.Last})
		}
	}
	for _, l := range s.Logs {
		r.enter(l.Log, known.place(l.Entry))
	}
	for _, id := range s.Issues {
		if rule := known.rules[id]; rule != nil {
			r.issues = append(r.issues, rule)
		}
	}
	for _, id := range s.Maybe {
		if step := known.steps[id]; step != nil {
			r.maybe = append(r.maybe, step)
		}
	}
	c.makeRoom(nil)
	c.keep(r)
	for _, k := range r.keys {
		if !slices.Contains(s.Lost, k) {
			c.runs[r.key(k)] = r
		}
	}
	heap.Push(&h.timers, timer{r.until, r})
	return r
}
