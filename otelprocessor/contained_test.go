package otelprocessor

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	cmattribute "github.com/cmtrail/cmtrail/internal/attribute"
	"github.com/cmtrail/cmtrail/internal/fault"
	"github.com/cmtrail/cmtrail/otelprocessor/internal/metadatatest"
)

// Wherever the processor breaks on a record, that record goes on, and so do the others with their tags; the fault is counted
// and told.
func TestAPanicIsContained(t *testing.T) {
	poisoned := strings.Replace(done, "LOG[", "LOG[poison ", 1)
	for _, tt := range []struct {
		at   fault.Place
		body string // of the record on which it breaks
		read bool   // it is read, only not tagged
	}{
		{fault.Parser, poisoned, true},
		{fault.Rules, "", true},
		{fault.Correlation, "", true},
		{fault.Output, poisoned, false},
	} {
		t.Run(tt.at.String(), func(t *testing.T) {
			breaks := true
			fault.Inject = func(at fault.Place, text string) {
				if breaks && at == tt.at && strings.Contains(text, "poison") {
					panic("broken on poison")
				}
			}
			t.Cleanup(func() { fault.Inject = nil })
			tel := componenttest.NewTelemetry()
			core, logged := observer.New(zap.DebugLevel)
			set := metadatatest.NewSettings(tel)
			set.Logger = zap.New(core)
			sink := &consumertest.LogsSink{}
			p, err := newTagger(set, testConfig(), sink, newClock())
			if err != nil {
				t.Fatal(err)
			}
			consume(t, p, batch("PC1", "/logs/WUAHandler.log", done, poisoned, poisoned, done))
			list := records(sink)
			if len(list) != 4 {
				t.Fatalf("%d records, want 4", len(list))
			}
			for i, lr := range list {
				_, tagged := lr.Attributes().Get(cmattribute.StepID)
				_, read := lr.Attributes().Get(cmattribute.Format)
				if i == 0 || i == 3 {
					if !tagged {
						t.Errorf("record %d is not tagged: %s", i, lr.Body().Str())
					}
					continue
				}
				mayTag := tt.at == fault.Correlation || tt.at == fault.Parser // rules read plain records too
				if tagged && !mayTag || read != tt.read || tt.body != "" && lr.Body().Str() != tt.body {
					t.Errorf("record %d: tagged %v, read %v, body %q", i, tagged, read, lr.Body().Str())
				}
			}
			var points []metricdata.DataPoint[int64]
			for _, at := range fault.Places() {
				n := int64(0)
				if at == tt.at {
					n = 2
				}
				points = append(points, metricdata.DataPoint[int64]{Value: n, Attributes: attribute.NewSet(attribute.String("place", at.String()))})
			}
			metadatatest.AssertEqualProcessorCmtrailPanics(t, tel, points, metricdatatest.IgnoreTimestamp())
			told := logged.FilterMessage("Contained a panic")
			if n := told.FilterLevelExact(zap.ErrorLevel).Len(); n != 1 {
				t.Errorf("told %d times within a minute, want once", n)
			}
			if text := fmt.Sprint(told.FilterLevelExact(zap.DebugLevel).All()); !strings.Contains(text, "contained_test.go") {
				t.Errorf("the stack does not say where it broke: %s", text)
			}
			breaks = false
			if err := p.Shutdown(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
}

// breakingClock breaks when a table asks it for the time, outside of any single stream.
type breakingClock struct {
	*clock
	breaks bool
}

func (c *breakingClock) Now() time.Time {
	if c.breaks {
		c.breaks = false
		panic("the clock breaks")
	}
	return c.clock.Now()
}

// A tick that breaks neither ends the ticks nor leaves the processor locked, and what is held goes on untagged.
func TestATickThatBreaks(t *testing.T) {
	sink := &consumertest.LogsSink{}
	c := &breakingClock{clock: newClock()}
	tel := componenttest.NewTelemetry()
	p, err := newTagger(metadatatest.NewSettings(tel), testConfig(), sink, c)
	if err != nil {
		t.Fatal(err)
	}
	consume(t, p, batch("PC1", "/logs/WUAHandler.log", done, opens))
	c.breaks = true
	p.begin()
	p.guarded(p.table.FlushIdle)
	p.mu.Lock()
	p.keep(p.newRound(p.carried))
	p.mu.Unlock()
	for range 3 {
		c.breaks = true
		p.tick(context.Background())
	}
	consume(t, p, batch("PC1", "/logs/WUAHandler.log", done))
	if got := bodies(sink); len(got) != 3 || got[1] != opens {
		t.Errorf("gave %q", got)
	}
	if n := p.faults.Total(); n != 4 {
		t.Errorf("%d panics counted, want 4", n)
	}
	if err := p.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
}
