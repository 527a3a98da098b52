package otelprocessor

import (
	"go.uber.org/zap"

	"github.com/cmtrail/cmtrail/rules"
)

// newEngine loads the rules. Faults in the rule files are all told at once.
func newEngine(cfg *Config, log *zap.Logger) (*rules.Engine, error) {
	engine, err := rules.LoadEngine(rules.Options{Paths: cfg.Rules, NoDefault: !cfg.DefaultRules})
	if err != nil && cfg.OnError == OnErrorKeep {
		log.Error("Rules have faults; going on with the shipped rules alone", zap.Error(err))
		engine, err = rules.LoadEngine(rules.Options{})
	}
	if err != nil {
		return nil, err
	}
	set := engine.Set()
	log.Info("Rules loaded", zap.Int("rules", len(set.Rules)), zap.Int("steps", len(set.Steps)))
	return engine, nil
}
