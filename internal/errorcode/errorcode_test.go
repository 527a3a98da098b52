package errorcode

import (
	"os"
	"slices"
	"strings"
	"testing"
)

func shipped(t testing.TB) *Table {
	t.Helper()
	tsv, err := os.ReadFile("../../rules/packs/error-codes.tsv")
	if err != nil {
		t.Fatal(err)
	}
	table, err := Parse(tsv)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestExtract(t *testing.T) {
	table := shipped(t)
	for _, tt := range []struct {
		name, message string
		want          []uint32
	}{
		{"prefix", "Scan failed with error = 0x8024401c", []uint32{0x8024401C}},
		{"capital prefix", "failed 0X80244007", []uint32{0x80244007}},
		{"bare after word", "GetUpdateMetadata2 failed, hr=8007000E", []uint32{0x8007000E}},
		{"colon", "SendRequest failed hr:0x80072f8f", []uint32{0x80072F8F}},
		{"full stop", "Unexpected HRESULT while searching. Error = 0x87d00692.", []uint32{0x87D00692}},
		{"brackets", "*FAILED* [8024000E] ISusInternal", []uint32{0x8024000E}},
		{"brackets and prefix", "*FAILED* [0x8024000E] x", []uint32{0x8024000E}},
		{"parentheses", "Group policy conflict (0x87d00692)", []uint32{0x87D00692}},
		{"bare in parentheses", "certificate (800B0109) refused", []uint32{0x800B0109}},
		{"signed", "Failed to add source, -2145107924", []uint32{0x8024402C}},
		{"signed in parentheses", "Error(-2147467259) when opening", []uint32{0x80004005}},
		{"unsigned", "ended with 2149842970", []uint32{0x8024001A}},
		{"short hexadecimal", "WinHttp error 0x2efd", []uint32{0x80072EFD}},
		{"short decimal", "request failed, Code=12029", []uint32{0x80072EFD}},
		{"access denied", "CreateFile failed with error 5", []uint32{0x80070005}},
		{"CBS", "Failed to pin [HRESULT = 0x800f0831 - CBS_E_STORE_CORRUPTION]", []uint32{0x800F0831}},
		{"unknown with prefix", "hr=0x80ABCDEF", []uint32{0x80ABCDEF}},
		{"unknown bare after word", "hr=80ABCDEF", []uint32{0x80ABCDEF}},
		{"unknown signed after word", "exit code: -2136088817", []uint32{0x80ADDF0F}},
		{"NTSTATUS", "status 0xC0000005", []uint32{0xC0000005}},
		{"word between", "the error code was 0x80240022 here", []uint32{0x80240022}},
		{"return value", "returned 0x80240022", []uint32{0x80240022}},
		{"in XML", "<ErrorCode>0x80240022</ErrorCode><Code>12029</Code>", []uint32{0x80240022, 0x80072EFD}},
		{"quoted", `Result="-2147024891"`, []uint32{0x80070005}},
		{"each once, in order", "hr=0x80240022 after 0x8024402C and (80240022)", []uint32{0x80240022, 0x8024402C}},
		{"two spellings of one", "0x8007000E (-2147024882)", []uint32{0x8007000E}},
		{"at both ends", "0x80240022", []uint32{0x80240022}},
		{"comma after", "0x80240022, 0x80240016;", []uint32{0x80240022, 0x80240016}},
		{"sentence end before a line", "hr=0x80240022.\nnext", []uint32{0x80240022}},
		{"dash after a blank", "error - 0x80240022 - done", []uint32{0x80240022}},

		{"GUID", "{855E8A7C-ECB4-4CA3-B045-1DFA50104289}", nil},
		{"GUID with a known code first", "update 80240022-ECB4-4CA3-B045-1DFA50104289", nil},
		{"GUID after a code word", "error 855E8A7C-ECB4-4CA3-B045-1DFA50104289", nil},
		{"GUID without braces, last group", "ECB4-4CA3-B045-80240022ABCD", nil},
		{"GUID without hyphens", "code 855E8A7CECB44CA3B0451DFA50104289", nil},
		{"success", "hr=0x0", nil},
		{"long success", "finished (0x00000000)", nil},
		{"success code", "hr=0x00240005", nil},
		{"bare zero", "error 0", nil},
		{"bare zeroes", "hr=00000000", nil},
		{"KB number", "Update for Windows (KB4480970) failed", nil},
		{"bare KB number after word", "failed KB 4480970", nil},
		{"size", "downloaded 2149842971 bytes", nil},
		{"thread", "thread=4504 (0x1198)", nil},
		{"thread after a word", "Failed in thread 3012", nil},
		{"PID", "PID 12029", nil},
		{"eight hexadecimal digits", "session 8ABCDEF0 begins", nil},
		{"eight digits of a date", "on 20240131 failed", nil},
		{"date after code word", "error 2024-01-31", nil},
		{"version", "error 10.0.19041.5", nil},
		{"HTTP status", "Error = 404", nil},
		{"HTTP status as short code", "status code 401", nil},
		{"unknown short", "error 9999", nil},
		{"short without a word", "took 12029 ms", nil},
		{"mask after a word", "error 0x0005", nil},
		{"far from the word", "error          5", nil},
		{"path", `failed C:\80240022\x`, nil},
		{"registry value", `error SOFTWARE\80240022`, nil},
		{"word of letters", "error C0FFEE", nil},
		{"longer hexadecimal", "0x80240022F", nil},
		{"identifier", "hr=x80240022y", nil},
		{"update name", "error Package_for_80240022", nil},
		{"low range", "error 0x10240022", nil},
		{"time", "error 12:30:15", nil},
		{"empty", "", nil},
		{"nothing", "Async searching completed.", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := table.Extract(tt.message, nil); !slices.Equal(got, tt.want) {
				t.Errorf("Extract(%q) = %X, want %X", tt.message, got, tt.want)
			}
		})
	}
}

func TestExtractAppendsWithoutAllocating(t *testing.T) {
	table := shipped(t)
	dst := make([]uint32, 1, 8)
	dst[0] = 0x80240022 // another record's
	if got := table.Extract("hr=0x80240022", dst); len(got) != 2 {
		t.Errorf("Extract appends to %X", got)
	}
	if n := testing.AllocsPerRun(100, func() {
		table.Extract("Error(-2147467259), code=12029, hr=8007000E, [0x80240022], (800B0109)", dst[:0])
	}); n != 0 {
		t.Errorf("Extract allocates %v times", n)
	}
}

func TestParseAny(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want uint32
		ok   bool
	}{
		{"0x8007000E", 0x8007000E, true},
		{"0X8007000e", 0x8007000E, true},
		{"8007000E", 0x8007000E, true},
		{"80070005", 0x80070005, true},
		{"-2147024882", 0x8007000E, true},
		{"2147942414", 0x8007000E, true},
		{" 0x8007000E ", 0x8007000E, true},
		{"0x0", 0, true},
		{"12029", 12029, true},
		{"", 0, false},
		{"0x", 0, false},
		{"0x8007000E1", 0, false},
		{"0x-1", 0, false},
		{"8007000G", 0, false},
		{"4294967296", 0, false},
		{"-2147483649", 0, false},
		{"+5", 0, false},
		{"E_FAIL", 0, false},
	} {
		got, ok := ParseAny(tt.in)
		if got != tt.want && ok || ok != tt.ok {
			t.Errorf("ParseAny(%q) = %#x, %t; want %#x, %t", tt.in, got, ok, tt.want, tt.ok)
		}
	}
}

func TestFind(t *testing.T) {
	table := shipped(t)
	for _, tt := range []struct {
		in   string
		want uint32
	}{
		{"0x8024401C", 0x8024401C},
		{"-2145107940", 0x8024401C},
		{"WU_E_PT_HTTP_STATUS_REQUEST_TIMEOUT", 0x8024401C},
		{"wu_e_pt_http_status_request_timeout", 0x8024401C},
		{"E_OUTOFMEMORY", 0x8007000E},
		{"ERROR_OUTOFMEMORY", 0x8007000E},
	} {
		e, ok := table.Find(tt.in)
		if !ok || e.Code != tt.want {
			t.Errorf("Find(%q) = %#x, %t; want %#x", tt.in, e.Code, ok, tt.want)
		}
	}
	for _, in := range []string{"E_NONSENSE", "", "0x80ABCDEF"} {
		if e, ok := table.Find(in); ok {
			t.Errorf("Find(%q) = %v", in, e)
		}
	}
	e, _ := table.Lookup(0x8024401C)
	if e.Symbol != "WU_E_PT_HTTP_STATUS_REQUEST_TIMEOUT" || e.Family != "wu" || e.HTTPStatus != 408 || !e.ScanRetry || e.Meaning == "" || e.Success() {
		t.Errorf("Lookup gives %+v", e)
	}
}

func TestFormat(t *testing.T) {
	for code, want := range map[uint32]string{0: "0x00000000", 0x8007000E: "0x8007000E", 0xFFFFFFFF: "0xFFFFFFFF"} {
		if got := Format(code); got != want {
			t.Errorf("Format(%d) = %q, want %q", code, got, want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	header := strings.Join(columns, "\t") + "\n"
	row := "0x80240022\tWU_E_X\twu\tm\t-2145124318\t2149842978\t\t0\tms\n"
	for _, tt := range []struct{ name, in, want string }{
		{"empty", "", "error code table: no codes"},
		{"header alone", header, "error code table: no codes"},
		{"wrong header", "a\tb\n", `error code table: line 1: header is not "hex symbol family meaning signed_decimal unsigned_decimal http_status scan_retry source"`},
		{"columns", header + "0x80240022\tX\n", "error code table: line 2: 2 columns, want 9"},
		{"lower case", header + strings.Replace(row, "0x80240022", "0x8024002a", 1), `error code table: line 2: code "0x8024002a" is not 0x and eight upper-case digits`},
		{"decimals", header + strings.Replace(row, "-2145124318", "-1", 1), "error code table: line 2: code 0x80240022 is not -1 and 2149842978 in decimal"},
		{"status", header + strings.Replace(row, "\t\t0", "\tx\t0", 1), `error code table: line 2: HTTP status "x" is not a number`},
		{"retry", header + strings.Replace(row, "\t0\tms", "\tno\tms", 1), `error code table: line 2: scan_retry "no" is neither 0 nor 1`},
		{"twice", header + row + row, "error code table: line 3: code 0x80240022 stands twice"},
		{"symbol twice", header + row + "0x80240016\tWU_E_X\twu\tm\t-2145124330\t2149842966\t\t0\tms\n", "error code table: line 3: symbol WU_E_X stands twice"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Parse([]byte(tt.in)); err == nil || err.Error() != tt.want {
				t.Errorf("Parse gives %v, want %s", err, tt.want)
			}
		})
	}
}

// The engine looks for a code's literals before it extracts codes; a spelling without one would be lost.
func TestLiteralsCoverEverySpelling(t *testing.T) {
	table := shipped(t)
	for _, e := range table.Entries() {
		for _, spelling := range spellings(e.Code) {
			checkLiterals(t, table, "error "+spelling)
		}
	}
}

func spellings(code uint32) []string {
	hex := Format(code)
	all := []string{hex, hex[2:], strings.ToLower(hex), strings.ToLower(hex[2:])}
	for _, l := range Literals(code) {
		all = append(all, l, "-"+l, strings.ToUpper(l))
	}
	return all
}

func checkLiterals(t *testing.T, table *Table, message string) {
	t.Helper()
	low := strings.ToLower(message)
	for _, code := range table.Extract(message, nil) {
		if !slices.ContainsFunc(Literals(code), func(l string) bool { return strings.Contains(low, l) }) {
			t.Fatalf("Extract(%q) finds %s, whose literals %q are not there", message, Format(code), Literals(code))
		}
	}
}

// FuzzExtract holds Extract to its promises: failures alone, each once, each with one of its literals in the message.
func FuzzExtract(f *testing.F) {
	table := shipped(f)
	f.Add("GetUpdateMetadata2 failed, hr=8007000E (-2147024882) Code=12029 error 0x2efd")
	f.Add("{855E8A7C-ECB4-4CA3-B045-1DFA50104289} 0x00000000 KB4480970 error 0x000005")
	f.Add("status: 2149842970, Error(-2147467259). exit code 5")
	f.Fuzz(func(t *testing.T, message string) {
		codes := table.Extract(message, nil)
		if want := ofEachWord(table, message); !slices.Equal(codes, want) {
			t.Fatalf("%q gives %X, its words %X", message, codes, want)
		}
		for i, code := range codes {
			if code>>28 != 8 && code>>28 != 0xC {
				t.Fatalf("%q gives %s", message, Format(code))
			}
			if slices.Contains(codes[:i], code) {
				t.Fatalf("%q gives %s twice", message, Format(code))
			}
		}
		checkLiterals(t, table, message)
	})
}

// ofEachWord reads every word of the message, without a look ahead.
func ofEachWord(table *Table, message string) []uint32 {
	var codes []uint32
	for i := 0; i < len(message); i++ {
		end := i
		for end < len(message) && class[message[end]]&(digit|letter) != 0 {
			end++
		}
		if first := end > i && (class[message[i]]&digit != 0 || message[i]|0x20 == 'c'); first && strings.ContainsAny(message[i:end], "0123456789") {
			if code, ok := table.word(message, i, end); ok && !slices.Contains(codes, code) {
				codes = append(codes, code)
			}
		}
		i = end
	}
	return codes
}

func BenchmarkExtract(b *testing.B) {
	table := shipped(b)
	dst := make([]uint32, 0, 8)
	for _, bb := range []struct{ name, message string }{
		{"plain", "CScanAgent::ScanByUpdates- the policy is there for every update source that the agent was told of, and nothing has changed in it since the last scan it finished today"},
		{"guid", "ScanJob({4CD06388-D509-46E4-8C00-75909EDD9EE8}): CScanJob::OnScanComplete - Scan completed successfully, ScanType=1, the agent goes on with the next job in its queue."},
		{"code", "WARNING: ISusInternal::GetUpdateMetadata2 failed, hr=8007000E"},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				dst = table.Extract(bb.message, dst[:0])
			}
		})
	}
}
