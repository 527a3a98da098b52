package correlate

import (
	"slices"

	"github.com/cmtrail/cmtrail/internal/match"
)

// sequence looks for events that follow each other.
type sequence struct{}

// part is a sequence as far as it has come; of one in any order, a step that has come.
type part struct {
	next  int // the step that is to come, or the step itself
	from  int64
	first Reference
	keys  []match.Key
}

// maxParts bounds the beginnings of one key that differ in what they caught.
const maxParts = 32

func (q sequence) take(c *Correlator, s *subscription, e *event, m *matched) {
	switch {
	case s.role == cancels:
		c.callOff(s.rel, e, m)
	case s.rel.cor.AnyOrder:
		q.gather(c, s, e, m)
	case s.role == opens:
		q.open(c, s, e, m)
	default:
		q.follow(c, s, e, m)
	}
}

func (sequence) open(c *Correlator, s *subscription, e *event, m *matched) {
	i := c.pending(s.rel, e, m)
	if i == nil {
		if i = c.begin(s.rel, e, m); i == nil {
			c.unheard(s, e, m)
			return
		}
		i.until = e.at + int64(s.rel.cor.Within)
		i.host.wakeAt(i.until, i)
		c.tell(Opened, s.rel, i, e, m, "")
	} else {
		c.tell(Again, s.rel, i, e, m, "")
	}
	i.until = max(i.until, e.at+int64(s.rel.cor.Within))
	i.add(part{1, e.at, e.ref, m.keys})
	c.tied(s, e, i.key)
}

// add keeps a beginning. Of those that a condition cannot tell apart, only the newest matters.
func (i *instance) add(p part) {
	i.parts = slices.DeleteFunc(i.parts, func(have part) bool {
		return have.next == p.next && (i.rel.cor.When == nil || slices.Equal(have.keys, p.keys))
	})
	if len(i.parts) >= maxParts {
		i.parts = slices.Delete(i.parts, 0, 1)
		i.host.c.counters.Cut++
	}
	i.parts = append(i.parts, p)
}

func (sequence) follow(c *Correlator, s *subscription, e *event, m *matched) {
	i := c.pending(s.rel, e, m)
	if i == nil {
		c.unfound(s, e, m)
		return
	}
	var ready []part
	for _, p := range i.parts {
		if p.next == s.step && p.from <= e.at && within(p.from, e.at, s.rel.cor.Within) {
			ready = append(ready, p)
		}
	}
	if len(ready) == 0 {
		c.unfound(s, e, m)
		c.tell(NoPart, s.rel, i, e, m, "the step before it has not come in time")
		return
	}
	if s.step+1 < len(s.rel.cor.Steps) {
		for _, p := range ready {
			p.keys = withKeys(p.keys, m.keys)
			p.next++
			i.add(p)
		}
		c.tell(Continued, s.rel, i, e, m, "")
		return
	}
	for _, p := range ready {
		if !c.holds(s.rel, withKeys(m.keys, p.keys)) {
			c.tell(NoPart, s.rel, i, e, m, "the condition over all its events does not hold")
			return
		}
	}
	last := ready[len(ready)-1]
	i.parts = slices.DeleteFunc(i.parts, func(p part) bool { return p.next == s.step })
	if len(i.parts) == 0 {
		c.remove(i)
	}
	c.find(i, &Finding{Host: c.home(s.rel, e).name, At: e.ref.Time(), Keys: withKeys(last.keys, m.keys), First: last.first, Last: e.ref}, e)
}

// gather is for sequences in any order.
func (sequence) gather(c *Correlator, s *subscription, e *event, m *matched) {
	i := c.pending(s.rel, e, m)
	if i == nil {
		if i = c.begin(s.rel, e, m); i == nil {
			c.unheard(s, e, m)
			return
		}
		i.until = e.at + int64(s.rel.cor.Within)
		i.host.wakeAt(i.until, i)
		c.tell(Opened, s.rel, i, e, m, "")
	}
	i.until = max(i.until, e.at+int64(s.rel.cor.Within))
	i.parts = slices.DeleteFunc(i.parts, func(p part) bool {
		return p.next == s.step || !within(p.from, e.at, s.rel.cor.Within)
	})
	i.parts = append(i.parts, part{s.step, e.at, e.ref, m.keys})
	if len(i.parts) < len(s.rel.cor.Steps) {
		c.tell(Continued, s.rel, i, e, m, "")
		return
	}
	var keys []match.Key
	for _, p := range i.parts {
		keys = withKeys(keys, p.keys)
	}
	if !c.holds(s.rel, keys) {
		c.tell(Continued, s.rel, i, e, m, "the condition over all its events does not hold")
		return
	}
	first := i.parts[0].first
	c.remove(i)
	c.find(i, &Finding{Host: c.home(s.rel, e).name, At: e.ref.Time(), Keys: keys, First: first, Last: e.ref}, e)
}

func (sequence) wake(i *instance, _ bool) { i.host.c.expire(i) }

// expire lets go of an instance whose time is over.
func (c *Correlator) expire(i *instance) {
	c.tell(Expired, i.rel, i, nil, nil, "")
	c.remove(i)
}
