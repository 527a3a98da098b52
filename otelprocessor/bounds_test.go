package otelprocessor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"

	"github.com/cmtrail/cmtrail/otelprocessor/internal/metadatatest"
)

func TestManyGroups(t *testing.T) {
	var g groups
	for i := range 3 * maxGroups {
		ld := batch(fmt.Sprint("PC", i), "/logs/a.log", done)
		rl := ld.ResourceLogs().At(0)
		g.of(rl, rl.ScopeLogs().At(0))
		if len(g.known) > maxGroups {
			t.Fatalf("%d groups are known", len(g.known))
		}
	}
}

func TestManyNames(t *testing.T) {
	var n interned
	for i := range 3 * maxInterned {
		name := fmt.Sprint("component", i)
		if got := n.of(name); got != name || len(n) > maxInterned {
			t.Fatalf("%s became %s, %d are kept", name, got, len(n))
		}
	}
	kept := len(n)
	if long := strings.Repeat("x", 1<<20); n.of(long) != long || len(n) != kept {
		t.Error("a name of a mebibyte is kept")
	}
}

// TestResourcesOfManyHosts remembers the resource of a host as long as the host, so that what is found of it goes on with
// all that is known of where it came from.
func TestResourcesOfManyHosts(t *testing.T) {
	cfg := testConfig()
	cfg.Correlation.MaxHosts = 6000 // more than there are groups
	p := started(t, cfg, consumertest.NewNop(), newClock())
	take := func(from, to int) {
		for i := from; i < to; i++ {
			consume(t, p, batch(fmt.Sprint("PC", i), "/logs/a.log", done))
		}
	}
	known := func(host string) bool {
		_, known := p.relater.groups[host]
		return known
	}
	take(0, 6000)
	if n := len(p.relater.groups); n != 6000 || !known("PC0") {
		t.Errorf("the resources of %d hosts are known, expected all of 6000", n)
	}
	take(6000, 7000)
	if n := len(p.relater.groups); n != 6000 || known("PC0") || !known("PC6999") {
		t.Errorf("the resources of %d hosts are known, expected those of the last 6000", n)
	}
}

func TestBoundsAreMetrics(t *testing.T) {
	cfg := testConfig()
	cfg.MaxHeldBytes, cfg.MaxWaiting, cfg.Correlation.MaxHosts = 1000, 5, 10
	tel := componenttest.NewTelemetry()
	next, c := &gate{}, newClock()
	p, err := newTagger(metadatatest.NewSettings(tel), cfg, next, c)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	want := func(assert func(*testing.T, *componenttest.Telemetry, []metricdata.DataPoint[int64], ...metricdatatest.Option), n int64) {
		t.Helper()
		assert(t, tel, []metricdata.DataPoint[int64]{{Value: n, Attributes: attribute.NewSet()}}, metricdatatest.IgnoreTimestamp())
	}
	for i := range 15 { // each holds a line of 107 bytes: the tenth is too much, and makes room for one
		consume(t, p, batch(fmt.Sprint("PC", i), "/logs/a.log", done, "<![LOG["+strings.Repeat("x", 100)))
	}
	c.pass(time.Millisecond)
	want(metadatatest.AssertEqualProcessorCmtrailHosts, 10)
	evicted := int64(p.relater.live.Counters().Evicted) // a line that is given out early brings its host back
	if evicted < 5 {
		t.Errorf("%d of 15 hosts were let go of, expected 5 at least", evicted)
	}
	want(metadatatest.AssertEqualProcessorCmtrailPendingEvicted, evicted)
	want(metadatatest.AssertEqualProcessorCmtrailPendingCut, 0)
	want(metadatatest.AssertEqualProcessorCmtrailPendingHurried, 0)
	want(metadatatest.AssertEqualProcessorCmtrailPendingLate, 0)
	want(metadatatest.AssertEqualProcessorCmtrailOnceForgotten, 0)
	held := p.table.HeldBytes()
	hurried := int64(15) - held/107
	if held > 1000 || hurried < 6 {
		t.Errorf("%d bytes are held", held)
	}
	want(metadatatest.AssertEqualProcessorCmtrailHeldBytes, held)
	want(metadatatest.AssertEqualProcessorCmtrailHeldHurried, hurried)

	p.mu.Lock()
	next.closed = true
	p.mu.Unlock()
	c.pass(time.Minute) // what is held goes on, and waits
	want(metadatatest.AssertEqualProcessorCmtrailWaiting, held/107)
	want(metadatatest.AssertEqualProcessorCmtrailHeldBytes, 0)
	lines := p.table.Held()
	if err := p.ConsumeLogs(context.Background(), batch("PC1", "/logs/b.log", opens)); err == nil || p.table.Held() != lines {
		t.Errorf("ConsumeLogs = %v with too many that wait, and %d lines held, want an error and none", err, p.table.Held())
	}
	p.mu.Lock()
	next.closed = false
	p.mu.Unlock()
	if err := p.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
}

// TestAFullDiskIsNotReadInto has a receiver with a deadline come again and again while the disk is full: nothing more is read
// than the first time.
func TestAFullDiskIsNotReadInto(t *testing.T) {
	d, c := newDisk(), newClock()
	p := onDisk(t, d, consumertest.NewNop(), c)
	d.fill(true)
	for i := range 50 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
		err := p.ConsumeLogs(ctx, batch("PC1", fmt.Sprint("/logs/", i, ".log"), opens))
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("ConsumeLogs = %v", err)
		}
	}
	if n := p.table.Held(); n != 1 {
		t.Errorf("%d lines are held that nobody can keep, expected 1", n)
	}
	d.fill(false)
	c.pass(time.Second)
	consume(t, p, batch("PC1", "/logs/a.log", opens))
}
