package cbs

import (
	"testing"

	"github.com/cmtrail/cmtrail/parsers/internal/framing"
	"github.com/cmtrail/cmtrail/parsers/internal/framingtest"
)

var lines = []string{
	"2024-03-05 08:15:00, Info                  CBS    Session: 31090000_1 initialized by client Contoso Agent.",
	"2024-03-05 08:15:01, Error                 CSI    0000001b@2024/3/5:07:15:01.042 (F) onecore\\base\\wcp\\store.cpp(912): Error STATUS_X [gle=0x80004005]",
	"2024-03-05 08:15:02, Warning               DISM   DISM Provider: PID=512 TID=9004 Could not load it - CProvider::Load(hr:0x80070002)",
	"2024-03-05 08:15:03, Info       [0x0a0b0c] MOUPG  Setup goes on.",
}

func open() framing.Format {
	return New(framing.Options{TextSeverity: true})
}

func TestRecords(t *testing.T) {
	framingtest.Run(t, open, []framingtest.Case{
		{Name: "each family", Lines: lines, Want: []string{
			"cbs info 2024-03-05T08:15:00 component=CBS | Session: 31090000_1 initialized by client Contoso Agent.",
			"cbs error 2024-03-05T08:15:01+60m utc=07:15:01.042 component=CSI source=onecore\\base\\wcp\\store.cpp:912 sequence=0000001b hresult=0x80004005 | 0000001b@2024/3/5:07:15:01.042 (F) onecore\\base\\wcp\\store.cpp(912): Error STATUS_X [gle=0x80004005]",
			"cbs warn 2024-03-05T08:15:02 component=DISM pid=512 thread=9004 function=CProvider::Load hresult=0x80070002 | DISM Provider: PID=512 TID=9004 Could not load it - CProvider::Load(hr:0x80070002)",
			"cbs info 2024-03-05T08:15:03 component=MOUPG code=0x0a0b0c | Setup goes on.",
		}},
		{Name: "levels", Lines: []string{
			"2024-03-05 08:15:00, Fatal Error           SP     a",
			"2024-03-05 08:15:00, Fatal Error[0x0a0b0c] SP     b",
			"2024-03-05 08:15:00, Perf                  SP     c",
			"2024-03-05 08:15:00, Debug                 SP     d",
			"2024-03-05 08:15:00, Verbose               SP     e",
			"2024-03-05 08:15:00, Notice                SP     this failed",
			"2024-03-05 08:15:00, Info                  CSI    0000002c Warning: Unable to repair [SR] x",
		}, Want: []string{
			"cbs fatal 2024-03-05T08:15:00 component=SP | a",
			"cbs fatal 2024-03-05T08:15:00 component=SP code=0x0a0b0c | b",
			"cbs debug 2024-03-05T08:15:00 component=SP | c",
			"cbs debug 2024-03-05T08:15:00 component=SP | d",
			"cbs debug 2024-03-05T08:15:00 component=SP | e",
			"cbs error 2024-03-05T08:15:00 component=SP level=Notice | this failed",
			"cbs info 2024-03-05T08:15:00 component=CSI tag=SR sequence=0000002c | 0000002c Warning: Unable to repair [SR] x",
		}},
		{Name: "component only in its column", Lines: []string{
			"2024-03-05 08:15:00, Info                         [SetupHost.exe] PANTHR is not here",
			"2024-03-05 08:15:00, Info                         ",
			"2024-03-05 08:15:00, Info                  CBS",
			"2024-03-05 08:15:00, Info                  CBS      indented",
			"2024-03-05 08:15:00, Info                  LONGNAME text",
			"2024-03-05 08:15:00, Info                  Plain words",
			"2024-03-05 08:15:00, Info                  A letter",
			"2024-03-05 08:15:00, Info CBS collapsed",
			"2024-03-05 08:15:00, Info       [0x0a0b0] CBS    no id",
			"2024-03-05 08:15:00, AnImpossiblyLongLevelForOneColumn CBS    text",
			"2024-03-05 08:15:00, Info",
			"2024-03-05 08:15:00, ",
		}, Want: []string{
			"cbs info 2024-03-05T08:15:00 process=SetupHost.exe | [SetupHost.exe] PANTHR is not here",
			"cbs info 2024-03-05T08:15:00 | ",
			"cbs info 2024-03-05T08:15:00 component=CBS | ",
			"cbs info 2024-03-05T08:15:00 component=CBS |   indented",
			"cbs info 2024-03-05T08:15:00 component=LONGNAME | text",
			"cbs info 2024-03-05T08:15:00 | Plain words",
			"cbs info 2024-03-05T08:15:00 | A letter",
			"cbs info 2024-03-05T08:15:00 | CBS collapsed",
			"cbs info 2024-03-05T08:15:00 | [0x0a0b0] CBS    no id",
			"cbs info 2024-03-05T08:15:00 level=AnImpossiblyLongLevelForOneColumn | CBS    text",
			"cbs info 2024-03-05T08:15:00 | ",
			"cbs info 2024-03-05T08:15:00 | ",
		}},
		{Name: "continuations", Lines: []string{
			"2024-03-05 08:15:00, Error                 DISM   DISM Appx: PID=512 TID=9004 x.cpp(14): 80070003",
			"    Msg:[no 2024-03-05 08:15:00, Info here, HRESULT = 0x8007007b - NAME] ",
			"",
			" - CAppx::Log",
			"2024-02-30 08:15:00, Info                  CBS    no such day",
		}, Want: []string{
			"cbs error 2024-03-05T08:15:00 component=DISM pid=512 thread=9004 source=x.cpp:14 function=CAppx::Log hresult=0x8007007B | DISM Appx: PID=512 TID=9004 x.cpp(14): 80070003\n    Msg:[no 2024-03-05 08:15:00, Info here, HRESULT = 0x8007007b - NAME] \n\n - CAppx::Log",
			"cbs info component=CBS !bad_time | no such day",
		}},
		{Name: "UTC stamps that say nothing of the zone", Lines: []string{
			"2024-03-05 08:15:00, Info                  CSI    0000001b@2024/3/5:07:05:00.042 ten minutes off",
			"2024-03-05 08:15:00, Info                  CSI    0000001b@2024/3/7:08:15:00.042 days off",
			"2024-03-05 08:15:00, Info                  CSI    0000001b@2024/2/30:08:15:00.042 no day",
			"2024-03-05 08:15:00, Info                  CSI    0000001b@cut",
			"2024-03-05 08:15:00, Info                  CSI    0000001bx not a number",
			"2024-03-05 08:15:00, Info                  CBS    0000001b@2024/3/5:07:15:00.042 not CSI",
		}, Want: []string{
			"cbs info 2024-03-05T08:15:00 component=CSI sequence=0000001b | 0000001b@2024/3/5:07:05:00.042 ten minutes off",
			"cbs info 2024-03-05T08:15:00 component=CSI sequence=0000001b | 0000001b@2024/3/7:08:15:00.042 days off",
			"cbs info 2024-03-05T08:15:00 component=CSI sequence=0000001b | 0000001b@2024/2/30:08:15:00.042 no day",
			"cbs info 2024-03-05T08:15:00 component=CSI sequence=0000001b | 0000001b@cut",
			"cbs info 2024-03-05T08:15:00 component=CSI | 0000001bx not a number",
			"cbs info 2024-03-05T08:15:00 component=CBS | 0000001b@2024/3/5:07:15:00.042 not CSI",
		}},
		{Name: "offsets west, east and odd", Lines: []string{
			"2024-03-05 08:15:00, Info                  CSI    00000001@2024/3/5:15:14:59.900 w",
			"2024-03-05 08:15:00, Info                  CSI    00000002@2024/3/4:18:45:01.000 e",
			"2024-03-05 08:15:00, Info                  CSI    00000003@2024/3/5:02:30:00.5 n",
		}, Want: []string{
			"cbs info 2024-03-05T08:15:00-420m utc=15:14:59.900 component=CSI sequence=00000001 | 00000001@2024/3/5:15:14:59.900 w",
			"cbs info 2024-03-05T08:15:00+810m utc=18:45:01.000 component=CSI sequence=00000002 | 00000002@2024/3/4:18:45:01.000 e",
			"cbs info 2024-03-05T08:15:00+345m utc=02:30:00.5 component=CSI sequence=00000003 | 00000003@2024/3/5:02:30:00.5 n",
		}},
		{Name: "not ours", Lines: []string{"2024-03-05 08:15:00 Info", "[gle=0x1]"}, Want: []string{"foreign 2024-03-05 08:15:00 Info", "foreign [gle=0x1]"}},
	})
}

func TestLearnCSI(t *testing.T) {
	f := New(framing.Options{LearnCSI: true})
	got := framingtest.Read(f, lines[0], lines[1], lines[3])
	want := []string{"cbs info 2024-03-05T08:15:00 ", "cbs error 2024-03-05T08:15:01+60m", "cbs info 2024-03-05T08:15:03+60m"}
	f.Reset()
	got = append(got, framingtest.Read(f, lines[0])...)
	want = append(want, "cbs info 2024-03-05T08:15:00 ")
	for i := range want {
		if got[i][:len(want[i])] != want[i] {
			t.Errorf("record %d: got %q, want it to begin %q", i, got[i], want[i])
		}
	}
}

func TestDetect(t *testing.T) {
	for in, want := range map[string]framing.Confidence{
		lines[0]:                                  framing.Certain,
		"2024-03-05 08:15:00, Fatal Error":        framing.Certain,
		"2024-03-05 08:15:00, Notice  x":          framing.Likely,
		"2024-03-05 08:15:00, 12":                 framing.None,
		"2024-03-05 08:15:00 Info x":              framing.None,
		" 2024-03-05 08:15:00, Info not column 0": framing.None,
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
	framingtest.Fuzz(f, open, append(lines,
		"2024-03-05 08:15:00, Info       [0x0a0b0c] ", "2024-03-05 08:15:00, Info                  A", "2024-03-05 08:15:00, \n - A::B(")...)
}
