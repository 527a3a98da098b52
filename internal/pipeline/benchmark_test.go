package pipeline_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// noise is messages of healthy clients that no rule asks for, by component.
var noise = []struct{ component, text string }{
	{"ScanAgent", "CScanAgent::ScanByUpdates - the cache holds results for ToolUniqueID={%08X-4F50-4617-8829-3A4B5C6D7E8F} that are still valid"},
	{"WUAHandler", "Existing update source of the policy is kept, content version %d"},
	{"UpdatesDeployment", "EnumerateUpdates for action (UpdateActionInstall) - Total actionable updates = %d"},
	{"CcmMessaging", "Queue 'mp_[http]mp_policymanager' initialized with message retention time of %d seconds"},
	{"PolicyAgent", "Policy state for [CCM_Policy_Policy5.PolicyID=\"{%08X-0d3e-4b6c-9f21-5a7e60d4c381}\"] is currently [Active]"},
	{"StateMessage", "State message with TopicType %d and TopicId is not changed, nothing to send"},
}

// BenchmarkBytesToVerdicts reads a client's log line by line from its bytes, and matches each record against all shipped
// rules: once lines that none of them asks for, once with one in fifty that is tagged.
func BenchmarkBytesToVerdicts(b *testing.B) {
	engine, err := rules.LoadEngine(rules.Options{})
	if err != nil {
		b.Fatal(err)
	}
	for _, share := range []int{0, 50, 1} {
		for _, n := range noise {
			if n.component != "WUAHandler" && share == 1 {
				continue
			}
			var log strings.Builder
			const lines = 10_000
			for i := range lines {
				text := fmt.Sprintf(n.text, 1000+i)
				if share > 0 && i%share == 0 {
					text = "Async searching completed."
				}
				fmt.Fprintf(&log, `<![LOG[%s]LOG]!><time="08:%02d:%02d.%03d+000" date="03-12-2026" component="%s" context="" type="1" thread="%d" file="source.cpp:%d">`+"\r\n",
					text, i/600%60, i/10%60, i%1000, n.component, 4000+i%7, 100+i%900)
			}
			data := []byte(log.String())
			b.Run(fmt.Sprintf("one in %d tagged/%s", share, n.component), func(b *testing.B) {
				p := pipeline.New(engine)
				s := p.Open(pipeline.Source{Name: n.component + ".log"}, parsers.Options{}, func(*pipeline.Result) {})
				b.SetBytes(int64(len(data)))
				b.ReportAllocs()
				for b.Loop() {
					_, _ = s.Write(data)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/lines, "ns/line")
			})
		}
	}
}
