package pipeline_test

import (
	"fmt"
	"testing"

	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// From bytes to a verdict under all shipped rules nothing is allocated: not for a record that no rule asks for, and not
// for one that is tagged, whose verdict is a view of the record and of what the matcher keeps.
func TestNoAllocationFromBytesToVerdict(t *testing.T) {
	engine, err := rules.LoadEngine(rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	type line struct {
		name, component, text string
		tagged                bool
	}
	lines := []line{
		{"step", "WUAHandler", "Async searching completed.", true},
		{"step with holes", "WUAHandler", "Pruning: update id (c4d80f3a-15e9-4276-9ab8-0e6d52f7b391) is superseded by (7e93b1c5-f046-4d2a-b87c-4a15d9e03f68).", true},
		{"issue with a code", "WUAHandler", "Scan failed with error = 0x8024ffff.", true},
	}
	for _, n := range noise {
		lines = append(lines, line{"noise of " + n.component, n.component, fmt.Sprintf(n.text, 1417), false})
	}
	for _, tt := range lines {
		t.Run(tt.name, func(t *testing.T) {
			data := fmt.Appendf(nil, `<![LOG[%s]LOG]!><time="08:00:00.417+000" date="03-12-2026" component="%s" context="" type="1" thread="5120" file="source.cpp:210">`+"\r\n", tt.text, tt.component)
			shown := 0
			s := pipeline.New(engine).Open(pipeline.Source{Host: "LAB-01", Name: tt.component + ".log"}, parsers.Options{}, func(r *pipeline.Result) {
				shown = 0
				if r.Verdict != nil {
					shown = len(r.Verdict.Rules)
				}
			})
			read := func() { _, _ = s.Write(data) }
			for range 3 { // learns the format and grows the buffers
				read()
			}
			if n := testing.AllocsPerRun(200, read); n != 0 {
				t.Errorf("%v allocations a record", n)
			}
			if tt.tagged != (shown > 0) {
				t.Errorf("%d rules show: the record does not measure what it is for", shown)
			}
		})
	}
}
