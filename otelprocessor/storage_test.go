package otelprocessor

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/cmtrail/cmtrail/otelprocessor/internal/metadata"
)

var storageID = component.MustNewID("disk")

// disk is a storage extension that outlives the processors which use it.
type disk struct {
	component.StartFunc
	component.ShutdownFunc
	mu     sync.Mutex
	values map[string][]byte
	full   bool
}

func newDisk() *disk { return &disk{values: map[string][]byte{}} }

func (d *disk) GetExtensions() map[component.ID]component.Component {
	return map[component.ID]component.Component{storageID: d}
}

func (d *disk) GetClient(context.Context, component.Kind, component.ID, string) (storage.Client, error) {
	return client{d}, nil
}

func (d *disk) fill(full bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.full = full
}

type client struct{ *disk }

func (c client) Batch(_ context.Context, ops ...*storage.Operation) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, op := range ops {
		if op.Type != storage.Get && c.full {
			return errors.New("the disk is full")
		}
	}
	for _, op := range ops {
		switch op.Type {
		case storage.Get:
			op.Value = c.values[op.Key]
		case storage.Set:
			c.values[op.Key] = op.Value
		case storage.Delete:
			delete(c.values, op.Key)
		}
	}
	return nil
}

func (client) Get(context.Context, string) ([]byte, error) { panic("unused") }
func (client) Set(context.Context, string, []byte) error   { panic("unused") }
func (client) Delete(context.Context, string) error        { panic("unused") }
func (client) Close(context.Context) error                 { return nil }

// onDisk returns a processor that keeps what it holds on the disk. Leaving it without Shutdown is what killing it is.
func onDisk(t *testing.T, d *disk, next consumer.Logs, c *clock) *tagger {
	t.Helper()
	cfg := testConfig()
	cfg.Storage = &storageID
	p, err := newTagger(processortest.NewNopSettings(metadata.Type), cfg, next, c)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(context.Background(), host{componenttest.NewNopHost(), d}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Shutdown(context.Background()) })
	return p
}

type host struct {
	component.Host
	*disk
}

func (h host) GetExtensions() map[component.ID]component.Component { return h.disk.GetExtensions() }

const wua = "/logs/WUAHandler.log"

func TestHeldLinesSurviveBeingKilled(t *testing.T) {
	sink, d := new(consumertest.LogsSink), newDisk()
	consume(t, onDisk(t, d, sink, newClock()), batch("PC1", wua, done, opens))
	p := onDisk(t, d, sink, newClock())
	if n := p.table.Held(); n != 1 {
		t.Errorf("%d lines are held, want 1", n)
	}
	consume(t, p, batch("PC1", wua, closes))
	wantBodies(t, sink, "The search is done", "The first line\nand the second")
	last := onDisk(t, d, sink, newClock())
	if n, waiting := last.table.Held(), last.waiting.count; n != 0 || waiting != 0 {
		t.Errorf("%d lines are held and %d records wait, want none", n, waiting)
	}
}

func TestShutdownLeavesWhatIsHeldInTheStorage(t *testing.T) {
	sink, d := new(consumertest.LogsSink), newDisk()
	p := onDisk(t, d, sink, newClock())
	consume(t, p, batch("PC1", wua, opens))
	if err := p.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	wantBodies(t, sink)
	consume(t, onDisk(t, d, sink, newClock()), batch("PC1", wua, closes))
	wantBodies(t, sink, "The first line\nand the second")
}

// A record that is complete has left the held lines, and is in no hands but the processor's until it is taken.
func TestIdleRecordsSurviveBeingKilledWhileTheyAreRefused(t *testing.T) {
	next, d, c := &gate{closed: true}, newDisk(), newClock()
	p := onDisk(t, d, next, c)
	consume(t, p, batch("PC1", wua, opens))
	c.pass(time.Minute)
	open := new(consumertest.LogsSink)
	later := newClock()
	onDisk(t, d, open, later)
	later.pass(time.Second)
	wantBodies(t, open, "The first line")
	later.pass(time.Second)
	again := new(consumertest.LogsSink)
	last := newClock()
	onDisk(t, d, again, last)
	last.pass(time.Second)
	wantBodies(t, again)
}

// The receiver waits while the next component refuses, and is let go when it stops: the batch is in the storage then.
func TestARefusedBatchWaitsInTheStorage(t *testing.T) {
	next, d, c := &gate{closed: true}, newDisk(), newClock()
	p := onDisk(t, d, next, c)
	ctx, stop := context.WithCancel(context.Background())
	answer := make(chan error, 1)
	go func() { answer <- p.ConsumeLogs(ctx, batch("PC1", wua, done, opens)) }()
	c.pass(time.Second)
	select {
	case err := <-answer:
		t.Fatalf("ConsumeLogs = %v while the next component refuses, want it to wait", err)
	default:
	}
	stop()
	if err := <-answer; err != nil {
		t.Fatalf("ConsumeLogs = %v, want nil, as the batch is in the storage", err)
	}
	open, later := new(consumertest.LogsSink), newClock()
	restarted := onDisk(t, d, open, later)
	later.pass(time.Second)
	consume(t, restarted, batch("PC1", wua, closes))
	wantBodies(t, open, "The search is done", "The first line\nand the second")
}

func TestAWaitingReceiverGoesOnWhenTheNextComponentDoes(t *testing.T) {
	next, d, c := &gate{closed: true}, newDisk(), newClock()
	p := onDisk(t, d, next, c)
	answer := make(chan error, 1)
	go func() { answer <- p.ConsumeLogs(context.Background(), batch("PC1", wua, done)) }()
	for len(answer) == 0 {
		p.mu.Lock()
		next.closed = p.waiting.count == 0
		p.mu.Unlock()
		c.pass(time.Second)
	}
	if err := <-answer; err != nil {
		t.Fatal(err)
	}
	wantBodies(t, &next.LogsSink, "The search is done")
}

// Lines that cannot be kept are not said to be safe.
func TestAFullDiskHoldsTheReceiverUp(t *testing.T) {
	sink, d, c := new(consumertest.LogsSink), newDisk(), newClock()
	p := onDisk(t, d, sink, c)
	d.fill(true)
	ctx, stop := context.WithCancel(context.Background())
	answer := make(chan error, 1)
	go func() { answer <- p.ConsumeLogs(ctx, batch("PC1", wua, opens)) }()
	c.pass(time.Second)
	if len(answer) > 0 {
		t.Fatalf("ConsumeLogs = %v with a full disk, want it to wait", <-answer)
	}
	stop()
	if err := <-answer; err == nil {
		t.Error("ConsumeLogs says that lines are safe which are nowhere")
	}
	d.fill(false)
	c.pass(time.Second)
	consume(t, onDisk(t, d, sink, newClock()), batch("PC1", wua, closes))
	wantBodies(t, sink, "The first line\nand the second")
}

// picky refuses for good what holds a certain body.
type picky struct{ consumertest.LogsSink }

func (p *picky) ConsumeLogs(ctx context.Context, ld plog.Logs) error {
	if ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Body().Str() == "The first line" {
		return consumererror.NewPermanent(errors.New("never"))
	}
	return p.LogsSink.ConsumeLogs(ctx, ld)
}

func TestWhatIsRefusedForGoodHoldsNothingUp(t *testing.T) {
	next, d, c := &picky{}, newDisk(), newClock()
	p := onDisk(t, d, next, c)
	consume(t, p, batch("PC1", wua, opens))
	c.pass(time.Minute)
	consume(t, p, batch("PC1", wua, done))
	wantBodies(t, &next.LogsSink, "The search is done")
	if err := p.ConsumeLogs(context.Background(), batch("PC1", "/logs/other.log", "<![LOG[The first line]LOG]!>"+failed[len("<![LOG[Search failed with 0x8007000e]LOG]!>"):])); !consumererror.IsPermanent(err) {
		t.Errorf("ConsumeLogs = %v, want the error of the next component", err)
	}
}

// A receiver that was killed goes back to where it last noted how far it was.
func TestLinesThatComeAgainDoNotMix(t *testing.T) {
	at := func(offset int64, lines ...string) plog.Logs {
		ld := batch("PC1", wua, lines...)
		for _, lr := range ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().All() {
			lr.Attributes().PutInt("log.file.record_offset", offset)
			offset += 100
		}
		return ld
	}
	sink, d := new(consumertest.LogsSink), newDisk()
	consume(t, onDisk(t, d, sink, newClock()), at(0, opens, closes, opens))
	p := onDisk(t, d, sink, newClock())
	consume(t, p, at(100, closes, opens))
	consume(t, p, at(300, closes))
	got := bodies(sink)
	want := []string{"The first line\nand the second", "The first line", closes, "The first line\nand the second"}
	if len(got) != 4 || got[0] != want[0] || got[1] != want[1] || got[3] != want[3] {
		t.Errorf("bodies = %q, want %q", got, want)
	}
}

// While a receiver is held up, a log only seems to be quiet: its next lines wait behind the ones that are refused.
func TestARecordStaysWholeWhileItsReceiverIsHeldUp(t *testing.T) {
	next, d, c := &gate{}, newDisk(), newClock()
	p := onDisk(t, d, next, c)
	consume(t, p, batch("PC1", wua, opens))
	next.closed = true
	answer := make(chan error, 1)
	go func() { answer <- p.ConsumeLogs(context.Background(), batch("PC1", "/logs/other.log", done)) }()
	for {
		p.mu.Lock()
		waiting := p.waiting.count
		p.mu.Unlock()
		if waiting > 0 {
			break
		}
		c.pass(0)
	}
	for range 20 {
		c.pass(3 * time.Second)
	}
	p.mu.Lock()
	next.closed = false
	p.mu.Unlock()
	c.pass(time.Second)
	if err := <-answer; err != nil {
		t.Fatal(err)
	}
	consume(t, p, batch("PC1", wua, closes))
	wantBodies(t, &next.LogsSink, "The search is done", "The first line\nand the second")
}
