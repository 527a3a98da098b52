package otelprocessor

import (
	"context"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
)

// What a record costs in allocations, whatever the rules are. It is written where it stands, and its texts are parts of the
// line that came; pdata takes one allocation for room for the attributes and one for each value. A step adds its three
// attributes, an issue its lists, and a list one for itself, one for its items and one for each of them.
func TestAllocationsARecord(t *testing.T) {
	const size = 200
	for _, tt := range []struct {
		name, line string
		most       float64
	}{
		{"untagged", strings.ReplaceAll(done, "The search is done", "Nothing of note"), 9},
		{"step", asked, 19},
		{"issue", failed, 38},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg := testConfig()
			cfg.Correlation.Enabled = false // what is pending grows by itself
			p := started(t, cfg, consumertest.NewNop(), newClock())
			lines := make([]string, size)
			for i := range lines {
				lines[i] = tt.line
			}
			var batches []plog.Logs // each is used up
			for range 12 {
				batches = append(batches, batch("PC1", "/logs/WUAHandler.log", lines...))
			}
			n := 0
			got := testing.AllocsPerRun(10, func() {
				if err := p.ConsumeLogs(context.Background(), batches[n]); err != nil {
					t.Fatal(err)
				}
				n++
			}) / size
			if got > tt.most {
				t.Errorf("%v allocations a record, %v are accounted for", got, tt.most)
			}
		})
	}
}
