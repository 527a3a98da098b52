package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cmtrail/cmtrail/internal/ruletest"
	"github.com/cmtrail/cmtrail/rules"
)

// Every snippet of the guide is run: rule files load and their tests pass, fragments load in the frame that they are written
// for, logs and files with a name are there for the commands that follow, and sessions print what the guide says that they
// print. A line of three dots in a session stands for lines that are not shown. -update rewrites sessions without dots.
func TestGuide(t *testing.T) {
	if testing.Short() {
		t.Skip("its sessions run every rule over all samples, which takes minutes under the race detector")
	}
	doc, err := filepath.Abs("../../docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	text := read(t, doc)
	g := &guide{T: t, ran: map[string]int{}}
	t.Chdir(t.TempDir())
	snippets := fences(text)
	for i := range snippets {
		s := &snippets[i]
		t.Run(fmt.Sprintf("line %d", s.line), func(t *testing.T) {
			g.T = t
			g.run(s)
		})
		g.ran[s.kind]++
	}
	for _, kind := range []string{"yaml", "console", "text"} {
		if g.ran[kind] == 0 {
			t.Errorf("the guide shows no %s: is it read at all?", kind)
		}
	}
	if *update {
		for _, s := range snippets {
			text = strings.Replace(text, "\n"+s.text+"```\n", "\n"+s.now+"```\n", 1)
		}
		if err := os.WriteFile(doc, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// snippet is a fenced block: its kind and the file that it is, as the fence says, and its text.
type snippet struct {
	line       int
	kind, name string
	text       string
	now        string // what -update makes of it
}

var fence = regexp.MustCompile("(?m)^```(.*)$")

func fences(text string) []snippet {
	var all []snippet
	marks := fence.FindAllStringSubmatchIndex(text, -1)
	for i := 0; i+1 < len(marks); i += 2 {
		kind, name, _ := strings.Cut(text[marks[i][2]:marks[i][3]], " ")
		body := text[marks[i][1]+1 : marks[i+1][0]]
		all = append(all, snippet{strings.Count(text[:marks[i][0]], "\n") + 1, kind, name, body, body})
	}
	return all
}

// guide runs snippets, in one folder.
type guide struct {
	*testing.T
	ran map[string]int
}

func (g *guide) run(s *snippet) {
	switch {
	case s.kind == "console":
		g.session(s)
	case s.kind == "text" && s.name != "":
		g.write(s.name, s.text)
	case s.kind == "yaml":
		g.rules(s)
	default:
		g.Errorf("a snippet of the kind %q with the name %q: this test does not know how to run it", s.kind, s.name)
	}
}

func (g *guide) write(name, text string) {
	g.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		g.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		g.Fatal(err)
	}
}

// rules loads a rule file or a fragment of one beside the shipped packs, and runs its tests.
func (g *guide) rules(s *snippet) {
	file, text := s.name, s.text
	if file == "" {
		file = filepath.Join(g.TempDir(), "printed.yaml")
	}
	if !strings.HasPrefix(strings.TrimLeft(text, "#"), "schema:") && !strings.Contains(text, "\nschema:") {
		framed, err := frame(text)
		if err != nil {
			g.Fatal(err)
		}
		text = framed
	}
	g.write(file, text)
	set, faults, err := rules.Load(rules.Options{Paths: []string{file}})
	if err != nil || len(faults) > 0 {
		g.Fatalf("%v %v in\n%s", err, faults, text)
	}
	for _, r := range ruletest.Run(set, func(r *rules.Rule) bool { return r.File == file }) {
		if !r.Passed() {
			g.Errorf("%s: %s", r.Rule, r.Why)
		}
	}
}

// Keys with which the fragments of a rule file begin, by what they are a part of.
var (
	firstKey   = regexp.MustCompile(`^(- )?([a-z_]+):`)
	ofFiles    = "lists macros parameters steps rules journeys overrides"
	ofRules    = "also aside generic once lint about tests match status title events threshold sequence silence change duration"
	ofMatches  = "file line pattern code when any"
	indentions = regexp.MustCompile(`(?m)^(.)`)
)

// frame puts a fragment into the file that it is a part of.
func frame(text string) (string, error) {
	const file = "schema: 1\npack: fragment\n"
	const rule = file + "rules:\n  - id: CM-SITE-FRAGMENT\n"
	first := firstKey.FindStringSubmatch(text)
	if first == nil {
		return "", fmt.Errorf("a fragment that begins with no key: %.40q", text)
	}
	inner := func(blanks int) string { return indentions.ReplaceAllString(text, strings.Repeat(" ", blanks)+"$1") }
	is := func(keys string) bool { return strings.Contains(" "+keys+" ", " "+first[2]+" ") }
	add := func(s, key, line string) string {
		if regexp.MustCompile(`(?m)^` + key + ":").MatchString(text) {
			return s
		}
		return s + line
	}
	switch item := first[1] != ""; {
	case item && first[2] == "id":
		return file + "rules:\n" + inner(2), nil
	case item && (first[2] == "rule" || first[2] == "parameter"):
		return file + "overrides:\n" + inner(2), nil
	case item:
	case is(ofFiles):
		return file + text, nil
	case is(ofRules):
		s := add(rule, "title", "    title: A fragment\n")
		s = add(s, "severity", "    severity: warning\n")
		if !regexp.MustCompile(`(?m)^(match|events|threshold|sequence|silence|change|duration):`).MatchString(text) {
			s += "    match: {file: distmgr.log, line: A fragment of a rule for package <package_id:word>}\n"
		}
		return s + inner(4), nil
	case is(ofMatches):
		return rule + "    title: A fragment\n    severity: warning\n    match:\n" + inner(6), nil
	}
	return "", fmt.Errorf("a fragment that begins with %q: this test has no frame for it", first[0])
}

// session runs the commands of a terminal session and compares what it shows, answers and prompts included.
func (g *guide) session(s *snippet) {
	parts := strings.Split("\n"+s.text, "\n$ ")
	if parts[0] != "" {
		g.Fatalf("a session that begins with %q, expected a command", parts[0])
	}
	s.now = ""
	for _, part := range parts[1:] {
		command, want, _ := strings.Cut(strings.TrimSuffix(part, "\n")+"\n", "\n")
		for strings.HasSuffix(command, "\\") {
			var more string
			more, want, _ = strings.Cut(want, "\n")
			command = command + "\n" + more
		}
		got := g.command(strings.ReplaceAll(command, "\\\n", ""), want)
		if d := differs(want, got); d != "" || *update && want == "...\n" {
			if !*update {
				g.Errorf("$ %s\n-guide +command:\n%s", command, d)
			}
		} else {
			got = want
		}
		s.now += "$ " + command + "\n" + got
	}
}

// command runs one command line of a session, at a terminal at which someone answers as the guide says.
func (g *guide) command(line, want string) string {
	words, err := split(line)
	if err != nil {
		g.Fatalf("%s: %v", line, err)
	}
	switch words[0] {
	case "cat":
		var out strings.Builder
		for _, name := range words[1:] {
			out.WriteString(read(g.T, name))
		}
		return out.String()
	case "cmtrail":
		at := &terminal{want: bare(want)}
		run(words[1:], at, &at.out, &at.out)
		return at.out.String()
	}
	g.Fatalf("the session calls %s: this test does not know how to run it", words[0])
	return ""
}

// split splits a command line into its words, as a shell does with quotes.
func split(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	quote, open := rune(0), false
	for _, r := range line {
		switch {
		case r == quote && quote != 0:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, open = r, true
		case strings.ContainsRune("|&;<>$`*?", r):
			return nil, fmt.Errorf("%q is for a shell, which this test has not", r)
		case r == ' ':
			if open || word.Len() > 0 {
				words = append(words, word.String())
				word.Reset()
			}
			open = false
		default:
			word.WriteRune(r)
		}
	}
	if open || word.Len() > 0 {
		words = append(words, word.String())
	}
	if quote != 0 || len(words) == 0 {
		return nil, io.ErrUnexpectedEOF
	}
	return words, nil
}

// terminal is one at which someone types what stands behind the prompts of a printed session.
type terminal struct {
	want string
	out  bytes.Buffer
}

func (t *terminal) IsTerminal() bool { return true }

// Read types the rest of the line in which the session stands, and shows it.
func (t *terminal) Read(p []byte) (int, error) {
	shown := strings.TrimRight(bare(t.out.String()), " ")
	rest, ok := strings.CutPrefix(t.want, shown)
	if !ok {
		return 0, io.EOF
	}
	answer, _, ok := strings.Cut(rest, "\n")
	if !ok {
		return 0, io.EOF
	}
	answer = strings.TrimPrefix(answer, " ") // behind a prompt; editors cut the one at the end of a line
	t.out.WriteString(answer + "\n")
	return copy(p, answer+"\n"), nil
}

var ends = regexp.MustCompile(`[ \t]+\n`)

// bare cuts the blanks at the ends of lines.
func bare(s string) string { return ends.ReplaceAllString(s, "\n") }

// differs compares a printed text with what came, apart from blanks at the ends of lines and from lines that dots stand for.
func differs(want, got string) string {
	want, got = bare(want), bare(got)
	form := "^" + strings.ReplaceAll("\n"+regexp.QuoteMeta(want), "\n\\.\\.\\.\n", "\n(?:.*\n)*?") + "$"
	if regexp.MustCompile(form).MatchString("\n" + got) {
		return ""
	}
	return cmp.Diff(want, got)
}
