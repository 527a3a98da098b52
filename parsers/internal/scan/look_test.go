package scan

import (
	"strings"
	"testing"
)

// FuzzLook holds the look at eight bytes to a look at each. Of a text that is plain it may see two spaces that are none, which
// costs a second look.
func FuzzLook(f *testing.F) {
	for _, s := range []string{"", "a b c", "one  two", "the seventh bl  ank spans words", "tab\there", "gr\u00fc\u00df", "12345678", " !a !b !c !d", "1234567\x00", "\x7f", "\x80", "\xff", "sixteen of these \x80", "sixteen of these, more than a line of \x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		plain, single := Look([]byte(s))
		want := true
		for i := range len(s) {
			want = want && ' ' <= s[i] && s[i] < 0x80
		}
		if plain != want {
			t.Errorf("%q: plain %t", s, plain)
		}
		if single && (!want || strings.Contains(s, "  ")) {
			t.Errorf("%q: seems single", s)
		}
	})
}

func TestLook(t *testing.T) {
	for _, tt := range []struct {
		text                    string
		plain, single, isSingle bool
	}{
		{"", true, true, true},
		{"Async searching completed.", true, true, true},
		{"Its a WSUS Update Source type ({6D0C4F1E-2A97-4B58-9E36-F18B7A5C2D04}), adding it.", true, true, true},
		{"! # done", true, true, true},
		{"   begins with spaces", true, false, true},
		{" begins with one", true, true, true},
		{"begins  with a word", true, false, false},
		{"ends with spaces  ", true, false, false},
		{" \tbegins with a tab", false, false, false},
		{"line\nfeed", false, false, false},
		{"gr\u00fc\u00df", false, false, false},
		{"  ", true, false, true},
	} {
		if plain, single := Look([]byte(tt.text)); plain != tt.plain || single != tt.single || IsSingle(tt.text) != tt.isSingle {
			t.Errorf("%q: plain %t, single %t, behind its spaces %t", tt.text, plain, single, IsSingle(tt.text))
		}
	}
}
