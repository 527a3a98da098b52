package otelprocessor

import (
	"context"
	"testing"

	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"

	"github.com/cmtrail/cmtrail/otelprocessor/internal/metadatatest"
)

func TestTelemetry(t *testing.T) {
	tel := componenttest.NewTelemetry()
	set := metadatatest.NewSettings(tel)
	p, err := newTagger(set, testConfig(), consumertest.NewNop(), newClock())
	if err != nil {
		t.Fatal(err)
	}
	ld := batch("PC1", "/logs/WUAHandler.log", asked, done, done, failed, opens, "")
	ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(5).Body().SetEmptyMap()
	consume(t, p, ld)

	point := func(n int64, attrs ...attribute.KeyValue) metricdata.DataPoint[int64] {
		return metricdata.DataPoint[int64]{Value: n, Attributes: attribute.NewSet(attrs...)}
	}
	points := func(list ...metricdata.DataPoint[int64]) []metricdata.DataPoint[int64] { return list }
	plain := metricdatatest.IgnoreTimestamp()
	metadatatest.AssertEqualProcessorCmtrailLines(t, tel, points(point(5)), plain)
	metadatatest.AssertEqualProcessorCmtrailRecords(t, tel, points(point(4, attribute.String("format", "ccm"))), plain)
	metadatatest.AssertEqualProcessorCmtrailHeldLines(t, tel, points(point(1)), plain)
	metadatatest.AssertEqualProcessorCmtrailStreams(t, tel, points(point(1)), plain)
	metadatatest.AssertEqualProcessorCmtrailPassed(t, tel, points(point(1)), plain)
	metadatatest.AssertEqualProcessorCmtrailTruncated(t, tel, points(point(0)), plain)
	metadatatest.AssertEqualProcessorCmtrailLate(t, tel, points(point(0)), plain)
	metadatatest.AssertEqualProcessorCmtrailIssues(t, tel, points(point(1, attribute.String("issue", "CM-TEST-NO-MEMORY"))), plain)
	metadatatest.AssertEqualProcessorCmtrailSteps(t, tel, points(
		point(1, attribute.String("rule", "scan.01.02.asked"), attribute.String("step", "scan.01.02")),
		point(2, attribute.String("rule", "scan.04.done"), attribute.String("step", "scan.04")),
	), plain)
	if err := p.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
}
