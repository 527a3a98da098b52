package output

import (
	"context"
	"testing"
	"time"

	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/rules"
)

// A chunk is copied once and its events are written into room that the chunk before left: what is allocated does not grow with
// the records.
func TestAFlushAllocatesLittle(t *testing.T) {
	engine, err := rules.LoadEngine(rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, tagged := range []bool{false, true} {
		o, err := New(Config{Instance: "here/0", Reader: Reader{Message: "log", Path: "path", Host: "host"}, RetryMemory: 1 << 20,
			Clock: pipeline.SystemClock{}, IdleAfter: time.Minute, Grace: time.Second}, engine, Parsing{}, nowhere{}, nil, &lines{})
		if err != nil {
			t.Fatal(err)
		}
		defer o.Close()
		chunk := bulk(tagged)
		flush := func() {
			if o.Flush(context.Background(), "raw", chunk) != OK {
				t.Fatal("not taken")
			}
		}
		flush()
		if got := testing.AllocsPerRun(3, flush); got > perChunk/50 {
			t.Errorf("tagged %v: %v allocations for %d records", tagged, got, perChunk)
		}
	}
}
