package sentence

import (
	"strings"
	"testing"
)

const (
	upperGUID = "{4CD06388-D509-46E4-8C00-75909EDD9EE8}"
	lowerGUID = "4cd06388-d509-46e4-8c00-75909edd9ee8"
)

// fill is what a match gives, as "name=value|name=value", or "no".
func fill(t *testing.T, text, message string) string {
	t.Helper()
	s, err := Compile(text)
	if err != nil {
		t.Fatalf("Compile(%q): %v", text, err)
	}
	holes, ok := s.Match(message, nil)
	if !ok {
		return "no"
	}
	var b strings.Builder
	for i, h := range holes {
		if i > 0 {
			b.WriteByte('|')
		}
		b.WriteString(h.Name + "=" + h.Value)
	}
	return b.String()
}

func TestMatch(t *testing.T) {
	for _, tt := range []struct{ name, sentence, message, want string }{
		{"literal anywhere", "searching completed", "Async searching completed.", ""},
		{"case counts", "searching completed", "Async Searching completed.", "no"},
		{"blanks match any run", "a b  c", "a \t b\nc", ""},
		{"blanks need a blank", "a b", "ab", "no"},
		{"full stop left out", "Async searching completed.", "Async searching completed", ""},
		{"three full stops left out", "Executing task...", "Executing task", ""},
		{"three full stops there", "Executing task...", "Executing task...", ""},
		{"stars are plain", "*FAILED* [<hr:hresult>] ISusInternal:: GetUpdateMetadata<_:int>", "*FAILED* [8007000E] ISusInternal:: GetUpdateMetadata2", "hr=0x8007000E"},
		{"escaped bracket", "<<Content ID=\"<id:guid>\"", "<Body><Content ID=\"" + upperGUID + "\"", "id=" + lowerGUID},
		{"three brackets", "<<<n:int>", "a <5", "n=5"},
		{"start", "^scan", "scan now", ""},
		{"start after blanks", "^scan", "  scan now", ""},
		{"not at start", "^scan", "a scan now", "no"},
		{"end", "done$", "all done.", ""},
		{"not at end", "done$", "all done now", "no"},
		{"later one at end", "done$", "done and done", ""},
		{"both ends", "^<what> done.$", "all is done and done...", "what=all is done and"},

		{"guid in braces", "Job <id:guid> x", "Job " + upperGUID + " x", "id=" + lowerGUID},
		{"guid without", "Job <id:guid> x", "Job 4CD06388-D509-46E4-8C00-75909EDD9EE8 x", "id=" + lowerGUID},
		{"guid with braces written", "Job {<id:guid>} x", "Job " + upperGUID + " x", "id=" + lowerGUID},
		{"guid and revision", "<id:guid>.<rev:int>", "update " + upperGUID + ".200", "id=" + lowerGUID + "|rev=200"},
		{"guid with a lost hyphen", "<id:guid>", "{4CD06388D509-46E4-8C00-75909EDD9EE8}", "id=" + lowerGUID},
		{"guid without hyphens", "<id:guid>", "4cd06388d50946e48c0075909edd9ee8", "id=" + lowerGUID},
		{"guid too short", "id <id:guid>", "id 4CD06388-D509-46E4-8C00-75909EDD9EE", "no"},
		{"guid too long", "id <id:guid>", "id 4CD06388-D509-46E4-8C00-75909EDD9EE81", "no"},
		{"guid with an open brace", "id <id:guid>", "id {4CD06388-D509-46E4-8C00-75909EDD9EE8", "no"},
		{"guid inside a longer word", "<id:guid> x", "z4CD06388-D509-46E4-8C00-75909EDD9EE8 x", "no"},

		{"code with prefix", "hr=<hr:hresult>", "failed, hr=0x8007000e", "hr=0x8007000E"},
		{"code with capital prefix", "hr=<hr:hresult>", "hr=0X80244007.", "hr=0x80244007"},
		{"bare code", "hr=<hr:hresult>", "hr=8007000E", "hr=0x8007000E"},
		{"bare code of digits", "error <hr:hresult>", "error 80070005", "hr=0x80070005"},
		{"signed code", "Error(<hr:hresult>)", "Error(-2147467259)", "hr=0x80004005"},
		{"unsigned code", "code <hr:hresult>", "code 2149842970", "hr=0x8024001A"},
		{"zero", "hr=<hr:hresult>", "hr=0x0", "hr=0x00000000"},
		{"short code", "error <hr:hresult>", "error 0x2efd", "hr=0x00002EFD"},
		{"seven digits are no code", "build <hr:hresult>", "build 8007000", "no"},
		{"nine hexadecimal digits are no code", "hr=<hr:hresult>", "hr=0x8007000E1", "no"},
		{"too great", "code <hr:hresult>", "code 5000000000", "no"},
		{"too small", "code <hr:hresult>", "code -2147483649", "no"},

		{"int", "version <v:int>", "version 38", "v=38"},
		{"negative int", "left <v:int> now", "left -5 now", "v=-5"},
		{"int before letters", "version <v:int>", "version 38b", "no"},
		{"int first", "<n:int> updates", "found 12 updates", "n=12"},
		{"int in a name", "GetUpdateMetadata<_:int> failed", "GetUpdateMetadata2 failed", ""},

		{"word", "sender <who:word>", "sender EMPTY, more", "who=EMPTY"},
		{"word up to a comma", "Key=<v:word>,", "Key=1,Other=2, x", "v=1"},
		{"word tries the next end", "<v:word>-<n:int> end", "x-5-7 end", "v=x-5|n=7"},
		{"word first", "<w:word> failed", "The scan failed", "w=scan"},
		{"word in quotes", "named '<w:word>'", "named 'abc'", "w=abc"},
		{"word does not cross blanks", "named '<w:word>'", "named 'a bc'", "no"},
		{"two words", "<a:word><b:word> x", "ab x", "a=a|b=b"},

		{"url", "WSUS path is <u:url>", "WSUS path is http://sus01.contoso.com:8530.", "u=http://sus01.contoso.com:8530"},
		{"url in quotes", "at '<u:url>'", "at 'https://sus01.contoso.com:8531'", "u=https://sus01.contoso.com:8531"},
		{"url in angle brackets", "server = <u:url>,", "server = <http://sus01.contoso.com>, x", "u=http://sus01.contoso.com"},
		{"url up to literal", "<u:url>/ClientWebService", "from http://a.contoso.com:80/ClientWebService/x", "u=http://a.contoso.com:80"},
		{"url in parentheses", "host (<u:url>)", "host (http://a.contoso.com)", "u=http://a.contoso.com"},
		{"no url", "at <u:url>", "at contoso.com", "no"},

		{"path", "opening <p:path>", `opening C:\Program Files\Update Services\x.cab.`, `p=C:\Program Files\Update Services\x.cab`},
		{"path up to literal", "File <p:path> was", `File \\ps1\share\a b.cab was gone`, `p=\\ps1\share\a b.cab`},
		{"path in quotes", `key "<p:path>"`, `key "SOFTWARE\Policies\X"`, `p=SOFTWARE\Policies\X`},
		{"long path prefix", "open <p:path>", `open \\?\C:\a`, `p=\\?\C:\a`},
		{"no path", "opening <p:path>", "opening the door", "no"},

		{"text", "policy <name> applied", "policy Windows Update applied", "name=Windows Update"},
		{"text as short as can be", "a <x> b", "a 1 b 2 b", "x=1"},
		{"text backtracks over a later literal", "a <x> b <n:int>", "a 1 b 2 b c b 3", "x=1|n=2"},
		{"text backtracks further", "a <x> b <n:int>", "a 1 b c b 3", "x=1 b c|n=3"},
		{"text takes the rest", "because <why>", "failed because it is late ", "why=it is late"},
		{"text and final full stop", "because <why>.", "because it is late.", "why=it is late"},
		{"text may be empty", "user='<u>'", "user=''", "u="},
		{"text before a typed hole", "at <x><id:guid>", "at abc " + upperGUID, "x=abc |id=" + lowerGUID},
		{"text over lines", "begin <x> end", "begin 1\n2 end", "x=1\n2"},
		{"text first", "<what> failed", "the scan failed", "what=the scan"},
		{"text between blanks", "x=<a> <b>", "x=1 2 3", "a=1|b=2 3"},
		{"word after text backtracks into it", "state <t> by <w:word> done", "state a by b and by c done", "t=a by b and|w=c"},
		{"two texts", "from <a> to <b>, size <n:int>", "from x to y to z, size 3", "a=x|b=y to z|n=3"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := fill(t, tt.sentence, tt.message); got != tt.want {
				t.Errorf("%q on %q gives %q, want %q", tt.sentence, tt.message, got, tt.want)
			}
		})
	}
}

func TestMatchAppends(t *testing.T) {
	s, err := Compile("n=<n:int>")
	if err != nil {
		t.Fatal(err)
	}
	holes := []Hole{{"before", "x"}}
	holes, ok := s.Match("n=7", holes)
	if !ok || len(holes) != 2 || holes[0].Name != "before" || holes[1] != (Hole{"n", "7"}) {
		t.Errorf("Match gives %v, %t", holes, ok)
	}
	if same, ok := s.Match("n=", holes); ok || len(same) != 2 {
		t.Errorf("a failed match gives %v, %t", same, ok)
	}
}

func TestMatchDoesNotAllocate(t *testing.T) {
	s, err := Compile("Location Request '<id:guid>' for <what> at <u:url>, hr=<hr:hresult>")
	if err != nil {
		t.Fatal(err)
	}
	hit := "Sent Location Request '{" + strings.ToUpper(lowerGUID) + "}' for a package at http://a.contoso.com, hr=-2147024882"
	miss := "Sent Location Request '{" + strings.ToUpper(lowerGUID) + "}' for a package at contoso, hr=1"
	holes, scratch := make([]Hole, 0, 8), make([]byte, 0, 256)
	if n := testing.AllocsPerRun(100, func() {
		var ok bool
		if holes, scratch, ok = s.MatchInto(hit, holes[:0], scratch[:0]); !ok {
			t.Fatal("no match")
		}
	}); n != 0 {
		t.Errorf("a match allocates %v times", n)
	}
	if n := testing.AllocsPerRun(100, func() { holes, _ = s.Match(miss, holes[:0]) }); n != 0 {
		t.Errorf("a failed match allocates %v times", n)
	}
}

// A message made to hurt is given up on after a number of steps that grows with its length alone.
func TestHostileMessageEnds(t *testing.T) {
	s, err := Compile("<a:word>:<b:word>:<c:word>:<d:word>:<e:word>:<n:int> end")
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := s.Match(strings.Repeat("x:", 1<<16)+" end", nil); ok {
		t.Error("matched")
	}
}

func BenchmarkMatch(b *testing.B) {
	s, err := Compile("ISusInternal::GetUpdateMetadata<_:int> failed, hr=<hr:hresult>")
	if err != nil {
		b.Fatal(err)
	}
	holes, scratch := make([]Hole, 0, 4), make([]byte, 0, 64)
	for _, bb := range []struct{ name, message string }{
		{"hit", "WARNING: ISusInternal::GetUpdateMetadata2 failed, hr=8007000E"},
		{"miss", "CScanAgent: the policy of this update source is there and its version has not changed since the scan before"},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				holes, scratch, _ = s.MatchInto(bb.message, holes[:0], scratch[:0])
			}
		})
	}
}

// Whatever the message, looking for a sentence in it ends: what was looked at is counted, and once patience is over no more
// than a reading or two of the message follows. Each of these took seconds or minutes while only trials were counted.
func TestNoMessageTakesLong(t *testing.T) {
	for _, text := range []string{
		"<a:path><b:word> q", "<a:word><b:word><c:word> q", "<a:path><b:path><c:path> q", "<a:url><b:url> q", "<a:path> q", "<a:path>  q  <b:path>",
		strings.Repeat("<_> a ", 15) + "<_> z", "<a:word> b <c:word> d <e:word> q", "a <b:word><c:word>$", "x <a> y$", "<a:int> q", "<a:hresult><b:int> q",
		"<a:guid> q", "a<b:int>c", "<a:word>:<b:word>:<c:word> q", "<_><a:path> q", "<_><a:int> q", "\\ <a:path> <b:path> q",
	} {
		s, err := Compile(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, unit := range []string{"a ", "b ", "a b ", " ", "x", `C:\a\`, `\ `, `\`, "http://a/ ", "http://", "a b d ", "1", "-", "8007000e", "a1", "0123abcd-", "y", "a\tb", ":", "q ", "<http://"} {
			message := strings.Repeat(unit, (256<<10)/len(unit)) + " q z"
			f := finder{Sentence: s, message: message, steps: patience(message)}
			f.find()
			if over := -f.steps; over > 2*len(message) {
				t.Errorf("%q in many %q: looked at %d bytes more than it has patience for", text, unit, over)
			}
		}
	}
}
