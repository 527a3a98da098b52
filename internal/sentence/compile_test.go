package sentence

import (
	"strings"
	"testing"
)

func TestCompileErrors(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		offset   int
		text     string
	}{
		{"empty", "", 0, "empty sentence"},
		{"only blanks", " \t\n", 0, "empty sentence"},
		{"only anchors", "^$", 0, "empty sentence"},
		{"misspelt type", "scan <id:guidd> done", 9, `unknown hole type "guidd", did you mean "guid"?`},
		{"misspelt type, swapped letters", "hr=<hr:hreslut>", 7, `unknown hole type "hreslut", did you mean "hresult"?`},
		{"type in capitals", "hr=<hr:HRESULT>", 7, `unknown hole type "HRESULT", did you mean "hresult"?`},
		{"strange type", "<n:number>", 3, `unknown hole type "number": the types are text, guid, hresult, int, word, url, path`},
		{"empty type", "a <n:>", 5, `unknown hole type "": the types are text, guid, hresult, int, word, url, path`},
		{"offset counts runes", "Größe <n:innt>", 9, `unknown hole type "innt", did you mean "int"?`},
		{"not closed", "Location Request '<id:guid", 18, "hole is not closed: write <name>, <name:type>, or << for a plain <"},
		{"next one opens first", "a <b and <c>", 2, "hole is not closed: write <name>, <name:type>, or << for a plain <"},
		{"not closed before the anchor", "a <b$", 2, "hole is not closed: write <name>, <name:type>, or << for a plain <"},
		{"markup", `<LocationRecord WSUSURL="x"/>`, 1, `"LocationRecord WSUSURL=\"x\"/" is no name for a hole (small letters, digits and _): write << for a plain <`},
		{"no name", "a <> b", 3, `"" is no name for a hole (small letters, digits and _): write << for a plain <`},
		{"name with a digit first", "<1st> b", 1, `"1st" is no name for a hole (small letters, digits and _): write << for a plain <`},
		{"two untyped", "from <a><b> on", 8, "two holes without a type stand side by side: nothing says where the first one ends"},
		{"two untyped, one spelt out", "from <a><_:text> on", 8, "two holes without a type stand side by side: nothing says where the first one ends"},
		{"twice", "from <id:guid> to <id:guid>", 19, `hole "id" is declared twice`},
		{"too many", strings.Repeat("<_:int>,", 33), 256, "more than 32 holes"},
		{"too long", strings.Repeat("x", 4097), 0, "sentence longer than 4096 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Compile(tt.in)
			fault, ok := err.(*Error)
			if !ok {
				t.Fatalf("Compile(%q) = %v, want an *Error", tt.in, err)
			}
			if fault.Offset != tt.offset || fault.Text != tt.text {
				t.Errorf("Compile(%q) = %d: %s\nwant %d: %s", tt.in, fault.Offset, fault.Text, tt.offset, tt.text)
			}
		})
	}
}

func TestLiteral(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"Async searching completed.", "searching"},
		{"<hr:hresult>", ""},
		{"*FAILED* [<hr:hresult>] ISusInternal:: GetUpdateMetadata<_:int>", "getupdatemetadata"},
		{"a <b> ccc <d> ee", "ccc"},
		{"Größe ÄB", "größe"},
		{"ab, cd", "ab,"},
		{"completed...", "completed"},
	} {
		s, err := Compile(tt.in)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Literal(); got != tt.want {
			t.Errorf("Compile(%q).Literal() = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestHoles(t *testing.T) {
	s, err := Compile("<_:int> of <all:int> at <where:path> as <name>")
	if err != nil {
		t.Fatal(err)
	}
	want := []HoleDef{{"", Int}, {"all", Int}, {"where", Path}, {"name", Text}}
	got := s.Holes()
	if len(got) != len(want) {
		t.Fatalf("Holes() = %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("hole %d is %v, want %v", i, got[i], want[i])
		}
	}
	if s.String() != "<_:int> of <all:int> at <where:path> as <name>" {
		t.Errorf("String() = %q", s)
	}
}

func TestNearest(t *testing.T) {
	known := []string{"location_request_id", "message", "component"}
	for _, tt := range []struct{ in, want string }{
		{"mesage", "message"},
		{"Message", "message"},
		{"compnoent", "component"},
		{"location_requestid", "location_request_id"},
		{"zebra", ""},
		{"", ""},
	} {
		if got := Nearest(tt.in, known); got != tt.want {
			t.Errorf("Nearest(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}
