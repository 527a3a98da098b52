package otelprocessor

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/cmtrail/cmtrail/otelprocessor/internal/metadatatest"
)

// TestReload changes a rule file under a running processor that holds half a record, first with a fault in it.
func TestReload(t *testing.T) {
	shipped, err := os.ReadFile("testdata/rules/scan.yaml")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "scan.yaml")
	write := func(old, new string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(strings.Replace(string(shipped), old, new, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("", "")
	cfg := testConfig()
	cfg.Rules, cfg.ReloadInterval = []string{path}, 2*time.Second
	tel := componenttest.NewTelemetry()
	set := metadatatest.NewSettings(tel)
	core, logged := observer.New(zap.InfoLevel)
	set.Logger = zap.New(core)
	sink, c := &consumertest.LogsSink{}, newClock()
	p, err := newTagger(set, cfg, sink, c)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	take := func(lines ...string) { consume(t, p, batch("PC1", "/logs/WUAHandler.log", lines...)) }
	take(done, opens)
	write("line: The search is done", "lime: The search is done")
	c.pass(2 * time.Second)
	c.pass(2 * time.Second)
	take(closes, done)
	take(opens)
	write("line: The search is done", "line: The first line and the second")
	c.pass(2 * time.Second)
	c.pass(2 * time.Second)
	take(closes, done)

	var got []string
	for _, lr := range records(sink) {
		tagged := ""
		if step, ok := lr.Attributes().Get("configmgr.step.id"); ok {
			tagged = step.AsString()
		}
		got = append(got, strings.ReplaceAll(lr.Body().AsString(), "\n", " ")+": "+tagged)
	}
	want := []string{
		"The search is done: scan.04", "The first line and the second: ", "The search is done: scan.04", "The first line and the second: scan.04", "The search is done: ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var told []string
	for _, e := range logged.All() {
		if strings.Contains(e.Message, "ules") {
			told = append(told, e.Level.String()+" "+e.Message)
		}
	}
	if diff := cmp.Diff([]string{"info Rules loaded", "error Changed rules are not taken; the running ones go on", "info Rules reloaded"}, told); diff != "" {
		t.Error(diff)
	}
	plain := metricdatatest.IgnoreTimestamp()
	result := func(what string) metricdata.DataPoint[int64] {
		return metricdata.DataPoint[int64]{Value: 1, Attributes: attribute.NewSet(attribute.String("result", what))}
	}
	metadatatest.AssertEqualProcessorCmtrailReloads(t, tel, []metricdata.DataPoint[int64]{result("refused"), result("taken")}, plain)
	metadatatest.AssertEqualProcessorCmtrailRules(t, tel, []metricdata.DataPoint[int64]{{Value: 3}}, plain)
	if err := p.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
}
