package otelprocessor

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor"
	"go.uber.org/zap"

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

	// Where the table's records go: those that began in the batch under way, and those that began before it.
	fresh, carried *output

	waiting waiting // held records that are to go on by themselves

	id      component.ID
	relater *relater // nil when records are not related
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
		config:   cfg,
		reloader: reloader,
		id:       set.ID,
		lines:    lines{message: message, host: cfg.HostAttribute},
		writer:   writer{message: message, original: cfg.KeepOriginal},
	}
	if redactor != nil {
		t.hider = &hider{Redactor: redactor, host: cfg.HostAttribute, message: message}
		t.groups.hider = t.hider
	}
	p := pipeline.New(engine)
	t.table = p.NewTable(parsing, pipeline.Bounds{
		MaxStreams: cfg.MaxStreams, IdleAfter: cfg.IdleTimeout, DropAfter: cfg.StreamTimeout,
	}, clock, t.take)
	err = observe(meters, p, t.table)
	if cfg.Correlation.Enabled {
		t.relater = newRelater(engine.Set(), cfg, clock, redactor, func(g *group) plog.LogRecord { return t.carried.add(g) })
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

// Start takes back what was pending, and begins to look for idle logs and for rules that have changed.
func (t *tagger) Start(ctx context.Context, host component.Host) error {
	if t.relater != nil {
		if err := t.relater.open(ctx, host, t.config, t.id, t.log); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	wait := pipeline.Every(t.clock, idleInterval(t.config.IdleTimeout), func() { t.tick(ctx) })
	t.stop = func() {
		cancel()
		wait()
	}
	return nil
}

// Shutdown hands on all that is held.
func (t *tagger) Shutdown(ctx context.Context) error {
	if t.stop != nil {
		t.stop()
		t.stop = nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.begin()
	t.table.Flush()
	var kept error
	if t.relater != nil {
		kept = t.relater.close(ctx)
	}
	t.keep(ctx, t.carried)
	err := t.retry(ctx)
	if err != nil {
		n := t.waiting.count
		t.discard(ctx, n)
		err = fmt.Errorf("%d held records could not be handed on: %w", n, err)
	}
	t.meters.Shutdown()
	return errors.Join(err, kept)
}

// ConsumeLogs tags a batch and hands it on. When the next component refuses it, the batch holds the tagged records, so
// that a receiver that tries again sends them and not the lines a second time; they then go through as they are.
func (t *tagger) ConsumeLogs(ctx context.Context, batch plog.Logs) error {
	if batch.IsReadOnly() { // as when a receiver tries again what a fan-out has seen
		own := plog.NewLogs()
		batch.CopyTo(own)
		batch = own
	}
	out, carried := t.process(ctx, batch)
	if out.ResourceLogs().Len() == 0 {
		return nil
	}
	err := t.next.ConsumeLogs(ctx, out)
	if err != nil {
		t.giveBack(ctx, out, carried, batch)
	}
	return err
}

// process takes the batch in and returns what goes on. Records held from earlier batches stand in its first resources,
// and are given as well, as a copy.
func (t *tagger) process(ctx context.Context, batch plog.Logs) (plog.Logs, *output) {
	t.mu.Lock()
	defer t.mu.Unlock()
	_ = t.retry(ctx) // counted; the batch has its own answer
	t.begin()
	passed := t.takeBatch(batch)
	t.table.Keep(keepOrigin)
	if t.relater != nil {
		t.relater.save(ctx, false, t.log)
	}
	if passed > 0 {
		t.meters.ProcessorCmtrailPassed.Add(ctx, int64(passed))
	}
	if t.carried.count == 0 {
		return t.fresh.logs, t.carried
	}
	out := plog.NewLogs()
	t.carried.logs.CopyTo(out)
	t.fresh.logs.ResourceLogs().MoveAndAppendTo(out.ResourceLogs())
	return out, t.carried
}

// giveBack puts what a refused batch brought back into it, already tagged, and keeps what earlier batches had brought,
// as nobody else has it.
func (t *tagger) giveBack(ctx context.Context, out plog.Logs, carried *output, batch plog.Logs) {
	out.CopyTo(batch) // out may have become read-only on its way
	skip := carried.logs.ResourceLogs().Len()
	batch.ResourceLogs().RemoveIf(func(plog.ResourceLogs) bool {
		skip--
		return skip >= 0
	})
	t.mu.Lock()
	defer t.mu.Unlock()
	t.keep(ctx, carried)
}

func (t *tagger) tick(ctx context.Context) {
	if t.reloader.Due() {
		t.reload(ctx)
	}
	t.flushIdle(ctx)
}

// flushIdle hands on what idle logs hold. It keeps the lock while it does, so that no later line overtakes.
func (t *tagger) flushIdle(ctx context.Context) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.begin()
	t.table.FlushIdle()
	if t.relater != nil {
		t.relater.tick()
	}
	t.keep(ctx, t.carried)
	if t.relater != nil { // after what was found has been kept for the next component
		t.relater.save(ctx, true, t.log)
	}
	_ = t.retry(ctx) // counted, and tried again at the next tick
}

// begin starts a round of taking records from the table.
func (t *tagger) begin() { t.fresh, t.carried = newOutput(), newOutput() }

// idleInterval is how often to look for logs that have been quiet for the timeout.
func idleInterval(timeout time.Duration) time.Duration {
	return min(max(timeout/4, 50*time.Millisecond), time.Second)
}
