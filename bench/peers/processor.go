package peers

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/stanza/adapter"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/cmtrail/cmtrail/bench/corpus"
	"github.com/cmtrail/cmtrail/otelprocessor"
)

// Processor is cmtrail's processor for the collector: raw lines in, records with attributes out.
type Processor struct {
	processor.Logs
	out   sink
	timer Timer
}

// NewProcessor starts the processor with its defaults and the settings given.
func NewProcessor(settings map[string]any) (*Processor, error) {
	p := &Processor{timer: noTimer{}}
	factory := otelprocessor.NewFactory()
	config := factory.CreateDefaultConfig()
	if err := confmap.NewFromStringMap(settings).Unmarshal(config); err != nil {
		return nil, err
	}
	var err error
	p.Logs, err = factory.CreateLogs(context.Background(), processortest.NewNopSettings(factory.Type()), config, &p.out)
	if err != nil {
		return nil, err
	}
	return p, p.Start(context.Background(), componenttest.NewNopHost())
}

// Timer sets what leaves work out of what is measured: making the batch that the receiver would have made.
func (p *Processor) Timer(t Timer) { p.timer = t }

// Chunk tags the records of a chunk.
func (p *Processor) Chunk(c *corpus.Chunk, found func(corpus.Tag)) {
	p.timer.StopTimer()
	batch := adapter.ConvertEntries(Entries(c.Lines, c.Log))
	p.timer.StartTimer()
	if err := p.ConsumeLogs(context.Background(), batch); err != nil {
		panic(err) // it would be measured failing
	}
	if found != nil {
		p.out.tags(c, found)
	}
}

// Last returns what came of the last chunk.
func (p *Processor) Last() plog.Logs { return p.out.last }

func ids(v pcommon.Value) []string {
	if v.Type() == pcommon.ValueTypeStr {
		return []string{v.Str()}
	}
	var all []string
	for _, item := range v.Slice().All() {
		all = append(all, item.Str())
	}
	return all
}

// ByHand gives a log record to the attributes that the processor gives an untagged one, with no rules and nothing but
// the fields' marks looked for: the limit of any processor of this output.
type ByHand struct {
	out   plog.Logs
	timer Timer
}

// NewByHand returns the limit.
func NewByHand() *ByHand { return &ByHand{timer: noTimer{}} }

// Timer sets what leaves work out of what is measured.
func (b *ByHand) Timer(t Timer) { b.timer = t }

// Chunk builds the attributes of a chunk's records.
func (b *ByHand) Chunk(c *corpus.Chunk, _ func(corpus.Tag)) {
	b.timer.StopTimer()
	batch := adapter.ConvertEntries(Entries(c.Records, c.Log))
	b.timer.StartTimer()
	cut, format := cutCCM, "ccm"
	if c.Log.Legacy {
		cut, format = cutLegacy, "ccm-legacy"
	}
	var f Fields
	for _, rl := range batch.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			for _, lr := range sl.LogRecords().All() {
				cut(lr.Body().Str(), &f)
				build(lr, &f, format)
			}
		}
	}
	b.out = batch
}

// Last returns what came of the last chunk.
func (b *ByHand) Last() plog.Logs { return b.out }

func build(lr plog.LogRecord, f *Fields, format string) {
	lr.SetTimestamp(pcommon.Timestamp(f.nanos()))
	switch f.Type {
	case "0":
		lr.SetSeverityNumber(plog.SeverityNumberDebug)
		lr.SetSeverityText("debug")
	case "1", "": // the server's format has none, and nothing here sounds like a fault
		lr.SetSeverityNumber(plog.SeverityNumberInfo)
		lr.SetSeverityText("info")
	case "2":
		lr.SetSeverityNumber(plog.SeverityNumberWarn)
		lr.SetSeverityText("warn")
	case "3":
		lr.SetSeverityNumber(plog.SeverityNumberError)
		lr.SetSeverityText("error")
	}
	attrs := lr.Attributes()
	attrs.EnsureCapacity(attrs.Len() + 6)
	attrs.PutStr("configmgr.log.format", format)
	attrs.PutStr("configmgr.component", f.Component)
	if f.Context != "" {
		attrs.PutStr("configmgr.context", f.Context)
	}
	if file, line, ok := strings.Cut(f.File, ":"); ok {
		attrs.PutStr("code.file.path", file)
		n, _ := strconv.Atoi(line)
		attrs.PutInt("code.line.number", int64(n))
	}
	thread, _ := strconv.Atoi(f.Thread)
	attrs.PutInt("thread.id", int64(thread))
	lr.Body().SetStr(f.Message)
}

// nanos reads the stamp: the clock plus the bias, which is in minutes.
func (f *Fields) nanos() int64 {
	n := func(s string) int {
		v := 0
		for i := range len(s) {
			v = v*10 + int(s[i]-'0')
		}
		return v
	}
	bias := n(f.Bias[1:])
	if f.Bias[0] == '-' {
		bias = -bias
	}
	return time.Date(n(f.Date[6:]), time.Month(n(f.Date[:2])), n(f.Date[3:5]),
		n(f.Time[:2]), n(f.Time[3:5])+bias, n(f.Time[6:8]), n(f.Time[9:])*1e6, time.UTC).UnixNano()
}
