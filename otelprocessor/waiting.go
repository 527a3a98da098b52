package otelprocessor

import (
	"context"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"
)

// defaultMaxWaiting bounds the records that wait for the next component. Beyond it nothing more is taken from a receiver.
const defaultMaxWaiting = 10_000

// waiting are records that the next component has still to take, and that nobody else would send again.
type waiting struct {
	rounds  []*round // oldest first
	count   int      // of records
	shown   atomic.Int64
	number  uint64 // the latest number given
	refused bool   // the last attempt was refused, which has been told
}

// round are records that are handed on together.
type round struct {
	number uint64 // names it in the storage
	logs   plog.Logs
	count  int
	gone   bool // taken by the next component, or refused by it for good
}

// add counts records that begin to wait, and shows how many do to those who gather metrics.
func (w *waiting) add(n int) {
	w.count += n
	w.shown.Store(int64(w.count))
}

func (t *tagger) newRound(out *output) *round {
	t.waiting.number++
	return &round{number: t.waiting.number, logs: out.logs, count: out.count}
}

// keep adds a round to those that wait.
func (t *tagger) keep(r *round) {
	if r.count == 0 {
		return
	}
	t.waiting.rounds = append(t.waiting.rounds, r)
	t.waiting.add(r.count)
	t.shelve(r)
}

// shelve has a round written to the storage with the next save.
func (t *tagger) shelve(r *round) {
	if t.kept != nil && r.count > 0 {
		t.kept.rounds.Set(roundName(r.number), encode(r.logs))
	}
}

// leaves notes that a round has been handed on, or has been refused for good.
func (t *tagger) leaves(r *round) {
	r.gone = true
	if t.kept != nil {
		t.kept.rounds.Set(roundName(r.number), nil)
	}
	w := &t.waiting
	if at := slices.Index(w.rounds, r); at >= 0 {
		w.rounds = slices.Delete(w.rounds, at, at+1)
		w.add(-r.count)
		t.tell()
	}
}

// drain hands on what waits, oldest first, and returns why the next component refuses the rest.
func (t *tagger) drain(ctx context.Context) error {
	if t.nothingWaits() {
		return nil
	}
	select {
	case t.draining <- struct{}{}:
		defer func() { <-t.draining }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	for {
		r, out := t.first()
		if r == nil {
			return nil
		}
		err := t.next.ConsumeLogs(ctx, out)
		t.mu.Lock()
		err = t.answered(ctx, r, err)
		t.mu.Unlock()
		if err != nil {
			return err
		}
	}
}

func (t *tagger) nothingWaits() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.waiting.rounds) == 0
}

// first returns the round that has waited for longest, and a copy of its records, as whoever takes them may change them.
func (t *tagger) first() (*round, plog.Logs) {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := plog.NewLogs()
	if len(t.waiting.rounds) == 0 {
		return nil, out
	}
	r := t.waiting.rounds[0]
	r.logs.CopyTo(out)
	return r, out
}

// answered deals with what the next component said of a round that waits. It returns nil when that waits no more.
func (t *tagger) answered(ctx context.Context, r *round, err error) error {
	w := &t.waiting
	switch {
	case err == nil:
		if w.refused {
			t.log.Info("Records that waited are taken again", zap.Int("left", w.count-r.count))
		}
		w.refused = false
		t.leaves(r)
		return nil
	case consumererror.IsPermanent(err):
		t.log.Error("Records are refused for good and discarded", zap.Int("records", r.count), zap.Error(err))
		t.discard(ctx, r.count)
		t.leaves(r)
		return nil
	}
	t.refused(ctx, err)
	return err
}

// refused counts an attempt that was refused, and tells of the first. One that was given up is none: the next component
// may only be slow.
func (t *tagger) refused(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	t.meters.ProcessorCmtrailFlushFailures.Add(ctx, 1)
	if !t.waiting.refused {
		t.waiting.refused = true
		t.log.Warn("Records are refused; they are kept and tried again", zap.Error(err))
	}
}

func (t *tagger) discard(ctx context.Context, n int) {
	t.meters.ProcessorCmtrailDiscarded.Add(ctx, int64(n))
}

// writable waits until the storage takes what is held, so that a receiver with a deadline does not have it read batch after batch
// that nobody can keep.
func (t *tagger) writable(ctx context.Context) error {
	for {
		t.mu.Lock()
		safe, changed := t.kept == nil || !t.kept.unsafe, t.changed
		t.mu.Unlock()
		if safe {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// settled waits until the next component has taken a round and the storage has what is held. When the receiver waits no
// more, as it stops or has a deadline, the storage alone is enough.
func (t *tagger) settled(ctx context.Context, r *round) error {
	k := t.kept
	for {
		t.mu.Lock()
		safe, gone, changed := !k.unsafe, r.gone, t.changed
		t.mu.Unlock()
		if safe && gone {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			if safe {
				return nil
			}
			return context.Cause(ctx)
		}
	}
}

// tell wakes those that wait for a round or for the storage.
func (t *tagger) tell() {
	close(t.changed)
	t.changed = make(chan struct{})
}

func roundName(number uint64) string { return strconv.FormatUint(number, 10) }

// restoreRound takes up a round from the storage.
func (t *tagger) restoreRound(name string, value []byte) bool {
	number, err := strconv.ParseUint(name, 10, 62) // so that there are numbers beyond it
	if err != nil || name != roundName(number) {
		return false
	}
	logs, err := (&plog.ProtoUnmarshaler{}).UnmarshalLogs(value)
	if err != nil || logs.LogRecordCount() == 0 {
		return false
	}
	w := &t.waiting
	r := &round{number: number, logs: logs, count: logs.LogRecordCount()}
	w.rounds = append(w.rounds, r)
	w.add(r.count)
	w.number = max(w.number, number)
	return true
}

// sort puts rounds that were taken up in the order in which they began to wait.
func (w *waiting) sort() {
	slices.SortFunc(w.rounds, func(a, b *round) int { return int(int64(a.number) - int64(b.number)) })
}

// patience is how long the ticks and the end wait for the next component, so that one that blocks holds them up no longer.
const patience = time.Second
