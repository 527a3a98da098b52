package otelprocessor

import (
	"errors"
	"fmt"

	"go.uber.org/zap"

	"github.com/cmtrail/cmtrail/rules"
)

// newEngine loads the rules. Faults in the rule files are all told at once.
func newEngine(cfg *Config, log *zap.Logger) (*rules.Engine, error) {
	set, err := load(rules.Options{Paths: cfg.Rules, NoDefault: !cfg.DefaultRules})
	if err != nil && cfg.OnError == OnErrorKeep {
		log.Error("Rules have faults; going on with the shipped rules alone", zap.Error(err))
		set, err = load(rules.Options{})
	}
	if err != nil {
		return nil, err
	}
	log.Info("Rules loaded", zap.Int("rules", len(set.Rules)), zap.Int("steps", len(set.Steps)))
	return rules.NewEngine(set), nil
}

func load(opt rules.Options) (*rules.Set, error) {
	set, faults, err := rules.Load(opt)
	if err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	if len(faults) == 0 {
		return set, nil
	}
	errs := make([]error, 0, len(faults))
	for _, f := range faults {
		errs = append(errs, fmt.Errorf("%s:%d:%d: %s", f.File, f.Line, f.Col, f.Text))
	}
	return nil, fmt.Errorf("rules:\n%w", errors.Join(errs...))
}
