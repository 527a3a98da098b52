package correlate

import (
	"cmp"
	"container/list"
	"slices"
	"strings"
	"time"

	"github.com/cmtrail/cmtrail/internal/match"
	"github.com/cmtrail/cmtrail/internal/ruleset"
	"github.com/cmtrail/cmtrail/internal/sentence"
)

// relation is one rule that relates records.
type relation struct {
	rule    *ruleset.Rule
	cor     *ruleset.Correlation
	kind    kind
	carry   []string // logs that can carry the answer; none: any
	maxOpen int
	open    list.List // of *instance, the oldest in front
}

// kind is what a relation does with its events.
type kind interface {
	// take gives an event to the relation's instance for its key.
	take(c *Correlator, s *subscription, e *event, m *matched)
	// wake is called when an instance's time has come.
	wake(i *instance, final bool)
}

var kinds = map[string]kind{
	"absence": absence{}, "sequence": sequence{}, "threshold": threshold{},
	"change": change{}, "silence": silence{}, "duration": duration{},
}

// role is what an event is to a relation. For one record they are taken in this order, so that it can answer one
// instance and open the next.
type role uint8

const (
	cancels role = iota
	closes
	continues // the later steps of a sequence before the earlier ones
	opens
)

// subscription says that a relation waits for a rule.
type subscription struct {
	rel  *relation
	role role
	step int
}

// unfound is a closer that found nothing open. An opener of the same instant in another log may come after it only
// because of the logs' names.
type unfound struct {
	sub subscription
	e   *event
	m   *matched
}

func (c *Correlator) relate(r *ruleset.Rule) {
	cor := r.Correlation
	rel := &relation{rule: r, cor: cor, kind: kinds[cor.Kind], maxOpen: cmp.Or(cor.MaxOpen, c.options.MaxOpen)}
	sub := func(e ruleset.Event, role role, step int) {
		if e.Rule != nil {
			c.subs[e.Rule.Index] = append(c.subs[e.Rule.Index], subscription{rel, role, step})
		}
	}
	sub(cor.After, opens, 0)
	sub(cor.Expect, closes, 0)
	sub(cor.From, opens, 0)
	sub(cor.To, closes, 0)
	sub(cor.Of, continues, 0)
	for i := len(cor.Steps) - 1; i >= 0; i-- {
		role := continues
		if i == 0 {
			role = opens
		}
		sub(cor.Steps[i], role, i)
	}
	for _, u := range cor.Unless {
		sub(u, cancels, 0)
	}
	rel.carry = cor.CoveredBy
	if len(rel.carry) == 0 && cor.Expect.Rule != nil {
		rel.carry = logsOf(cor.Expect.Rule)
	}
	c.relations = append(c.relations, rel)
}

// logsOf returns the logs in which a rule can show; none: any.
func logsOf(r *ruleset.Rule) []string {
	var all []string
	for _, m := range r.Match {
		logs := m.Logs()
		if len(logs) == 0 {
			return nil
		}
		all = append(all, logs...)
	}
	if r.Correlation != nil {
		for e := range r.Correlation.Events {
			all = append(all, logsOf(e.Rule)...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// watches tells whether each record of a log is a sign of life to the relation.
func (r *relation) watches(log string) bool {
	if r.cor.Kind != "silence" || r.cor.Of.Rule != nil {
		return false
	}
	logs := logsOf(r.cor.From.Rule)
	return len(logs) == 0 || slices.Contains(logs, log)
}

// dispatch gives an event to every relation and journey that waits for it.
func (c *Correlator) dispatch(h *host, e *event) {
	c.touch(h)
	if h != c.global && !e.derived && len(e.matched) > 0 {
		c.travel(h, e)
	}
	across := false
	for role := cancels; role <= opens; role++ {
		for i := range e.matched {
			m := &e.matched[i]
			for _, s := range c.subs[m.rule.Index] {
				switch {
				case s.role != role || e.late && role > closes:
				case s.rel.cor.AcrossHost && h != c.global:
					across = true
				case s.rel.cor.AcrossHost == (h == c.global):
					s.rel.kind.take(c, &s, e, m)
				}
			}
		}
	}
	if h == c.global {
		return
	}
	if e.log != nil && e.log.watched() && !e.late {
		h.hear(e)
	}
	if across {
		c.global.push(e)
	}
}

// instance is one case of a relation that is pending.
type instance struct {
	rel     *relation
	host    *host
	key     string
	element *list.Element
	opened  int64
	until   int64 // when it wants to be woken
	first   Reference
	last    Reference
	keys    []match.Key
	parts   []part // of a sequence
	marks   []mark // of a threshold
	value   string // of a change or silence
	more    int    // findings not reported, of a period of once
	run     *run   // the run that its first record belongs to, if any
	over    bool
}

type instanceKey struct {
	rel  *relation
	host *host
	key  string
}

func (i *instance) wakes() int64 {
	if i.over {
		return never
	}
	return i.until
}

func (i *instance) wake(final bool) {
	if i.isOnce() {
		i.host.c.endPeriod(i)
		return
	}
	i.rel.kind.wake(i, final)
}

// home returns the host under which a relation keeps its instances.
func (c *Correlator) home(r *relation, e *event) *host {
	if r.cor.AcrossHost {
		return c.global
	}
	return e.host
}

// keyOf joins the values that name an instance. It is false when the event lacks one of them.
func (c *Correlator) keyOf(r *relation, e *event, m *matched) ([]byte, bool) {
	c.scratch = c.scratch[:0]
	for _, by := range r.cor.By {
		if by == "host" && !r.cor.AcrossHost {
			continue
		}
		v, ok := e.find(m, by)
		if !ok {
			return nil, false
		}
		c.scratch = append(c.scratch, strings.ToLower(v)...)
		c.scratch = append(c.scratch, 0)
	}
	return c.scratch, true
}

// pending returns the instance that an event belongs to, nil when there is none.
func (c *Correlator) pending(r *relation, e *event, m *matched) *instance {
	key, ok := c.keyOf(r, e, m)
	if !ok {
		return nil
	}
	return c.instances[instanceKey{r, c.home(r, e), string(key)}]
}

// begin opens an instance, letting the oldest go when there are too many. It is nil when the event lacks a key.
func (c *Correlator) begin(r *relation, e *event, m *matched) *instance {
	key, ok := c.keyOf(r, e, m)
	if !ok {
		return nil
	}
	i := &instance{rel: r, host: c.home(r, e), key: string(key), opened: e.at, until: never, first: e.ref, last: e.ref, keys: m.keys, run: e.run}
	if r.open.Len() >= r.maxOpen {
		c.evict(r.open.Front().Value.(*instance))
	}
	c.makeRoom()
	c.add(i)
	return i
}

func (c *Correlator) add(i *instance) {
	c.instances[instanceKey{i.rel, i.host, i.key}] = i
	i.element = i.rel.open.PushBack(i)
	if h := i.host; len(h.own) > 2*h.pendingOwn+8 {
		h.own = slices.DeleteFunc(h.own, func(i *instance) bool { return i.over })
	}
	i.host.own = append(i.host.own, i)
	i.host.pendingOwn++
	c.open++
}

func (c *Correlator) remove(i *instance) {
	if i.over {
		return
	}
	i.over = true
	i.rel.open.Remove(i.element)
	if key := (instanceKey{i.rel, i.host, i.key}); c.instances[key] == i { // a later question may stand in its place
		delete(c.instances, key)
	}
	c.open--
	i.host.pendingOwn--
}

// makeRoom lets go of the oldest of the relation that has the most when there are too many in all.
func (c *Correlator) makeRoom() {
	if c.open < c.options.MaxTotal {
		return
	}
	var most *relation
	for _, r := range c.relations {
		if most == nil || r.open.Len() > most.open.Len() {
			most = r
		}
	}
	if most != nil && most.open.Len() >= c.live.Len() {
		c.evict(most.open.Front().Value.(*instance))
	} else if front := c.live.Front(); front != nil {
		c.evictRun(front.Value.(*run))
	}
}

func (c *Correlator) evict(i *instance) {
	c.counters.Evicted++
	c.touch(i.host)
	if i.rel.cor.Kind == "absence" && !i.isOnce() {
		c.undecided(i, nil, "too many were pending at a time")
	}
	c.remove(i)
}

// instances returns what is pending for the host. What is over is let go of on the way.
func (h *host) instances() []*instance {
	h.own = slices.DeleteFunc(h.own, func(i *instance) bool { return i.over })
	return slices.Clone(h.own)
}

// withKeys adds the keys of a later event to those known. The first value of a name stands.
func withKeys(have, more []match.Key) []match.Key {
	out := slices.Clip(have)
	for _, k := range more {
		if k.Value != "" && !slices.ContainsFunc(out, func(h match.Key) bool { return h.Name == k.Name }) {
			out = append(out, k)
		}
	}
	return out
}

// holds evaluates a relation's condition over caught fields. One that cannot be told does not hold.
func (c *Correlator) holds(r *relation, keys []match.Key) bool {
	if r.cor.When == nil {
		return true
	}
	holes := make([]sentence.Hole, len(keys))
	for i, k := range keys {
		holes[i] = sentence.Hole(k)
	}
	ok, err := c.runner.Eval(r.cor.When, holes)
	return ok && err == nil
}

// find reports what a relation has found, and lets those know that wait for it.
func (c *Correlator) find(r *relation, f *Finding, from *event) {
	f.Rule = r.rule
	e := &event{at: f.Last.At, host: from.host, log: from.log, ref: f.Last, thread: from.thread, derived: true}
	if !f.At.IsZero() {
		e.at = f.At.UnixNano()
	}
	e.matched = []matched{{r.rule, f.Keys}}
	switch {
	case !r.rule.Issue:
		if c.out.Step != nil {
			c.out.Step(f)
		}
	case !c.repeats(r, f, e):
		c.report(f)
		if from.run != nil {
			from.run.issue(r.rule)
		}
	}
	if len(c.subs[r.rule.Index]) > 0 && c.depth < maxDepth {
		c.depth++
		c.dispatch(e.host, e)
		c.depth--
	}
}

// maxDepth bounds relations of relations.
const maxDepth = 8

func (c *Correlator) report(f *Finding) {
	c.counters.Findings[f.Rule.ID]++
	if c.out.Finding != nil {
		c.out.Finding(f)
	}
}

func (c *Correlator) undecided(i *instance, missing []string, why string) {
	c.counters.Undecided[i.rel.rule.ID]++
	if c.out.Undecided != nil {
		c.out.Undecided(&Undecided{Rule: i.rel.rule, Host: i.host.name, Keys: i.keys, First: i.first, Logs: missing, Why: why})
	}
}

func within(from, to int64, d time.Duration) bool { return to-from <= int64(d) }
