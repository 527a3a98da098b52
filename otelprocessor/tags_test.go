package otelprocessor

import (
	"testing"

	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/cmtrail/cmtrail/internal/attribute"
	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/parsers"
)

// What was cut or guessed is marked on the record, and a whole record carries no mark.
func TestFlagsAreMarked(t *testing.T) {
	for _, tt := range []struct {
		flags parsers.Flags
		want  []any
	}{
		{0, nil},
		{parsers.Unterminated | parsers.Oversize, []any{"unterminated", "oversize"}},
	} {
		to := plog.NewLogRecord()
		w := writer{}
		w.write(to, &pipeline.Result{Record: &parsers.Record{Format: parsers.CCM, Flags: tt.flags}}, nil)
		got, ok := to.Attributes().Get(attribute.Flags)
		if ok != (tt.want != nil) {
			t.Fatalf("flags %v: attribute there: %v", tt.flags, ok)
		}
		if !ok {
			continue
		}
		list := got.Slice().AsRaw()
		if len(list) != len(tt.want) || list[0] != tt.want[0] || list[1] != tt.want[1] {
			t.Errorf("flags %v gave %v, expected %v", tt.flags, list, tt.want)
		}
	}
}
