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

// tidyTimers lets go of the timers of what is over, which would else stay until their time comes, and of those that one
// thing has several of. There are never many more timers than things that are pending.
func (h *host) tidyTimers() {
	if len(h.timers) < 2*(h.pendingOwn+len(h.runs))+16 {
		return
	}
	have := make(map[waker]struct{}, h.pendingOwn+len(h.runs))
	kept := h.timers[:0]
	for _, t := range h.timers {
		if _, twice := have[t.what]; twice || t.what.wakes() == never {
			continue
		}
		have[t.what] = struct{}{}
		kept = append(kept, timer{t.what.wakes(), t.what})
	}
	clear(h.timers[len(kept):])
	h.timers = kept
	heap.Init(&h.timers)
}

// dueHeap has the host on top that has something to do next. Each host is in it once.
type dueHeap []*host

func (h dueHeap) Len() int           { return len(h) }
func (h dueHeap) Less(i, j int) bool { return h[i].dueAt < h[j].dueAt }
func (h dueHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].place, h[j].place = i, j
}
func (h *dueHeap) Push(x any) {
	due := x.(*host)
	due.place = len(*h)
	*h = append(*h, due)
}
func (h *dueHeap) Pop() any {
	all := *h
	last := all[len(all)-1]
	all[len(all)-1] = nil
	*h = all[:len(all)-1]
	return last
}

// schedule has the host looked at when time has come to at.
func (c *Correlator) schedule(h *host, at int64) {
	switch {
	case h == c.global || h.forgotten:
	case h.dueAt == 0:
		h.dueAt = at
		heap.Push(&c.due, h)
	case at < h.dueAt:
		h.dueAt = at
		heap.Fix(&c.due, h.place)
	}
}

// unschedule takes a host that is forgotten out of the heap.
func (c *Correlator) unschedule(h *host) {
	if h.dueAt != 0 {
		heap.Remove(&c.due, h.place)
		h.dueAt = 0
	}
	h.forgotten = true
}
