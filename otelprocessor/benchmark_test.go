package otelprocessor

import (
	"context"
	"fmt"
	"testing"

	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/cmtrail/cmtrail/otelprocessor/internal/metadata"
)

// BenchmarkConsumeLogs measures whole batches, from the receiver's records to the next component.
func BenchmarkConsumeLogs(b *testing.B) {
	const size = 1000
	nothing := `<![LOG[Nothing that a rule knows of]LOG]!><time="09:00:03.000+300" date="06-05-2026" component="WUAHandler" context="" type="1" thread="4021" file="wua.cpp:80">`
	for _, bb := range []struct {
		name   string
		lines  []string
		redact bool
	}{
		{"untagged", []string{nothing}, false},
		{"step", []string{asked}, false},
		{"issue", []string{failed}, false},
		{"joined", []string{opens, closes}, false},
		{"untagged, redacted", []string{nothing}, true},
		{"step, redacted", []string{asked}, true},
	} {
		b.Run(bb.name, func(b *testing.B) {
			cfg := testConfig()
			if bb.redact {
				cfg.Redact = RedactConfig{Classes: []string{"all"}, Key: redactKey}
			}
			p, err := newTagger(processortest.NewNopSettings(metadata.Type), cfg, consumertest.NewNop(), newClock())
			if err != nil {
				b.Fatal(err)
			}
			var list []string
			for len(list) < size {
				list = append(list, bb.lines...)
			}
			in := batch("PC1", "/logs/WUAHandler.log", list...)
			bytes := 0
			for _, line := range list {
				bytes += len(line)
			}
			b.SetBytes(int64(bytes))
			b.ReportAllocs()
			for b.Loop() {
				ld := plog.NewLogs()
				in.CopyTo(ld)
				if err := p.ConsumeLogs(context.Background(), ld); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(size)*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
			if err := p.Shutdown(context.Background()); err != nil {
				b.Fatal(fmt.Errorf("shutdown: %w", err))
			}
		})
	}
}
