package otelprocessor

import (
	"context"
	"errors"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/cmtrail/cmtrail/internal/fault"
	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/otelprocessor/internal/metadata"
	"github.com/cmtrail/cmtrail/rules"
)

// observe lets the Collector read the pipeline's counters when it gathers its metrics. A record costs no more than
// an addition for each.
func observe(m *metadata.TelemetryBuilder, p *pipeline.Pipeline, table *pipeline.Table, waiting *atomic.Int64) error {
	c := p.Counters()
	single := func(n *atomic.Uint64) metric.Int64Callback {
		return func(_ context.Context, o metric.Int64Observer) error {
			o.Observe(int64(n.Load()))
			return nil
		}
	}
	level := func(f func() int64) metric.Int64Callback {
		return func(_ context.Context, o metric.Int64Observer) error {
			o.Observe(f())
			return nil
		}
	}
	return errors.Join(
		m.RegisterProcessorCmtrailLinesCallback(single(&c.Lines)),
		m.RegisterProcessorCmtrailTruncatedCallback(single(&c.Truncated)),
		m.RegisterProcessorCmtrailLateCallback(single(&c.Late)),
		m.RegisterProcessorCmtrailStreamsEvictedCallback(single(&c.Evicted)),
		m.RegisterProcessorCmtrailHeldLinesCallback(level(table.Held)),
		m.RegisterProcessorCmtrailHeldBytesCallback(level(table.HeldBytes)),
		m.RegisterProcessorCmtrailHeldHurriedCallback(single(&c.Hurried)),
		m.RegisterProcessorCmtrailWaitingCallback(level(waiting.Load)),
		m.RegisterProcessorCmtrailOnceForgottenCallback(level(func() int64 { return int64(p.Engine().Forgotten()) })),
		m.RegisterProcessorCmtrailStreamsCallback(level(table.Streams)),
		m.RegisterProcessorCmtrailRulesCallback(level(func() int64 { return int64(p.Engine().Running()) })),
		m.RegisterProcessorCmtrailPanicsCallback(func(_ context.Context, o metric.Int64Observer) error {
			for _, at := range fault.Places() {
				observeBy(o, p.Faults().Count(at), attribute.String("place", at.String()))
			}
			return nil
		}),
		m.RegisterProcessorCmtrailRecordsCallback(func(_ context.Context, o metric.Int64Observer) error {
			for format, n := range c.Formats() {
				observeBy(o, n, attribute.String("format", string(format)))
			}
			return nil
		}),
		m.RegisterProcessorCmtrailStepsCallback(func(_ context.Context, o metric.Int64Observer) error {
			for rule, n := range c.Rules() {
				if !rule.Issue && rule.Step != nil {
					observeBy(o, n, attribute.String("rule", rule.ID), attribute.String("step", rule.Step.ID))
				}
			}
			return nil
		}),
		m.RegisterProcessorCmtrailIssuesCallback(func(_ context.Context, o metric.Int64Observer) error {
			for rule, n := range c.Rules() {
				if rule.Issue {
					observeBy(o, n, attribute.String("issue", rule.ID))
				}
			}
			return nil
		}),
		m.RegisterProcessorCmtrailRuleErrorsCallback(func(_ context.Context, o metric.Int64Observer) error {
			for rule, n := range p.Engine().Errors() {
				observeBy(o, n, attribute.String("rule", rule.ID))
			}
			return nil
		}),
	)
}

// observeCorrelation is observe for what relates records, whose counters read gives.
func observeCorrelation(m *metadata.TelemetryBuilder, read func() *counters) error {
	by := func(name string, of func(rules.CorrelatorCounters) map[string]uint64) metric.Int64Callback {
		return func(_ context.Context, o metric.Int64Observer) error {
			for value, n := range of(read().CorrelatorCounters) {
				observeBy(o, n, attribute.String(name, value))
			}
			return nil
		}
	}
	number := func(of func(*counters) int64) metric.Int64Callback {
		return func(_ context.Context, o metric.Int64Observer) error {
			o.Observe(of(read()))
			return nil
		}
	}
	return errors.Join(
		m.RegisterProcessorCmtrailFindingsCallback(by("issue", func(c rules.CorrelatorCounters) map[string]uint64 { return c.Findings })),
		m.RegisterProcessorCmtrailUndecidedCallback(by("issue", func(c rules.CorrelatorCounters) map[string]uint64 { return c.Undecided })),
		m.RegisterProcessorCmtrailJourneysCallback(by("state", func(c rules.CorrelatorCounters) map[string]uint64 { return c.Journeys })),
		m.RegisterProcessorCmtrailHostsCallback(number(func(c *counters) int64 { return int64(c.hosts) })),
		m.RegisterProcessorCmtrailPendingCallback(number(func(c *counters) int64 { return int64(c.pending) })),
		m.RegisterProcessorCmtrailPendingEvictedCallback(number(func(c *counters) int64 { return int64(c.Evicted) })),
		m.RegisterProcessorCmtrailPendingCutCallback(number(func(c *counters) int64 { return int64(c.Cut) })),
		m.RegisterProcessorCmtrailPendingHurriedCallback(number(func(c *counters) int64 { return int64(c.Hurried) })),
		m.RegisterProcessorCmtrailPendingLateCallback(number(func(c *counters) int64 { return int64(c.Late) })),
	)
}

func observeBy(o metric.Int64Observer, n uint64, attrs ...attribute.KeyValue) {
	o.Observe(int64(n), metric.WithAttributeSet(attribute.NewSet(attrs...)))
}
