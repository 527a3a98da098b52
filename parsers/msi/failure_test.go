package msi

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cmtrail/cmtrail/parsers/internal/framing"
	"github.com/cmtrail/cmtrail/parsers/internal/framingtest"
)

// failures reads actions written as "+A" for a start and "-A3" for an end, and tells of each end with 3 whether it
// is the point of failure or passes it on.
func failures(f framing.Format, script string) string {
	var got []string
	for _, step := range strings.Fields(script) {
		line := "text " + step
		switch step[0] {
		case '+':
			line = fmt.Sprintf("Action start 8:15:00: %s.", step[1:])
		case '-':
			n := len(step) - 1
			line = fmt.Sprintf("Action ended 8:15:00: %s. Return value %s.", step[1:n], step[n:])
		case '=':
			line = start
		}
		shown := framingtest.Read(f, line)[0]
		switch {
		case strings.Contains(shown, " propagated=1"):
			got = append(got, "passed:"+step[1:])
		case strings.Contains(shown, " preceding="):
			got = append(got, "failed:"+step[1:])
		}
	}
	return strings.Join(got, " ")
}

func TestPointOfFailure(t *testing.T) {
	for _, tt := range []struct{ name, script, want string }{
		{"nested", "+INSTALL +A -A1 +B text -B3 -INSTALL3", "failed:B3 passed:INSTALL3"},
		{"three levels", "+UI +EXEC +INSTALL +B -B3 -INSTALL3 -EXEC3 +FatalError -FatalError2 -UI3",
			"failed:B3 passed:INSTALL3 passed:EXEC3 passed:UI3"},
		{"outer action began unseen", "x +B -B3 -INSTALL3 -UI3", "failed:B3 passed:INSTALL3 passed:UI3"},
		{"both began unseen", "x -B3 -INSTALL3", "failed:B3 passed:INSTALL3"},
		{"a failure that was ignored", "+INSTALL +A +B -B3 -A1 +C -C3 -INSTALL3", "failed:B3 failed:C3 passed:INSTALL3"},
		{"two children", "+INSTALL +A -A3 +B -B3 -INSTALL3", "failed:A3 failed:B3 passed:INSTALL3"},
		{"an inner action without end", "+INSTALL +A +B -B3 -INSTALL3", "failed:B3 passed:INSTALL3"},
		{"a second installation in the file", "x -B3 = +INSTALL -INSTALL3", "failed:B3 failed:INSTALL3"},
		{"same name inside itself", "+INSTALL +INSTALL +A -A3 -INSTALL3 -INSTALL3", "failed:A3 passed:INSTALL3 passed:INSTALL3"},
	} {
		if got := failures(open(), tt.script); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestPreceding(t *testing.T) {
	long := strings.Repeat("é", longest)
	for _, tt := range []struct {
		name  string
		size  int
		lines []string
		want  string
	}{
		{"none wanted", 0, []string{"a"}, ""},
		{"fewer than wanted", 3, []string{"a", "b"}, `preceding=["a" "b"] `},
		{"the last ones", 2, []string{"a", "b", "c", "d", "e"}, `preceding=["d" "e"] `},
		{"whole records", 1, []string{"a", "  more"}, `preceding=["a\n  more"] `},
		{"a long message", 1, []string{long}, `preceding=["` + long[:longest] + `"] `},
		{"a long message cut before a letter", 1, []string{"x" + long}, `preceding=["x` + long[:longest-2] + `"] `},
	} {
		f := New(framing.Options{Preceding: tt.size})
		got := framingtest.Read(f, append(tt.lines, "Action ended 8:15:00: A. Return value 3.")...)
		want := "msi error component=A tag=action-ended return_value=3 " + tt.want + "| Action ended 8:15:00: A. Return value 3."
		if last := got[len(got)-1]; last != want {
			t.Errorf("%s: got %q, want %q", tt.name, last, want)
		}
	}
}

func TestResetForgets(t *testing.T) {
	f := open()
	failures(f, "= +INSTALL x -B3")
	f.Reset()
	got := framingtest.Read(f, "Action ended 8:15:00: INSTALL. Return value 3.")[0]
	want := "msi error component=INSTALL tag=action-ended return_value=3 | Action ended 8:15:00: INSTALL. Return value 3."
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDeepNesting(t *testing.T) {
	f := open()
	for i := range 3 * deepest {
		framingtest.Read(f, fmt.Sprintf("Action start 8:15:00: A%d.", i))
	}
	if got := failures(f, "-A1003 -A03"); got != "failed:A1003 passed:A03" {
		t.Errorf("got %q", got)
	}
}

func TestDetect(t *testing.T) {
	for in, want := range map[string]framing.Confidence{
		start:                                 framing.Certain,
		"MSI (s) (0A:F4) [08:15:01:120]: x":   framing.Certain,
		"MSI (s) (0A:F4) [08:15:01]: x":       framing.None,
		"Action start 8:15:00: INSTALL.":      framing.Likely,
		"Property(S): A = b":                  framing.Likely,
		"CustomAction X returned actual code": framing.None,
		"":                                    framing.None,
	} {
		if got := Detect([]byte(in)); got != want {
			t.Errorf("Detect(%q) = %d, want %d", in, got, want)
		}
	}
}

var benchLines = []string{
	start,
	"MSI (s) (0A:F4) [08:15:01:121]: Doing action: CostFinalize",
	"Action start 8:15:02: CostFinalize.",
	"Property(S): ProductName = Contoso Agent",
	"some text of a custom action",
	"Action ended 8:15:02: CostFinalize. Return value 3.",
}

func TestNoAllocation(t *testing.T) {
	if n := framingtest.Allocations(open(), benchLines...); n > 0.1 {
		t.Errorf("%v allocations, want none", n)
	}
}

func BenchmarkParse(b *testing.B) {
	framingtest.Bench(b, open(), benchLines...)
}

func FuzzParse(f *testing.F) {
	framingtest.Fuzz(f, open, strings.Join(benchLines, "\n"), "=== a: 1/2/3 4:5:6", "A 1:2:3: . a 3.", "MSI (s) (0A:F4) [08:15:01:121]:")
}
