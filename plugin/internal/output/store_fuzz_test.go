package output

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tinylib/msgp/msgp"

	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/plugin/internal/event"
	"github.com/cmtrail/cmtrail/plugin/internal/sink"
	"github.com/cmtrail/cmtrail/plugin/internal/state"
	"github.com/cmtrail/cmtrail/rules"
)

// keptLines are what a stored instance held, and what waited: a line without its end, and a record.
const (
	keptLine   = "the line that is held"
	keptRecord = "Done with it"
)

// FuzzStore puts an item of any bytes beside those that an instance keeps, or in place of one of them. The instance starts, hands on all
// that stands in the others, once, tells of what it cannot read, once, and goes on taking chunks.
func FuzzStore(f *testing.F) {
	rule := filepath.Join(f.TempDir(), "pack.yaml")
	if err := os.WriteFile(rule, []byte(pack), 0o600); err != nil {
		f.Fatal(err)
	}
	held := appendItem(nil, "tag", events("<![LOG["+keptLine))
	batch := &sink.Batch{Tag: "cmtrail.tag"}
	batch.Add(func(dst []byte) []byte { return append(dst, events(keptRecord)...) })
	waiting := encodeBatch(batch)
	good := pipeline.Source{Path: "/logs/WUAHandler.log"}
	for kind := range uint8(3) {
		f.Add(kind, []byte("key"), []byte{})
		f.Add(kind, streamKey(good), held[:len(held)/2])
		f.Add(kind, state.Sequence(7), waiting[:len(waiting)/2])
		f.Add(kind, state.Sequence(1<<64-1), waiting)
		f.Add(kind, []byte("7"), append(slices.Clone(waiting), 0xc1))
		f.Add(kind, []byte("other"), held)
		f.Add(kind, []byte("lying"), append(msgp.AppendString(nil, "tag"), 0x92, 0xd7, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0xdf, 0xff, 0xff, 0xff, 0xff))
		f.Add(kind, []byte("deep"), append(msgp.AppendString(nil, "tag"), strings.Repeat("\x91", 20_000)...))
		f.Add(kind, []byte("correlation.page.0"), []byte(`{"a":1}`))
		f.Add(kind, []byte("correlation.page.0"), []byte(`["host/a","host/a","all"]`))
	}
	f.Fuzz(func(t *testing.T, kind uint8, key, value []byte) {
		if len(key) == 0 || len(key) > 1024 {
			return // no such key can stand there
		}
		folder := t.TempDir()
		store, _, err := state.Open(folder, "0", false)
		if err != nil {
			t.Fatal(err)
		}
		change := state.Change{Held: []state.Item{{Key: streamKey(good), Value: held}}, Waiting: []state.Item{{Key: state.Sequence(7), Value: waiting}}}
		item := state.Item{Key: key, Value: append([]byte{}, value...)}
		heldThere, waitsThere := true, true
		switch kind % 3 {
		case 0:
			change.Held = append(change.Held, item)
			heldThere = string(key) != string(streamKey(good))
		case 1:
			change.Waiting = append(change.Waiting, item)
			waitsThere = string(key) != string(state.Sequence(7))
		default:
			if err := store.Pending().Put(context.Background(), []pipeline.Entry{{Key: string(key), Value: item.Value}}); err != nil {
				t.Fatal(err)
			}
		}
		if err := store.Save(change); err != nil {
			t.Fatal(err)
		}
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}

		o, to, _ := reopened(t, folder, rule)
		if got := o.Flush(context.Background(), "tag", events(whole)); got != OK {
			t.Errorf("a chunk is answered with %d", got)
		}
		o.config.Clock.(*hand).forward(time.Minute)
		o.tick()
		if err := o.Close(); err != nil {
			t.Error(err)
		}
		count := func(text string) (n int) {
			for _, took := range to.took {
				if strings.Contains(took, text) {
					n++
				}
			}
			return n
		}
		// What was given may hold the same once more.
		if heldThere && (count(keptLine) < 1 || count(keptLine) > 1 && !strings.Contains(string(value), keptLine)) {
			t.Errorf("the line that was held came %d times: %q", count(keptLine), to.took)
		}
		if waitsThere && count(keptRecord) < 2 { // and the chunk's own
			t.Errorf("the record that waited came %d times: %q", count(keptRecord)-1, to.took)
		}
		for rest := to.raw; len(rest) > 0; {
			if _, rest, err = event.Next(rest); err != nil {
				t.Fatalf("what is handed on is no event: %v", err)
			}
		}

		o, to, log := reopened(t, folder, rule)
		if err := o.Close(); err != nil {
			t.Error(err)
		}
		if len(to.took) > 0 {
			t.Errorf("it comes again: %q", to.took)
		}
		for _, line := range log.text {
			if strings.Contains(line, "cannot be read") || strings.Contains(line, "given up") {
				t.Errorf("it is told again: %s", line)
			}
		}
	})
}

// reopened returns an instance that goes on with what stands in a folder.
func reopened(t *testing.T, folder, rule string) (*Output, *taker, *lines) {
	t.Helper()
	clock := &hand{now: time.Date(2026, 6, 5, 15, 0, 0, 0, time.UTC)}
	engine, reloader, err := pipeline.LoadRules(rules.Options{Paths: []string{rule}, NoDefault: true}, 0, clock, nil)
	if err != nil {
		t.Fatal(err)
	}
	store, damaged, err := state.Open(folder, "0", false)
	if err != nil || damaged != "" {
		t.Fatal(damaged, err)
	}
	to, log := &taker{room: 1 << 30}, &lines{}
	o, err := New(Config{
		Instance: "here/0", TagPrefix: "cmtrail.", Reader: Reader{Message: "log", Path: "path", Host: "host"}, RetryMemory: 1 << 20,
		Clock: clock, IdleAfter: 5 * time.Second, Grace: time.Second, Reloader: reloader, Relate: &pipeline.LiveOptions{},
	}, engine, Parsing{}, to, store, log)
	if err != nil {
		t.Fatalf("it does not start: %v", err)
	}
	return o, to, log
}

// What cannot be read of the store is told.
func TestWhatTheStoreCannotGiveIsTold(t *testing.T) {
	rule := filepath.Join(t.TempDir(), "pack.yaml")
	if err := os.WriteFile(rule, []byte(pack), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		change  state.Change
		pending []pipeline.Entry
		want    string
	}{
		"held":    {state.Change{Held: []state.Item{{Key: []byte("a"), Value: []byte{0xc1}}}}, nil, "warn state_path: 1 kept items cannot be read and are left out"},
		"waiting": {state.Change{Waiting: []state.Item{{Key: state.Sequence(1), Value: []byte{0xc1}}}}, nil, "warn state_path: 1 kept items cannot be read and are left out"},
		"pending": {state.Change{}, []pipeline.Entry{{Key: "correlation.page.0", Value: []byte("x")}}, "warn state_path: some of what was pending is given up: page 0 of \"correlation\" cannot be read"},
	} {
		folder := t.TempDir()
		store, _, err := state.Open(folder, "0", false)
		if err != nil {
			t.Fatal(err)
		}
		if err := store.Save(tt.change); err != nil {
			t.Fatal(err)
		}
		if err := store.Pending().Put(context.Background(), tt.pending); err != nil {
			t.Fatal(err)
		}
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
		o, _, log := reopened(t, folder, rule)
		if err := o.Close(); err != nil {
			t.Error(err)
		}
		if !slices.ContainsFunc(log.text, func(line string) bool { return strings.HasPrefix(line, tt.want) }) {
			t.Errorf("%s: logged %q, want %q", name, log.text, tt.want)
		}
	}
}
