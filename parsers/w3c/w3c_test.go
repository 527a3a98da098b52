package w3c

import (
	"strings"
	"testing"

	"github.com/cmtrail/cmtrail/parsers/internal/framing"
	"github.com/cmtrail/cmtrail/parsers/internal/framingtest"
	"github.com/cmtrail/cmtrail/parsers/internal/record"
)

const fields = "#Fields: date time s-ip cs-method cs-uri-stem cs-username cs(User-Agent) sc-status time-taken"

var lines = []string{
	fields,
	"2024-03-05 08:15:00 10.1.2.3 POST /ClientWebService/client.asmx - Windows-Update-Agent/10.0 200 15",
	"2024-03-05 08:15:01 fe80::1%11 POST /SimpleAuthWebService/SimpleAuth.asmx CONTOSO\\pc1$ - 503 0",
}

func open() framing.Format {
	return New(framing.Options{TextSeverity: true})
}

func TestRecords(t *testing.T) {
	framingtest.Run(t, open, []framingtest.Case{
		{Name: "columns by name", Lines: lines, Want: []string{
			"w3c info 2024-03-05T08:15:00+0m date=2024-03-05 time=08:15:00 s-ip=10.1.2.3 cs-method=POST cs-uri-stem=/ClientWebService/client.asmx cs(User-Agent)=Windows-Update-Agent/10.0 sc-status=200 time-taken=15 | " + lines[1],
			"w3c error 2024-03-05T08:15:01+0m date=2024-03-05 time=08:15:01 s-ip=fe80::1%11 cs-method=POST cs-uri-stem=/SimpleAuthWebService/SimpleAuth.asmx cs-username=CONTOSO\\pc1$ sc-status=503 time-taken=0 | " + lines[2],
		}},
		{Name: "date of the directive moves on at midnight", Lines: []string{
			"#Software: Microsoft Internet Information Services 10.0",
			"#Date: 2023-12-31 23:59:50",
			"#Fields: time sc-status ",
			"23:59:59 404", "00:00:01 200", "13:00:00 200", "12:59:59 200", "00:00:00 200",
			"#Date: 2024-03-05",
			"00:00:09 -",
		}, Want: []string{
			"w3c warn 2023-12-31T23:59:59+0m time=23:59:59 sc-status=404 | 23:59:59 404",
			"w3c info 2024-01-01T00:00:01+0m time=00:00:01 sc-status=200 | 00:00:01 200",
			"w3c info 2024-01-01T13:00:00+0m time=13:00:00 sc-status=200 | 13:00:00 200",
			"w3c info 2024-01-01T12:59:59+0m time=12:59:59 sc-status=200 | 12:59:59 200",
			"w3c info 2024-01-02T00:00:00+0m time=00:00:00 sc-status=200 | 00:00:00 200",
			"w3c 2024-03-05T00:00:09+0m time=00:00:09 | 00:00:09 -",
		}},
		{Name: "no day known", Lines: []string{"#Fields: time s-reason", "08:15:00 AppOffline"}, Want: []string{
			"w3c time=08:15:00 s-reason=AppOffline | 08:15:00 AppOffline",
		}},
		{Name: "doubled blanks", Lines: []string{
			"#Fields: time s-port cs-username c-ip",
			"08:15:00 80  10.0.0.1",
			"08:15:00 80  FABRIKAM\\ann 10.0.0.1",
			"08:15:00 80 - 10.0.0.1 ",
		}, Want: []string{
			"w3c time=08:15:00 s-port=80 c-ip=10.0.0.1 | 08:15:00 80  10.0.0.1",
			"w3c time=08:15:00 s-port=80 cs-username=FABRIKAM\\ann c-ip=10.0.0.1 | 08:15:00 80  FABRIKAM\\ann 10.0.0.1",
			"w3c time=08:15:00 s-port=80 c-ip=10.0.0.1 | 08:15:00 80 - 10.0.0.1 ",
		}},
		{Name: "columns that cannot be named", Lines: []string{
			"2024-03-05 08:15:00 GET /x 200",
			"#Fields: date time cs-uri-stem",
			"2024-03-05 08:15:00 /a b error",
			"2024-03-05 08:1",
			"#Fields:",
			"2024-03-05 08:15:00 /a",
		}, Want: []string{
			"plain info !no_fields | 2024-03-05 08:15:00 GET /x 200",
			"plain error !column_mismatch | 2024-03-05 08:15:00 /a b error",
			"plain info !column_mismatch | 2024-03-05 08:1",
			"plain info !no_fields | 2024-03-05 08:15:00 /a",
		}},
		{Name: "columns change in the file", Lines: []string{
			"#Fields: date time sc-status", "2024-03-05 08:15:00 200",
			"#Fields: date time cs-method sc-status", "2024-03-05 08:15:00 GET 200",
		}, Want: []string{
			"w3c info 2024-03-05T08:15:00+0m date=2024-03-05 time=08:15:00 sc-status=200 | 2024-03-05 08:15:00 200",
			"w3c info 2024-03-05T08:15:00+0m date=2024-03-05 time=08:15:00 cs-method=GET sc-status=200 | 2024-03-05 08:15:00 GET 200",
		}},
		{Name: "impossible times", Lines: []string{
			"#Fields: date time", "2024-02-30 08:15:00", "2024-02-03 24:15:00", "2024-02 08:15:00", "2024-02-03 8:15:00",
		}, Want: []string{
			"w3c date=2024-02-30 time=08:15:00 !bad_time | 2024-02-30 08:15:00",
			"w3c date=2024-02-03 time=24:15:00 !bad_time | 2024-02-03 24:15:00",
			"w3c date=2024-02 time=08:15:00 !bad_time | 2024-02 08:15:00",
			"w3c date=2024-02-03 time=8:15:00 !bad_time | 2024-02-03 8:15:00",
		}},
	})
}

func TestResetForgetsColumns(t *testing.T) {
	f := open()
	framingtest.Read(f, lines...)
	f.Reset()
	if got := framingtest.Read(f, "2024-03-05 08:15:00"); got[0] != "plain info !no_fields | 2024-03-05 08:15:00" {
		t.Errorf("got %q", got)
	}
}

func TestDetect(t *testing.T) {
	for in, want := range map[string]framing.Confidence{
		fields:                              framing.Certain,
		"#Software: Microsoft HTTP API 2.0": framing.Certain,
		"#Version: 1.0":                     framing.Likely,
		"#Date: 2024-03-05 00:00:00":        framing.Likely,
		lines[1]:                            framing.Weak,
		"2024-03-05 08:15:00 GET 200":       framing.None,
		"2024-03-05 08:15:00, Info   CBS   a b c d": framing.None,
		"# a comment": framing.None,
		"2024-03-05 08:15:00.120 UTC\tInfo\tw3wp.1\tA.B\ta b c d e f g": framing.None,
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
	framingtest.Fuzz(f, open, "#Date: 2024-03-05\n#Fields: date time a\n2024-03-05 08:15:00 x", "#Fields: time\n#Date: x\n08:15:00\n\n#")
}

// Names of columns that no server writes are not believed, and those that come behind them are.
func TestColumnsWithoutEnd(t *testing.T) {
	f := New(framing.Options{}).(*format)
	parse := func(line string) record.Record {
		var r record.Record
		if f.Line([]byte(line)) == framing.Whole {
			f.Parse([]byte(line), &r)
		}
		for _, v := range f.values[:cap(f.values)] {
			if v != nil {
				t.Errorf("%q of the entry %.40q is kept", v, line)
			}
		}
		if cap(f.values) > 16 {
			t.Errorf("there is room for %d columns behind %.40q", cap(f.values), line)
		}
		return r
	}
	const entry = "2026-04-01 08:00:00 10.0.0.1"
	parse("#Fields: date time s-ip")
	for _, line := range []string{entry, entry + strings.Repeat(" x", 1<<20), entry + strings.Repeat(" ", 1<<20), entry} {
		want := record.Flags(0)
		if strings.Contains(line, "x") {
			want = record.ColumnMismatch
		}
		if r := parse(line); r.Flags != want || want == 0 && len(r.Attrs) != 3 {
			t.Errorf("%.40q: flags %s, %d attributes", line, r.Flags, len(r.Attrs))
		}
	}
	parse("#Fields:" + strings.Repeat(" c", 1<<20))
	if r := parse(entry); r.Flags != record.NoFields || len(f.header)+len(f.fields) > 0 {
		t.Errorf("flags %s, %d columns", r.Flags, len(f.fields))
	}
	parse("#Fields: date time s-ip")
	if r := parse(entry); r.Flags != 0 || len(r.Attrs) != 3 {
		t.Errorf("behind it: flags %s, %d attributes", r.Flags, len(r.Attrs))
	}
}
