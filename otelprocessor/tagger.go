package otelprocessor

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor"
	"go.uber.org/zap"

	"github.com/cmtrail/cmtrail/internal/fault"
	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/otelprocessor/internal/metadata"
)

// tagger is the processor. Its lock guards the streams; a batch is handed on without it, so that a slow exporter
// holds up nobody but the receiver that waits for the answer.
type tagger struct {
	next     consumer.Logs
	log      *zap.Logger
	meters   *metadata.TelemetryBuilder
	clock    pipeline.Clock
	config   *Config
	stop     func()             // ends the ticks; nil when not started
	reloader *pipeline.Reloader // for the ticks alone

	mu     sync.Mutex
	lines  lines
	groups groups
	writer writer
	hider  *hider // nil when names go on as they are
	table  *pipeline.Table
	held   *pipeline.HeldClock // of the table and of what relates records

	// Where the table's records go: those that began in the batch under way, by way of passage, and those that began before it.
	passage        passage
	fresh, carried *output
	quiet          []quiet // records of the batch under way that have still to be written

	waiting waiting       // records that are to go on by themselves
	changed chan struct{} // closed and made anew when something of waiting or kept has changed
	kept    *kept         // nil without a storage

	draining chan struct{} // holds one while somebody hands on what waits; taken before mu

	calls calls

	id      component.ID
	relater *relater // nil when records are not related
	faults  *fault.Log
}

var _ processor.Logs = (*tagger)(nil)

func newTagger(set processor.Settings, cfg *Config, next consumer.Logs, clock pipeline.Clock) (*tagger, error) {
	engine, reloader, err := newEngine(cfg, set.Logger, clock)
	if err != nil {
		return nil, err
	}
	parsing, err := cfg.parsing()
	if err != nil {
		return nil, err
	}
	redactor, err := cfg.Redact.settings().Redactor()
	if err != nil {
		return nil, fmt.Errorf("redact: %w", err)
	}
	meters, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, err
	}
	message := cfg.MessageAttribute
	if message == "body" {
		message = ""
	}
	t := &tagger{
		next:     next,
		log:      set.Logger,
		meters:   meters,
		clock:    clock,
		held:     &pipeline.HeldClock{Clock: clock},
		config:   cfg,
		reloader: reloader,
		id:       set.ID,
		lines:    lines{message: message, host: cfg.HostAttribute},
		writer:   writer{message: message, original: cfg.KeepOriginal},
		changed:  make(chan struct{}),
		draining: make(chan struct{}, 1),
		calls:    calls{began: map[*time.Time]struct{}{}},
	}
	if redactor != nil {
		t.hider = &hider{Redactor: redactor, host: cfg.HostAttribute, message: message}
		t.groups.hider = t.hider
	}
	p := pipeline.New(engine)
	t.faults = p.Faults()
	t.faults.TellTo(clock.Now, t.tellPanic)
	t.table = p.NewTable(parsing, pipeline.Bounds{
		MaxStreams: cfg.MaxStreams, MaxHeld: cfg.MaxHeldBytes, IdleAfter: cfg.IdleTimeout, DropAfter: cfg.StreamTimeout,
	}, t.held, t.take)
	err = observe(meters, p, t.table, &t.waiting.shown)
	if cfg.Correlation.Enabled {
		t.relater = newRelater(engine.Set(), cfg, t.held, t.faults, redactor, func(g *group) plog.LogRecord { return t.carried.add(g) })
		err = errors.Join(err, observeCorrelation(meters, t.relater.read))
	}
	if err != nil {
		meters.Shutdown()
		return nil, err
	}
	return t, nil
}

// Capabilities says that records are changed.
func (t *tagger) Capabilities() consumer.Capabilities {
	return consumer.Capabilities{MutatesData: true}
}

// Start takes back what was kept, and begins to look for idle logs and for rules that have changed.
func (t *tagger) Start(ctx context.Context, host component.Host) error {
	if t.config.Storage != nil {
		t.table.TrackChanges()
		client, err := openStorage(ctx, host, *t.config.Storage, t.id)
		if err != nil {
			return err
		}
		if err := t.restore(ctx, client); err != nil {
			return errors.Join(fmt.Errorf("storage: %w", err), client.Close(ctx))
		}
		adviseSynchronous(t.log)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	wait := pipeline.Every(t.clock, idleInterval(t.config.IdleTimeout), func() { t.tick(ctx) })
	t.stop = func() {
		cancel()
		wait()
	}
	return nil
}

// Shutdown hands on what waits. What is held stays in the storage; without one it goes on as well, as nobody would complete
// it.
func (t *tagger) Shutdown(ctx context.Context) error {
	if t.stop != nil {
		t.stop()
		t.stop = nil
	}
	t.mu.Lock()
	if t.kept == nil {
		t.begin()
		t.guarded(t.table.Flush)
		if t.relater != nil {
			t.relater.live.End()
		}
		t.keep(t.newRound(t.carried))
	}
	t.mu.Unlock()
	short, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := t.drain(short)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.kept != nil {
		err = errors.Join(t.save(ctx, true), t.kept.close(ctx, t.relater))
		t.kept = nil
	} else if err != nil {
		n := t.waiting.count
		t.discard(ctx, n)
		err = fmt.Errorf("%d held records could not be handed on: %w", n, err)
	}
	t.meters.Shutdown()
	return err
}

// ConsumeLogs tags a batch and hands it on. When it returns nil, all of the batch is with the next component or in the
// storage. Records that the next component refuses wait in the storage, and the receiver waits until they are taken.
//
// Without a storage the error of the next component goes back, and the batch then holds the tagged records, so that a
// receiver that tries again sends them and not the lines a second time; they then go through as they are.
func (t *tagger) ConsumeLogs(ctx context.Context, batch plog.Logs) error {
	defer t.enter()()
	err := t.drain(ctx)
	if err != nil && t.full() {
		return err // nothing has been read
	}
	if stuck := t.writable(ctx); stuck != nil {
		return stuck // likewise
	}
	if batch.IsReadOnly() { // as when a receiver tries again what a fan-out has seen
		own := plog.NewLogs()
		batch.CopyTo(own)
		batch = own
	}
	r, carried := t.process(ctx, batch)
	if err == nil && r.count > 0 {
		err = t.next.ConsumeLogs(ctx, r.logs)
	}
	t.mu.Lock()
	switch {
	case err == nil:
		t.leaves(r)
		if carried.count > 0 {
			_ = t.save(ctx, false) // so that a kill does not bring them again
		}
	case consumererror.IsPermanent(err): // the receiver is told of its own
		t.discard(ctx, carried.count)
		t.leaves(r)
	case t.kept == nil:
		t.giveBack(r, carried, batch)
	default:
		t.refused(ctx, err)
		t.keep(r)
		_ = t.save(ctx, false) // settled asks whether it went well
		err = nil
	}
	t.mu.Unlock()
	if t.kept == nil || err != nil {
		return err
	}
	return t.settled(ctx, r)
}

// process takes the batch in and returns what goes on. Records held from earlier batches stand in its first resources, and
// are given as well, as a copy.
func (t *tagger) process(ctx context.Context, batch plog.Logs) (*round, *output) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.begin()
	defer t.passage.end()
	t.held.Hold()
	t.takeBatch(batch)
	t.held.Release()
	t.table.Keep(keepOrigin)
	if t.passage.passed > 0 {
		t.meters.ProcessorCmtrailPassed.Add(ctx, int64(t.passage.passed))
	}
	t.handOver(batch)
	r := t.newRound(t.carried)
	t.shelve(r) // their lines leave the storage with the same write
	_ = t.save(ctx, false)
	if t.carried.count == 0 {
		r.logs, r.count = t.fresh.logs, t.fresh.count
		return r, t.carried
	}
	r.logs = plog.NewLogs()
	t.carried.logs.CopyTo(r.logs)
	t.fresh.logs.ResourceLogs().MoveAndAppendTo(r.logs.ResourceLogs())
	r.count += t.fresh.count
	return r, t.carried
}

// giveBack puts what a refused batch brought back into it, already tagged, and keeps what earlier batches had brought, as
// nobody else has it.
func (t *tagger) giveBack(r *round, carried *output, batch plog.Logs) {
	r.logs.CopyTo(batch) // they may have become read-only on their way
	skip := carried.logs.ResourceLogs().Len()
	batch.ResourceLogs().RemoveIf(func(plog.ResourceLogs) bool {
		skip--
		return skip >= 0
	})
	t.keep(t.newRound(carried))
}

// full tells whether no more records may wait.
func (t *tagger) full() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.waiting.count > t.config.MaxWaiting
}

// tick takes rules that have changed, gives out what idle logs hold, and hands on what waits.
func (t *tagger) tick(ctx context.Context) {
	for _, work := range []func(context.Context){t.reloadDue, t.idle, t.handOn} {
		t.faults.Guard(fault.Ticker, func() { work(ctx) }) // what breaks holds none of the rest up
	}
}

func (t *tagger) reloadDue(ctx context.Context) {
	if t.reloader.Due() {
		t.reload(ctx)
	}
}

// idle gives out what idle logs hold.
func (t *tagger) idle(ctx context.Context) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.begin()
	if !t.waitedFor() {
		t.guarded(t.table.FlushIdle)
	}
	if t.relater != nil {
		t.relater.tick()
	}
	t.keep(t.newRound(t.carried))
	_ = t.save(ctx, true)
}

// handOn hands on what waits.
func (t *tagger) handOn(ctx context.Context) {
	short, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_ = t.drain(short) // counted, and tried again at the next tick
	t.mu.Lock()
	defer t.mu.Unlock()
	_ = t.save(ctx, false) // what has been taken leaves the storage
}

// begin starts a round of taking records from the table.
func (t *tagger) begin() { t.fresh, t.carried = newOutput(), newOutput() }

// idleInterval is how often to look for logs that have been quiet for the timeout.
func idleInterval(timeout time.Duration) time.Duration {
	return min(max(timeout/4, 50*time.Millisecond), time.Second)
}
