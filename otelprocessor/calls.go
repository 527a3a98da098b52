package otelprocessor

import "time"

// calls are the calls of receivers that are under way.
type calls struct {
	began  map[*time.Time]struct{}
	heldUp time.Time // when one was last seen to wait for the next component
}

// enter notes that a call is under way until leave is called.
func (t *tagger) enter() (leave func()) {
	began := t.clock.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls.began[&began] = struct{}{}
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.calls.began, &began)
	}
}

// waitedFor tells whether receivers have been held up lately. A log seems quiet then while its next lines only wait to be
// taken, so that what is held of it must not go on by itself.
func (t *tagger) waitedFor() bool {
	now := t.clock.Now()
	for began := range t.calls.began {
		if now.Sub(*began) >= t.config.IdleTimeout/2 {
			t.calls.heldUp = now
		}
	}
	return !t.calls.heldUp.IsZero() && now.Sub(t.calls.heldUp) < t.config.IdleTimeout
}
