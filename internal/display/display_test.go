package display_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/cmtrail/cmtrail/internal/display"
)

func TestLine(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"plain", "Scan failed with error = 0x80244022.", "Scan failed with error = 0x80244022."},
		{"other scripts", "Überprüfung 更新 ✓", "Überprüfung 更新 ✓"},
		{"colour", "\x1b[31mred\x1b[0m", "�[31mred�[0m"},
		{"title of the window", "\x1b]0;owned\x07", "�]0;owned�"},
		{"introducer of one character", "\u009b2J", "�2J"},
		{"cursor", "safe\rrm\b\b", "safe�rm��"},
		{"tab and line", "a\tb\nc", "a b�c"},
		{"direction", "exe\u202egpj.\u2066", "exe�gpj.�"},
		{"no UTF-8", "a\x9bb\xff", "a�b�"},
		{"NUL and DEL", "\x00\x7f", "��"},
	} {
		if got := display.Line(tt.in); got != tt.want {
			t.Errorf("%s: Line(%q) = %q, want %q", tt.name, tt.in, got, tt.want)
		}
	}
}

func TestMarkdown(t *testing.T) {
	for _, tt := range []struct{ in, text, code string }{
		{"a|b", `a\|b`, "`a|b`"},
		{"<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;", "`<img src=x onerror=alert(1)>`"},
		{"[look](javascript:alert(1))", `\[look\](javascript:alert(1))`, "`[look](javascript:alert(1))`"},
		{"x`<b>`y", "x\\`&lt;b&gt;\\`y", "``x`<b>`y``"},
		{"\x1b[31m\n# head", `�\[31m \# head`, "`�[31m # head`"},
		{"1. one", `1\. one`, "`1. one`"},
	} {
		if got := display.Markdown(tt.in); got != tt.text {
			t.Errorf("Markdown(%q) = %q, want %q", tt.in, got, tt.text)
		}
		if got := display.Code(tt.in); got != tt.code {
			t.Errorf("Code(%q) = %q, want %q", tt.in, got, tt.code)
		}
	}
}

// JSON says the same after it, to the last character.
func FuzzEscapeJSON(f *testing.F) {
	f.Add("a\x1b[31mb\r\n\u009b2J\u202e\x7f\U0001F600")
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "")
		var b bytes.Buffer
		plain, err := json.Marshal([]string{text})
		if err != nil {
			t.Fatal(err)
		}
		b.Write(display.EscapeJSON(nil, plain))
		if strings.ContainsFunc(b.String(), display.Obeyed) {
			t.Errorf("%q became %q", text, b.String())
		}
		var back []string
		if err := json.Unmarshal(b.Bytes(), &back); err != nil || back[0] != text {
			t.Errorf("%q came back as %q, %v", text, back, err)
		}
	})
}
