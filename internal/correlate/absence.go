package correlate

import (
	"slices"
	"time"
)

// absence waits for an answer. When its time is over it is unanswered only if what would have carried the answer was
// read past that time.
type absence struct{}

func (absence) take(c *Correlator, s *subscription, e *event, m *matched) {
	switch s.role {
	case cancels:
		c.callOff(s.rel, e, m)
	case closes:
		i := c.pending(s.rel, e, m)
		switch {
		case i == nil:
			c.unfound(s, e, m)
		case e.at >= i.opened-slack && e.at <= i.until:
			c.tell(Answered, s.rel, i, e, m, "")
			c.remove(i)
		case e.at > i.until:
			c.tell(NoPart, s.rel, i, e, m, "it came after the deadline")
		default:
			c.tell(NoPart, s.rel, i, e, m, "it came before the question")
		}
	case opens:
		absence{}.open(c, s, e, m)
	}
}

func (absence) open(c *Correlator, s *subscription, e *event, m *matched) {
	if i := c.pending(s.rel, e, m); i != nil {
		if e.at <= i.until {
			i.last = e.ref
			c.tell(Again, s.rel, i, e, m, "")
			return // the first question stands
		}
		// It is overdue and not told yet; what comes from here on answers this question.
		delete(c.instances, instanceKey{i.rel, i.host, i.key})
	}
	i := c.begin(s.rel, e, m)
	if i == nil {
		c.unheard(s, e, m)
		return
	}
	i.until = e.at + int64(s.rel.cor.Within)
	c.tell(Opened, s.rel, i, e, m, "")
	i.host.wakeAt(i.until, i)
	c.tied(s, e, i.key)
}

// wellPast is how far beyond the deadline another log must have come to speak for one that is quiet.
const wellPast = int64(time.Minute)

func (absence) wake(i *instance, final bool) {
	c, h := i.host.c, i.host
	missing, read := h.readPast(i.rel, i.until)
	if h == c.global {
		missing, read = h.readElsewhere(i.rel, i.until, i.first.Host)
	}
	_, off := h.wasSilent(i.until, i.rel.cor.Within)
	switch {
	case off:
		c.undecided(i, nil, "the host was silent")
	case read:
		c.remove(i)
		f := &Finding{Host: i.host.name, At: time.Unix(0, i.until).UTC(), Keys: i.keys, First: i.first, Last: i.last,
			Missing: &Missing{Event: i.rel.cor.Expect.Name, Logs: i.rel.carry, Within: i.rel.cor.Within}}
		c.find(i, f, &event{host: h, run: i.run})
		return
	case !final:
		h.overdue = append(h.overdue, i)
		c.tell(Waits, i.rel, i, nil, nil, "")
		return
	case missing:
		c.undecided(i, i.rel.carry, "no log that can carry the answer was read")
	default:
		c.undecided(i, nil, "the logs end before the answer was due")
	}
	c.remove(i)
}

// readPast tells whether the logs that can carry the answer were read past a time. Those that are quiet stand back
// when another log has come well past it. missing tells that none of them was ever read.
func (h *host) readPast(r *relation, at int64) (missing, read bool) {
	if len(r.carry) == 0 {
		return false, h.newest > at
	}
	missing, read = true, true
	for _, name := range r.carry {
		for _, l := range h.logs {
			if l.name != name || !l.seen {
				continue
			}
			missing = false
			if l.mark <= at && h.newest < at+wellPast {
				read = false
			}
		}
	}
	return missing, read && !missing
}

// readElsewhere is readPast for an answer that another host gives: its log must have been read past the time.
func (h *host) readElsewhere(r *relation, at int64, than string) (missing, read bool) {
	if len(r.carry) == 0 {
		return false, h.newest > at
	}
	missing, read = true, true
	for _, l := range h.logs {
		mark := l.mark
		if l.leader == than {
			mark = l.second
		}
		if slices.Contains(r.carry, l.name) && mark != 0 {
			missing = false
			read = read && mark > at
		}
	}
	return missing, read && !missing
}

// callOff ends the instance that the event names, or all of the host when it names none.
func (c *Correlator) callOff(r *relation, e *event, m *matched) {
	if _, named := c.keyOf(r, e, m); named {
		if i := c.pending(r, e, m); i != nil && e.at <= i.until {
			c.tell(CalledOff, r, i, e, m, "")
			c.remove(i)
		} else {
			c.tell(NoPart, r, nil, e, m, "nothing is open under its keys")
		}
		return
	}
	for _, i := range c.home(r, e).instances() {
		if i.rel == r && e.at <= i.until {
			c.tell(CalledOff, r, i, e, m, "it names none, and calls off all of its host")
			c.remove(i)
		}
	}
}

// maxUnfound is how many closers of one moment are remembered: a log whose clock stands still holds any number of them.
const maxUnfound = 1024

// unfound remembers a closer that found nothing open, until time moves on.
func (c *Correlator) unfound(s *subscription, e *event, m *matched) {
	c.unheard(s, e, m)
	key, named := c.keyOf(s.rel, e, m)
	if h := c.home(s.rel, e); named && !e.late {
		if n := len(h.unfound); n >= maxUnfound || n > 0 && c.early >= c.options.MaxTotal {
			h.unfound = slices.Delete(h.unfound, 0, (n+1)/2)
			c.counters.Cut += uint64(n - len(h.unfound))
			c.early -= n - len(h.unfound)
		}
		if c.early >= c.options.MaxTotal {
			c.counters.Cut++
			return
		}
		h.unfound = append(h.unfound, unfound{*s, e, m, string(key)})
		c.early++
	}
}

// slack is how much before its question an answer may stand in another log. Components write their logs on their own, and
// the one that answers can be quicker with its line than the one that asks.
const slack = int64(time.Second)

// tied gives an instance that has just been opened the closers that came before it only because of the names of their
// logs, or, of an absence, a moment before.
func (c *Correlator) tied(opened *subscription, e *event, key string) {
	h := c.home(opened.rel, e)
	early := int64(0)
	if opened.rel.cor.Kind == "absence" {
		early = slack
	}
	waiting := h.unfound
	h.unfound = nil
	for i := range waiting {
		u := &waiting[i]
		if u.sub.rel == opened.rel && u.key == key && e.at-u.e.at <= early && u.e.ref.Log != e.ref.Log {
			u.sub.rel.kind.take(c, &u.sub, u.e, u.m)
		}
	}
	c.early -= len(h.unfound) // what has found nothing again is in waiting
	h.unfound = waiting
}
