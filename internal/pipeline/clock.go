package pipeline

import "time"

// Clock tells the time and when an interval has passed. Tests bring their own.
type Clock interface {
	Now() time.Time
	// Ticker sends on the channel each time d has passed, until stop is called.
	Ticker(d time.Duration) (c <-chan time.Time, stop func())
}

// SystemClock is the machine's own clock.
type SystemClock struct{}

// Now returns the current time.
func (SystemClock) Now() time.Time { return time.Now() }

// Ticker wraps time.NewTicker.
func (SystemClock) Ticker(d time.Duration) (<-chan time.Time, func()) {
	t := time.NewTicker(d)
	return t.C, t.Stop
}

// HeldClock is a clock that can stand still while a batch is taken in, which asks for the time at every line. It is for one
// goroutine at a time.
type HeldClock struct {
	Clock
	at time.Time
}

// Hold stops the clock until Release.
func (c *HeldClock) Hold() { c.at = c.Clock.Now() }

// Release lets the clock go on.
func (c *HeldClock) Release() { c.at = time.Time{} }

// Now returns the current time, or that at which the clock was stopped.
func (c *HeldClock) Now() time.Time {
	if c.at.IsZero() {
		return c.Clock.Now()
	}
	return c.at
}

// Every calls f each time d has passed, in a goroutine of its own. The function it returns ends that and waits for a
// call that is under way.
func Every(clock Clock, d time.Duration, f func()) (stop func()) {
	ticks, stopTicker := clock.Ticker(d)
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-quit:
				return
			case <-ticks:
				f()
			}
		}
	}()
	return func() {
		stopTicker()
		close(quit)
		<-done
	}
}
