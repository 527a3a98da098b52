package redact

import (
	"strings"
	"testing"

	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/parsers"
)

// BenchmarkText measures one message: of a healthy client, which names nobody, with a little that looks like a name, with
// one name that has been seen before and with many, and the lines of the samples one after the other.
func BenchmarkText(b *testing.B) {
	for _, bb := range []struct{ name, text string }{
		{"nothing", "EnumerateUpdates for action (UpdateActionInstall) - Total actionable updates = 1042"},
		{"looks like", `CScanAgent::ScanByUpdates - C:\Windows\CCM\Logs\ScanAgent.log of version 5.00.9106.1000 holds ToolUniqueID={00001042-4F50-4617-8829-3A4B5C6D7E8F}`},
		{"one name", "Delivered successfully to host 'SUP01.CONTOSO.COM' after 12 tries of which none failed"},
		{"many names", `http://SUP01.contoso.com:8530 \\SUP01\x CONTOSO\ina C:\Users\ina\x S-1-5-21-1-2-3-1001 ina@contoso.com 10.20.4.51 fe80::1c2:3d4e`},
	} {
		b.Run(bb.name, func(b *testing.B) {
			r := newRedactor(b)
			b.SetBytes(int64(len(bb.text)))
			b.ReportAllocs()
			for b.Loop() {
				r.Text(bb.text)
			}
		})
	}
	b.Run("samples", func(b *testing.B) {
		lines := corpus(b)
		r := newRedactor(b)
		b.SetBytes(int64(len(strings.Join(lines, "\n"))))
		b.ReportAllocs()
		for b.Loop() {
			for _, l := range lines {
				r.Text(l)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(lines)), "ns/line")
	})
}

// BenchmarkResult measures a whole record, whose host is known.
func BenchmarkResult(b *testing.B) {
	r := newRedactor(b)
	res := &pipeline.Result{
		Source: pipeline.Source{Host: "LAB-07", Path: `C:\Windows\CCM\Logs\UpdatesDeployment.log`},
		Record: &parsers.Record{Message: "EnumerateUpdates for action (UpdateActionInstall) - Total actionable updates = 1042", Component: "UpdatesDeployment", SourceFile: "updatesmanager.cpp"},
	}
	b.ReportAllocs()
	for b.Loop() {
		r.Result(res)
	}
}
