package table

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden file")

// The whole part, made of two rounds in which some benchmarks did not run.
func TestRender(t *testing.T) {
	f, err := os.Open("testdata/results.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := Read(f, "results.txt")
	if err != nil {
		t.Fatal(err)
	}
	got := r.Render()
	if *update {
		if err := os.WriteFile("testdata/table.md", []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/table.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
}

func TestGoals(t *testing.T) {
	for _, tt := range []struct {
		limit float64
		least bool
		got   []float64
		met   bool
	}{
		{30, true, []float64{29, 31, 30}, true},
		{30, true, []float64{29, 31, 29.9}, false},
		{1.3, false, []float64{1.2, 1.5, 1.25}, true},
		{1.3, false, []float64{1.3, 1.3, 1.3}, false},
	} {
		g := goal{limit: tt.limit, least: tt.least, got: tt.got}
		if g.met() != tt.met {
			t.Errorf("%+v: met is %t", g, g.met())
		}
	}
}

func TestNumber(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 0.1234: "0.12", 1.234: "1.23", 12.34: "12.3", 123.4: "123", 1234567: "1,234,567", 123456: "123,456"} {
		if got := number(v); got != want {
			t.Errorf("number(%v) = %q, want %q", v, got, want)
		}
	}
}

func TestReplace(t *testing.T) {
	doc := "before\n" + Begin + "\nold\n" + End + "\nbehind\n"
	got, err := Replace(doc, "new\n")
	if want := "before\n" + Begin + "\nnew\n" + End + "\nbehind\n"; err != nil || got != want {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
	if _, err := Replace("nothing here", "new"); err == nil || !strings.Contains(err.Error(), Begin) {
		t.Errorf("error %v does not name the marker", err)
	}
}
