package correlate

import (
	"container/heap"
	"encoding/json"
	"fmt"
	"strconv"
)

// A host with much pending is saved as a whole only now and then. What it was told in between stands in a journal, a value
// for each Save, so that no question is lost that has been asked: the state of before and the journal are as good as the state
// of now.
const journalPrefix = "journal/"

type journalState struct {
	Host   string       `json:"host"`
	Number int          `json:"number"`
	Events []savedEvent `json:"events"`
}

// note remembers an event for the journal.
func (h *host) note(e *event) {
	if h.c.changed != nil {
		h.fresh = append(h.fresh, e)
	}
}

func (h *host) journalName(number int) string {
	return journalPrefix + strconv.Itoa(number) + "/" + h.name
}

// saveJournal gives f what the host was told since the last time.
func (h *host) saveJournal(f func(name string, state []byte) error) error {
	if len(h.fresh) == 0 {
		return nil
	}
	s := journalState{Host: h.name, Number: h.journal}
	for _, e := range h.fresh {
		s.Events = append(s.Events, e.save())
	}
	state, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("journal of host %q: %w", h.name, err)
	}
	if err := f(h.journalName(h.journal), state); err != nil {
		return err
	}
	h.fresh = nil
	h.journal++
	return nil
}

// endJournal has f forget the journal, as the state holds all of it.
func (h *host) endJournal(f func(name string, state []byte) error) error {
	h.fresh = nil
	for h.journal > 0 {
		if err := f(h.journalName(h.journal-1), nil); err != nil {
			return err
		}
		h.journal--
	}
	return nil
}

// maxJournal is the highest number of a journal's value that is believed. Each up to it is forgotten by itself.
const maxJournal = 1 << 20

// restoreJournal has the events of a journal wait once more. The state of their host may be restored before or after.
func (c *Correlator) restoreJournal(name string, state []byte) error {
	var s journalState
	if err := json.Unmarshal(state, &s); err != nil {
		return fmt.Errorf("state %q: %w", name, err)
	}
	if s.Number < 0 || s.Number > maxJournal {
		return fmt.Errorf("state %q: number %d of the journal, expected 0 to %d", name, s.Number, maxJournal)
	}
	if name != journalPrefix+strconv.Itoa(s.Number)+"/"+s.Host {
		return fmt.Errorf("state %q: it is number %d of the journal of host %q", name, s.Number, s.Host)
	}
	h := c.host(s.Host)
	if c.names.rules == nil {
		c.names = newNames(c.set)
	}
	for _, saved := range s.Events {
		e := c.restoreEvent(h, &saved, c.names)
		heap.Push(&h.events, e)
		c.waiting++
		t := trace{e.at, e.sum()}
		h.recent, h.before = append(h.recent, t), append(h.before, t)
		e.log.read(h.name, e.at) // its record tells how far the log has been read, as it did when it came
		h.newest = max(h.newest, e.at)
		c.newest = max(c.newest, e.at)
	}
	h.journal = max(h.journal, s.Number+1)
	h.reschedule()
	c.touch(h)
	return nil
}
