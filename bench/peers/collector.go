package peers

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/stanza/adapter"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/stanza/entry"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/stanza/operator"
	_ "github.com/open-telemetry/opentelemetry-collector-contrib/pkg/stanza/operator/parser/regex"      // named in stanza.yaml
	_ "github.com/open-telemetry/opentelemetry-collector-contrib/pkg/stanza/operator/parser/timeparser" // likewise
	_ "github.com/open-telemetry/opentelemetry-collector-contrib/pkg/stanza/operator/transformer/add"   // likewise
	_ "github.com/open-telemetry/opentelemetry-collector-contrib/pkg/stanza/operator/transformer/move"  // likewise
	_ "github.com/open-telemetry/opentelemetry-collector-contrib/pkg/stanza/operator/transformer/remove"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/stanza/pipeline"
	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/transformprocessor"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.uber.org/zap"
	"go.yaml.in/yaml/v3"

	"github.com/cmtrail/cmtrail/bench/corpus"
)

//go:embed stanza.yaml
var stanzaYAML []byte

// Operators returns what file_log needs to read client logs and server logs, as its configuration writes it.
func Operators() (ccm, legacy []any) {
	var all struct{ CCM, Legacy []any }
	if err := yaml.Unmarshal(stanzaYAML, &all); err != nil {
		panic(err) // it is part of the program
	}
	return all.CCM, all.Legacy
}

// RuleAttribute is the attribute into which the transform processor writes the rule's id.
const RuleAttribute = "configmgr.rule.ids"

// Transform returns the transform processor's configuration of the rules. Grouped, a component's rules are one group
// with the component as its condition; else each rule asks for the component itself.
func Transform(rules []corpus.Rule, grouped bool) map[string]any {
	var order []string
	statements := map[string][]any{}
	for _, r := range rules {
		component, condition := r.Log.Component, fmt.Sprintf("IsMatch(log.body, %q)", r.Pattern)
		if !grouped {
			component, condition = "", fmt.Sprintf("log.attributes[%q] == %q and %s", "component", component, condition)
		}
		if statements[component] == nil {
			order = append(order, component)
		}
		statements[component] = append(statements[component],
			fmt.Sprintf("merge_maps(log.attributes, {%q: %q, %q: %q}, \"upsert\") where %s", "configmgr.step.id", r.Step, RuleAttribute, r.ID, condition))
	}
	var groups []any
	for _, component := range order {
		group := map[string]any{"statements": statements[component]}
		if component != "" {
			group["conditions"] = []any{fmt.Sprintf("log.attributes[%q] == %q", "component", component)}
		}
		groups = append(groups, group)
	}
	return map[string]any{"error_mode": "propagate", "log_statements": groups}
}

// Collector is the OpenTelemetry Collector's own way: stanza's operators and the transform processor.
type Collector struct {
	ccm, legacy operator.Operator
	parsed      collect
	transform   processor.Logs
	tagged      sink
	timer       Timer
}

// NewCollector makes the operators and the processor. What both the collector's way and cmtrail's need, to make
// entries of lines and log records of entries, is left out by the timer.
func NewCollector(rules []corpus.Rule, grouped bool) (*Collector, error) {
	c := &Collector{timer: noTimer{}}
	ccm, legacy := Operators()
	var err error
	if c.ccm, err = c.build(ccm); err != nil {
		return nil, err
	}
	if c.legacy, err = c.build(legacy); err != nil {
		return nil, err
	}
	factory := transformprocessor.NewFactory()
	config := factory.CreateDefaultConfig()
	if err = confmap.NewFromStringMap(Transform(rules, grouped)).Unmarshal(config); err != nil {
		return nil, err
	}
	set := processortest.NewNopSettings(factory.Type())
	if c.transform, err = factory.CreateLogs(context.Background(), set, config, &c.tagged); err != nil {
		return nil, err
	}
	return c, c.transform.Start(context.Background(), componenttest.NewNopHost())
}

// Timer sets what leaves work out of what is measured.
func (c *Collector) Timer(t Timer) { c.timer = t }

func (c *Collector) build(operators []any) (operator.Operator, error) {
	var config pipeline.Config
	config.DefaultOutput = &c.parsed
	for _, raw := range operators {
		var one operator.Config
		if err := one.Unmarshal(confmap.NewFromStringMap(raw.(map[string]any))); err != nil {
			return nil, err
		}
		config.Operators = append(config.Operators, one)
	}
	p, err := config.Build(componenttest.NewNopTelemetrySettings())
	if err != nil {
		return nil, err
	}
	return p.Operators()[0], nil
}

// Chunk tags the records of a chunk.
func (c *Collector) Chunk(chunk *corpus.Chunk, found func(corpus.Tag)) {
	c.timer.StopTimer()
	entries := Entries(chunk.Records, chunk.Log)
	c.parsed.entries = c.parsed.entries[:0]
	first := c.ccm
	if chunk.Log.Legacy {
		first = c.legacy
	}
	c.timer.StartTimer()
	if err := first.ProcessBatch(context.Background(), entries); err != nil {
		panic(err) // the peer would be measured failing
	}
	c.timer.StopTimer()
	batch := adapter.ConvertEntries(c.parsed.entries)
	if n := batch.LogRecordCount(); n != len(chunk.Records) {
		panic(fmt.Sprintf("stanza gave %d records of %d", n, len(chunk.Records)))
	}
	c.timer.StartTimer()
	if err := c.transform.ConsumeLogs(context.Background(), batch); err != nil {
		panic(err)
	}
	if found != nil {
		c.tagged.tags(chunk, found)
	}
}

// Entries makes the entries that file_log gives its operators.
func Entries(texts []string, log *corpus.Log) []*entry.Entry {
	entries := make([]*entry.Entry, len(texts))
	for i, text := range texts {
		e := entry.New()
		e.Body = text
		e.Attributes = map[string]any{"log.file.name": log.Name}
		entries[i] = e
	}
	return entries
}

// collect is the end of an operator pipeline.
type collect struct{ entries []*entry.Entry }

var _ operator.Operator = (*collect)(nil)

func (*collect) ID() string                           { return "$.collect" }
func (*collect) Type() string                         { return "collect" }
func (*collect) Start(operator.Persister) error       { return nil }
func (*collect) Stop() error                          { return nil }
func (*collect) CanOutput() bool                      { return false }
func (*collect) Outputs() []operator.Operator         { return nil }
func (*collect) GetOutputIDs() []string               { return nil }
func (*collect) SetOutputs([]operator.Operator) error { return nil }
func (*collect) SetOutputIDs([]string)                {}
func (*collect) CanProcess() bool                     { return true }
func (*collect) Logger() *zap.Logger                  { return zap.NewNop() }

func (c *collect) ProcessBatch(_ context.Context, entries []*entry.Entry) error {
	c.entries = append(c.entries, entries...)
	return nil
}

func (c *collect) Process(_ context.Context, e *entry.Entry) error {
	c.entries = append(c.entries, e)
	return nil
}

// sink is the consumer behind a processor. It keeps the last batch.
type sink struct{ last plog.Logs }

func (*sink) Capabilities() consumer.Capabilities { return consumer.Capabilities{} }

func (s *sink) ConsumeLogs(_ context.Context, batch plog.Logs) error {
	s.last = batch
	return nil
}

// tags gives the rules that the last batch's records name, by their place in the chunk.
func (s *sink) tags(chunk *corpus.Chunk, found func(corpus.Tag)) {
	record := chunk.First
	for _, rl := range s.last.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			for _, lr := range sl.LogRecords().All() {
				if v, ok := lr.Attributes().Get(RuleAttribute); ok {
					for _, id := range ids(v) {
						found(corpus.Tag{Record: record, Rule: id})
					}
				}
				record++
			}
		}
	}
}
