package msi

import (
	"strings"
	"testing"

	"github.com/cmtrail/cmtrail/parsers/internal/framing"
	"github.com/cmtrail/cmtrail/parsers/internal/framingtest"
)

const start = "=== Verbose logging started: 25/03/2024  8:15:00  Build type: SHIP UNICODE 5.00.10011.00 ==="

const shownStart = "msi info 2024-03-25T08:15:00 tag=log-started | " + start

func open() framing.Format {
	return New(framing.Options{TextSeverity: true, Preceding: 2})
}

func TestLineKinds(t *testing.T) {
	framingtest.Run(t, open, []framingtest.Case{
		{Name: "engine", Lines: []string{
			start,
			"MSI (c) (0A:F4) [08:15:01:120]: ******* RunEngine:",
			"           ******* Product: C:\\Temp\\agent.msi",
			"MSI (s) (0A!F4) [08:15:01:121]: Doing action: X",
			"MSI (a) (0A:F4) [08:15:01:122]:   indented",
			"MSI (N) (0A:F4) [08:15:01:123]:",
			"MSI (s) (0A:F4) [28:15:01:123]: no such hour",
		}, Want: []string{
			shownStart,
			"msi info 2024-03-25T08:15:01.120 tag=client pid_low=0A tid_low=F4 | ******* RunEngine:\n           ******* Product: C:\\Temp\\agent.msi",
			"msi info 2024-03-25T08:15:01.121 tag=server pid_low=0A tid_low=F4 | Doing action: X",
			"msi info 2024-03-25T08:15:01.122 tag=custom-action pid_low=0A tid_low=F4 |   indented",
			"msi info 2024-03-25T08:15:01.123 tag=nested pid_low=0A tid_low=F4 | ",
			"msi info tag=server pid_low=0A tid_low=F4 !bad_time | no such hour",
		}},
		{Name: "outcomes", Lines: []string{
			"MSI (c) (0A:F4) [08:15:01:120]: MainEngineThread is returning 0",
			"MSI (c) (0A:F4) [08:15:01:120]: MainEngineThread is returning 3010",
			"MSI (c) (0A:F4) [08:15:01:120]: MainEngineThread is returning 1602",
			"MSI (c) (0A:F4) [08:15:01:120]: Installation success or error status: 1603.",
			"MSI (c) (0A:F4) [08:15:01:120]: Note: 1: 1603",
			"MSI (c) (0A:F4) [08:15:01:120]: MainEngineThread is returning 99999999999",
		}, Want: []string{
			"msi info tag=client pid_low=0A tid_low=F4 | MainEngineThread is returning 0",
			"msi info tag=REBOOT pid_low=0A tid_low=F4 | MainEngineThread is returning 3010",
			"msi warn tag=client pid_low=0A tid_low=F4 | MainEngineThread is returning 1602",
			"msi error tag=client pid_low=0A tid_low=F4 | Installation success or error status: 1603.",
			"msi info tag=client pid_low=0A tid_low=F4 | Note: 1: 1603",
			"msi info tag=client pid_low=0A tid_low=F4 | MainEngineThread is returning 99999999999",
		}},
		{Name: "actions", Lines: []string{
			start,
			"Action start 8:15:02: CostFinalize.",
			"Action 8:15:02: CostFinalize. Computing space requirements",
			"Action ended 8:15:03: CostFinalize. Return value 1.",
			"Action ended 8:15:03: AskUser. Return value 2.",
			"Action ended 8:15:03: Later. Return value 4.",
			"Action ended 8:15:03: Skipped. Return value 0.",
			"Action ended soon",
			"Action start 28:15:02: CostFinalize.",
		}, Want: []string{
			shownStart,
			"msi info 2024-03-25T08:15:02 component=CostFinalize tag=action-start | Action start 8:15:02: CostFinalize.",
			"msi info 2024-03-25T08:15:02 component=CostFinalize tag=action-info | Action 8:15:02: CostFinalize. Computing space requirements",
			"msi info 2024-03-25T08:15:03 component=CostFinalize tag=action-ended return_value=1 | Action ended 8:15:03: CostFinalize. Return value 1.",
			"msi warn 2024-03-25T08:15:03 component=AskUser tag=action-ended return_value=2 | Action ended 8:15:03: AskUser. Return value 2.",
			"msi warn 2024-03-25T08:15:03 component=Later tag=action-ended return_value=4 | Action ended 8:15:03: Later. Return value 4.",
			"msi info 2024-03-25T08:15:03 component=Skipped tag=action-ended return_value=0 | Action ended 8:15:03: Skipped. Return value 0.",
			"msi info tag=text | Action ended soon",
			"msi info tag=text | Action start 28:15:02: CostFinalize.",
		}},
		{Name: "translated", Lines: []string{
			"=== Ausführliche Protokollierung gestartet: 25.03.2024  8:15:00 ===",
			"Aktion gestartet um 8:15:01: INSTALL.",
			"Aktion beendet um 8:15:02: INSTALL. Rückgabewert 3.",
		}, Want: []string{
			"msi info 2024-03-25T08:15:00 tag=log-started | === Ausführliche Protokollierung gestartet: 25.03.2024  8:15:00 ===",
			"msi info 2024-03-25T08:15:01 component=INSTALL tag=action-start | Aktion gestartet um 8:15:01: INSTALL.",
			"msi error 2024-03-25T08:15:02 component=INSTALL tag=action-ended return_value=3 preceding=[\"=== Ausführliche Protokollierung gestartet: 25.03.2024  8:15:00 ===\" \"Aktion gestartet um 8:15:01: INSTALL.\"] | Aktion beendet um 8:15:02: INSTALL. Rückgabewert 3.",
		}},
		{Name: "properties, messages and text", Lines: []string{
			"Property(S): ProductName = Contoso Agent",
			"Property(C): Empty =",
			"Info 1603.The file is in use.",
			"Warning 1946. Property not set.",
			"Error 1722. There is a problem.",
			"DEBUG: Error 2836:  The control",
			"Error handling is on",
			"CustomAction Stop returned actual error code 1603",
			"1: Starting to extract",
			"",
			"   indented",
		}, Want: []string{
			"msi debug tag=property property=ProductName | Property(S): ProductName = Contoso Agent",
			"msi debug tag=property property=Empty | Property(C): Empty =",
			"msi info tag=message message_number=1603 | Info 1603.The file is in use.",
			"msi warn tag=message message_number=1946 | Warning 1946. Property not set.",
			"msi error tag=message message_number=1722 | Error 1722. There is a problem.",
			"msi debug tag=message message_number=2836 | DEBUG: Error 2836:  The control",
			"msi error tag=text | Error handling is on",
			"msi error tag=text | CustomAction Stop returned actual error code 1603",
			"msi info tag=text | 1: Starting to extract\n\n   indented",
		}},
		{Name: "nothing to continue", Lines: []string{"   indented"}, Want: []string{"foreign    indented"}},
	})
}

func TestDates(t *testing.T) {
	for _, tt := range []struct {
		name     string
		dayFirst bool
		headers  []string // what stands behind "started: "
		want     []string // wall clock and flags
	}{
		{"day proven", false, []string{"25/03/2024  8:15:00"}, []string{"2024-03-25T08:15:00"}},
		{"month proven", true, []string{"3/25/2024  8:15:00"}, []string{"2024-03-25T08:15:00"}},
		{"year first", true, []string{"2024-03-05 8:15:00"}, []string{"2024-03-05T08:15:00"}},
		{"guess", false, []string{"3/5/2024  8:15:00"}, []string{"2024-03-05T08:15:00 !ambiguous_date"}},
		{"configured guess", true, []string{"3/5/2024  8:15:00"}, []string{"2024-05-03T08:15:00 !ambiguous_date"}},
		{"same either way", false, []string{"5/5/2024  8:15:00"}, []string{"2024-05-05T08:15:00"}},
		{"proven before", false, []string{"31.10.2024  8:15:00", "01.11.2024  8:15:00"}, []string{"2024-10-31T08:15:00", "2024-11-01T08:15:00"}},
		{"short year", false, []string{"25-03-24  8:15:00"}, []string{"2024-03-25T08:15:00"}},
		{"twelve hours", false, []string{"3/25/2024  12:00:01 AM", "3/25/2024  8:15:00 PM", "3/25/2024  12:15:00 PM"},
			[]string{"2024-03-25T00:00:01", "2024-03-25T20:15:00", "2024-03-25T12:15:00"}},
		{"impossible", false, []string{"25/13/2024  8:15:00"}, []string{"!bad_time"}},
		{"no date", false, []string{"today"}, []string{"tag=text"}},
	} {
		f := New(framing.Options{DayFirst: tt.dayFirst, TextSeverity: true})
		for i, header := range tt.headers {
			got := framingtest.Read(f, "=== Logging started: "+header+" ===")[0]
			fields, _, _ := strings.Cut(got, " | ")
			fields = strings.ReplaceAll(strings.TrimPrefix(fields, "msi info "), " tag=log-started", "")
			fields = strings.TrimPrefix(fields, "tag=log-started ")
			if fields != tt.want[i] {
				t.Errorf("%s, %q: got %q, want %q", tt.name, header, fields, tt.want[i])
			}
		}
	}
}

func TestMidnight(t *testing.T) {
	framingtest.Run(t, open, []framingtest.Case{
		{Name: "the day moves on once", Lines: []string{
			"=== Logging started: 12/31/2023  23:59:58 ===",
			"MSI (s) (0A:F4) [00:00:00:010]: after",
			"MSI (c) (0A:F4) [23:59:59:990]: written late",
			"MSI (s) (0A:F4) [00:00:00:020]: after",
			"MSI (s) (0A:F4) [00:00:00:015]: a little back",
			"=== Logging stopped: 1/1/2024  0:00:01 ===",
		}, Want: []string{
			"msi info 2023-12-31T23:59:58 tag=log-started | === Logging started: 12/31/2023  23:59:58 ===",
			"msi info 2024-01-01T00:00:00.010 tag=server pid_low=0A tid_low=F4 | after",
			"msi info 2023-12-31T23:59:59.990 tag=client pid_low=0A tid_low=F4 | written late",
			"msi info 2024-01-01T00:00:00.020 tag=server pid_low=0A tid_low=F4 | after",
			"msi info 2024-01-01T00:00:00.015 tag=server pid_low=0A tid_low=F4 | a little back",
			"msi info 2024-01-01T00:00:01 tag=log-stopped | === Logging stopped: 1/1/2024  0:00:01 ===",
		}},
	})
}
