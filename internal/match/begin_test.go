package match

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// Patterns look at the beginning of a long message, which ends between characters.
func TestBegin(t *testing.T) {
	for _, tt := range []struct {
		name, message string
		want          int
	}{
		{"short", "abc", 3},
		{"just so", strings.Repeat("a", maxSearched), maxSearched},
		{"long", strings.Repeat("a", 1<<20), maxSearched},
		{"a character on the edge", strings.Repeat("a", maxSearched-1) + "更更", maxSearched - 1},
	} {
		got := begin(tt.message)
		if len(got) != tt.want || !utf8.ValidString(got) {
			t.Errorf("%s: %d bytes, want %d", tt.name, len(got), tt.want)
		}
	}
}
