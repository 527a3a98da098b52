package sentence

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// tell writes an explanation in a line: how each part fared, then where it stopped and why.
func tell(e *Explanation) string {
	var b strings.Builder
	text := []rune(e.Sentence.String())
	for _, p := range e.Parts {
		if p.Held && p.End < p.Begin {
			fmt.Fprintf(&b, "[%s=%s…]", string(text[p.From:p.To]), e.Message[p.Begin:])
		} else if p.Held {
			fmt.Fprintf(&b, "[%s=%s]", string(text[p.From:p.To]), e.Message[p.Begin:p.End])
		}
	}
	if s := e.Stop; s != nil {
		fmt.Fprintf(&b, " %d/%d expected %s, found %s", s.Rune, s.At, s.Expected, s.Found)
		for _, h := range s.Hints {
			b.WriteString("; " + h)
		}
	}
	return b.String()
}

func TestExplain(t *testing.T) {
	for _, tt := range []struct{ name, sentence, message, want string }{
		{"matches", "Job <id:guid> of <what> done", "The Job " + upperGUID + " of the scan done.", "[Job =Job ][<id:guid>=" + upperGUID + "][ of = of ][<what>=the scan][ done= done]"},
		{"url in brackets", "at <u:url> now", "at <http://a.b> now", "[at =at ][<u:url>=<http://a.b>][ now= now]"},
		{"in the middle", "Sent request <id:guid> for package <p:word>", "Sent request " + lowerGUID + " for pakage 5", "[Sent request =Sent request ][<id:guid>=" + lowerGUID + `] 29/56 expected "ckage ", found "kage 5"`},
		{"letter case", "Searching completed", "Async searching Completed.", ` 0/6 expected "Searching completed", found "searching Completed."; the letter case differs: sentences tell capital letters from small ones`},
		{"letter case within", "the Agent <x> stopped", "the Agent 5 Stopped", "[the Agent =the Agent ][<x>=5] 14/12 expected \"stopped\", found \"Stopped\"; the letter case differs: sentences tell capital letters from small ones"},
		{"blanks", "Error = <hr:hresult>", "Error=0x8007000E", ` 5/5 expected " = ", found "=0x8007000E"; the blanks differ: a blank in a sentence stands for one or more in the message, and nothing else does`},
		{"case and blanks", "error = <hr:hresult>", "Error=0x8007000E", ` 0/0 expected "error = ", found "Error=0x8007000E"; the letter case and the blanks differ`},
		{"nothing of it", "completed", "what is that", ` 0/0 expected "completed" from here on, found "what is that"`},
		{"after a hole", "begin <x> end", "begin of it all", `[begin =begin ][<x>=of it all…] 9/6 expected " end" from here on, found "of it all"`},
		{"earlier in the message", "done <x> Job", "Job is done now", `[done =done ][<x>=now…] 8/12 expected " Job" from here on, found "now"`},
		{"not after what goes before", "b <n:int> a", "a b 5 c a b 6", `[b =b ][<n:int>=5] 10/6 expected "a", found "c a b 6"; " a" stands further on, at character 8 of the message: a hole such as <_> takes what is between`},
		{"hole type", "Job <id:guid> ended", "Job 4711 ended", `[Job =Job ] 4/4 expected <id:guid>, a hole of type guid: 32 hexadecimal digits, with hyphens and braces or without, found "4711 ended"; without its type the hole takes "4711" and the sentence matches`},
		{"hole type and more", "Job <id:guid> ended well", "Job 4711 ended", `[Job =Job ] 4/4 expected <id:guid>, a hole of type guid: 32 hexadecimal digits, with hyphens and braces or without, found "4711 ended"`},
		{"word without what follows", "user <u:word>: gone", "user LAB was gone", `[user =user ][<u:word>=LAB] 13/8 expected ": gone", found " was gone"`},
		{"the end of the message", "two <n:int> three", "two 5", `[two =two ][<n:int>=5] 11/5 expected " three", found the end of the message`},
		{"start", "^scan", "a scan", ` 1/0 expected "scan", found "a scan"; "scan" stands further on, at character 3 of the message: a hole such as <_> takes what is between; ^ binds the sentence to the beginning of the message: without it the sentence matches`},
		{"end", "done $", "done now", `[done=done] 5/5 expected the end of the message, found "now"; $ binds the sentence to the end of the message: without it the sentence matches`},
		{"escaped bracket", "a <<b> c", "a <b>  d", ` 7/7 expected "c", found "d"`},
		{"wide characters", "größer als <n:int>", "größer als drei", `[größer als =größer als ] 11/13 expected <n:int>, a hole of type int: a whole number, found "drei"; without its type the hole takes "drei" and the sentence matches`},
		{"long text", "end of it", strings.Repeat("x", 60), ` 0/0 expected "end of it" from here on, found "` + strings.Repeat("x", 40) + `"…`},
	} {
		s, err := Compile(tt.sentence)
		if err != nil {
			t.Fatal(tt.name, err)
		}
		if got := tell(s.Explain(tt.message)); got != tt.want {
			t.Errorf("%s: %q on %q gave\n%s, want\n%s", tt.name, tt.sentence, tt.message, got, tt.want)
		}
	}
}

// A sentence of which more holds is nearer, and one that matches is nearest.
func TestShare(t *testing.T) {
	const message = "Sent request " + lowerGUID + " for package 5"
	last := -1.0
	for _, text := range []string{"Reply to <x>", "Sent reply", "Sent request <n:int> of", "Sent request <id:guid> to", "Sent request <id:guid> for package <n:int>"} {
		s, err := Compile(text)
		if err != nil {
			t.Fatal(err)
		}
		got := s.Explain(message).Share
		if got <= last || got > 1 {
			t.Errorf("%q: share %v after %v", text, got, last)
		}
		last = got
	}
	if last != 1 {
		t.Errorf("share of a match is %v", last)
	}
}

// FuzzExplain holds Explain to Match: it says matched exactly when Match does, its parts stand in order, and what it
// says held is there.
func FuzzExplain(f *testing.F) {
	seeds(f)
	f.Add("a<a>", "0a") // a hole that takes nothing at the end
	f.Add("^a <n:int>$", "b a 5")
	f.Add("<u:url> <b:word> x$", "<http://a> b x y")
	f.Fuzz(func(t *testing.T, text, message string) {
		s, err := Compile(text)
		if err != nil {
			return
		}
		_, ok := s.Match(message, nil)
		e := s.Explain(message)
		if e.Matched != ok || ok != (e.Stop == nil) {
			t.Fatalf("Match(%q, %q) is %t, Explain says %t, stop %v", text, message, ok, e.Matched, e.Stop)
		}
		checkParts(t, e)
		if st := e.Stop; st != nil {
			if st.Rune < 0 || st.Rune > utf8.RuneCountInString(text) || st.At < 0 || st.At > len(message) || st.Part < 0 || st.Part > len(e.Parts) {
				t.Fatalf("%q on %q stopped at %+v", text, message, st)
			}
			for i, p := range e.Parts {
				if p.Held != (i < st.Part) {
					t.Fatalf("%q on %q: part %d held is %t, stop %+v", text, message, i, p.Held, st)
				}
			}
		}
	})
}

func checkParts(t *testing.T, e *Explanation) {
	t.Helper()
	s, at, last := e.Sentence, 0, 0
	for i, p := range e.Parts {
		if p.From < last || p.To < p.From {
			t.Fatalf("%q on %q: part %d stands at %d to %d after %d", s, e.Message, i, p.From, p.To, last)
		}
		last = p.To
		if !p.Held {
			continue
		}
		if p.Begin < at || p.End > len(e.Message) || p.End < p.Begin && p.End != p.Begin-1 {
			t.Fatalf("%q on %q: part %d held from %d to %d after %d", s, e.Message, i, p.Begin, p.End, at)
		}
		if lit := s.parts[i].lit; lit != "" && s.parts[i].at(e.Message, p.Begin) != p.End {
			t.Fatalf("%q on %q: part %d (%q) held from %d to %d: %q", s, e.Message, i, lit, p.Begin, p.End, e.Message[p.Begin:p.End])
		}
		at = p.End
	}
}
