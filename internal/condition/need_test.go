package condition

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestNeed(t *testing.T) {
	open := Need{Open: true}
	for _, tt := range []struct {
		text string
		want Need
	}{
		{`message contains "Async Searching"`, Need{Literals: []string{"async searching"}}},
		{`message == "Done"`, Need{Literals: []string{"done"}}},
		{`"Done" == message`, Need{Literals: []string{"done"}}},
		{`message != "Done"`, open},
		{`not (message != "Done")`, Need{Literals: []string{"done"}}},
		{`not (message contains "x")`, open},
		{`message in ["b", "a", "b"]`, Need{Literals: []string{"a", "b"}}},
		{`message contains ""`, open},
		{`message contains hr`, open},
		{`component contains "x"`, open},
		{`lower(message) contains "abc"`, Need{Folded: true, Literals: []string{"abc"}}},
		{`lower(message) contains "äbc"`, open},
		{`message contains "ÄBC"`, Need{Literals: []string{"Äbc"}}},
		{`message contains "ab" and message endsWith "abcd"`, Need{Literals: []string{"abcd"}}},
		{`message contains "ab" and component == "x"`, Need{Literals: []string{"ab"}}},
		{`message contains "ab" or component == "x"`, open},
		{`message contains "ab" or message startsWith "cd"`, Need{Literals: []string{"ab", "cd"}}},
		{`not (not (message contains "a") and not (message contains "b"))`, Need{Literals: []string{"a", "b"}}},
		{`thread == 1 ? message contains "a" : message contains "b"`, Need{Literals: []string{"a", "b"}}},
		{`message contains "abc" ? true : false`, Need{Literals: []string{"abc"}}},
		{"message matches `hr=(0x)?8007000[Ee]`", Need{Literals: []string{"8007000"}}},
		{"message matches `(?i)^Sent (Reply|Request)+ x{2,}`", Need{Folded: true, Literals: []string{"sent "}}},
		{"message matches `(?i)ſ`", Need{Folded: true, Literals: []string{"s"}}},
		{"message matches `a*b?`", open},
		{"message matches `cat|horse`", Need{Literals: []string{"cat", "horse"}}},
		{`code("0x80240022")`, Need{Literals: []string{"2145124318", "2149842978", "80240022"}}},
		{`code("0x8007000E") and component == "x"`, Need{Literals: []string{"0xe", "14", "2147024882", "2147942414", "8007000e"}}},
		{`not code("0x80240022")`, open},
		{`true`, open},
		{`false`, Need{}},
		{`false or message contains "x"`, Need{Literals: []string{"x"}}},
		{`wua and message contains "x"`, Need{Literals: []string{"x"}}},
	} {
		c, err := Compile(tt.text, scope(t))
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if diff := cmp.Diff(tt.want, c.Need()); diff != "" {
			t.Errorf("%s needs (-want +got)\n%s", tt.text, diff)
		}
	}
}

func TestFiles(t *testing.T) {
	for _, tt := range []struct {
		text string
		want []string
	}{
		{`file == "WindowsUpdate.log"`, []string{"windowsupdate.log"}},
		{`"WindowsUpdate.log" == file and thread == 1`, []string{"windowsupdate.log"}},
		{`file in ["B.log", "A.log"]`, []string{"a.log", "b.log"}},
		{`file == "A.log" or file == "B.log"`, []string{"a.log", "b.log"}},
		{`file == "A.log" or thread == 1`, nil},
		{`file != "A.log"`, nil},
		{`not (file != "A.log")`, []string{"a.log"}},
		{`not (file == "A.log")`, nil},
		{`file == "A.log" and file == "B.log"`, []string{}},
		{`file in ["A.log", "B.log"] and file != "A.log"`, []string{"a.log", "b.log"}},
		{`thread == 1 ? file == "A.log" : file == "B.log"`, []string{"a.log", "b.log"}},
		{`file == hr`, nil},
		{`file startsWith "A"`, nil},
		{`wua`, []string{"windowsupdate.log"}},
		{`true`, nil},
		{`false`, []string{}},
	} {
		c, err := Compile(tt.text, scope(t))
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if diff := cmp.Diff(tt.want, c.Files()); diff != "" {
			t.Errorf("%s is for (-want +got)\n%s", tt.text, diff)
		}
	}
}

func TestFormats(t *testing.T) {
	for _, tt := range []struct {
		text string
		want []string
	}{
		{`format == "w3c" and file == "A.log"`, []string{"w3c"}},
		{`format == "msi" or file == "A.log"`, nil},
		{`format in ["msi", "plain"] and thread != 1`, []string{"msi", "plain"}},
		{`file == "A.log"`, nil},
	} {
		c, err := Compile(tt.text, scope(t))
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if diff := cmp.Diff(tt.want, c.Formats()); diff != "" {
			t.Errorf("%s is for (-want +got)\n%s", tt.text, diff)
		}
	}
}

// writer makes random conditions over the operators that the analyses know.
type writer struct{ *rand.Rand }

var pieces = []string{"abc", "ABC", "hr=", "8007", "k", "s", "é", "x y", "Z"}

func (w writer) piece() string { return pieces[w.IntN(len(pieces))] }

func (w writer) condition(depth int) string {
	if depth == 0 || w.IntN(4) == 0 {
		return w.leaf()
	}
	a, b := w.condition(depth-1), w.condition(depth-1)
	switch w.IntN(5) {
	case 0:
		return "not (" + a + ")"
	case 1:
		return "(" + a + ") or (" + b + ")"
	case 2:
		return "(" + w.condition(depth-1) + ") ? (" + a + ") : (" + b + ")"
	default:
		return "(" + a + ") and (" + b + ")"
	}
}

func (w writer) leaf() string {
	message := "message"
	if w.IntN(3) == 0 {
		message = "lower(message)"
	}
	switch w.IntN(10) {
	case 0:
		return fmt.Sprintf("%s == %q", message, w.piece())
	case 1:
		return fmt.Sprintf("%s != %q", message, w.piece()+w.piece())
	case 2:
		return fmt.Sprintf("%s in [%q, %q]", message, w.piece(), w.piece())
	case 3:
		return fmt.Sprintf("%s startsWith %q", message, w.piece())
	case 4, 5:
		patterns := []string{"(?i)%s", "%s+", "(%s)?abc", "(?:%s|hr=)", "[%s]", "^%s", "(?i)(%s){1,2}", "%s.*Z"}
		return fmt.Sprintf("%s matches `%s`", message, fmt.Sprintf(patterns[w.IntN(len(patterns))], w.piece()))
	case 6:
		return fmt.Sprintf("file == %q", []string{"a.log", "b.log"}[w.IntN(2)])
	case 7:
		return []string{"true", "false", "thread == 1"}[w.IntN(3)]
	case 8:
		return fmt.Sprintf("format == %q", []string{"ccm", "w3c"}[w.IntN(2)])
	}
	return fmt.Sprintf("%s contains %q", message, w.piece())
}

func (w writer) message() string {
	var b strings.Builder
	for range w.IntN(5) {
		b.WriteString([]string{"\u212a", "ſ", " ", w.piece(), w.piece(), w.piece()}[w.IntN(6)])
	}
	return b.String()
}

// checkSound fails when a condition holds for a record that its need or its files would have kept from it.
func checkSound(t *testing.T, r *Runner, c *Condition, message, log string) (held bool) {
	t.Helper()
	format := []string{"ccm", "w3c"}[len(message)%2]
	r.Begin(Values{Message: message, File: log, Format: format, Thread: len(message) % 3})
	held, err := r.Eval(c, nil)
	if err != nil {
		t.Fatalf("%s on %q: %v", c, message, err)
	}
	if !held {
		return false
	}
	if files := c.Files(); files != nil && !slices.Contains(files, log) {
		t.Fatalf("%s holds for %s, and is said to hold for %q alone", c, log, files)
	}
	if formats := c.Formats(); formats != nil && !slices.Contains(formats, format) {
		t.Fatalf("%s holds for %s, and is said to hold for %q alone", c, format, formats)
	}
	need := c.Need()
	high := strings.ContainsFunc(message, func(c rune) bool { return c >= utf8.RuneSelf })
	if need.Open || need.Folded && high {
		return true
	}
	low := lowerASCII(message)
	if !slices.ContainsFunc(need.Literals, func(l string) bool { return strings.Contains(low, l) }) {
		t.Fatalf("%s holds for %q without any of %q", c, message, need.Literals)
	}
	return true
}

func checkRandom(t *testing.T, seed uint64, conditions, messages int) (held int) {
	t.Helper()
	w := writer{rand.New(rand.NewPCG(seed, 1))}
	r := NewRunner()
	for range conditions {
		text := w.condition(3)
		c, err := Compile(text, Scope{})
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		for range messages {
			if checkSound(t, r, c, w.message(), []string{"a.log", "b.log", ""}[w.IntN(3)]) {
				held++
			}
		}
	}
	return held
}

func TestNeedIsSound(t *testing.T) {
	if held := checkRandom(t, 7, 1000, 40); held < 1000 {
		t.Errorf("only %d of the random conditions held: they show too little", held)
	}
}

// FuzzLiterals looks for a random condition whose prefilter loses a message.
func FuzzLiterals(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) { checkRandom(t, seed, 3, 30) })
}

// FuzzCompile holds Compile to its errors: a place inside the text, one line, no panic; and Eval to the prefilter.
func FuzzCompile(f *testing.F) {
	for _, text := range []string{`host in pilot_hosts and not wua`, `has("hr") ? int(count) > $limit : code("E_FAIL")`, "message matches `a(b|c)+`"} {
		f.Add(text, "abc")
	}
	f.Fuzz(func(t *testing.T, text, message string) {
		c, err := Compile(text, scope(t))
		if err != nil {
			fault, ok := err.(*Error)
			if !ok || fault.Offset < 0 || fault.Offset > utf8.RuneCountInString(text) || strings.Contains(fault.Text, "\n") {
				t.Fatalf("Compile(%q) gives %#v", text, err)
			}
			return
		}
		r := NewRunner()
		r.Begin(Values{Message: message})
		if _, err := r.Eval(c, nil); err != nil && !strings.Contains(err.Error(), "not a number") {
			t.Fatalf("%s: %v", text, err)
		}
		agrees(t, r, c, nil)
	})
}
