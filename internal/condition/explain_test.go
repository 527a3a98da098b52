package condition

import (
	"testing"

	"github.com/cmtrail/cmtrail/internal/sentence"
)

// tree writes an explanation with a line a part.
func tree(p *Part, indent string) string {
	line := indent + p.Outcome.String() + ": " + p.Text
	if p.Reason != "" {
		line += " (" + p.Reason + ")"
	}
	for _, part := range p.Parts {
		line += "\n" + tree(part, indent+" ")
	}
	return line
}

func TestExplain(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{`component == "Agent"`, `true: component == "Agent" (component is "Agent")`},
		{`component == "agent"`, `false: component == "agent" (component is "Agent"; the letter case differs: write lower(...) to compare without it)`},
		{`host in pilot_hosts`, `true: host in pilot_hosts (host is "LAB-01"; pilot_hosts is ["LAB-01", "LAB-02"])`},
		{`"lab-01" in pilot_hosts`, `false: "lab-01" in pilot_hosts (pilot_hosts is ["LAB-01", "LAB-02"]; the letter case differs: write lower(...) to compare without it)`},
		{`thread in threads`, `false: thread in threads (thread is 4242; threads is [1, 2])`},
		{`code(0x80072EFD)`, `false: code(2147954429) (the record carries 0x8007000E)`},
		{`has("scan_job_id")`, `false: has("scan_job_id") (scan_job_id is empty)`},
		{`has("hr")`, `true: has("hr") (hr is "0x8007000E")`},
		{`int(count) < $limit`, `true: int(count) < $limit (count is "17", int(count) is 17; $limit is 25)`},
		{`int(hr) == 1`, `cannot be told: int(hr) == 1 (int("0x8007000E"): not a number)`},
		{`len(hr) == 9`, `false: len(hr) == 9 (hr is "0x8007000E", len(hr) is 10)`},
		{`lower(message) contains "failed"`, `true: lower(message) contains "failed" (message is "WARNING: GetUpdateMetadata2 failed, hr=8007000E")`},
		{`message contains "warning"`, `false: message contains "warning" (message is "WARNING: GetUpdateMetadata2 failed, hr=8007000E"; the letter case differs: write lower(...) to compare without it)`},
		{`message matches "^hr"`, `false: message matches "^hr" (message is "WARNING: GetUpdateMetadata2 failed, hr=8007000E")`},
		{`severity >= "error"`, `false: severity >= "error" (severity is "warn")`},
		{`file == "CAS.log"`, `false: file == "CAS.log" (file is "windowsupdate.log")`},
		{`$yes`, `true: $yes ($yes is true)`},
		{`true`, `true: true`},
		{`field("hr") == hresult("-2147024882")`, `true: field("hr") == hresult("-2147024882") (field("hr") is "0x8007000E"; hresult("-2147024882") is "0x8007000E")`},
		{`wua and thread == 1 and host == "x"`, "false: wua and thread == 1 and host == \"x\"\n true: wua (a macro)\n  true: file == \"WindowsUpdate.log\" (file is \"windowsupdate.log\")\n false: thread == 1 (thread is 4242)\n not asked: host == \"x\""},
		{`wua or thread == 1`, "true: wua or thread == 1\n true: wua (a macro)\n  true: file == \"WindowsUpdate.log\" (file is \"windowsupdate.log\")\n not asked: thread == 1"},
		{`not (thread == 1 or has("hr"))`, "false: not (thread == 1 or has(\"hr\"))\n true: thread == 1 or has(\"hr\")\n  false: thread == 1 (thread is 4242)\n  true: has(\"hr\") (hr is \"0x8007000E\")"},
		{`thread == 1 ? has("hr") : has("empty")`, "false: thread == 1 ? has(\"hr\") : has(\"empty\")\n false: thread == 1 (thread is 4242)\n not asked: has(\"hr\")\n false: has(\"empty\") (empty is empty)"},
		{`int(hr) == 1 and thread == 1`, "cannot be told: int(hr) == 1 and thread == 1\n cannot be told: int(hr) == 1 (int(\"0x8007000E\"): not a number)\n not asked: thread == 1"},
	} {
		c, err := Compile(tt.text, scope(t))
		if err != nil {
			t.Fatal(tt.text, err)
		}
		r := NewRunner()
		r.Begin(record)
		if got := tree(r.Explain(c, holes), ""); got != tt.want {
			t.Errorf("%s gave\n%s, want\n%s", tt.text, got, tt.want)
		}
	}
}

func TestExplainWithoutCodes(t *testing.T) {
	c, err := Compile(`code("E_OUTOFMEMORY")`, scope(t))
	if err != nil {
		t.Fatal(err)
	}
	r := NewRunner()
	r.Begin(Values{})
	if got := r.Explain(c, nil).Reason; got != "the record carries no error code" {
		t.Error(got)
	}
}

// What Explain says of the parts adds up to what Eval says of the whole, for all joins of conditions of all kinds.
func TestExplainAgreesWithEval(t *testing.T) {
	atoms := []string{
		`wua`, `either`, `$yes`, `false`, `thread > 5000`, `has("hr")`, `code("E_OUTOFMEMORY")`, `int(hr) > 1`, `int(count) == 17`,
		`message contains "x"`, `host in pilot_hosts`, `severity < "error"`,
	}
	var all []string
	for _, a := range atoms {
		for _, b := range atoms {
			all = append(all, a+" and "+b, a+" or "+b, "not ("+a+" and not ("+b+"))", "("+a+") ? ("+b+") : "+a, a+" and ("+b+" or wua) and "+b, a+" or "+b+" and wua")
		}
	}
	for _, filled := range [][]sentence.Hole{holes, nil} {
		for _, text := range all {
			c, err := Compile(text, scope(t))
			if err != nil {
				t.Fatal(text, err)
			}
			r := NewRunner()
			r.Begin(record)
			agrees(t, r, c, filled)
		}
	}
}

// agrees checks that the parts of an explanation add up to what Eval says.
func agrees(t *testing.T, r *Runner, c *Condition, filled []sentence.Hole) {
	t.Helper()
	held, err := r.Eval(c, filled)
	want := outcome(held)
	if err != nil {
		want = Failed
	}
	if got := r.Explain(c, filled).Outcome; got != want {
		t.Errorf("%s: Explain says %s, Eval %s", c, got, want)
	}
	parsed, fault := parse(c.text)
	if fault != nil {
		t.Fatal(fault)
	}
	x := &explainer{Runner: r, scope: c.scope, values: filled}
	if got := x.part(parsed.Node); got.Outcome != want {
		t.Errorf("%s: the parts add up to %s, Eval says %s:\n%s", c, got.Outcome, want, tree(got, ""))
	}
}
