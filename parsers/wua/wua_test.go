package wua

import (
	"testing"

	"github.com/cmtrail/cmtrail/parsers/internal/framing"
	"github.com/cmtrail/cmtrail/parsers/internal/framingtest"
)

var tabLines = []string{
	"2024-03-05\t08:15:00:120\t 812\t1f4c\tMisc\t===========  Logging initialized (build: 7.6.7601.1, tz: -0800)  ===========",
	"2024-03-05\t08:15:01:004\t 812\t1f4c\tAgent\t** START **  Agent: Finding updates [CallerId = CcmExec]",
	"2024-03-05\t08:15:02:900\t 812\tb0\tAgent\t  * WARNING: Exit code = 0x8024402C",
}

var etlLines = []string{
	"2024/03/05 08:15:00.1234567 1208  4460  Agent           * START * Finding updates CallerId = CcmExec, Id = 7 (cV = kQ2aLx9EdU6Yx0aB.1.0.2)",
	"2024/03/05 08:15:01.7654321 1208  4460  ComApi          *FAILED* [80240fff] Method failed [CSearch::Begin:412]",
	"2024/03/05 08:15:02.0000000 1208  14460 DownloadManager   Job done",
}

func openTab() framing.Format { return NewTab(framing.Options{}) }

func openETL() framing.Format { return NewETL(framing.Options{}) }

func TestTabRecords(t *testing.T) {
	framingtest.Run(t, openTab, []framingtest.Case{
		{Name: "zone is learned from its line on", Lines: append([]string{
			"2024-03-05\t08:14:59:999\t 812\t1f4c\tService\t** END **  Service: Service exit [Exit code = 0x240001]"}, tabLines...,
		), Want: []string{
			"wua-tab info 2024-03-05T08:14:59.999 component=Service pid=812 thread=8012 tag=END exit_code=0x240001 | ** END **  Service: Service exit [Exit code = 0x240001]",
			"wua-tab info 2024-03-05T08:15:00.120-480m component=Misc pid=812 thread=8012 | ===========  Logging initialized (build: 7.6.7601.1, tz: -0800)  ===========",
			"wua-tab info 2024-03-05T08:15:01.004-480m component=Agent pid=812 thread=8012 tag=START caller_id=CcmExec | ** START **  Agent: Finding updates [CallerId = CcmExec]",
			"wua-tab warn 2024-03-05T08:15:02.900-480m component=Agent pid=812 thread=176 exit_code=0x8024402C |   * WARNING: Exit code = 0x8024402C",
		}},
		{Name: "glued offset stays until another sign", Lines: []string{
			"2024-03-05\t08:15:00+0100\t 812\tb0\tAU\tone",
			"2024-03-05\t08:15:00:5\t 812\tb0\tAU\ttwo",
			"2024-03-05\t08:15:01:250-0330\t 812\tb0\tAU\tthree",
			"2024-03-05\t08:15:02:250+9999\t 812\tb0\tAU\tfour",
			"2024-03-05\t08:15:03:000\t 812\tb0\tMisc\tLogging initialized (build: 7, tz: ?)",
		}, Want: []string{
			"wua-tab info 2024-03-05T08:15:00+60m component=AU pid=812 thread=176 | one",
			"wua-tab info 2024-03-05T08:15:00.5+60m component=AU pid=812 thread=176 | two",
			"wua-tab info 2024-03-05T08:15:01.250-210m component=AU pid=812 thread=176 | three",
			"wua-tab info 2024-03-05T08:15:02.250-210m component=AU pid=812 thread=176 !bad_bias | four",
			"wua-tab info 2024-03-05T08:15:03.000-210m component=Misc pid=812 thread=176 !bad_bias | Logging initialized (build: 7, tz: ?)",
		}},
		{Name: "columns", Lines: []string{
			"2024-03-05\t08:15:00:120\t 812\tb0\tthe oldest write no component",
			"2024-03-05\t08:15:00:120\t 812\tb0\tReport\ta\tb\tc",
			"  more\tof it",
			"2024-03-05\t08:15:00:120\tx\ty\tReport\tz",
			"2024-03-05\t08:15:00:120",
			"2024-03-05\t08:15:00:120\t 812",
			"2024-02-30\t08:15:00:120\t 812\tb0\tAU\tno such day",
		}, Want: []string{
			"wua-tab info 2024-03-05T08:15:00.120 pid=812 thread=176 | the oldest write no component",
			"wua-tab info 2024-03-05T08:15:00.120 component=Report pid=812 thread=176 | a\tb\tc\n  more\tof it",
			"wua-tab info 2024-03-05T08:15:00.120 component=Report | z",
			"wua-tab info 2024-03-05T08:15:00.120 | ",
			"wua-tab info 2024-03-05T08:15:00.120 pid=812 | ",
			"wua-tab info component=AU pid=812 thread=176 !bad_time | no such day",
		}},
		{Name: "severity and marks are at the head only", Lines: []string{
			"2024-03-05\t08:15:00:120\t 812\tb0\tAU\t  # FATAL: nothing works",
			"2024-03-05\t08:15:00:120\t 812\tb0\tAU\tno WARNING: here",
			"2024-03-05\t08:15:00:120\t 812\tb0\tAU\t<<-- SUBMITTED -- COMAPI: Search [ClientId = CcmExec]",
			"2024-03-05\t08:15:00:120\t 812\tb0\tAU\t>>--  RESUMED  -- COMAPI: Search [ClientId = Contoso Agent (x)]",
			"2024-03-05\t08:15:00:120\t 812\tb0\tAU\t-- END -- COMAPI: Search [ClientId = <NULL>]",
			"2024-03-05\t08:15:00:120\t 812\tb0\tAU\t*********",
			"2024-03-05\t08:15:00:120\t 812\tb0\tAU\t** STARTED early **",
		}, Want: []string{
			"wua-tab error 2024-03-05T08:15:00.120 component=AU pid=812 thread=176 |   # FATAL: nothing works",
			"wua-tab info 2024-03-05T08:15:00.120 component=AU pid=812 thread=176 | no WARNING: here",
			"wua-tab info 2024-03-05T08:15:00.120 component=AU pid=812 thread=176 tag=SUBMITTED client_id=CcmExec | <<-- SUBMITTED -- COMAPI: Search [ClientId = CcmExec]",
			"wua-tab info 2024-03-05T08:15:00.120 component=AU pid=812 thread=176 tag=RESUMED client_id=Contoso Agent | >>--  RESUMED  -- COMAPI: Search [ClientId = Contoso Agent (x)]",
			"wua-tab info 2024-03-05T08:15:00.120 component=AU pid=812 thread=176 tag=END | -- END -- COMAPI: Search [ClientId = <NULL>]",
			"wua-tab info 2024-03-05T08:15:00.120 component=AU pid=812 thread=176 | *********",
			"wua-tab info 2024-03-05T08:15:00.120 component=AU pid=812 thread=176 | ** STARTED early **",
		}},
		{Name: "not ours", Lines: []string{"2024-03-05 08:15:00:120\t 812"}, Want: []string{"foreign 2024-03-05 08:15:00:120\t 812"}},
	})
}

func TestTabResetForgetsTheZone(t *testing.T) {
	f := openTab()
	framingtest.Read(f, tabLines...)
	f.Reset()
	if got := framingtest.Read(f, tabLines[1]); got[0][:len("wua-tab info 2024-03-05T08:15:01.004 ")] != "wua-tab info 2024-03-05T08:15:01.004 " {
		t.Errorf("got %q", got)
	}
}

func TestETLRecords(t *testing.T) {
	framingtest.Run(t, openETL, []framingtest.Case{
		{Name: "usual lines", Lines: etlLines, Want: []string{
			"wua-etl info 2024-03-05T08:15:00.1234567 component=Agent pid=1208 thread=4460 tag=START caller_id=CcmExec cv=kQ2aLx9EdU6Yx0aB.1.0.2 | * START * Finding updates CallerId = CcmExec, Id = 7 (cV = kQ2aLx9EdU6Yx0aB.1.0.2)",
			"wua-etl error 2024-03-05T08:15:01.7654321 component=ComApi pid=1208 thread=4460 source=:412 tag=FAILED hresult=0x80240FFF function=CSearch::Begin | *FAILED* [80240fff] Method failed [CSearch::Begin:412]",
			"wua-etl info 2024-03-05T08:15:02.0000000 component=DownloadManager pid=1208 thread=14460 |   Job done",
		}},
		{Name: "other cultures", Lines: []string{
			"2024.03.05 08.15.00.1234567 1208  4460  Agent           a",
			"2024-03-05 08:15:00.1234567 1208  4460  Agent           b",
			"2024. 03. 05 08:15:00.1234567 1208  4460  Agent           c",
			"2567/03/05 08:15:00.1234567 1208  4460  Agent           d",
			"1445/08/24 08:15:00.1234567 1208  4460  Agent           e",
			"2024/02/30 08:15:00.1234567 1208  4460  Agent           f",
		}, Want: []string{
			"wua-etl info 2024-03-05T08:15:00.1234567 component=Agent pid=1208 thread=4460 | a",
			"wua-etl info 2024-03-05T08:15:00.1234567 component=Agent pid=1208 thread=4460 | b",
			"wua-etl info 2024-03-05T08:15:00.1234567 component=Agent pid=1208 thread=4460 | c",
			"wua-etl info component=Agent pid=1208 thread=4460 !bad_time | d",
			"wua-etl info component=Agent pid=1208 thread=4460 !bad_time | e",
			"wua-etl info component=Agent pid=1208 thread=4460 !bad_time | f",
		}},
		{Name: "undecoded", Lines: []string{
			"1601/01/01 02:00:00.0000000 1208  4460                  Unknown( 12): GUID=0f3b7c55-8d0a-4f64-9f0e-5b6f2b7c1d20 (No Format Information found).",
			"2024/03/05 08:15:00.1234567 1208  4460                  Unknown( 12): GUID=0f3b7c55-8d0a-4f64-9f0e-5b6f2b7c1d20 (No Format Information found).",
		}, Want: []string{
			"wua-etl debug pid=1208 thread=4460 !zero_time !undecoded | Unknown( 12): GUID=0f3b7c55-8d0a-4f64-9f0e-5b6f2b7c1d20 (No Format Information found).",
			"wua-etl debug 2024-03-05T08:15:00.1234567 pid=1208 thread=4460 !undecoded | Unknown( 12): GUID=0f3b7c55-8d0a-4f64-9f0e-5b6f2b7c1d20 (No Format Information found).",
		}},
		{Name: "columns", Lines: []string{
			"2024/03/05 08:15:00.1234567 1234567 765432 Shared            wide ids",
			"2024/03/05 08:15:00.1234567 1208  4460  AnOverlongTaskNameOfOurs  text",
			"2024/03/05 08:15:00.1234567 1208    4460      SIH        [Name] : value; ",
			"2024/03/05 08:15:00.1234567 1208 4460 SLS  collapsed",
			"2024/03/05 08:15:00.1234567 1208  4460  Misc",
			"2024/03/05 08:15:00.1234567 1208  4460",
			"continued",
		}, Want: []string{
			"wua-etl info 2024-03-05T08:15:00.1234567 component=Shared pid=1234567 thread=765432 |   wide ids",
			"wua-etl info 2024-03-05T08:15:00.1234567 component=AnOverlongTaskNameOfOurs pid=1208 thread=4460 |  text",
			"wua-etl info 2024-03-05T08:15:00.1234567 component=SIH pid=1208 thread=4460 | [Name] : value; ",
			"wua-etl info 2024-03-05T08:15:00.1234567 component=SLS pid=1208 thread=4460 | collapsed",
			"wua-etl info 2024-03-05T08:15:00.1234567 component=Misc pid=1208 thread=4460 | ",
			"wua-etl info 2024-03-05T08:15:00.1234567 pid=1208 thread=4460 | \ncontinued",
		}},
		{Name: "words at the head", Lines: []string{
			"2024/03/05 08:15:00.1234567 1208  4460  Agent             WARNING: slow",
			"2024/03/05 08:15:00.1234567 1208  4460  Agent           FATAL: gone",
			"2024/03/05 08:15:00.1234567 1208  4460  Agent           0 of 3 failed, no ERROR",
			"2024/03/05 08:15:00.1234567 1208  4460  Agent           at file = onecore\\agent.cpp, line = 77, Exit code = 0x80240438 (cV: Ab/1.2)",
		}, Want: []string{
			"wua-etl warn 2024-03-05T08:15:00.1234567 component=Agent pid=1208 thread=4460 |   WARNING: slow",
			"wua-etl error 2024-03-05T08:15:00.1234567 component=Agent pid=1208 thread=4460 | FATAL: gone",
			"wua-etl info 2024-03-05T08:15:00.1234567 component=Agent pid=1208 thread=4460 | 0 of 3 failed, no ERROR",
			"wua-etl info 2024-03-05T08:15:00.1234567 component=Agent pid=1208 thread=4460 source=onecore\\agent.cpp:77 exit_code=0x80240438 cv=Ab/1.2 | at file = onecore\\agent.cpp, line = 77, Exit code = 0x80240438 (cV: Ab/1.2)",
		}},
		{Name: "not ours", Lines: []string{
			"2024/03/05 08:15:00.123456 1208  4460  Agent           six digits",
			"2024/03/05 08:15:00.1234567 Agent           no ids",
			"2024/03/05 08:15.00.1234567 1208  4460  Agent           mixed separators",
		}, Want: []string{
			"foreign 2024/03/05 08:15:00.123456 1208  4460  Agent           six digits",
			"foreign 2024/03/05 08:15:00.1234567 Agent           no ids",
			"foreign 2024/03/05 08:15.00.1234567 1208  4460  Agent           mixed separators",
		}},
	})
}

func TestDetect(t *testing.T) {
	for _, tt := range []struct {
		in       string
		tab, etl framing.Confidence
	}{
		{tabLines[0], framing.Certain, framing.None},
		{etlLines[0], framing.None, framing.Certain},
		{"2024-03-05 08:15:00.1234567 1208  4460  Agent           x", framing.None, framing.Likely},
		{"2024-03-05 08:15:00, Info                  CBS    x", framing.None, framing.None},
		{"2024-03-05 08:15:00.123 UTC\tInfo", framing.None, framing.None},
	} {
		if got := DetectTab([]byte(tt.in)); got != tt.tab {
			t.Errorf("DetectTab(%q) = %d", tt.in, got)
		}
		if got := DetectETL([]byte(tt.in)); got != tt.etl {
			t.Errorf("DetectETL(%q) = %d", tt.in, got)
		}
	}
}

func TestNoAllocation(t *testing.T) {
	if n := framingtest.Allocations(openTab(), tabLines...); n != 0 {
		t.Errorf("tab: %v allocations, want none", n)
	}
	if n := framingtest.Allocations(openETL(), etlLines...); n != 0 {
		t.Errorf("etl: %v allocations, want none", n)
	}
}

func BenchmarkTab(b *testing.B) { framingtest.Bench(b, openTab(), tabLines...) }

func BenchmarkETL(b *testing.B) { framingtest.Bench(b, openETL(), etlLines...) }

func FuzzTab(f *testing.F) {
	framingtest.Fuzz(f, openTab, append(tabLines, "2024-03-05\t08:15:00:\t", "2024-03-05\t08:15:00+\t1\t2\t3\t4")...)
}

func FuzzETL(f *testing.F) {
	framingtest.Fuzz(f, openETL, append(etlLines, "2024.03. 05 08.15.00.1234567 1 2", "2024/03/05 08:15:00.1234567 1 2 = file = a, line = 1")...)
}
