package correlate

import (
	"slices"
	"time"

	"github.com/cmtrail/cmtrail/parsers"
)

// zoneless is for logs that print no offset: they have that of the host's other logs.
type zoneless struct {
	offset  int16 // minutes east of Greenwich
	zoned   bool
	waiting []*event // until the offset is known; their time is the wall clock
}

// maxZoneless is the number of events that wait for the host's offset.
const maxZoneless = 1024

// instant returns when a record was written. A clock without an offset is read with that of the host's other logs.
func (h *host) instant(st *parsers.Stamp) (int64, bool) {
	switch {
	case st.HasUTC:
		return st.UTC, true
	case !st.HasWall:
		return 0, false
	case st.HasOffset:
		h.zone(st.Offset)
		return st.Wall - int64(st.Offset)*int64(time.Minute), true
	case h.zoned:
		return st.Wall - int64(h.offset)*int64(time.Minute), true
	}
	return st.Wall, false
}

// zone learns the host's offset from a log that prints it.
func (h *host) zone(offset int16) {
	h.offset = offset
	if h.zoned {
		return
	}
	h.zoned = true
	waiting := h.waiting
	h.waiting = nil
	h.c.waiting -= len(waiting)
	for _, e := range waiting {
		e.at -= int64(offset) * int64(time.Minute)
		e.ref.At = e.at
		late := e.log.seen && e.at < e.log.mark-int64(h.c.options.Lateness)
		h.reach(e.log, e.at)
		h.c.submit(h, e, late)
	}
	for _, l := range h.logs {
		if l.wall != 0 {
			h.reach(l, l.wall-int64(offset)*int64(time.Minute))
			l.wall = 0
		}
	}
}

// assumeZone stops waiting for an offset: the host's clocks without one agree at least with each other.
func (h *host) assumeZone() {
	if !h.zoned && (len(h.waiting) > 0 || slices.ContainsFunc(h.logs, func(l *logState) bool { return l.wall != 0 })) {
		h.zone(0)
	}
}

func (h *host) hold(e *event) {
	h.waiting = append(h.waiting, e)
	h.c.waiting++
	if len(h.waiting) >= maxZoneless || h.c.waiting > h.c.options.MaxTotal {
		h.c.counters.Hurried += uint64(len(h.waiting))
		h.assumeZone()
	}
}
