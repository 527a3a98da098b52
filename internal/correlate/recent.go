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
	if n := h.before[t]; n > 0 {
		if h.before[t]--; n == 1 {
			delete(h.before, t)
		}
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

// known remembers events of before the restart.
func (h *host) known(all ...trace) {
	if h.before == nil {
		h.before = map[trace]int{}
	}
	for _, t := range all {
		h.before[t]++
	}
}

// maxRecent is the number of events that a restart knows again.
const maxRecent = 256
