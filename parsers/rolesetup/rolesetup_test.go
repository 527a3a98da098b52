package rolesetup

import (
	"testing"

	"github.com/cmtrail/cmtrail/parsers/internal/framing"
	"github.com/cmtrail/cmtrail/parsers/internal/framingtest"
)

func open() framing.Format {
	return New(framing.Options{TextSeverity: true})
}

func TestRecords(t *testing.T) {
	framingtest.Run(t, open, []framingtest.Case{
		{Name: "milestones", Lines: []string{
			"<03/05/24 08:15:00> SMSWSUS Setup Started....",
			"<03/05/24 08:15:09> Installation was successful.",
		}, Want: []string{
			"role-setup info 2024-03-05T08:15:00 tag=START | SMSWSUS Setup Started....",
			"role-setup info 2024-03-05T08:15:09 tag=SUCCESS | Installation was successful.",
		}},
		{Name: "indented text and a line without stamp", Lines: []string{
			"<03/05/24 08:15:00>     ==== Checking WSUS on sup1.contoso.com ====",
			"more of it",
		}, Want: []string{
			"role-setup info 2024-03-05T08:15:00 | ==== Checking WSUS on sup1.contoso.com ====\nmore of it",
		}},
		{Name: "severity words win over the text", Lines: []string{
			"<03/05/24 08:15:00> INFO: no error was found",
			"<03/05/24 08:15:00> WARNING: setup failed once",
			"<03/05/24 08:15:00> ERROR: all is lost",
			"<03/05/24 08:15:00> The install failed",
		}, Want: []string{
			"role-setup info 2024-03-05T08:15:00 | INFO: no error was found",
			"role-setup warn 2024-03-05T08:15:00 | WARNING: setup failed once",
			"role-setup error 2024-03-05T08:15:00 | ERROR: all is lost",
			"role-setup error 2024-03-05T08:15:00 | The install failed",
		}},
		{Name: "dates", Lines: []string{
			"<12/31/79 23:59:59>last year of the window",
			"<12/31/99 23:59:59> last century",
			"<02/30/24 10:00:00> no such day",
			"<02/03/24 24:00:00> no such hour",
			"<02/03/24 10:00:00>",
		}, Want: []string{
			"role-setup info 2079-12-31T23:59:59 | last year of the window",
			"role-setup info 1999-12-31T23:59:59 | last century",
			"role-setup info !bad_time | no such day",
			"role-setup info !bad_time | no such hour",
			"role-setup info 2024-02-03T10:00:00 | ",
		}},
		{Name: "not ours", Lines: []string{"<1/2/24 10:00:00> text", "<01-02-24 10:00:00> text"}, Want: []string{
			"foreign <1/2/24 10:00:00> text", "foreign <01-02-24 10:00:00> text",
		}},
	})
}

func TestTextSeverityOff(t *testing.T) {
	got := framingtest.Read(New(framing.Options{}), "<03/05/24 08:15:00> it failed", "<03/05/24 08:15:00> ERROR: it failed")
	if got[0] != "role-setup 2024-03-05T08:15:00 | it failed" || got[1] != "role-setup error 2024-03-05T08:15:00 | ERROR: it failed" {
		t.Errorf("got %q", got)
	}
}

func TestDetect(t *testing.T) {
	if Detect([]byte("<03/05/24 08:15:00> x")) != framing.Certain || Detect([]byte("<03/05/2024 08:15:00> x")) != framing.None {
		t.Error("only the two-digit year is ours")
	}
}

func FuzzParse(f *testing.F) {
	framingtest.Fuzz(f, open, "<03/05/24 08:15:00> SMSWSUS Setup Started....\nmore", "<99/99/99 99:99:99>")
}
