package errorcode

import (
	"slices"
	"strings"
	"testing"
)

func TestAt(t *testing.T) {
	table := shipped(t)
	for _, tt := range []struct{ message, at, want string }{
		{"failed, hr=0x8007000e now", "0x80", "0x8007000e"},
		{"failed, hr=0x8007000e now", "7000e", "0x8007000e"},
		{"error 8007000E", "8007", "8007000E"},
		{"Error = -2147024882.", "2147", "-2147024882"},
		{"status C0000005 now", "C00", "C0000005"},
		{"failed with error 5", "5", "5"},
		{"size 80070005 bytes", "8007", ""},
		{"{80070005-0000-0000-0000-000000000000}", "8007", ""},
		{"hr=0x00000000", "0x", ""},
		{"no code at all", "code", ""},
		{"error 8007000E", " ", ""},
	} {
		i := strings.Index(tt.message, tt.at)
		code, from, to, ok := table.At(tt.message, i)
		if got := tt.message[from:to]; got != tt.want || ok != (tt.want != "") {
			t.Errorf("At(%q, %d) = %q, %t, expected %q", tt.message, i, got, ok, tt.want)
		}
		if codes := table.Extract(tt.message, nil); ok && !slices.Contains(codes, code) {
			t.Errorf("%q: At finds %s and Extract %x", tt.message, Format(code), codes)
		}
	}
}
