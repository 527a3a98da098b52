package parsers_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cmtrail/cmtrail/parsers"
)

// A rename ends the old file's stream; what comes next is a stream of its own, so that no record mixes both files.
func TestRollover(t *testing.T) {
	var got []string
	open := func(name string) *parsers.Stream {
		return parsers.NewStream(name, parsers.Options{}, func(r *parsers.Record) {
			got = append(got, fmt.Sprintf("%s %s %v", name, r.Message, r.Flags))
		})
	}
	const attrs = `]LOG]!><time="10:00:00.000+00" date="03-12-2026" component="WUAHandler" context="" type="1" thread="7" file="w.cpp:1">`
	old := open("WUAHandler.lo_")
	_, _ = old.Write([]byte("<![LOG[whole" + attrs + "\r\n<![LOG[cut by the switch"))
	old.Flush()
	fresh := open("WUAHandler.log")
	_, _ = fresh.Write([]byte("\ufeff<![LOG[new" + attrs + "\r\n"))
	fresh.Flush()
	want := "WUAHandler.lo_ whole \nWUAHandler.lo_ cut by the switch unterminated\nWUAHandler.log new "
	if text := strings.Join(got, "\n"); text != want {
		t.Errorf("records\n%s\nexpected\n%s", text, want)
	}
}

// A converted WindowsUpdate.log comes whole: every line is out at once but the last, which waits for what follows it.
func TestWholeFileAtOnce(t *testing.T) {
	const lines = 24_451
	var b strings.Builder
	for i := range lines {
		fmt.Fprintf(&b, "2026/03/12 10:%02d:%02d.%07d 3696  8172  Agent           line %d\r\n", i/60%60, i%60, i%10_000_000, i)
	}
	n := 0
	s := parsers.NewStream("WindowsUpdate.log", parsers.Options{}, func(r *parsers.Record) {
		if want := fmt.Sprintf("line %d", n); r.Message != want || r.Format != parsers.WUAETL || r.LineStart != n+1 {
			t.Fatalf("record %d is %s %q at line %d", n, r.Format, r.Message, r.LineStart)
		}
		n++
	})
	_, _ = s.Write([]byte(b.String()))
	if n != lines-1 {
		t.Errorf("%d records before the end, expected %d", n, lines-1)
	}
	s.Flush()
	if n != lines {
		t.Errorf("%d records, expected %d", n, lines)
	}
}
