package testhost

import (
	"slices"
	"strings"
	"testing"
)

// No panic of ours ends the process that has loaded the library: the records go on, and it is told.
func TestPanicsStayInside(t *testing.T) {
	for _, place := range []string{"parser", "rules", "correlation", "output"} {
		t.Run(place, func(t *testing.T) {
			a, f := home(t.TempDir()), t.TempDir()
			bad := "break " + place
			answers, log := play(t, "init "+strings.Replace(a.settings(), "plugin_log_level=warn", "plugin_log_level=debug", 1), "flush 0 raw "+write(t, f, "chunk", chunk(ccm("before"), ccm(bad), ccm(bad), ccm("after"))), "exit 0")
			want(t, "answers", answers, "init=1", "flush=1", "exit=1")
			whole := bad
			if place == "parser" || place == "output" {
				whole = ccm(bad)
			}
			got := a.lines(t)
			for _, line := range []string{"before", whole, "after"} {
				if !slices.Contains(got, line) {
					t.Errorf("%q is missing in %q", line, got)
				}
			}
			if n := strings.Count(log, "contained a panic ("+place+"): broken on purpose"); n != 1 {
				t.Errorf("told %d times, want once: %s", n, log)
			}
			if !strings.Contains(log, "panics=2") || !strings.Contains(log, "break.go") {
				t.Errorf("neither count nor stack: %s", log)
			}
		})
	}
}
