package collector

import (
	"math/rand/v2"
	"os"
	"testing"
	"time"
)

// thorough asks for the long forms: `make reliability` sets it.
var thorough = os.Getenv("CMTRAIL_RELIABILITY") == "long"

// TestKilled kills the agent at random moments while the logs grow. Every line comes out at least once, every record of
// several lines comes out whole, no record has lines of another, and every question that correlation had pending is
// answered. What comes again is recent: an agent that has kept
// pace has noted what it has read.
func TestKilled(t *testing.T) {
	kills, perSecond := 5, 1000
	if thorough {
		kills, perSecond = 60, 2000
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	b := newBackend(t)
	a := newAgent(t, b.address)
	d := newDriver(a.logs, seed)
	d.asks = true
	quit, ended := make(chan struct{}), make(chan struct{})
	go func() { d.run(t, perSecond, quit); close(ended) }()

	const pace = 600 * time.Millisecond // a look at all logs, three times over
	kept := 0
	for range kills {
		begins, _, _ := d.count()
		a.start(t)
		after := 400 + random.IntN(2000)
		if random.IntN(4) == 0 {
			after = random.IntN(600) // while it starts
		}
		life := time.Duration(after) * time.Millisecond
		time.Sleep(life - pace)
		due, _, _ := d.count()
		time.Sleep(min(life, pace))
		a.kill(t)
		if b.has(due) {
			b.ended(begins)
			kept++
		}
	}
	close(quit)
	<-ended
	a.start(t)
	lines, records, bytes := d.count()
	began := time.Now()
	for time.Since(began) < 90*time.Second {
		if got := b.tally(); got.lines == lines && got.whole == records && b.answered(d.requests) == len(d.requests) {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	a.stop(t)
	got := b.tally()
	if got.lines != lines {
		t.Errorf("%d of %d lines came; missing are %v ...\n%s", got.lines, lines, b.missing(lines), a.tail())
	}
	if got.whole != records {
		t.Errorf("%d of %d records came whole", got.whole, records)
	}
	if got.stale > 2 {
		t.Errorf("a line came again that was written before the last %d runs that kept pace", got.stale)
	}
	if got.mixed > 0 {
		t.Errorf("%d records have lines of others, such as %q", got.mixed, b.mixed[0])
	}
	if n := b.answered(d.requests); n != len(d.requests) {
		t.Errorf("%d of %d location requests without an answer were found", n, len(d.requests))
	}
	again := 0
	for _, n := range b.findings {
		again += n - 1
	}
	t.Logf("%d kills, %d lines in %d records (%d MB); %d lines came again (%d a kill), none that was written before the last %d of %d runs that kept pace; %d findings, %d of them again",
		kills, lines, records, bytes>>20, got.twice, got.twice/kills, got.stale+1, kept, len(b.findings), again)
}

// answered returns how many of the requests have their finding.
func (b *backend) answered(requests []string) (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range requests {
		if b.findings[r] > 0 {
			n++
		}
	}
	return n
}
