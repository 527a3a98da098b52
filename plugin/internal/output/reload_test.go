package output

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestRulesChangeWhileItRuns changes the rules while half a record is held, first with a fault in them.
func TestRulesChangeWhileItRuns(t *testing.T) {
	f := newFixture(t, t.TempDir(), 1<<20)
	defer f.close(t)
	write := func(line string) {
		t.Helper()
		if err := os.WriteFile(f.pack, []byte(strings.Replace(pack, "line: Done with it", line, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			f.clock.forward(2 * time.Second)
			f.tick()
		}
	}
	tagged := func() uint64 { return f.counters.Tagged.Load() }
	f.flush(t, OK, "raw", events(whole, opens))
	if n := tagged(); n != 1 {
		t.Errorf("%d tagged before, want 1", n)
	}
	write("lime: Done with it")
	f.flush(t, OK, "raw", events(closes, whole, opens))
	if n := tagged(); n != 2 {
		t.Errorf("%d tagged with faults in the file, want 2", n)
	}
	write("line: The first line and the second")
	f.flush(t, OK, "raw", events(closes, whole))
	if n := tagged(); n != 3 {
		t.Errorf("%d tagged by the new rules, want 3", n)
	}
	var told []string
	for _, text := range f.log.text {
		if strings.Contains(text, "rules") {
			told = append(told, strings.ReplaceAll(text, f.pack, "pack.yaml"))
		}
	}
	if diff := cmp.Diff([]string{
		"error changed rules are not taken; the running ones go on", "error rules:",
		"info rules reloaded: rules=1 added=0 changed=1 removed=0",
	}, told); diff != "" {
		t.Error(diff)
	}
	if f.counters.Reloads.Load() != 1 || f.counters.RulesRefused.Load() != 1 {
		t.Errorf("reloads=%d refused=%d, want 1 and 1", f.counters.Reloads.Load(), f.counters.RulesRefused.Load())
	}
}
