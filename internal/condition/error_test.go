package condition

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/cmtrail/cmtrail/internal/sentence"
)

func TestCompileErrors(t *testing.T) {
	for _, tt := range []struct {
		text   string
		offset int
		want   string
	}{
		{``, 0, `empty condition`},
		{" \n", 0, `empty condition`},
		{"\xff == 1", 0, `condition is not valid UTF-8`},
		{`mesage == "x"`, 0, `unknown name "mesage", did you mean message?`},
		{`message == "ö" and hrr == "x"`, 19, `unknown name "hrr", did you mean hr?`},
		{`host in pilot_host`, 8, `unknown name "pilot_host", did you mean pilot_hosts?`},
		{`whatever_it_is`, 0, `unknown name "whatever_it_is"`},
		{`has("scan_jobid")`, 4, `the rule has no hole "scan_jobid", did you mean scan_job_id?`},
		{`field("scan_jobid") == ""`, 6, `the rule has no hole "scan_jobid", did you mean scan_job_id?`},
		{`has(hr)`, 4, `has takes the name of a hole in quotes: has("name")`},
		{`has()`, 0, `has takes the name of one hole`},
		{`has`, 0, `has is a function: write has(...)`},
		{`lowr(message) == "x"`, 0, `unknown function "lowr", did you mean lower?`},
		{`thread > $limits`, 9, `unknown parameter "$limits", did you mean $limit?`},
		{`thread == $nothing_like_it`, 10, `unknown parameter "$nothing_like_it"`},
		{`$env["message"] == "x"`, 4, `access to a part of a value is not allowed in a condition`},
		{`$env == 1`, 0, `unknown parameter "$env"`},
		{`message == 3`, 8, `== compares text with a number`},
		{`thread == "3"`, 7, `== compares a number with text`},
		{`count > 3`, 6, `> compares numbers: write int(...) around text`},
		{`message > "a"`, 8, `> compares numbers: write int(...) around text`},
		{`message and true`, 0, `true or false stands before and, not text`},
		{`true or thread`, 8, `true or false stands after or, not a number`},
		{`not message`, 4, `true or false stands after not, not text`},
		{`message`, 0, `condition is text, not true or false`},
		{`thread contains "x"`, 0, `text stands before contains, not a number`},
		{`message contains 3`, 17, `text stands after contains, not a number`},
		{`message in "x"`, 11, `a list stands after in, not text`},
		{`thread in ["x"]`, 7, `in looks for a number in a list of texts`},
		{`thread in [1, "x"]`, 14, `text in a list of numbers`},
		{`thread in [1, thread]`, 14, `a list holds texts or numbers written out`},
		{`thread in []`, 10, `empty list`},
		{`host in none`, 8, `list none is empty`},
		{`host in mixed`, 8, `list mixed holds something other than texts, or other than numbers`},
		{`message matches component`, 16, `a pattern written out stands after matches`},
		{`message matches "a("`, 16, "pattern: missing closing ): a("},
		{`thread ? true : false`, 0, `true or false stands before ?, not a number`},
		{`true ? 1 : false`, 7, `true or false stands after ?, not a number`},
		{`severity == "warning"`, 12, `unknown severity "warning", did you mean warn?`},
		{`severity in ["eror"]`, 13, `unknown severity "eror", did you mean error?`},
		{`severity >= "critical"`, 12, `unknown severity "critical"`},
		{`code("E_OUTOFMEMRY")`, 5, `unknown error code "E_OUTOFMEMRY", did you mean E_OUTOFMEMORY?`},
		{`code()`, 0, `code takes one or more error codes`},
		{`code(hr)`, 5, `code takes an error code written out`},
		{`hr == hresult("x", "y")`, 6, `hresult takes one error code`},
		{`len(thread) > 1`, 4, `len takes text, not a number`},
		{`int(3) == 3`, 4, `int takes text, not a number`},
		{`host == nil`, 8, `nil is not used in conditions: write has("name") to ask whether a hole is filled`},
		{`thread == 1.5`, 10, `a number with a fraction is not allowed in a condition`},
		{`thread + 1 == 2`, 7, `operator + is not allowed in a condition`},
		{`thread == -thread`, 10, `operator - is not allowed here`},
		{`file = "x"`, 5, `unexpected "=": write == to compare`},
		{`file ==`, 7, `unexpected end of condition`},
		{`file == "x" "y"`, 12, `unexpected "y"`},
		{`component == "a" and bad`, 21, `in macro bad: unknown name "mesage", did you mean message?`},
		{`component == "a" and broken`, 21, `in macro broken: unexpected end of condition`},
		{`true and loop`, 9, `in macro loop, macro knot: macro loop stands for itself`},
	} {
		t.Run(tt.text, func(t *testing.T) {
			_, err := Compile(tt.text, scope(t))
			fault, ok := err.(*Error)
			if !ok {
				t.Fatalf("Compile gives %v", err)
			}
			if fault.Offset != tt.offset || fault.Error() != tt.want {
				t.Errorf("Compile gives %d: %s\nwant %d: %s", fault.Offset, fault, tt.offset, tt.want)
			}
		})
	}
}

// Conditions are cheap by the language they are written in: what could make one expensive is not in it.
func TestHostileConditionsAreRefused(t *testing.T) {
	for _, tt := range []struct{ name, text string }{
		{"range", `len(1..2000000) > 0`},
		{"nested sums", `let a = 1..400; sum(a, sum(a, sum(a, #))) == 0`},
		{"doubling text", `let a = repeat("x", 900000); let b = a+a; len(b+b) > 0`},
		{"repeat", `repeat("x", 900000) == message`},
		{"any", `any([1,2], # == 1)`},
		{"all", `all(1..3, # > 0)`},
		{"filter", `len(filter([1], true)) > 0`},
		{"map", `map([1], #) == [1]`},
		{"reduce", `reduce(1..9, #acc + #) > 0`},
		{"whole environment", `$env["message"] == "x"`},
		{"environment in", `"message" in $env`},
		{"clock", `now() > date("2020-01-01")`},
		{"run-time pattern", `message matches message`},
		{"pattern put together", `message matches ("a" + "b")`},
		{"long pattern", `message matches "` + strings.Repeat("a", 1001) + `"`},
		{"many terms", strings.TrimSuffix(strings.Repeat(`thread==1 or `, 260), " or ")},
		{"long text", `message == "` + strings.Repeat("x", 4096) + `"`},
		{"parentheses", strings.Repeat("(", 200_000) + "true" + strings.Repeat(")", 200_000)},
		{"slice", `message[0:3] == "abc"`},
		{"index", `message[0] == 1`},
		{"map literal", `{"a": 1}.a == 1`},
		{"pipe", `message | split(" ") | len() > 3`},
		{"method", `message.foo()`},
		{"sequence", `true; true`},
		{"if", `if true { true } else { false }`},
		{"coalesce", `message ?? "x" == "y"`},
		{"power", `2 ** 9 > thread`},
		{"own names", `H0 == "x"`},
		{"own functions", `Carries(0)`},
		{"function as value", `Has == Carries`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Compile(tt.text, scope(t))
			fault, ok := err.(*Error)
			if !ok {
				t.Fatalf("Compile gives %v", err)
			}
			if fault.Offset < 0 || fault.Offset > utf8.RuneCountInString(tt.text) || strings.ContainsAny(fault.Text, "\n") {
				t.Errorf("Compile gives %d: %q", fault.Offset, fault.Text)
			}
		})
	}
}

func TestMacrosThatGrow(t *testing.T) {
	s := Scope{Macros: map[string]string{"m0": "thread == 1"}}
	for i := 1; i < 30; i++ {
		s.Macros[fmt.Sprintf("m%d", i)] = fmt.Sprintf("m%d and m%d", i-1, i-1)
	}
	_, err := Compile("m29", s)
	if err == nil || !strings.HasSuffix(err.Error(), "condition has more than 500 parts") {
		t.Errorf("Compile gives %v", err)
	}
}

func TestReserved(t *testing.T) {
	for _, name := range []string{"message", "thread", "code", "len", "and", "startsWith", "true", "nil"} {
		if !Reserved(name) {
			t.Errorf("%s is not reserved", name)
		}
	}
	for _, name := range []string{"hr", "scan_job_id", "codes"} {
		if Reserved(name) {
			t.Errorf("%s is reserved", name)
		}
	}
}

func TestEvalError(t *testing.T) {
	c, err := Compile(`int(count) > 3`, scope(t))
	if err != nil {
		t.Fatal(err)
	}
	r := NewRunner()
	r.Begin(record)
	if ok, err := r.Eval(c, []sentence.Hole{{Name: "count", Value: "many"}}); ok || err == nil || err.Error() != `int("many"): not a number` {
		t.Errorf("Eval gives %t, %v", ok, err)
	}
	if ok, err := r.Eval(c, holes); !ok || err != nil {
		t.Errorf("after an error Eval gives %t, %v", ok, err)
	}
}

func TestEvalDoesNotAllocate(t *testing.T) {
	r := NewRunner()
	for _, text := range []string{
		`component == "Agent" and message contains "GetUpdateMetadata2"`,
		"file == \"WindowsUpdate.log\" and message matches `hr=(0x)?8007000[Ee]`",
		`host in pilot_hosts and severity >= "warn" and not (message startsWith "Raising event")`,
		`hr == "0x8007000E" and has("count") and code("E_OUTOFMEMORY")`,
		`thread == 4242 and format != "ccm"`,
		`int(count) < 100`,
	} {
		c, err := Compile(text, scope(t))
		if err != nil {
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(100, func() {
			r.Begin(record)
			if ok, err := r.Eval(c, holes); !ok || err != nil {
				t.Fatalf("%s: %t, %v", text, ok, err)
			}
		}); n > 0 {
			t.Errorf("%s allocates %v times", text, n)
		}
	}
}

// The runner writes into the environment that the machine reads, so each record's values must be the ones seen.
func TestRunnerSeesEachRecord(t *testing.T) {
	c, err := Compile(`message == hr`, scope(t))
	if err != nil {
		t.Fatal(err)
	}
	r := NewRunner()
	for i := range 100 {
		value := fmt.Sprint(i % 7)
		r.Begin(Values{Message: value})
		for j := range 7 {
			other := fmt.Sprint(j)
			got, err := r.Eval(c, []sentence.Hole{{Name: "hr", Value: other}})
			if err != nil || got != (value == other) {
				t.Fatalf("%s == %s is %t, %v", value, other, got, err)
			}
		}
	}
}

func BenchmarkEval(b *testing.B) {
	r := NewRunner()
	for _, text := range []string{
		`component == "WUAHandler" and message contains "x"`,
		`message contains "GetUpdateMetadata2" and hr == "0x8007000E"`,
	} {
		c, err := Compile(text, scope(b))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r.Begin(record)
				if _, err := r.Eval(c, holes); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
