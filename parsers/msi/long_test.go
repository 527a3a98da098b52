package msi

import (
	"strings"
	"testing"
)

// Of an action with a long name no more is kept than its head, which its end finds again.
func TestLongNamesOfActions(t *testing.T) {
	var a actions
	long := []byte(strings.Repeat("x", 1<<20))
	for range 2 * deepest {
		a.push(long)
	}
	for _, o := range a.open[:cap(a.open)] {
		if cap(o.name) > 2*longest {
			t.Fatalf("a name has room for %d bytes", cap(o.name))
		}
	}
	a.fail()
	if len(a.open) != deepest || !a.pop(long) || len(a.open) != deepest-1 || a.pop(long) {
		t.Errorf("%d actions are open, or the failure of the innermost was not its own", len(a.open))
	}
}
