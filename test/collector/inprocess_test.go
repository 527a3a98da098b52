package collector

import (
	"context"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/exporter/fileexporter"
	"github.com/open-telemetry/opentelemetry-collector-contrib/receiver/filelogreceiver"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/provider/envprovider"
	"go.opentelemetry.io/collector/confmap/provider/fileprovider"
	"go.opentelemetry.io/collector/confmap/provider/yamlprovider"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/otelcol"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/service/telemetry/otelconftelemetry"

	"github.com/cmtrail/cmtrail/otelprocessor"
)

// running is a Collector in this process.
type running struct {
	collector *otelcol.Collector
	sink      *consumertest.LogsSink // of the exporter "sink"
	done      chan error
}

// start runs a Collector with the given configurations, each a URI such as file:demo.yaml or yaml:..., until the test
// ends or stop is called.
func start(t *testing.T, uris ...string) *running {
	t.Helper()
	r := &running{sink: new(consumertest.LogsSink), done: make(chan error, 1)}
	c, err := otelcol.NewCollector(otelcol.CollectorSettings{
		BuildInfo:               component.NewDefaultBuildInfo(),
		Factories:               func() (otelcol.Factories, error) { return factories(r.sink) },
		DisableGracefulShutdown: true,
		ConfigProviderSettings: otelcol.ConfigProviderSettings{ResolverSettings: confmap.ResolverSettings{
			URIs: uris,
			ProviderFactories: []confmap.ProviderFactory{
				envprovider.NewFactory(), fileprovider.NewFactory(), yamlprovider.NewFactory(),
			},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	r.collector = c
	go func() { r.done <- c.Run(context.Background()) }()
	t.Cleanup(func() { r.stop(t) })
	return r
}

// stop shuts the Collector down and waits for it.
func (r *running) stop(t *testing.T) {
	t.Helper()
	if r.done == nil {
		return
	}
	r.collector.Shutdown()
	if err := <-r.done; err != nil {
		t.Errorf("collector: %v", err)
	}
	r.done = nil
}

func factories(sink *consumertest.LogsSink) (f otelcol.Factories, err error) {
	if f.Receivers, err = otelcol.MakeFactoryMap[receiver.Factory](filelogreceiver.NewFactory()); err != nil {
		return f, err
	}
	if f.Processors, err = otelcol.MakeFactoryMap[processor.Factory](otelprocessor.NewFactory()); err != nil {
		return f, err
	}
	f.Exporters, err = otelcol.MakeFactoryMap[exporter.Factory](fileexporter.NewFactory(), sinkFactory(sink))
	f.Telemetry = otelconftelemetry.NewFactory()
	return f, err
}

// sinkFactory makes the exporter "sink", which keeps what it gets in memory.
func sinkFactory(sink *consumertest.LogsSink) exporter.Factory {
	type config struct{}
	create := func(context.Context, exporter.Settings, component.Config) (exporter.Logs, error) {
		return struct {
			component.StartFunc
			component.ShutdownFunc
			consumer.Logs
		}{Logs: sink}, nil
	}
	return exporter.NewFactory(
		component.MustNewType("sink"),
		func() component.Config { return &config{} },
		exporter.WithLogs(create, component.StabilityLevelDevelopment),
	)
}
