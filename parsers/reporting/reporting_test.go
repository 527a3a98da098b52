package reporting

import (
	"testing"

	"github.com/cmtrail/cmtrail/parsers/internal/framing"
	"github.com/cmtrail/cmtrail/parsers/internal/framingtest"
)

const event = "{6C1D0A6E-31B7-4C0B-9A44-9C1B1E0E7A01}"

var lines = []string{
	event + "\t2024-03-05 08:15:00:120+0530\t1\t147\t101\t{00000000-0000-0000-0000-000000000000}\t0\t0\tCcmExec\tSuccess\tSoftware Synchronization\tFound 4 updates.",
	event + "\t2024-03-05 08:15:00:120-0800\t1\t182\t101\t{5A2F8C11-0B0E-4D55-8A3C-70D6A8F0B1C2}\t201\t80070643\tUpdateOrchestrator\tFailure\tContent Install\tInstall failed with 0x80070643.",
}

func open() framing.Format {
	return New(framing.Options{})
}

func TestRecords(t *testing.T) {
	framingtest.Run(t, open, []framingtest.Case{
		{Name: "success and failure", Lines: lines, Want: []string{
			"reporting info 2024-03-05T08:15:00.120+330m component=CcmExec event_id=" + event + " event_type=147 event_code=101 update_id={00000000-0000-0000-0000-000000000000} revision=0 hresult=0 caller=CcmExec status=Success category=Software Synchronization | Found 4 updates.",
			"reporting error 2024-03-05T08:15:00.120-480m component=UpdateOrchestrator event_id=" + event + " event_type=182 event_code=101 update_id={5A2F8C11-0B0E-4D55-8A3C-70D6A8F0B1C2} revision=201 hresult=0x80070643 caller=UpdateOrchestrator status=Failure category=Content Install | Install failed with 0x80070643.",
		}},
		{Name: "damaged", Lines: []string{
			event + "\t2024-03-05 08:15:00:120+9900\t1\t147\tcut here",
			event + "\t2024-02-30 08:15:00:120+0100",
			event + "\t2024-02-03 08:15:00",
			"  the text goes on",
		}, Want: []string{
			"reporting info 2024-03-05T08:15:00.120 event_id=" + event + " event_type=147 !bad_bias | cut here",
			"reporting info event_id=" + event + " !bad_time | ",
			"reporting info 2024-02-03T08:15:00 event_id=" + event + " | \n  the text goes on",
		}},
	})
}

func TestDetect(t *testing.T) {
	for in, want := range map[string]framing.Confidence{
		lines[0]:                           framing.Likely,
		event + " 2024-03-05 08:15:00:120": framing.None,
		"{6C1D0A6E31B7-4C0B-9A44-9C1B1E0E7A0111}\t2024-03-05 08:15:00:120": framing.None,
		event: framing.None,
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

func FuzzParse(f *testing.F) {
	framingtest.Fuzz(f, open, append(lines, event+"\t2024-03-05 08:15:00:")...)
}
