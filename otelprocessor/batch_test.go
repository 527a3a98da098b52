package otelprocessor

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/cmtrail/cmtrail/internal/attribute"
	"github.com/cmtrail/cmtrail/internal/fault"
	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/otelprocessor/internal/metadata"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// note is a line that no rule takes notice of.
func note(n int) string {
	return strings.ReplaceAll(done, "The search is done", fmt.Sprint("Note ", n))
}

// Records go on in the order of their lines, wherever they are written: where they stand, or beside it because others begin in
// the same text, because what came is needed still, or because it is no line.
func TestOrderOfABatch(t *testing.T) {
	sink := new(consumertest.LogsSink)
	p := started(t, testConfig(), sink, newClock())
	ld := batch("PC1", "/logs/WUAHandler.log",
		note(1), note(2)+"\n"+note(3), done, opens, closes, "", note(4), "", note(6)+"\n"+done+"\n"+opens)
	in := ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords()
	in.At(5).Body().SetInt(12)
	in.At(6).Attributes().PutInt("thread.id", 1) // will be written anew
	in.At(7).Body().SetEmptyBytes().FromRaw([]byte(note(5)))
	consume(t, p, ld)
	consume(t, p, batch("PC1", "/logs/WUAHandler.log", closes, note(7)))
	wantBodies(t, sink, "Note 1", "Note 2", "Note 3", "The search is done", "The first line\nand the second", "12", "Note 4", "Note 5",
		"Note 6", "The search is done", "The first line\nand the second", "Note 7")
	for i, line := range []int64{0, 1, 1, 2, 3, 5, 6, 7, 8, 8, 8, 1} {
		lr := records(sink)[i]
		if n, _ := lr.Attributes().Get("line"); n.Int() != line {
			t.Errorf("record %d came with line %d, want %d", i, n.Int(), line)
		}
		if thread, ok := lr.Attributes().Get("thread.id"); ok && thread.Int() != 4021 {
			t.Errorf("record %d: thread %d", i, thread.Int())
		}
	}
}

// A batch in which records are put off many times loses none and keeps their order.
func TestALargeBatch(t *testing.T) {
	sink := new(consumertest.LogsSink)
	p := started(t, testConfig(), sink, newClock())
	var lines, want []string
	for n := range 3*quietAtOnce + 1 {
		switch {
		case n%7 == 0:
			lines, want = append(lines, done), append(want, "The search is done")
		case n%50 == 1:
			lines, want = append(lines, opens, closes), append(want, "The first line\nand the second")
		default:
			lines, want = append(lines, note(n)), append(want, fmt.Sprint("Note ", n))
		}
	}
	for range 2 { // the second finds the room of the first
		sink.Reset()
		consume(t, p, batch("PC1", "/logs/WUAHandler.log", lines...))
		wantBodies(t, sink, want...)
		for i, lr := range records(sink) {
			if _, read := lr.Attributes().Get(attribute.Format); !read {
				t.Errorf("record %d has not been written", i)
			}
		}
	}
	for i := range p.quiet[:cap(p.quiet)] {
		if q := &p.quiet[:cap(p.quiet)][i]; q.from != nil || q.record.Message != "" {
			t.Fatal("what was put off is held beyond its batch")
		}
	}
}

// A record on which writing breaks half way goes on as it came.
func TestWritingThatBreaks(t *testing.T) {
	for _, message := range []string{"body", "line.text"} {
		t.Run(message, func(t *testing.T) {
			cfg := testConfig()
			cfg.MessageAttribute, cfg.KeepOriginal = message, true
			p, err := newTagger(processortest.NewNopSettings(metadata.Type), cfg, consumertest.NewNop(), newClock())
			if err != nil {
				t.Fatal(err)
			}
			ld := batch("PC1", "/logs/WUAHandler.log", done)
			lr := ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
			if message != "body" {
				lr.Attributes().PutStr(message, done)
			}
			came := plog.NewLogs()
			ld.CopyTo(came)
			p.writeInPlace(&origin{record: lr, text: done}, &pipeline.Result{
				Record: &parsers.Record{
					Format: parsers.CCM, Message: "The search is done", Original: done, Component: "WUAHandler", HasThread: true, Thread: 4021,
					Severity: parsers.Error, Stamp: parsers.Stamp{HasWall: true, HasOffset: true},
				},
				Verdict: &rules.Verdict{Rules: []*rules.Rule{nil}},
			}, nil)
			if n := p.faults.Count(fault.Output); n != 1 {
				t.Fatalf("%d panics counted, want 1", n)
			}
			var texts [2]string
			for i, logs := range []plog.Logs{came, ld} {
				text, err := (&plog.JSONMarshaler{}).MarshalLogs(logs)
				if err != nil {
					t.Fatal(err)
				}
				texts[i] = string(text)
			}
			if diff := cmp.Diff(texts[0], texts[1]); diff != "" {
				t.Errorf("the record (-came +goes on):\n%s", diff)
			}
		})
	}
}
