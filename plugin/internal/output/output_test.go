package output

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/tinylib/msgp/msgp"
	"go.uber.org/goleak"

	"github.com/cmtrail/cmtrail/internal/fault"
	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/plugin/internal/event"
	"github.com/cmtrail/cmtrail/plugin/internal/sink"
	"github.com/cmtrail/cmtrail/plugin/internal/state"
	"github.com/cmtrail/cmtrail/rules"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	whole  = `<![LOG[Done with it]LOG]!><time="09:00:03.000+300" date="06-05-2026" component="WUAHandler" context="" type="1" thread="4021" file="wua.cpp:80">`
	opens  = `<![LOG[The first line`
	closes = `and the second]LOG]!><time="09:00:04.000+300" date="06-05-2026" component="WUAHandler" context="" type="2" thread="4021" file="wua.cpp:81">`
)

const pack = `schema: 1
pack: output-tests
version: 1.0.0
steps:
  - {id: scan.04, title: The agent searches, runs_on: client}
rules:
  - id: scan.04.done
    step: scan.04
    match: {file: WUAHandler.log, line: Done with it}
`

// hand is a clock that is moved by hand.
type hand struct {
	mu     sync.Mutex
	now    time.Time
	breaks int // the call of Now that panics; 0 = none
}

func (h *hand) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.breaks > 0 {
		if h.breaks--; h.breaks == 0 {
			panic("the reader breaks")
		}
	}
	return h.now
}

// breakAfter makes reading panic after so many lines, as a fault of ours would: a table asks for the time at each line.
func (h *hand) breakAfter(lines int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.breaks = lines + 1
}

func (h *hand) Ticker(time.Duration) (<-chan time.Time, func()) { return nil, func() {} }

func (h *hand) forward(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

// taker is a sink that takes room events and then fails until it is given more room.
type taker struct {
	mu    sync.Mutex
	room  int
	panic bool
	fails error
	took  []string // "tag message"
	raw   []byte   // what was taken, as it came
}

func (s *taker) Send(_ context.Context, b *sink.Batch) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.panic {
		panic("the sink breaks")
	}
	if s.fails != nil {
		return 0, s.fails
	}
	for i, ev := range b.Events() {
		if s.room == 0 {
			return i, errors.New("the sink is full")
		}
		s.room--
		text, _ := event.Text(event.Find(ev.Body, "log"))
		s.took = append(s.took, b.Tag+" "+string(text))
		s.raw = append(s.raw, ev.Raw...)
	}
	return b.Len(), nil
}

func (s *taker) Close() error { return nil }

func (s *taker) want(t *testing.T, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, s.took); diff != "" {
		t.Errorf("taken (-want +got):\n%s", diff)
	}
	s.took = nil
}

// lines is a log of what was logged.
type lines struct{ text []string }

func (l *lines) add(level, format string, args []any) {
	l.text = append(l.text, level+" "+fmt.Sprintf(format, args...))
}
func (l *lines) Errorf(format string, args ...any) { l.add("error", format, args) }
func (l *lines) Debugf(format string, args ...any) { l.add("debug", format, args) }
func (l *lines) Warnf(format string, args ...any)  { l.add("warn", format, args) }
func (l *lines) Infof(format string, args ...any)  { l.add("info", format, args) }

type fixture struct {
	*Output
	pack   string // the file of its rules
	sink   *taker
	clock  *hand
	log    *lines
	folder string
}

func newFixture(t *testing.T, folder string, memory int, change ...func(*Config)) *fixture {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pack.yaml")
	if err := os.WriteFile(path, []byte(pack), 0o600); err != nil {
		t.Fatal(err)
	}
	f := &fixture{pack: path, sink: &taker{room: 1 << 30}, clock: &hand{now: time.Date(2026, 6, 5, 15, 0, 0, 0, time.UTC)}, log: &lines{}, folder: folder}
	engine, reloader, err := pipeline.LoadRules(rules.Options{Paths: []string{path}, NoDefault: true}, 2*time.Second, f.clock, nil)
	if err != nil {
		t.Fatal(err)
	}
	var store *state.Store
	if folder != "" {
		if store, _, err = state.Open(folder, "0", false); err != nil {
			t.Fatal(err)
		}
	}
	config := Config{
		Instance: "here/0", TagPrefix: "cmtrail.", Reader: Reader{Message: "log", Path: "path", Host: "host"},
		RetryMemory: memory, Clock: f.clock, IdleAfter: 5 * time.Second, Grace: time.Second, Reloader: reloader,
	}
	for _, c := range change {
		c(&config)
	}
	f.Output, err = New(config, engine, Parsing{}, f.sink, store, f.log)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *fixture) flush(t *testing.T, want Answer, tag string, chunk []byte) {
	t.Helper()
	if got := f.Flush(context.Background(), tag, chunk); got != want {
		t.Errorf("answer %d, want %d", got, want)
	}
}

func (f *fixture) close(t *testing.T) {
	t.Helper()
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

// events makes events of lines of one log.
func events(lines ...string) (c []byte) {
	for i, line := range lines {
		c = event.AppendHead(c, event.AppendStamp(nil, time.Unix(1700000000, int64(i))), msgp.AppendMapHeader(nil, 0))
		c = msgp.AppendMapHeader(c, 2)
		c = msgp.AppendString(msgp.AppendString(c, "path"), "/logs/WUAHandler.log")
		c = msgp.AppendString(msgp.AppendString(c, "log"), line)
	}
	return c
}

func numbered(i int) string {
	return strings.Replace(whole, "Done with it", fmt.Sprintf("number %d", i), 1)
}

func TestAChunkThatIsRefusedIsHandedOnOnceWhenItComesAgain(t *testing.T) {
	f := newFixture(t, t.TempDir(), 1<<20)
	defer f.close(t)
	f.sink.room = 1
	f.flush(t, Retry, "raw", events(whole, "first", "second", opens))
	f.sink.want(t, "raw Done with it")
	f.flush(t, Retry, "raw", events(closes, "third"))
	f.sink.want(t)
	f.sink.room = 1 << 30
	f.flush(t, OK, "raw", events(closes, "third"))
	f.flush(t, OK, "raw", events(whole, "first", "second", opens))
	f.sink.want(t, "raw The first line\nand the second", "raw third", "raw first", "raw second")
	if n := f.Counters().Again.Load(); n != 2 {
		t.Errorf("%d chunks came again, want 2", n)
	}
}

func TestHeldLinesSurviveARestart(t *testing.T) {
	folder := t.TempDir()
	f := newFixture(t, folder, 1<<20)
	f.flush(t, OK, "raw", events(whole, opens))
	f.sink.want(t, "raw Done with it")
	f.close(t)
	f.sink.want(t)
	f = newFixture(t, folder, 1<<20)
	f.flush(t, OK, "raw", events(closes))
	f.sink.want(t, "raw The first line\nand the second")
	f.close(t)
	f = newFixture(t, folder, 1<<20)
	defer f.close(t)
	f.clock.forward(time.Minute)
	f.tick()
	f.sink.want(t)
}

// A line of a chunk that Fluent Bit still has is not kept, as it comes again.
func TestLinesOfRefusedChunksAreNotKept(t *testing.T) {
	folder := t.TempDir()
	f := newFixture(t, folder, 1<<20)
	f.sink.room = 0
	f.flush(t, Retry, "raw", events(whole, opens))
	f.close(t)
	f = newFixture(t, folder, 1<<20)
	defer f.close(t)
	f.flush(t, OK, "raw", events(whole, opens))
	f.flush(t, OK, "raw", events(closes))
	f.sink.want(t, "raw Done with it", "raw The first line\nand the second")
}

func TestRecordsThatWaitSurviveARestart(t *testing.T) {
	folder := t.TempDir()
	f := newFixture(t, folder, 1<<20)
	f.flush(t, OK, "raw", events(opens))
	f.sink.room = 0
	f.clock.forward(time.Minute)
	f.tick()
	f.close(t)
	f.sink.want(t)
	f = newFixture(t, folder, 1<<20)
	f.tick()
	f.sink.want(t, "raw The first line")
	f.close(t)
	f = newFixture(t, folder, 1<<20)
	defer f.close(t)
	f.tick()
	f.sink.want(t)
}

func TestWithoutAStoreTheEndHandsOnWhatIsHeld(t *testing.T) {
	f := newFixture(t, "", 1<<20)
	f.flush(t, OK, "raw", events(opens))
	f.close(t)
	f.sink.want(t, "raw The first line")
	f = newFixture(t, "", 1<<20)
	f.flush(t, OK, "raw", events(opens))
	f.sink.room = 0
	if err := f.Close(); err == nil || !strings.Contains(err.Error(), "could not be handed on") {
		t.Errorf("Close() = %v", err)
	}
}

func TestIdleLogsGiveOutWhatTheyHold(t *testing.T) {
	f := newFixture(t, t.TempDir(), 1<<20)
	defer f.close(t)
	f.flush(t, OK, "raw", events(opens))
	f.tick()
	f.sink.want(t)
	f.clock.forward(5 * time.Second)
	f.tick()
	f.sink.want(t, "raw The first line")
}

// Chunks that lost their events for want of room are read again when they come, and nothing else is disturbed.
func TestTooManyRefusedChunks(t *testing.T) {
	f := newFixture(t, t.TempDir(), 600)
	defer f.close(t)
	f.sink.room = 0
	for i := range 5 {
		f.flush(t, Retry, "raw", events(whole, numbered(i)))
	}
	lines := f.Counters().Pipeline.Lines.Load()
	for i := range 5 {
		f.flush(t, Retry, "raw", events(whole, numbered(i)))
	}
	if n := f.Counters().Pipeline.Lines.Load(); n != lines {
		t.Errorf("%d lines were read again for a sink that is away", n-lines)
	}
	f.clock.forward(time.Minute)
	f.sink.room = 1 << 30
	for i := range 5 {
		f.flush(t, OK, "raw", events(whole, numbered(i)))
		f.sink.want(t, "raw Done with it", fmt.Sprintf("raw number %d", i))
	}
	if f.Counters().Evicted.Load() == 0 || f.retries.size != 0 {
		t.Errorf("evicted %d, %d bytes left", f.Counters().Evicted.Load(), f.retries.size)
	}
}

func TestOwnOutputIsRefused(t *testing.T) {
	f := newFixture(t, "", 1<<20)
	defer f.close(t)
	f.flush(t, Failed, "cmtrail.raw", events(whole))
	f.flush(t, Failed, "cmtrail.cmtrail.raw", events(whole))
	if len(f.log.text) != 1 || !strings.HasPrefix(f.log.text[0], `error tag "cmtrail.raw" begins with "cmtrail."`) {
		t.Errorf("logged %q", f.log.text)
	}
	marked := func(instance string) (c []byte) {
		meta := msgp.AppendString(msgp.AppendString(msgp.AppendMapHeader(nil, 1), sink.Origin), instance)
		c = event.AppendHead(c, event.AppendStamp(nil, time.Unix(1, 0)), meta)
		c = msgp.AppendMapHeader(c, 2)
		c = msgp.AppendString(msgp.AppendString(c, "configmgr.log.format"), "ccm")
		return msgp.AppendString(msgp.AppendString(c, "log"), "tagged")
	}
	f.flush(t, Failed, "raw", marked("here/0"))
	f.sink.want(t)
	f.flush(t, OK, "raw", marked("there/0"))
	f.flush(t, OK, "raw", append(marked("here/0"), events(whole)...))
	f.sink.want(t, "raw tagged", "raw Done with it")
	if n := f.Counters().Circular.Load(); n != 4 {
		t.Errorf("%d counted, want 4", n)
	}
}

func TestWhatIsNoLineGoesOnAsItIs(t *testing.T) {
	f := newFixture(t, "", 1<<20)
	var got [][]byte
	f.Output.sink = recorder{&got}
	start := append(event.AppendHead(nil, []byte{0xd7, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0}, msgp.AppendMapHeader(nil, 0)), msgp.AppendMapHeader(nil, 0)...)
	other := msgp.AppendInt(msgp.AppendString(append(event.AppendHead(nil, msgp.AppendInt(nil, 7), nil), 0x81), "cpu"), 3)
	f.flush(t, OK, "raw", append(append(append(append([]byte{}, start...), other...), msgp.AppendNil(nil)...), "\xc1rest"...))
	f.close(t)
	if len(got) != 4 {
		t.Fatalf("%d events, want 4", len(got))
	}
	if string(got[0]) != string(start) || string(got[1]) != string(other) {
		t.Errorf("changed: %x, %x", got[0], got[1])
	}
	for i, want := range map[int]string{
		2: `{"log":null,"cmtrail.undecoded":"no event"}`,
		3: `{"log":"\ufffdrest","log.base64":"wXJlc3Q=","cmtrail.undecoded":"no msgpack, 5 bytes"}`,
	} {
		ev, _, err := event.Next(got[i])
		if body := string(event.AppendJSONFields([]byte("{"), ev.Body, nil)) + "}"; err != nil || body != want {
			t.Errorf("event %d: %v %s, want %s", i, err, body, want)
		}
	}
	if f.Counters().Undecoded.Load() != 2 || f.Counters().Passed.Load() != 4 {
		t.Errorf("undecoded %d, passed %d", f.Counters().Undecoded.Load(), f.Counters().Passed.Load())
	}
}

type recorder struct{ got *[][]byte }

func (r recorder) Send(_ context.Context, b *sink.Batch) (int, error) {
	for i := range b.Len() {
		*r.got = append(*r.got, append([]byte(nil), b.Raw(i)...))
	}
	return b.Len(), nil
}
func (r recorder) Close() error { return nil }

// The event keeps its time, metadata, types and order; only the line becomes the message, and keys are added.
func TestTheEventIsKept(t *testing.T) {
	f := newFixture(t, "", 1<<20)
	var got [][]byte
	f.Output.sink = recorder{&got}
	meta := msgp.AppendString(msgp.AppendString(msgp.AppendMapHeader(nil, 1), "m"), "1")
	stamp := event.AppendStamp(nil, time.Unix(1700000000, 123456789))
	in := event.AppendHead(nil, stamp, meta)
	in = msgp.AppendMapHeader(in, 5)
	in = msgp.AppendFloat32(msgp.AppendString(in, "f"), 0.5)
	in = msgp.AppendString(msgp.AppendString(in, "severity"), "mine")
	in = msgp.AppendBytes(msgp.AppendString(in, "log"), []byte(whole))
	in = msgp.AppendString(msgp.AppendString(in, "path"), `C:\Windows\CCM\Logs\WUAHandler.log`)
	in = msgp.AppendNil(msgp.AppendString(in, "n"))
	f.flush(t, OK, "raw", in)
	f.close(t)
	ev, _, err := event.Next(got[0])
	if err != nil || string(ev.Stamp) != string(stamp) || string(ev.Meta) != string(meta) {
		t.Fatalf("%v: stamp %x, metadata %x", err, ev.Stamp, ev.Meta)
	}
	if kind := msgp.NextType(event.Find(ev.Body, "log")); kind != msgp.BinType {
		t.Errorf("the message is of type %v", kind)
	}
	want := `{"f":0.5,"log":"Done with it","path":"C:\\Windows\\CCM\\Logs\\WUAHandler.log","n":null,` +
		`"time":"2026-06-05T09:00:03-05:00","severity":"info","configmgr.log.format":"ccm","configmgr.component":"WUAHandler",` +
		`"code.file.path":"wua.cpp","code.line.number":80,"thread.id":4021,"configmgr.step.id":"scan.04","configmgr.step.title":"The agent searches",` +
		`"configmgr.step.order":400,"configmgr.rule.ids":["scan.04.done"],"log.file.name":"WUAHandler.log"}`
	body := string(event.AppendJSONFields([]byte("{"), ev.Body, nil)) + "}"
	if diff := cmp.Diff(want, body); diff != "" || !json.Valid([]byte(body)) {
		t.Errorf("body (-want +got):\n%s", diff)
	}
}

func TestAPanicIsContained(t *testing.T) {
	f := newFixture(t, t.TempDir(), 1<<20)
	defer f.close(t)
	f.sink.panic = true
	for _, want := range []Answer{Retry, Retry, Failed} {
		f.flush(t, want, "raw", events(whole))
	}
	f.sink.panic = false
	f.flush(t, OK, "raw", events(whole, "after"))
	f.sink.want(t, "raw Done with it", "raw after")
	if n := f.Counters().Panics.Total(); n != 3 {
		t.Errorf("%d panics counted, want 3", n)
	}
}

func TestAReaderThatBreaksLosesNothing(t *testing.T) {
	f := newFixture(t, "", 1<<20)
	f.flush(t, OK, "raw", events(opens))
	f.clock.breakAfter(1)
	f.flush(t, OK, "raw", events("before", "poison", closes))
	f.close(t)
	f.sink.want(t, "raw "+opens, "raw before", "raw poison", "raw "+closes)
	if n := f.Counters().Panics.Total(); n != 1 {
		t.Errorf("%d panics counted, want 1", n)
	}
}

func TestRefusedEventsAreDroppedAndCounted(t *testing.T) {
	f := newFixture(t, "", 1<<20)
	defer f.close(t)
	f.sink.fails = &sink.Refused{Events: 2, Reason: "the server answers 400"}
	f.flush(t, Failed, "raw", events(whole, "a", "b"))
	if n := f.Counters().Refused.Load(); n != 4 {
		t.Errorf("%d refused, want 4 in two answers of two", n)
	}
	f.sink.fails = nil
	f.flush(t, OK, "raw", events(whole))
	f.sink.want(t, "raw Done with it")
}

func TestConcurrentFlushes(t *testing.T) {
	f := newFixture(t, t.TempDir(), 1<<20)
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 50 {
				if answer := f.Flush(context.Background(), "raw", events(fmt.Sprintf("worker %d line %d", w, i))); answer != OK {
					t.Errorf("answer %d", answer)
				}
			}
		})
	}
	wg.Wait()
	f.close(t)
	seen := map[string]bool{}
	for _, line := range f.sink.took {
		seen[line] = true
	}
	if len(seen) != 200 || len(f.sink.took) != 200 {
		t.Errorf("%d lines, %d different, want 200", len(f.sink.took), len(seen))
	}
}

func TestUTF16(t *testing.T) {
	wide := func(s string) (b []byte) {
		for _, r := range s {
			b = append(b, byte(r), byte(r>>8))
		}
		return b
	}
	for _, tt := range []struct {
		name string
		line []byte
		want string
		ok   bool
	}{
		{"first", append([]byte{0xff, 0xfe}, wide("MSI (s)\r")...), "MSI (s)", true},
		{"later", append([]byte{0}, wide("Ende für heute\r")...), "Ende für heute", true},
		{"empty", []byte{0}, "", true},
		{"text", []byte("text"), "", false},
		{"a stray zero", []byte("text with \x00 in it"), "", false},
	} {
		got, ok := utf16Line(tt.line)
		if string(got) != tt.want || ok != tt.ok {
			t.Errorf("%s: %q, %t, want %q, %t", tt.name, got, ok, tt.want, tt.ok)
		}
	}
}

// Wherever the plugin breaks on a record, that record goes on, and so do those around it; it is counted, and told once.
func TestARecordThatBreaks(t *testing.T) {
	poisoned := strings.Replace(whole, "LOG[", "LOG[poison ", 1)
	for at, want := range map[fault.Place]string{
		fault.Parser:      "raw " + poisoned,
		fault.Rules:       "raw poison Done with it",
		fault.Correlation: "raw poison Done with it",
		fault.Output:      "raw " + poisoned,
	} {
		t.Run(at.String(), func(t *testing.T) {
			fault.Inject = func(place fault.Place, text string) {
				if place == at && strings.Contains(text, "poison") {
					panic("broken on poison")
				}
			}
			t.Cleanup(func() { fault.Inject = nil })
			f := newFixture(t, "", 1<<20, func(c *Config) { c.Relate = &pipeline.LiveOptions{} })
			f.flush(t, OK, "raw", events(whole, poisoned, poisoned, whole))
			f.sink.want(t, "raw Done with it", want, want, "raw Done with it")
			f.close(t)
			if n := f.Counters().Panics.Count(at); n != 2 || f.Counters().Panics.Total() != 2 {
				t.Errorf("%d panics counted, %d in all, want 2", n, f.Counters().Panics.Total())
			}
		})
	}
}
