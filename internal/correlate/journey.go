package correlate

import (
	"slices"
	"strings"
	"time"

	"github.com/cmtrail/cmtrail/internal/match"
	"github.com/cmtrail/cmtrail/internal/ruleset"
)

// journey is how runs of one kind are followed.
type journey struct {
	def    *ruleset.Journey
	flows  []string               // of the steps that belong to it
	starts map[int]bool           // by rule index
	ends   map[int]string         // rule index to state
	begins map[*ruleset.Step]bool // the steps with which a run begins
	shows  map[int]*ruleset.Step  // rule index to the step of the run that it shows
	begun  int                    // the place of the furthest step with which a run begins
	linger time.Duration          // how long after its end a run still takes records
	last   *ruleset.Step          // the last step of its flows
}

// follow prepares a journey. Its steps are those of the flows in which it starts and ends.
func (c *Correlator) follow(def *ruleset.Journey) {
	j := &journey{def: def, starts: map[int]bool{}, ends: map[int]string{}, begins: map[*ruleset.Step]bool{}, shows: map[int]*ruleset.Step{}}
	flow := func(r *ruleset.Rule) {
		if r.Step != nil && !slices.Contains(j.flows, flowOf(r.Step)) {
			j.flows = append(j.flows, flowOf(r.Step))
		}
		c.wants[r.Index] = true
	}
	for _, r := range def.Starts {
		j.starts[r.Index] = true
		flow(r)
		if r.Step != nil {
			j.begun = max(j.begun, r.Step.Index)
			j.begins[r.Step] = true
		}
	}
	for state, rules := range def.Ends {
		for _, r := range rules {
			j.ends[r.Index] = state
			flow(r)
		}
	}
	for _, r := range c.set.Rules {
		if step := j.stepOf(r); step != nil {
			j.shows[r.Index] = step
			c.wants[r.Index] = true
		}
	}
	for r, step := range def.Reaches {
		j.shows[r.Index] = step
		c.wants[r.Index] = true
	}
	for _, s := range c.set.Steps {
		if slices.Contains(j.flows, flowOf(s)) {
			j.last = s
		}
	}
	for _, d := range def.Near {
		j.linger = max(j.linger, d)
	}
	c.journeys = append(c.journeys, j)
}

func flowOf(s *ruleset.Step) string {
	f, _, _ := strings.Cut(s.ID, ".")
	return f
}

// stepOf returns the step of the journey's flows that a rule shows, its first where it shows several.
func (j *journey) stepOf(r *ruleset.Rule) *ruleset.Step {
	for _, s := range append([]*ruleset.Step{r.Step}, r.AlsoSteps...) {
		if s != nil && slices.Contains(j.flows, flowOf(s)) {
			return s
		}
	}
	return nil
}

// sight is what one record says to a journey.
type sight struct {
	e      *event
	rules  []*ruleset.Rule
	keys   []match.Key
	steps  []*ruleset.Step
	starts bool
	ends   string
	how    string // why it belongs to its run, or to none
	early  bool   // it holds no key and no start, and belongs before the beginning of a run
}

func (j *journey) look(e *event) (s sight) {
	s.e = e
	for i := range e.matched {
		r := e.matched[i].rule
		step := j.shows[r.Index]
		if step == nil && !j.starts[r.Index] && j.ends[r.Index] == "" {
			continue
		}
		s.rules = append(s.rules, r)
		s.starts = s.starts || j.starts[r.Index]
		if state := j.ends[r.Index]; state != "" && s.ends != Failed {
			s.ends = state
		}
		if step != nil && !slices.Contains(s.steps, step) {
			s.steps = append(s.steps, step)
		}
		for _, k := range e.matched[i].keys {
			if k.Value != "" && slices.Contains(j.def.Keys, k.Name) && !slices.Contains(s.keys, k) {
				s.keys = append(s.keys, k)
			}
		}
	}
	s.early = len(s.keys) == 0 && !s.starts && s.ends == "" && len(s.steps) > 0
	for _, step := range s.steps {
		s.early = s.early && j.begins[step]
	}
	return s
}

// furthest returns the record's place in the order of steps, -1 when it has none.
func (s *sight) furthest() int {
	at := -1
	for _, step := range s.steps {
		at = max(at, step.Index)
	}
	return at
}

// earliest is the least place, -1 when it has none.
func (s *sight) earliest() int {
	at := -1
	for _, step := range s.steps {
		if at < 0 || step.Index < at {
			at = step.Index
		}
	}
	return at
}

// travel takes a record to the run that it belongs to.
func (c *Correlator) travel(h *host, e *event) {
	for _, j := range c.journeys {
		s := j.look(e)
		if len(s.rules) == 0 {
			continue
		}
		r := c.runOf(h, j, &s)
		if r == nil {
			c.tellRun(NoPart, h, j, nil, &s, s.how)
			continue
		}
		if r.goesBack(&s) {
			r = c.retry(r, &s)
			s.how = "it takes up again what has failed"
		}
		r.join(&s)
		c.tellRun(Joined, h, j, r, &s, s.how)
		e.run = r
	}
}

// runOf returns the run of a record, a new one where it begins one, and nil where nothing tells.
func (c *Correlator) runOf(h *host, j *journey, s *sight) *run {
	if r := c.runOfKeys(h, j, s); r != nil {
		s.how = "it holds a key of the run"
		return r
	}
	if s.e.late {
		s.how = "it came late and holds no key of a run"
		return nil
	}
	if s.starts {
		if r := h.beginning(j, s); r != nil {
			s.how = "it is of the beginning of a run that has no name yet"
			return r
		}
		s.how = "it begins a run"
		return c.newRun(h, j, s, true)
	}
	near := h.near(j, s)
	switch {
	case len(near) == 1:
		s.how = "it holds no key that is known, and this is the only run near it"
		return near[0]
	case len(s.keys) > 0:
		s.how = "its keys are of no run, and may yet be joined to one"
		return c.newRun(h, j, s, false) // until a record joins its key to a run
	case len(near) > 1:
		s.how = "it is ambiguous: several runs can have it, and it holds the key of none"
		for _, r := range near {
			r.unsure(s)
			c.tellRun(NoPart, h, j, r, s, s.how)
		}
	default:
		s.how = j.whyAlone(s)
	}
	return nil
}

// whyAlone tells why a record without a key joins no run.
func (j *journey) whyAlone(s *sight) string {
	if _, named := j.def.Near[s.e.ref.Log]; !named {
		return "it holds no key, and the journey does not take records of its log by nearness"
	}
	return "it holds no key, and no run is near it that can have it"
}

// runOfKeys returns the run that the record's keys name. A record that holds the keys of two joins them, unless they
// have names of their own that differ.
func (c *Correlator) runOfKeys(h *host, j *journey, s *sight) *run {
	var found *run
	for _, name := range j.def.Keys { // in this order: the first key is a run's own name
		for _, k := range s.keys {
			if k.Name != name {
				continue
			}
			r := c.runs[runKey{j, h, k.Name, k.Value}]
			switch {
			case r == nil || r == found:
			case found == nil:
				found = r
			case !found.differs(r):
				found = c.merge(found, r)
			}
		}
	}
	if found == nil || found.named(s.keys) {
		return found
	}
	return nil
}

// beginning returns a run that has no name yet and that the record can be the beginning of: several records can begin a
// run, and a log of which it has none can tell later that it has begun.
func (h *host) beginning(j *journey, s *sight) *run {
	var found *run
	for _, r := range h.runs {
		if r.j == j && r.started && !r.over && r.state == "" && !r.hasName() && (len(s.keys) > 0 || !r.beyond(s) || !slices.Contains(r.logs, s.e.ref.Log)) && !r.conflicts(s.keys) && within(r.last, s.e.at, j.nearest(s.e.ref.Log)) {
			if found != nil {
				return nil
			}
			found = r
		}
	}
	return found
}

// nearest returns how long after a run's last record one of the log without a key can belong to it. A log that the
// journey does not name has a few seconds, for the start of a run.
func (j *journey) nearest(log string) time.Duration {
	if d := j.def.Near[log]; d > 0 {
		return d
	}
	return 5 * time.Second
}

// near returns the runs to which a record without a known key can belong.
func (h *host) near(j *journey, s *sight) (all []*run) {
	d, named := j.def.Near[s.e.ref.Log]
	if !named {
		return nil
	}
	for _, r := range h.runs {
		if r.j != j || r.over || r.conflicts(s.keys) || s.early && r.furthest > j.begun {
			continue // what comes before a beginning is not of a run that is beyond it
		}
		joined := slices.Contains(r.logs, s.e.ref.Log)
		switch {
		case r.closed && (r.state != Failed || !r.hasName() || len(s.keys) > 0 || s.earliest() > r.endStep):
		case !r.closed && !r.started:
		case !r.closed && r.state == Completed && s.earliest() < r.endStep:
		case joined && r.state == "" && within(r.last, s.e.at, (1+keptAfter)*j.def.StalledAfter) || within(r.last, s.e.at, d) || r.closed:
			all = append(all, r)
		}
	}
	if open := slices.DeleteFunc(slices.Clone(all), func(r *run) bool { return r.closed }); len(open) > 0 {
		all = open
	}
	if len(all) > 1 {
		all = slices.DeleteFunc(all, func(r *run) bool { return r.notThereYet(s, all) })
	}
	return all
}

// notThereYet tells whether a run cannot have a record of this log: another has gone on in it, from a step that this
// one has not reached.
func (r *run) notThereYet(s *sight, all []*run) bool {
	for _, other := range all {
		entry, joined := other.entry(s.e.ref.Log)
		if other != r && joined && r.furthest < entry && s.earliest() > entry {
			return true
		}
	}
	return false
}
