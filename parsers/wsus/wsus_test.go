package wsus

import (
	"testing"

	"github.com/cmtrail/cmtrail/parsers/internal/framing"
	"github.com/cmtrail/cmtrail/parsers/internal/framingtest"
)

var lines = []string{
	"2024-03-05 08:15:00.120 UTC\tChange\tw3wp.31\tAdminDataAccess.StartSubscriptionManually\tSynchronization manually started",
	"2024-03-05 08:15:02.007 UTC\tError\tWsusService.7\tEventLogEventReporter.ReportEvent\tEventId=364,Type=Error,Category=Synchronization,Message=Content file download failed, Reason: HTTP 404",
}

func open() framing.Format {
	return New(framing.Options{TextSeverity: true})
}

func TestRecords(t *testing.T) {
	framingtest.Run(t, open, []framingtest.Case{
		{Name: "change and event", Lines: lines, Want: []string{
			"wsus info 2024-03-05T08:15:00.120+0m component=AdminDataAccess.StartSubscriptionManually thread=31 tag=Change process=w3wp method=AdminDataAccess.StartSubscriptionManually | Synchronization manually started",
			"wsus error 2024-03-05T08:15:02.007+0m component=EventLogEventReporter.ReportEvent thread=7 process=WsusService method=EventLogEventReporter.ReportEvent event_id=364 event_type=Error category=Synchronization | EventId=364,Type=Error,Category=Synchronization,Message=Content file download failed, Reason: HTTP 404",
		}},
		{Name: "event weighs more than its line", Lines: []string{
			"2024-03-05 08:15:02.007 UTC\tInfo\tWsusService.7\tA.B\tEventId=10022,Type=Warning,Category=Client,Message=a,Type=Error",
		}, Want: []string{
			"wsus warn 2024-03-05T08:15:02.007+0m component=A.B thread=7 process=WsusService method=A.B event_id=10022 event_type=Warning category=Client | EventId=10022,Type=Warning,Category=Client,Message=a,Type=Error",
		}},
		{Name: "stack below an exception", Lines: []string{
			"2024-03-05 08:15:02.007 UTC\tWarning\tWsusUtil\tWebProxy.Connect\tSystem.Net.WebException: refused",
			"   at System.Net.HttpWebRequest.GetResponse()",
			"",
			"   at Contoso.Sync.Run()",
		}, Want: []string{
			"wsus warn 2024-03-05T08:15:02.007+0m component=WebProxy.Connect process=WsusUtil method=WebProxy.Connect | System.Net.WebException: refused\n   at System.Net.HttpWebRequest.GetResponse()\n\n   at Contoso.Sync.Run()",
		}},
		{Name: "blanks for tabs", Lines: []string{
			"2024-03-05 08:15:02.007 UTC  Info    w3wp.4  ThreadEntry   ThreadHelper.ThreadStart  twice",
		}, Want: []string{
			"wsus info 2024-03-05T08:15:02.007+0m component=ThreadEntry thread=4 process=w3wp method=ThreadEntry | ThreadHelper.ThreadStart  twice",
		}},
		{Name: "fewer columns are text", Lines: []string{
			"2024-03-05 08:15:02.007 UTC\tSuccessfully deployed an update to FABRIKAM clients",
			"2024-03-05 08:15:02.007 UTC\tRemoval\tfailed",
			"2024-03-05 08:15:02.007 UTC",
		}, Want: []string{
			"wsus info 2024-03-05T08:15:02.007+0m | Successfully deployed an update to FABRIKAM clients",
			"wsus error 2024-03-05T08:15:02.007+0m | Removal\tfailed",
			"wsus info 2024-03-05T08:15:02.007+0m | ",
		}},
		{Name: "odd levels and processes", Lines: []string{
			"2024-03-05 08:15:02 UTC\tNotice\ta.b.12\tM\tthe text failed",
			"2024-03-05 08:15:02.5 UTC\tDebug\ta.b\tM\t",
			"2024-13-05 08:15:02.500 UTC\tFatal\t\t\tx",
		}, Want: []string{
			"wsus error 2024-03-05T08:15:02+0m component=M thread=12 process=a.b method=M level=Notice | the text failed",
			"wsus debug 2024-03-05T08:15:02.5+0m component=M process=a.b method=M | ",
			"wsus fatal !bad_time | x",
		}},
		{Name: "not ours", Lines: []string{"2024-03-05 08:15:02.007 +01:00\tInfo", "2024-03-05 08:15:02.007 UTCX"}, Want: []string{
			"foreign 2024-03-05 08:15:02.007 +01:00\tInfo", "foreign 2024-03-05 08:15:02.007 UTCX",
		}},
	})
}

func TestDetect(t *testing.T) {
	for in, want := range map[string]framing.Confidence{
		lines[0]:                                framing.Certain,
		"2024-03-05 08:15:02.007 UTC  Info x":   framing.Likely,
		"2024-03-05 08:15:02.007 GMT\tInfo":     framing.None,
		"   at System.Net.Sockets.Connect(...)": framing.None,
		"":                                      framing.None,
	} {
		if got := Detect([]byte(in)); got != want {
			t.Errorf("Detect(%q) = %d, want %d", in, got, want)
		}
	}
}

func TestNoAllocation(t *testing.T) {
	if n := framingtest.Allocations(open(), lines...); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func BenchmarkParse(b *testing.B) {
	framingtest.Bench(b, open(), lines...)
}

func FuzzParse(f *testing.F) {
	framingtest.Fuzz(f, open, append(lines, "2024-03-05 08:15:02.007 UTC\t\t", "2024-03-05 08:15:02 UTC  a  b  c\tEventId=1")...)
}
