package sentence

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func seeds(f *testing.F) {
	f.Add("hr=<hr:hresult>", "failed, hr=0x8007000e")
	f.Add("a <x> b <n:int>$", "a 1 b c b 3.")
	f.Add("^<id:guid>.<rev:int>", upperGUID+".200")
	f.Add("<u:url>, <p:path>", `<http://a.contoso.com>, C:\x y`)
	f.Add("<a:word>:<b:word>:<t> end", "x:y:z: end")
	f.Add("<<b> ..", "<b>")
}

// FuzzSentence holds Match to its promises: no panic, named holes in order, values in normal form.
func FuzzSentence(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text, message string) {
		s, err := Compile(text)
		if err != nil {
			fault, ok := err.(*Error)
			if !ok || fault.Offset < 0 || fault.Offset > utf8.RuneCountInString(text) {
				t.Fatalf("Compile(%q) = %#v", text, err)
			}
			return
		}
		holes, ok := s.Match(message, nil)
		if !ok {
			if len(holes) != 0 {
				t.Fatalf("%q does not match and gives %v", text, holes)
			}
			return
		}
		for _, def := range s.Holes() {
			if def.Name == "" {
				continue
			}
			if len(holes) == 0 || holes[0].Name != def.Name {
				t.Fatalf("%q on %q lacks %q", text, message, def.Name)
			}
			checkValue(t, def.Type, message, holes[0].Value)
			holes = holes[1:]
		}
		if len(holes) != 0 {
			t.Fatalf("%q on %q has %v too many", text, message, holes)
		}
	})
}

func checkValue(t *testing.T, kind Type, message, value string) {
	t.Helper()
	switch kind {
	case GUID:
		if !isNormalGUID(value) {
			t.Fatalf("GUID %q", value)
		}
	case Hresult:
		if !isNormalHresult(value) {
			t.Fatalf("code %q", value)
		}
	default:
		if !strings.Contains(message, value) {
			t.Fatalf("%s %q does not stand in %q", kind, value, message)
		}
		if kind != Text && value == "" {
			t.Fatalf("empty %s in %q", kind, message)
		}
	}
}

// FuzzSentenceLiteral checks that a message that matches holds the texts that the engine looks for first.
func FuzzSentenceLiteral(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text, message string) {
		s, err := Compile(text)
		if err != nil {
			return
		}
		if _, ok := s.Match(message, nil); !ok {
			return
		}
		if !strings.Contains(lowered(message), s.Literal()) {
			t.Fatalf("%q matches %q, which lacks %q", text, message, s.Literal())
		}
		squeezed := lowered(string(Squeeze(nil, message)))
		for _, p := range s.Phrases() {
			if !strings.Contains(squeezed, p) {
				t.Fatalf("%q matches %q, which lacks %q", text, message, p)
			}
		}
	})
}
