package correlate

import "container/heap"

// timer wakes an instance or a run.
type timer struct {
	at   int64
	what waker
}

// waker is what a timer wakes.
type waker interface {
	// wakes returns the time at which it wants to be woken; it differs from its timer's when it has been put off or is
	// over (never).
	wakes() int64
	wake(final bool)
}

// never is the time of what does not want to be woken.
const never = int64(1) << 62

// forever is later than any time and earlier than never.
const forever = never - 1

type timerHeap []timer

func (h timerHeap) Len() int           { return len(h) }
func (h timerHeap) Less(i, j int) bool { return h[i].at < h[j].at }
func (h timerHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *timerHeap) Push(x any)        { *h = append(*h, x.(timer)) }
func (h *timerHeap) Pop() any {
	all := *h
	last := all[len(all)-1]
	all[len(all)-1] = timer{}
	*h = all[:len(all)-1]
	return last
}

// due says when a host has something to do next.
type due struct {
	at   int64
	host *host
}

type dueHeap []due

func (h dueHeap) Len() int           { return len(h) }
func (h dueHeap) Less(i, j int) bool { return h[i].at < h[j].at }
func (h dueHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *dueHeap) Push(x any)        { *h = append(*h, x.(due)) }
func (h *dueHeap) Pop() any {
	all := *h
	last := all[len(all)-1]
	all[len(all)-1] = due{}
	*h = all[:len(all)-1]
	return last
}

// schedule has the host looked at when time has come to at. An entry that came to nothing costs one look.
func (c *Correlator) schedule(h *host, at int64) {
	if h == c.global || h.dueAt != 0 && h.dueAt <= at {
		return
	}
	h.dueAt = at
	heap.Push(&c.due, due{at, h})
}
