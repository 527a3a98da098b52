package condition

import (
	"testing"

	"github.com/cmtrail/cmtrail/internal/errorcode"
	"github.com/cmtrail/cmtrail/internal/sentence"
)

const codeTable = "hex\tsymbol\tfamily\tmeaning\tsigned_decimal\tunsigned_decimal\thttp_status\tscan_retry\tsource\n" +
	"0x80072EFD\tERROR_WINHTTP_CANNOT_CONNECT\twinhttp\tno connection\t-2147012867\t2147954429\t\t1\tms\n" +
	"0x8024401C\tWU_E_PT_HTTP_STATUS_REQUEST_TIMEOUT\twu\ttime-out\t-2145107940\t2149859356\t408\t1\tms\n"

func scope(t testing.TB) Scope {
	t.Helper()
	codes, err := errorcode.Parse([]byte(codeTable))
	if err != nil {
		t.Fatal(err)
	}
	return Scope{
		Holes:      []string{"hr", "scan_job_id", "count", "empty"},
		Lists:      map[string][]any{"pilot_hosts": {"LAB-01", "LAB-02"}, "threads": {1, int64(2)}, "mixed": {"a", 1}, "none": {}},
		Macros:     map[string]string{"wua": `file == "WindowsUpdate.log"`, "either": `wua or component == "x"`, "bad": "mesage == 1", "broken": "a ==", "loop": "not knot", "knot": "loop"},
		Parameters: map[string]string{"limit": "25", "word": "soon", "yes": "true"},
		Codes:      codes,
	}
}

var carried = []uint32{0x8007000E}

var record = Values{
	Message:   "WARNING: GetUpdateMetadata2 failed, hr=8007000E",
	Component: "Agent",
	File:      "windowsupdate.log",
	Format:    "wua-etl",
	Severity:  "warn",
	Host:      "LAB-01",
	Source:    "agent.cpp",
	Thread:    4242,
	Codes:     func() []uint32 { return carried },
}

var holes = []sentence.Hole{{Name: "hr", Value: "0x8007000E"}, {Name: "count", Value: "17"}}

func TestEval(t *testing.T) {
	for _, tt := range []struct {
		text string
		want bool
	}{
		{`message contains "GetUpdateMetadata2"`, true},
		{`message contains "getupdatemetadata2"`, false},
		{`lower(message) contains "getupdatemetadata2"`, true},
		{`message startsWith "WARNING" and message endsWith "8007000E"`, true},
		{"message matches `hr=(0x)?8007000[Ee]`", true},
		{`message matches "^hr"`, false},
		{`not (message matches "^hr")`, true},
		{`component == "Agent" and thread == 4242`, true},
		{`thread in [1, 4242]`, true},
		{`thread in threads`, false},
		{`thread > -5 && thread <= 4242`, true},
		{`file == "WindowsUpdate.log"`, true},
		{`file == "WINDOWSUPDATE.LOG"`, true},
		{`"WindowsUpdate.log" == file`, true},
		{`file != "WindowsUpdate.log"`, false},
		{`file in ["CBS.log", "WindowsUpdate.log"]`, true},
		{`file not in ["CBS.log", "WindowsUpdate.log"]`, false},
		{`file startsWith "Windows"`, true},
		{`file matches "^WindowsU"`, true},
		{`wua`, true},
		{`not wua or component == "x"`, false},
		{`not either`, false},
		{`wua and either`, true},
		{`host in pilot_hosts`, true},
		{`host not in pilot_hosts`, false},
		{`severity == "warn"`, true},
		{`severity in ["warn", "error"]`, true},
		{`severity >= "warn"`, true},
		{`severity > "warn"`, false},
		{`severity < "error"`, true},
		{`severity <= "info"`, false},
		{`hr == "0x8007000E"`, true},
		{`field("hr") == "0x8007000E"`, true},
		{`hr == hresult("-2147024882")`, true},
		{`hr == hresult(0x8007000E)`, true},
		{`hr == hresult("ERROR_WINHTTP_CANNOT_CONNECT")`, false},
		{`hr == hresult("e_outofmemory")`, true},
		{`has("hr") and not has("scan_job_id")`, true},
		{`scan_job_id == ""`, true},
		{`code("0x8007000E")`, true},
		{`code("E_OUTOFMEMORY")`, true},
		{`code(0x80072EFD)`, false},
		{`code("0x80072EFD", "8007000e")`, true},
		{`int(count) == 17`, true},
		{`int(count) < $limit`, true},
		{`component == $word`, false},
		{`$yes`, true},
		{`len(hr) == 10`, true},
		{`thread == 1 ? false : component == "Agent"`, true},
		{`format == "wua-etl" and source == "agent.cpp"`, true},
		{`1 < thread < 5000`, true},
	} {
		c, err := Compile(tt.text, scope(t))
		if err != nil {
			t.Errorf("Compile(%s): %v", tt.text, err)
			continue
		}
		r := NewRunner()
		r.Begin(record)
		if got, err := r.Eval(c, holes); err != nil || got != tt.want {
			t.Errorf("%s is %t, %v; want %t", tt.text, got, err, tt.want)
		}
		agrees(t, r, c, holes)
	}
}
