package correlate

import (
	"cmp"
	"container/list"
	"slices"
	"time"

	"github.com/cmtrail/cmtrail/internal/match"
	"github.com/cmtrail/cmtrail/internal/ruleset"
)

// run is one journey under way. One that has not started is a group of records whose keys may yet be joined to a run.
type run struct {
	c        *Correlator
	j        *journey
	host     *host
	element  *list.Element
	started  bool
	attempt  int
	keys     []match.Key
	at       int64 // its first record
	last     int64 // its last record
	until    int64 // when it wants to be woken
	ended    int64
	state    string // "" until it has ended
	endStep  int    // the place of the step of its end
	furthest int    // the place of the furthest step
	steps    []stepSeen
	logs     []string // logs of which it has records
	entries  []int    // the place of the first step in each of them
	issues   []*ruleset.Rule
	maybe    []*ruleset.Step // steps that another run may have reached instead
	told     bool            // it has been reported as stalled
	closed   bool            // it has been reported, and is kept for the records that come after
	over     bool
	into     *run // the run that it was joined to
	id       int  // for Trace
}

type stepSeen struct {
	step  *ruleset.Step
	first Reference
	last  int64
}

type runKey struct {
	j           *journey
	host        *host
	name, value string
}

func (c *Correlator) newRun(h *host, j *journey, s *sight, started bool) *run {
	r := &run{c: c, j: j, host: h, started: started, attempt: 1, at: s.e.at, last: s.e.at, furthest: -1}
	c.makeRoom(nil)
	c.keep(r)
	r.until = r.last + int64(j.def.StalledAfter)
	h.wakeAt(r.until, r)
	return r
}

func (c *Correlator) keep(r *run) {
	r.element = c.live.PushBack(r)
	r.host.runs = append(r.host.runs, r)
	c.open++
}

func (r *run) key(k match.Key) runKey { return runKey{r.j, r.host, k.Name, k.Value} }

// discard forgets a run.
func (c *Correlator) discard(r *run) {
	if r.over {
		return
	}
	r.over = true
	c.live.Remove(r.element)
	c.open--
	r.host.runs = slices.DeleteFunc(r.host.runs, func(have *run) bool { return have == r })
	for _, k := range r.keys {
		if c.runs[r.key(k)] == r {
			delete(c.runs, r.key(k))
		}
	}
}

func (c *Correlator) evictRun(r *run) {
	c.counters.Evicted++
	c.touch(r.host)
	if !r.closed {
		r.report(Unended, nil)
	}
	c.discard(r)
}

// join takes a record into the run.
func (r *run) join(s *sight) {
	if r.closed {
		return // it has been reported; what comes after its end belongs to it and changes nothing
	}
	r.c.live.MoveToBack(r.element)
	r.at, r.last = min(r.at, s.e.at), max(r.last, s.e.at)
	r.started = r.started || s.starts
	r.learn(s.keys)
	r.enter(s.e.ref.Log, s.earliest())
	for _, step := range s.steps {
		r.reach(step, s.e.ref)
	}
	for _, rule := range s.rules {
		if rule.Issue {
			r.issue(rule)
		}
	}
	r.overtake()
	if s.ends != "" && r.started && (r.state == "" || r.state == Completed && s.furthest() > r.endStep) {
		r.state, r.ended, r.endStep = s.ends, s.e.at, s.furthest()
	}
	if r.state == "" {
		r.until = r.last + int64(r.j.def.StalledAfter)
		if r.told { // its timer is that of a run that is kept
			r.told = false
			r.host.wakeAt(r.until, r)
		}
		return
	}
	r.until = r.last + int64(r.j.linger)
	if r.state == Completed && r.j.last != nil && r.furthest >= r.j.last.Index {
		r.close()
		return
	}
	r.host.wakeAt(r.until, r)
}

func (r *run) learn(keys []match.Key) {
	for _, k := range keys {
		switch {
		case slices.Contains(r.keys, k):
		case len(r.keys) >= maxRunKeys:
			r.c.counters.Cut++
		default:
			r.keys = append(r.keys, k)
			r.c.runs[r.key(k)] = r
		}
	}
}

// maxRunKeys bounds the keys of one run, each of which costs an entry in the index.
const maxRunKeys = 64

// enter notes the first step of the run in a log.
func (r *run) enter(log string, step int) {
	if !slices.Contains(r.logs, log) && len(r.logs) < maxRunLogs {
		r.logs, r.entries = append(r.logs, log), append(r.entries, step)
	}
}

// maxRunLogs bounds the logs of one run. Its steps stand in a few.
const maxRunLogs = 64

func (r *run) entry(log string) (step int, joined bool) {
	if at := slices.Index(r.logs, log); at >= 0 {
		return r.entries[at], true
	}
	return 0, false
}

func (r *run) reach(step *ruleset.Step, ref Reference) {
	r.furthest = max(r.furthest, step.Index)
	ref.Message = "" // the place is enough
	for i := range r.steps {
		if have := &r.steps[i]; have.step == step {
			have.last = max(have.last, ref.At)
			if ref.At < have.first.At {
				have.first = ref
			}
			return
		}
	}
	r.steps = append(r.steps, stepSeen{step, ref, ref.At})
}

// issue notes an issue that shows on the run's records, while it has not been reported.
func (r *run) issue(rule *ruleset.Rule) {
	for r.into != nil {
		r = r.into
	}
	if !r.closed && !slices.Contains(r.issues, rule) {
		r.issues = append(r.issues, rule)
	}
}

// unsure notes steps that the run may have reached, and another as well.
func (r *run) unsure(s *sight) {
	for _, step := range s.steps {
		if !slices.Contains(r.maybe, step) {
			r.maybe = append(r.maybe, step)
		}
	}
}

// hasName tells whether the run has a name of its own, a value of the journey's first key.
func (r *run) hasName() bool {
	return slices.ContainsFunc(r.keys, func(k match.Key) bool { return k.Name == r.j.def.Keys[0] })
}

// named tells whether the run can bear the keys: its own name, the first key of the journey, is not another.
func (r *run) named(keys []match.Key) bool {
	own := r.j.def.Keys[0]
	for _, k := range keys {
		if k.Name == own && !slices.Contains(r.keys, k) && slices.ContainsFunc(r.keys, func(h match.Key) bool { return h.Name == own }) {
			return false
		}
	}
	return true
}

// differs tells whether two runs have names of their own that are not the same.
func (r *run) differs(other *run) bool { return !r.named(other.keys) }

// conflicts tells whether the run knows another value of one of the keys.
func (r *run) conflicts(keys []match.Key) bool {
	for _, k := range keys {
		if slices.ContainsFunc(r.keys, func(h match.Key) bool { return h.Name == k.Name && h.Value != k.Value }) {
			return true
		}
	}
	return false
}

// beyond tells whether the run has gone further than the record's steps.
func (r *run) beyond(s *sight) bool { return r.furthest > s.furthest() }

// goesBack tells whether a record takes up again a run that has failed.
func (r *run) goesBack(s *sight) bool {
	return r.state == Failed && s.ends == "" && s.e.at >= r.ended && len(s.steps) > 0 && (s.starts || s.furthest() < r.endStep) && !s.e.late
}

// retry reports the attempt that failed and begins the next, or takes a run that has just begun without a name for it.
func (c *Correlator) retry(old *run, s *sight) *run {
	old.close()
	c.discard(old)
	r := old.host.beginning(old.j, s)
	if r == nil {
		r = c.newRun(old.host, old.j, s, true)
	}
	r.attempt = old.attempt + 1
	r.learn(old.keys)
	return r
}

// merge joins two groups of records into the older run.
func (c *Correlator) merge(a, b *run) *run {
	if b.started && !a.started || b.started == a.started && b.at < a.at {
		a, b = b, a
	}
	c.discard(b)
	b.into = a
	c.tellMerge(b, a)
	a.at, a.last = min(a.at, b.at), max(a.last, b.last)
	a.started = a.started || b.started
	a.learn(b.keys)
	for i, log := range b.logs {
		a.enter(log, b.entries[i])
	}
	for _, s := range b.steps {
		a.reach(s.step, s.first)
		first := s.first
		first.At = s.last
		a.reach(s.step, first)
	}
	for _, issue := range b.issues {
		a.issue(issue)
	}
	for _, step := range b.maybe {
		if !slices.Contains(a.maybe, step) {
			a.maybe = append(a.maybe, step)
		}
	}
	return a
}

// overtake ends older runs of the host that have shown no sign of life since this one began and that it has passed.
func (r *run) overtake() {
	if !r.started {
		return
	}
	for _, old := range slices.Clone(r.host.runs) {
		if old != r && old.j == r.j && old.started && !old.closed && old.state == "" && old.at < r.at && old.last <= r.at && r.furthest > old.furthest {
			if !old.told {
				old.report(Stalled, r.keys)
			}
			r.c.discard(old)
		}
	}
}

func (r *run) wakes() int64 {
	if r.over {
		return never
	}
	return r.until
}

func (r *run) wake(final bool) {
	h := r.host
	on, off := h.wasSilent(r.until, r.j.def.StalledAfter)
	switch {
	case r.closed || !r.started:
		r.c.discard(r)
	case r.state != "":
		r.close()
	case h.newest < r.until && final:
	case h.newest < r.until: // the host is silent: nothing tells that the run stands still
		h.overdue = append(h.overdue, r)
	case off:
		r.until = on + int64(r.j.def.StalledAfter)
		h.wakeAt(r.until, r)
	case r.told:
		r.c.discard(r) // it has stood still for as long again
	default:
		r.told = true
		if r.mayHaveGoneOn() {
			r.report(Unended, nil)
		} else {
			r.report(Stalled, nil)
		}
		r.until += keptAfter * int64(r.j.def.StalledAfter)
		h.wakeAt(r.until, r)
	}
}

// mayHaveGoneOn tells whether a later step has been seen that is this run's or another's.
func (r *run) mayHaveGoneOn() bool {
	return slices.ContainsFunc(r.maybe, func(s *ruleset.Step) bool { return s.Index > r.furthest })
}

// keptAfter is how many times stalled_after a run is kept after it has been reported.
const keptAfter = 2

// close reports a run that has ended. It is kept for a while, for a next attempt and for records that come late.
func (r *run) close() {
	if r.closed {
		return
	}
	r.report(r.state, nil)
	r.closed = true
	r.steps, r.issues, r.maybe = nil, nil, nil
	r.until = r.last + keptAfter*int64(r.j.def.StalledAfter)
	r.host.wakeAt(r.until, r)
}

// endRuns reports what is still under way when the reading ends.
func (h *host) endRuns() {
	runs := slices.Clone(h.runs)
	slices.SortStableFunc(runs, func(a, b *run) int { return cmp.Compare(a.at, b.at) })
	for _, r := range runs {
		if !r.closed && r.started && !r.told {
			r.report(cmp.Or(r.state, Unended), nil)
		}
		h.c.discard(r)
	}
}

// report gives the run as it is now.
func (r *run) report(state string, by []match.Key) {
	if !r.started {
		return
	}
	r.c.counters.Journeys[state]++
	r.c.tellRun(Reported, r.host, r.j, r, nil, state)
	if r.c.out.Journey == nil {
		return
	}
	j := &Journey{
		Journey: r.j.def, Host: r.host.name, Keys: r.inOrder(), State: state, Attempt: r.attempt,
		Started: time.Unix(0, r.at).UTC(), Last: time.Unix(0, r.last).UTC(), Issues: slices.Clone(r.issues), SupersededBy: slices.Clone(by),
	}
	if r.ended != 0 {
		j.Ended = time.Unix(0, r.ended).UTC()
	}
	steps := slices.Clone(r.steps)
	slices.SortStableFunc(steps, func(a, b stepSeen) int { return cmp.Compare(a.step.Index, b.step.Index) })
	for _, s := range steps {
		j.Steps = append(j.Steps, StepSeen{s.step, s.first, time.Unix(0, s.last).UTC()})
		j.LastStep = s.step
	}
	for _, step := range r.maybe {
		if !slices.ContainsFunc(steps, func(s stepSeen) bool { return s.step == step }) {
			j.Ambiguous = append(j.Ambiguous, step)
		}
	}
	slices.SortFunc(j.Ambiguous, func(a, b *ruleset.Step) int { return cmp.Compare(a.Index, b.Index) })
	r.c.out.Journey(j)
}

// inOrder returns the keys in the journey's order.
func (r *run) inOrder() (keys []match.Key) {
	for _, name := range r.j.def.Keys {
		for _, k := range r.keys {
			if k.Name == name {
				keys = append(keys, k)
			}
		}
	}
	return keys
}
