package correlate

import (
	"cmp"
	"container/heap"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strconv"
)

// A host with much pending is saved as a whole only now and then. What it was told in between stands in a journal, a page for each
// Save, so that no question is lost that has been asked: the state of before and the journal are as good as the state of now.
//
// While a backlog is read, tens of thousands of events wait for their turn. The state that is saved then does not write again
// those that stand in the journal: it tells which of them still wait, and their pages stay.
const journalPrefix = "journal/"

type journalState struct {
	Host   string       `json:"host"`
	Number int          `json:"number"`
	Epoch  int          `json:"epoch,omitempty"`
	Events []savedEvent `json:"events"`
}

// page is one of the journal that is kept. A state holds what the pages of epochs before its own tell, but for what waits.
type page struct{ number, epoch int }

// place is where an event stands in the journal.
type place struct {
	page  int // its number, from 1; 0: nowhere
	index int
}

// stretch is a run of events on a page: its number, the first event and the one behind the last, from 0.
type stretch [3]int

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
	number, at := h.freePage()
	s := journalState{Host: h.name, Number: number, Epoch: h.epoch}
	for _, e := range h.fresh {
		s.Events = append(s.Events, e.save())
	}
	state, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("journal of host %q: %w", h.name, err)
	}
	if err := f(h.journalName(number), state); err != nil {
		return err
	}
	for i, e := range h.fresh {
		e.place = place{number + 1, i}
	}
	h.fresh = nil
	h.pages = slices.Insert(h.pages, at, page{number, h.epoch})
	return nil
}

// freePage returns the lowest number that no page has, and where in the pages it would stand.
func (h *host) freePage() (number, at int) {
	at = sort.Search(len(h.pages), func(i int) bool { return h.pages[i].number > i })
	return at, at
}

// journaled tells whether an event stands in the journal of the host. Those that wait to be related across hosts stand in that of
// the host they came from.
func (h *host) journaled(e *event) bool { return e.place.page > 0 && h != h.c.global }

// inJournal returns the events of the journal that wait.
func (h *host) inJournal() (all []stretch) {
	var places []place
	for _, e := range h.events {
		if h.journaled(e) {
			places = append(places, e.place)
		}
	}
	slices.SortFunc(places, func(a, b place) int { return cmp.Or(cmp.Compare(a.page, b.page), cmp.Compare(a.index, b.index)) })
	for _, p := range places {
		if last := len(all) - 1; last >= 0 && all[last][0] == p.page-1 && all[last][2] == p.index {
			all[last][2]++
		} else {
			all = append(all, stretch{p.page - 1, p.index, p.index + 1})
		}
	}
	return all
}

// holds tells whether an event of a page is one of the stretches, which are in order.
func holds(all []stretch, number, index int) bool {
	at := sort.Search(len(all), func(i int) bool { return all[i][0] > number || all[i][0] == number && all[i][2] > index })
	return at < len(all) && all[at][0] == number && all[at][1] <= index
}

// endJournal has f forget the pages of which the state holds all. Those with an event that waits stay.
func (h *host) endJournal(waiting []stretch, f func(name string, state []byte) error) error {
	h.fresh = nil
	var failed error
	h.pages = slices.DeleteFunc(h.pages, func(p page) bool {
		at, found := slices.BinarySearchFunc(waiting, p.number, func(s stretch, number int) int { return cmp.Compare(s[0], number) })
		if found && waiting[at][0] == p.number || failed != nil {
			return false
		}
		failed = f(h.journalName(p.number), nil)
		return failed == nil
	})
	return failed
}

// maxJournal is the highest number of a page that is believed.
const maxJournal = 1 << 20

// restoreJournal has the events of a page wait once more. The state of their host may be restored before or after.
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
	at, found := slices.BinarySearchFunc(h.pages, s.Number, func(p page, number int) int { return cmp.Compare(p.number, number) })
	if found {
		return fmt.Errorf("state %q: it is there twice", name)
	}
	h.pages = slices.Insert(h.pages, at, page{s.Number, s.Epoch})
	h.epoch = max(h.epoch, s.Epoch)
	for i, saved := range s.Events {
		if s.Epoch < h.heldEpoch && !holds(h.held, s.Number, i) {
			continue // the state has it
		}
		e := c.restoreEvent(h, &saved, c.names)
		e.place = place{s.Number + 1, i}
		heap.Push(&h.events, e)
		c.waiting++
		t := trace{e.at, e.sum()}
		h.recent = append(h.recent, t)
		h.known(t)
		e.log.read(h.name, e.at) // its record tells how far the log has been read, as it did when it came
		h.newest = max(h.newest, e.at)
		c.newest = max(c.newest, e.at)
	}
	h.reschedule()
	c.touch(h)
	return nil
}

// restoreHeld takes from a state which events of the journal waited when it was saved, and lets go of the others that are there by now.
func (h *host) restoreHeld(epoch int, held []stretch) {
	slices.SortFunc(held, func(a, b stretch) int { return slices.Compare(a[:], b[:]) }) // as they are, unless something has written over them
	h.epoch, h.heldEpoch, h.held = max(h.epoch, epoch), epoch, held
	before := len(h.events)
	h.events = slices.DeleteFunc(h.events, func(e *event) bool {
		at, found := slices.BinarySearchFunc(h.pages, e.place.page-1, func(p page, number int) int { return cmp.Compare(p.number, number) })
		return found && h.pages[at].epoch < epoch && !holds(held, e.place.page-1, e.place.index)
	})
	heap.Init(&h.events)
	h.c.waiting -= before - len(h.events)
}
