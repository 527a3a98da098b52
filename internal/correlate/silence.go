package correlate

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// sameValue says why an event changes nothing for relations that look at values.
const sameValue = "its value is the same as before"

// silence notices that nothing of a run has been logged for long.
type silence struct{}

func (silence) take(c *Correlator, s *subscription, e *event, m *matched) {
	i := c.pending(s.rel, e, m)
	switch s.role {
	case opens:
		if i == nil {
			if i = c.begin(s.rel, e, m); i == nil {
				c.unheard(s, e, m)
				return
			}
			i.value, _ = e.find(m, s.rel.cor.Value)
			i.alive(e)
			i.host.wakeAt(i.until, i)
			c.tell(Opened, s.rel, i, e, m, "")
			return
		}
		if !i.moved(e, m) {
			c.tell(NoPart, s.rel, i, e, m, sameValue)
			return
		}
		i.alive(e)
		c.tell(Again, s.rel, i, e, m, "")
	case closes:
		if i == nil {
			c.unheard(s, e, m)
			return
		}
		i.brokenAt(e.at)
		c.tell(Answered, s.rel, i, e, m, "")
		c.remove(i)
	default:
		if i == nil {
			c.unheard(s, e, m)
			return
		}
		if !i.moved(e, m) {
			c.tell(NoPart, s.rel, i, e, m, sameValue)
			return
		}
		i.alive(e)
		c.tell(Continued, s.rel, i, e, m, "")
	}
}

// moved tells whether an event shows another value than the last. One without the value does, and so does one that
// opens a run anew without naming it: a run whose log begins in its midst is opened by the event that shows the value.
func (i *instance) moved(e *event, m *matched) bool {
	value, _ := e.find(m, i.rel.cor.Value)
	if value == "" {
		return true
	}
	same := value == i.value
	i.value = value
	return !same
}

// hear lets a record of a run's log, whatever it says, break the silence.
func (h *host) hear(e *event) {
	for _, i := range h.instances() {
		if i.rel.watches(e.log.name) && i.last.Log == e.log.name && i.ofThread(e) {
			opened := i.last == e.ref // by this record, just now
			i.alive(e)
			if !opened {
				h.c.tell(Continued, i.rel, i, e, nil, "")
			}
		}
	}
}

// ofThread tells whether a record is of the run's thread, where that names the run.
func (i *instance) ofThread(e *event) bool {
	at := slices.Index(i.rel.cor.By, "thread")
	if at < 0 {
		return true
	}
	named := slices.DeleteFunc(slices.Clone(i.rel.cor.By), func(by string) bool { return by == "host" && !i.rel.cor.AcrossHost })
	return strings.Split(i.key, "\x00")[slices.Index(named, "thread")] == strconv.FormatUint(uint64(e.thread), 10)
}

// alive puts the silence off, and reports the one that this event ends.
func (i *instance) alive(e *event) {
	i.brokenAt(e.at)
	i.last = e.ref
	woken := i.until == never
	i.until = e.at + int64(i.rel.cor.LongerThan)
	if woken {
		i.host.wakeAt(i.until, i)
	}
}

// brokenAt reports a silence that was too long and has not been reported: its end came before anything else told that
// time had passed.
func (i *instance) brokenAt(at int64) {
	if i.until != never && at > i.until {
		i.report()
	}
}

func (silence) wake(i *instance, final bool) {
	h := i.host
	if h.newest >= i.until+wellPast {
		i.report()
		return
	}
	if !final {
		h.overdue = append(h.overdue, i)
		h.c.tell(Waits, i.rel, i, nil, nil, "")
	}
}

// report tells of the silence once: it is over with the next sign of life.
func (i *instance) report() {
	at := i.until
	i.until = never
	c := i.host.c
	if _, off := i.host.wasSilent(at, i.rel.cor.LongerThan); off {
		c.tell(Expired, i.rel, i, nil, nil, "the host was silent as a whole")
	} else {
		c.find(i, &Finding{Host: i.host.name, At: time.Unix(0, at).UTC(), Keys: i.keys, First: i.first, Last: i.last}, &event{host: i.host, run: i.run})
	}
}
