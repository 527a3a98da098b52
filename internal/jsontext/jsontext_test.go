package jsontext_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/cmtrail/cmtrail/internal/display"
	"github.com/cmtrail/cmtrail/internal/jsontext"
)

func TestAppend(t *testing.T) {
	for _, tt := range []struct {
		text, want string
		valid      bool
	}{
		{"", `""`, true},
		{"plain", `"plain"`, true},
		{"words that are longer than eight bytes", `"words that are longer than eight bytes"`, true},
		{`quote " and \ far behind it`, `"quote \" and \\ far behind it"`, true},
		{"tab\t\r\n", `"tab\t\r\n"`, true},
		{"\x00\x1b[31m\x7f<>", `"\u0000\u001b[31m\u007f<>"`, true},
		{"ünï ✓ \u0085 \u202e", "\"ünï ✓ \\u0085 \\u202e\"", true},
		{"a text that goes bad \xff\xc3", `"a text that goes bad \ufffd\ufffd"`, false},
		{"\ufffd was there", "\"\ufffd was there\"", true},
	} {
		got, valid := jsontext.Append([]byte("before"), []byte(tt.text))
		if string(got) != "before"+tt.want || valid != tt.valid {
			t.Errorf("%q became %s (UTF-8: %t), expected %s", tt.text, got, valid, tt.want)
		}
		if s := jsontext.AppendString([]byte("before"), tt.text); string(s) != string(got) {
			t.Errorf("%q: %s as a string, %s as bytes", tt.text, s, got)
		}
	}
}

// Whatever the text, what is written reads back as it, and holds nothing that a terminal obeys.
func FuzzAppend(f *testing.F) {
	for _, text := range []string{"", "plain words and more of them", "a\"b\\c\n\r\t\x01\x7f<>\u00e9", "sixteen bytes and \xff", "\xf0\x9f\x98\x80 more \xe2\x82", "\u009b31m and \u2066"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		written, valid := jsontext.Append(nil, []byte(text))
		var got string
		if err := json.Unmarshal(written, &got); err != nil {
			t.Fatalf("%q: %s: %v", text, written, err)
		}
		if want := string([]rune(text)); got != want || valid != utf8.ValidString(text) {
			t.Errorf("%q: %s (UTF-8: %t)", text, written, valid)
		}
		if i := strings.IndexFunc(string(written), display.Obeyed); i >= 0 {
			t.Errorf("%q: %q is obeyed at %d", text, written, i)
		}
	})
}
