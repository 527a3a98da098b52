package bounded_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/cmtrail/cmtrail/internal/bounded"
)

func TestText(t *testing.T) {
	for _, s := range []string{"", "PC1", strings.Repeat("x", bounded.MaxText)} {
		if got := bounded.Text(s); got != s {
			t.Errorf("%d bytes became %d", len(s), len(got))
		}
	}
	for _, s := range []string{strings.Repeat("x", bounded.MaxText+1), strings.Repeat("é", 1<<20), "a" + strings.Repeat("𝄞", 1<<18)} {
		got := bounded.Text(s)
		if len(got) > bounded.MaxText || !utf8.ValidString(got) || got[:900] != s[:900] {
			t.Errorf("%d bytes became %d, valid %t", len(s), len(got), utf8.ValidString(got))
		}
		if other := bounded.Text(s + "."); other == got {
			t.Errorf("two texts of %d and %d bytes became one", len(s), len(s)+1)
		}
		if again := bounded.Text(s); again != got {
			t.Errorf("one text became %q and %q", got[900:], again[900:])
		}
	}
}

// Names that are no text become text, and two of them stay two.
func TestNoText(t *testing.T) {
	seen := map[string]string{}
	for _, s := range []string{
		"\xff", "\xfe", "\x00", "a\x00b", "a\x00", "a", "PC1\xff", "PC1\xfe", "\xed\xa0\x80", "\ufffd", strings.Repeat("\xff", 5000), strings.Repeat("\xff", 5001),
		strings.Repeat("é", 512) + "\xff", strings.Repeat("\x00", bounded.MaxText), strings.Repeat("x", bounded.MaxText-1) + "é",
	} {
		got := bounded.Text(s)
		if !bounded.IsText(got) || bounded.Text(got) != got {
			t.Errorf("%.20q became %.20q of %d bytes", s, got, len(got))
		}
		if before, ok := seen[got]; ok {
			t.Errorf("%.20q and %.20q became one", before, s)
		}
		seen[got] = s
		if bounded.IsText(s) != (got == s) {
			t.Errorf("%.20q became %.20q", s, got)
		}
	}
}
