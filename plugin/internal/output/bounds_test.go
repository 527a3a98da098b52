package output

import (
	"encoding/binary"
	"testing"
)

// TestManyRefusedChunks has Fluent Bit be refused more chunks than are known again: those beyond are forgotten and counted.
func TestManyRefusedChunks(t *testing.T) {
	var r retries
	for i := range uint64(200_000) {
		c := &chunk{}
		binary.BigEndian.PutUint64(c.id[:], i)
		c.batch.Add(func(b []byte) []byte { return append(b, "event"...) })
		r.put(c)
		if len(r.known) > maxRetries || r.order.Len() > maxRetries || r.size > r.limit {
			t.Fatalf("%d chunks are known, %d bytes of their events", len(r.known), r.size)
		}
	}
	if r.gone != 200_000-maxRetries {
		t.Errorf("%d are counted as forgotten, expected %d", r.gone, 200_000-maxRetries)
	}
}
