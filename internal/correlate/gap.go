package correlate

import (
	"slices"
	"time"
)

// gap is a time without any record of a host.
type gap struct{ from, to int64 }

// silent is how long nothing must have come from a host for it to count as switched off.
const silent = int64(2 * time.Hour)

// maxGaps is the number of silences that are remembered of a host.
const maxGaps = 64

func (h *host) gap(from, to int64) {
	if to-from < silent {
		return
	}
	if len(h.gaps) >= maxGaps {
		h.gaps = slices.Delete(h.gaps, 0, 1)
	}
	h.gaps = append(h.gaps, gap{from, to})
}

// fill splits the silence that a record turns out to have broken.
func (h *host) fill(at int64) {
	for i, g := range h.gaps {
		if g.from < at && at < g.to {
			h.gaps = slices.Delete(h.gaps, i, i+1)
			h.gap(g.from, at)
			h.gap(at, g.to)
			return
		}
	}
}

// wasSilent tells whether the host as a whole said nothing for long around a time, and until when.
func (h *host) wasSilent(at int64, within time.Duration) (until int64, silence bool) {
	for _, g := range h.gaps {
		if g.from <= at && at < g.to && g.to-g.from >= max(silent, int64(within)) {
			return g.to, true
		}
	}
	return 0, false
}
