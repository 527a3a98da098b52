package output

import (
	"container/list"
	"crypto/sha256"

	"github.com/cmtrail/cmtrail/plugin/internal/sink"
)

// chunk is what became of a chunk that Fluent Bit flushed.
type chunk struct {
	id     fingerprint
	batch  sink.Batch // its events that the sink has still to take
	lines  int        // lines read
	own    int        // events that this very instance has tagged before
	done   bool       // Fluent Bit has been told that it is safe, or that it will never be taken
	panics int
}

// fingerprint tells chunks apart. Fluent Bit gives a chunk no name, but comes back with the same bytes.
type fingerprint [16]byte

func fingerprintOf(tag string, data []byte) (f fingerprint) {
	h := sha256.New()
	h.Write([]byte(tag))
	h.Write([]byte{0})
	h.Write(data)
	var sum [sha256.Size]byte
	copy(f[:], h.Sum(sum[:0]))
	return f
}

// retries keeps the chunks that Fluent Bit will come with again. When their events take too much memory, the oldest lose
// theirs, and are read again, apart from the logs they came from, when they come.
type retries struct {
	limit int
	size  int
	gone  uint64 // chunks forgotten because there were too many
	known map[fingerprint]*list.Element
	order *list.List    // of *retry, oldest in front
	next  *list.Element // those before it have lost their events
}

type retry struct {
	chunk *chunk
	id    fingerprint
	size  int
}

// maxRetries bounds the chunks that are known without their events.
const maxRetries = 100_000

// take returns a chunk that came before and forgets it. A chunk that came before and has lost its events is known, but nil.
func (r *retries) take(id fingerprint) (c *chunk, known bool) {
	at, known := r.known[id]
	if !known {
		return nil, false
	}
	e := at.Value.(*retry)
	if r.next == at {
		r.next = at.Next()
	}
	r.order.Remove(at)
	delete(r.known, id)
	r.size -= e.size
	return e.chunk, true
}

// again remembers a chunk that has lost its events and has not been read since.
func (r *retries) again(id fingerprint) { r.known[id] = r.order.PushBack(&retry{id: id}) }

// put keeps a chunk and returns how many events have been let go of to make room.
func (r *retries) put(c *chunk) (evicted int) {
	if r.known == nil {
		r.known, r.order = map[fingerprint]*list.Element{}, list.New()
	}
	e := &retry{chunk: c, id: c.id, size: c.batch.Size()}
	r.known[c.id] = r.order.PushBack(e)
	r.size += e.size
	if r.next == nil {
		r.next = r.known[c.id]
	}
	for ; r.size > r.limit && r.next != nil; r.next = r.next.Next() {
		if old := r.next.Value.(*retry); old.chunk != nil && old.size > 0 {
			evicted += old.chunk.batch.Len()
			r.size -= old.size
			old.chunk, old.size = nil, 0
		}
	}
	for r.order.Len() > maxRetries {
		at := r.order.Front()
		r.take(at.Value.(*retry).id)
		r.gone++
	}
	return evicted
}
