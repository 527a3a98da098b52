package collector

import (
	"testing"
	"time"
)

// TestBackendAway takes the backend away while the logs grow, until the queue is full, stops the agent in that state and
// kills it once, and brings the backend back. Reading stands still while the queue is full and goes on after; nothing is
// lost, and the memory stays within what the configuration allows.
func TestBackendAway(t *testing.T) {
	away, perSecond := 10*time.Second, 2000
	if thorough {
		away = time.Minute
	}
	const limit = 256 // MiB: limit_mib of the memory limiter in agent-client.yaml
	b := newBackend(t)
	a := newAgent(t, b.address, "testdata/small-queue.yaml")
	d := newDriver(a.logs, uint64(time.Now().UnixNano()))
	quit, ended := make(chan struct{}), make(chan struct{})
	a.start(t)
	go func() { d.run(t, perSecond, quit); close(ended) }()
	within(t, 30*time.Second, "the first lines", func() bool { return b.tally().lines > 1000 })
	before, most := a.memory(t)

	b.goAway()
	gone := time.Now()
	full := func() bool {
		size, _ := a.metric("otelcol_exporter_queue_size")
		return size >= 200
	}
	within(t, away, "a full queue", full)
	filled := time.Since(gone)
	stands := func() {
		t.Helper()
		read, ok := a.metric("otelcol_receiver_accepted_log_records")
		if !ok {
			t.Fatalf("the metrics cannot be read\n%s", a.tail())
		}
		made, _, _ := d.count()
		time.Sleep(2 * time.Second)
		now, _ := a.metric("otelcol_receiver_accepted_log_records")
		if after, _, _ := d.count(); now != read || after == made {
			t.Errorf("with a full queue the receiver read %.0f lines more while %d were written, want none while some were", now-read, after-made)
		}
		_, peak := a.memory(t)
		most = max(most, peak)
	}
	time.Sleep(time.Second) // one batch of each log may be under way
	stands()
	a.stop(t)
	a.start(t)
	within(t, 10*time.Second, "a full queue again", full)
	time.Sleep(time.Second)
	stands()
	a.kill(t)
	a.start(t)
	within(t, 10*time.Second, "a full queue again", full)
	time.Sleep(max(time.Second, away-time.Since(gone)))
	stands()
	lasted := time.Since(gone)
	behind, _, _ := d.count()
	behind -= b.tally().lines

	b.comeBack(t)
	within(t, 30*time.Second, "reading to go on", func() bool {
		n, _ := a.metric("otelcol_receiver_accepted_log_records")
		return n > 1000
	})
	close(quit)
	<-ended
	lines, records, bytes := d.count()
	back := time.Now()
	within(t, 2*time.Minute, "all lines", func() bool { got := b.tally(); return got.lines == lines && got.whole == records })
	_, peak := a.memory(t)
	most = max(most, peak)
	a.stop(t)
	got := b.tally()
	if got.lines != lines || got.whole != records {
		t.Errorf("%d of %d lines and %d of %d records came; missing are %v ...\n%s", got.lines, lines, got.whole, records, b.missing(lines), a.tail())
	}
	if most > limit {
		t.Errorf("the process took %d MiB, allowed are %d", most, limit)
	}
	t.Logf("away for %.0f s; the queue was full after %.1f s; %d lines (%d MB), %d of them behind when it came back, all there %.1f s later; %d came again; memory %d MiB before, %d MiB at most, %d allowed",
		lasted.Seconds(), filled.Seconds(), lines, bytes>>20, behind, time.Since(back).Seconds(), got.twice, before, most, limit)
}

// within waits until ok.
func within(t *testing.T, d time.Duration, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(d); !ok(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Errorf("%s: not within %s", what, d)
			return
		}
	}
}
