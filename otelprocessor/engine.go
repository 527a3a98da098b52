package otelprocessor

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/rules"
)

func newEngine(cfg *Config, log *zap.Logger, clock pipeline.Clock) (*rules.Engine, *pipeline.Reloader, error) {
	var fallback func(error)
	if cfg.OnError == OnErrorKeep {
		fallback = func(err error) {
			log.Error("Rules have faults; going on with the shipped rules alone", zap.Error(err))
		}
	}
	interval := cfg.ReloadInterval
	if len(cfg.Rules) == 0 {
		interval = 0 // the shipped rules do not change
	}
	opt := rules.Options{Paths: cfg.Rules, NoDefault: !cfg.DefaultRules}
	engine, reloader, err := pipeline.LoadRules(opt, interval, clock, fallback)
	if err != nil {
		return nil, nil, err
	}
	set := engine.Set()
	log.Info("Rules loaded", zap.Int("rules", len(set.Rules)), zap.Int("steps", len(set.Steps)))
	warn(set, log)
	return engine, reloader, nil
}

func warn(set *rules.Set, log *zap.Logger) {
	for _, w := range set.Warnings {
		log.Warn("Rules", zap.String("warning", w.String()))
	}
}

// reload takes rules whose files have changed. Those that have faults are told, and the running ones go on.
func (t *tagger) reload(ctx context.Context) {
	engine, change, err := t.reloader.Look()
	result := func(what string) {
		t.meters.ProcessorCmtrailReloads.Add(ctx, 1, metric.WithAttributes(attribute.String("result", what)))
	}
	if err != nil {
		result("refused")
		t.log.Error("Changed rules are not taken; the running ones go on", zap.Error(err))
	}
	if engine == nil {
		return
	}
	set := engine.Set()
	t.adopt(engine)
	result("taken")
	t.log.Info("Rules reloaded", zap.Int("rules", len(set.Rules)), zap.Int("steps", len(set.Steps)),
		zap.Int("added", change.Added), zap.Int("changed", change.Changed), zap.Int("removed", change.Removed))
	warn(set, t.log)
}

// adopt goes on with the rules of an engine.
func (t *tagger) adopt(engine *rules.Engine) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.table.Reload(engine)
	if t.relater != nil {
		t.relater.live.Reload(engine.Set())
		t.relater.publish()
	}
}
