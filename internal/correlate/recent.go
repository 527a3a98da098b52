package correlate

import (
	"slices"
)

// trace is what is kept of an event to know it again.
type trace struct {
	At  int64  `json:"t"`
	Sum uint64 `json:"s"`
}

// repeated tells whether the event was related before the restart, and else remembers it for the next one.
func (h *host) repeated(e *event) bool {
	if h.c.changed == nil && len(h.before) == 0 {
		return false // nobody restarts
	}
	t := trace{e.at, e.sum()}
	if at := slices.Index(h.before, t); at >= 0 {
		h.before = slices.Delete(h.before, at, at+1)
		return true
	}
	if len(h.recent)%16 == 0 { // seldom, so that a busy host does not look through them each time
		oldest := h.newest - int64(h.c.options.Lateness)
		h.recent = slices.DeleteFunc(h.recent, func(r trace) bool { return r.At < oldest })
		h.recent = slices.Delete(h.recent, 0, max(0, len(h.recent)-maxRecent/2))
	}
	h.recent = append(h.recent, t)
	return false
}

// maxRecent is the number of events that a restart knows again.
const maxRecent = 256
