package correlate

import (
	"container/list"
	"slices"
	"strings"

	"github.com/cmtrail/cmtrail/internal/match"
	"github.com/cmtrail/cmtrail/internal/sentence"
)

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
	id      int  // for Trace
	waits   bool // Trace has been told that nothing tells yet
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
	c.makeRoom(r)
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

// makeRoom lets go of the oldest of a relation, nil for a run, when it has too many, and of the oldest of the relation that has
// the most when there are too many in all.
func (c *Correlator) makeRoom(r *relation) {
	if r != nil && r.open.Len() >= r.maxOpen {
		c.evict(r.open.Front().Value.(*instance))
	}
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
	switch {
	case i.isOnce():
		c.endPeriod(i) // what it has counted is told now, not lost
	case i.rel.cor.Kind == "absence":
		c.undecided(i, nil, "too many were pending at a time")
	default:
		c.tell(Evicted, i.rel, i, nil, nil, "")
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
