package output

import (
	"context"
	"fmt"
	"testing"
	"time"
	"unsafe"

	fluentbit "github.com/fluent/fluent-bit-go/output"

	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/plugin/internal/event"
	"github.com/cmtrail/cmtrail/plugin/internal/sink"
	"github.com/cmtrail/cmtrail/rules"
)

// nowhere is a sink that takes everything at once.
type nowhere struct{}

func (nowhere) Send(_ context.Context, b *sink.Batch) (int, error) { return b.Len(), nil }
func (nowhere) Close() error                                       { return nil }

const perChunk = 5000

// bulk is a chunk of lines of a client's log; with tagged, each of them shows a step.
func bulk(tagged bool) []byte {
	lines := make([]string, perChunk)
	for i := range lines {
		message := fmt.Sprintf("CUpdatesAgent: state message %d of topic 500 was raised for the user", i)
		if tagged {
			message = fmt.Sprintf("Async searching completed. %d", i)
		}
		lines[i] = `<![LOG[` + message + `]LOG]!><time="09:00:03.000+300" date="06-05-2026" component="WUAHandler" context="" type="1" thread="4021" file="wua.cpp:80">`
	}
	return events(lines...)
}

// BenchmarkDecode finds the line in each event of a chunk.
func BenchmarkDecode(b *testing.B) {
	chunk := bulk(false)
	rate := func(b *testing.B) {
		b.ReportMetric(float64(b.N)*perChunk/b.Elapsed().Seconds(), "records/s")
	}
	b.Run("walked", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for rest := chunk; len(rest) > 0; {
				var ev event.Event
				ev, rest, _ = event.Next(rest)
				if event.Find(ev.Body, "log") == nil {
					b.Fatal("no line")
				}
			}
		}
		rate(b)
	})
	b.Run("fluent-bit-go", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			decoder := fluentbit.NewDecoder(unsafe.Pointer(&chunk[0]), len(chunk))
			for range perChunk {
				if ret, _, body := fluentbit.GetRecord(decoder); ret != 0 || body["log"] == nil {
					b.Fatal(ret)
				}
			}
		}
		rate(b)
	})
}

// BenchmarkFlush takes chunks through the shipped rules to a sink that costs nothing, with records related and not.
func BenchmarkFlush(b *testing.B) {
	for _, c := range []struct {
		name   string
		tagged bool
		relate *pipeline.LiveOptions
	}{
		{"untagged", false, nil}, {"tagged", true, nil},
		{"untagged, related", false, &pipeline.LiveOptions{}}, {"tagged, related", true, &pipeline.LiveOptions{}},
	} {
		b.Run(c.name, func(b *testing.B) {
			engine, err := rules.LoadEngine(rules.Options{})
			if err != nil {
				b.Fatal(err)
			}
			o, err := New(Config{Instance: "here/0", Reader: Reader{Message: "log", Path: "path", Host: "host"},
				RetryMemory: 1 << 20, Clock: pipeline.SystemClock{}, IdleAfter: time.Minute, Grace: time.Second, Relate: c.relate}, engine, Parsing{}, nowhere{}, nil, &lines{})
			if err != nil {
				b.Fatal(err)
			}
			defer o.Close()
			chunk := bulk(c.tagged)
			b.ReportAllocs()
			for b.Loop() {
				if o.Flush(context.Background(), "raw", chunk) != OK {
					b.Fatal("not taken")
				}
			}
			b.ReportMetric(float64(b.N)*perChunk/b.Elapsed().Seconds(), "records/s")
		})
	}
}
