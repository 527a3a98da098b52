package correlate

import (
	"cmp"
	"container/list"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"time"

	"github.com/cmtrail/cmtrail/internal/ruleset"
)

// relation is one rule that relates records.
type relation struct {
	rule    *ruleset.Rule
	cor     *ruleset.Correlation
	kind    kind
	carry   []string // logs that can carry the answer; none: any
	maxOpen int
	shape   string    // what its instances are made of; an instance of another shape means nothing to it
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
	key string
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
	rel.shape = shapeOf(cor)
	c.relations = append(c.relations, rel)
}

// shapeOf names the events and keys of a relation, in few bytes.
func shapeOf(cor *ruleset.Correlation) string {
	h := fnv.New32a()
	_, _ = fmt.Fprint(h, cor.Kind, cor.By, cor.Value, cor.Distinct, cor.AcrossHost, cor.AnyOrder)
	for _, e := range []ruleset.Event{cor.Of, cor.After, cor.Expect, cor.From, cor.To} {
		_, _ = fmt.Fprintf(h, " %q", e.Name)
	}
	for _, e := range cor.Steps {
		_, _ = fmt.Fprintf(h, " %q", e.Name)
	}
	return strconv.FormatUint(uint64(h.Sum32()), 36)
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

// carries tells whether the answer to a question can stand in a log, of this host or of another.
func (c *Correlator) carries(log string, elsewhere bool) bool {
	return slices.ContainsFunc(c.relations, func(r *relation) bool {
		return (r.cor.AcrossHost || !elsewhere) && slices.Contains(r.carry, log)
	})
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
				case s.role != role:
				case e.late && role > closes:
					c.tell(NoPart, s.rel, nil, e, m, "it came late: a record this much older than the newest of its log opens nothing")
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
		c.touch(c.global)
		c.global.push(e)
	}
}

// find reports what a relation has found of an instance, and lets those know that wait for it.
func (c *Correlator) find(i *instance, f *Finding, from *event) {
	r := i.rel
	f.Rule = r.rule
	e := &event{at: f.Last.At, host: from.host, log: from.log, ref: f.Last, thread: from.thread, derived: true}
	if !f.At.IsZero() {
		e.at = f.At.UnixNano()
	}
	e.matched = []matched{{r.rule, f.Keys}}
	folded := r.rule.Issue && c.repeats(r, f, e)
	c.tellFound(i, folded, from)
	switch {
	case !r.rule.Issue:
		if c.out.Step != nil {
			c.out.Step(f)
		}
	case !folded:
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
	c.tell(Dropped, i.rel, i, nil, nil, why)
	if c.out.Undecided != nil {
		c.out.Undecided(&Undecided{Rule: i.rel.rule, Host: i.host.name, Keys: i.keys, First: i.first, Logs: missing, Why: why})
	}
}

func within(from, to int64, d time.Duration) bool { return to-from <= int64(d) }
