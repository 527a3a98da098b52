package correlate

import (
	"fmt"
	"testing"

	"github.com/cmtrail/cmtrail/internal/match"
	"github.com/cmtrail/cmtrail/internal/ruleset"
)

// TestSmallBounds reaches the bounds within one run and one host that no ordinary log does.
func TestSmallBounds(t *testing.T) {
	c := New(&ruleset.Set{}, Options{}, Output{})
	c.Track()
	h := c.host("PC1")
	r := &run{c: c, j: &journey{}, host: h}
	l := h.log("a.log")
	for i := range 1000 {
		r.learn([]match.Key{{Name: "id", Value: fmt.Sprint(i)}})
		r.enter(fmt.Sprint(i, ".log"), 0)
		h.gap(int64(i)*3*silent, int64(i)*3*silent+silent)
		if h.repeated(&event{at: int64(i), ref: Reference{Log: "a.log", Message: fmt.Sprint(i)}}) {
			t.Fatalf("event %d was never seen before", i)
		}
		if name := fmt.Sprint("a-", i, ".log"); l.file(name) != name {
			t.Fatalf("the name of file %s has changed", name)
		}
		if len(h.recent) > maxRecent || len(l.files) > maxFiles {
			t.Fatalf("%d events and %d files are kept", len(h.recent), len(l.files))
		}
	}
	if len(r.keys) != maxRunKeys || len(c.runs) != maxRunKeys || c.counters.Cut != 1000-maxRunKeys {
		t.Errorf("a run has %d keys, %d of them in the index, %d are counted as cut", len(r.keys), len(c.runs), c.counters.Cut)
	}
	if len(r.logs) != maxRunLogs || len(h.gaps) != maxGaps {
		t.Errorf("a run has %d logs, and a host %d silences", len(r.logs), len(h.gaps))
	}
	if last := h.gaps[maxGaps-1].from; last != 999*3*silent {
		t.Errorf("the last silence begins at %d", last)
	}
}
