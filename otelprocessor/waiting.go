package otelprocessor

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"
)

// maxWaiting bounds the records that wait for the next component to take them.
const maxWaiting = 10_000

// waiting are held records that the next component has still to take. Their receiver has been told long ago that they
// are safe, so nobody else would send them again.
type waiting struct {
	rounds []*output // oldest first
	count  int
	since  time.Time // of the first refusal; zero when there was none
}

// keep adds held records to those that wait. Beyond the bound the oldest are discarded and counted.
func (t *tagger) keep(ctx context.Context, held *output) {
	if held.count == 0 {
		return
	}
	w := &t.waiting
	w.rounds, w.count = append(w.rounds, held), w.count+held.count
	for w.count > maxWaiting && len(w.rounds) > 1 {
		t.discard(ctx, w.rounds[0].count)
		w.count -= w.rounds[0].count
		w.rounds = w.rounds[1:]
	}
}

// retry hands on what waits. What is refused for as long as streams are remembered is discarded and counted, as it may
// be the records themselves that are refused.
func (t *tagger) retry(ctx context.Context) error {
	w := &t.waiting
	if w.count == 0 {
		return nil
	}
	out := plog.NewLogs() // a copy, as whoever takes it may change it or make it read-only
	for _, round := range w.rounds {
		part := plog.NewLogs()
		round.logs.CopyTo(part)
		part.ResourceLogs().MoveAndAppendTo(out.ResourceLogs())
	}
	err := t.next.ConsumeLogs(ctx, out)
	if err == nil {
		if !w.since.IsZero() {
			t.log.Info("Held records are taken again", zap.Int("records", w.count))
		}
		*w = waiting{}
		return nil
	}
	t.meters.ProcessorCmtrailFlushFailures.Add(ctx, 1)
	now := t.clock.Now()
	switch {
	case w.since.IsZero():
		w.since = now
		t.log.Warn("Held records are refused; they are kept and tried again", zap.Int("records", w.count), zap.Error(err))
	case now.Sub(w.since) >= t.config.StreamTimeout:
		t.log.Error("Held records were refused for too long", zap.Int("records", w.count), zap.Error(err))
		t.discard(ctx, w.count)
		*w = waiting{}
	}
	return err
}

func (t *tagger) discard(ctx context.Context, n int) {
	t.meters.ProcessorCmtrailDiscarded.Add(ctx, int64(n))
}
