package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/cmtrail/cmtrail/internal/display"
)

// hostileText holds what could rule a terminal: colours, a title, a line over the one before, C1 controls, both as characters
// and as bytes, and changes of the direction of writing.
const hostileText = "a\x1b[31mred\x1b]0;title\x07\rover\b\x7f\u009b31m\u0085\u202egpj.exe\u2066\x00 end"

// Nothing that a log, a rule file or a name of a file holds reaches a terminal as a control character. JSON output escapes
// them as well, but for line ends.
func TestNoControlCharactersComeOut(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("names of files hold no control characters there")
	}
	folder := t.TempDir()
	put := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	name := strings.ReplaceAll(hostileText, "\x00", "")
	line := func(text string) string {
		return `<![LOG[` + text + `]LOG]!><time="08:00:00.417+000" date="03-12-2026" component="WUAHandler` + name + `" context="` + name + `" type="3" thread="5120" file="` + name + `.cpp:210">` + "\r\n"
	}
	bad := "\xff\xfe\x9b31m\x85" // no UTF-8
	log := put("logs/"+name+"/WUAHandler.log", line("Scan failed with error = 0x8024ffff. "+hostileText)+line(hostileText+bad)+hostileText+bad+"\n")
	put("logs/"+name+"/"+name+".log", line("Scan failed with error = 0x8024ffff. "+hostileText))
	if err := os.Symlink(folder, filepath.Join(folder, "logs", "out"+name)); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(folder, "nowhere"+name), filepath.Join(folder, "logs", "gone"+name+".log")); err != nil {
		t.Fatal(err)
	}
	escaped := `a\e[31mred\e]0;title\a\rover\b\x7f\u009b31m\u0085\u202egpj.exe\u2066 end`
	rule := "schema: 1\npack: t\nsteps:\n  - {id: scan.01, title: \"" + escaped + "\"}\nrules:\n  - {id: CM-T-A, title: \"" + escaped + "\", severity: error, step: scan.01, about: {cause: \"" + escaped + "\", fix: [\"" + escaped + "\"]}, match: {line: \"Scan failed with error = <hr:hresult>. <rest:text>\"}}\n"
	good := put("rules/"+name+".yaml", rule)
	faulty := put("faulty/"+name+".yaml", "schema: 1\npack: \""+escaped+"\"\n\""+escaped+"\": 1\nrules:\n  - {id: \""+escaped+"\", severity: \""+escaped+"\", match: {line: \"<"+escaped+":"+escaped+">\", when: \""+escaped+"\", pattern: \"("+escaped+"\"}}\n")
	raw := put("raw/"+name+".yaml", "schema: 1\n"+hostileText+": "+hostileText+"\n")
	missing := filepath.Join(folder, "missing"+name)
	for _, args := range [][]string{
		{"scan", filepath.Join(folder, "logs")},
		{"scan", "--color", "never", "--rules", good, "--no-default-rules", log},
		{"scan", "--format", "markdown", filepath.Join(folder, "logs")},
		{"scan", "--format", "markdown", "--rules", good, "--no-default-rules", log},
		{"scan", "--format", "json", filepath.Join(folder, "logs")},
		{"scan", missing},
		{"scan", missing + ".zip"},
		{"scan", "--host", name, "--timezone", name, log},
		{"tag", filepath.Join(folder, "logs")},
		{"tag", "--rules", good, log},
		{"tag", missing},
		{"tag", "--format", name, log},
		{"explain", log + ":1"},
		{"explain", log + ":2"},
		{"explain", "--rules", good, log + ":1"},
		{"explain", missing + ":1"},
		{"explain", log + name},
		{"errorcode", name},
		{"rules", "lint", good},
		{"rules", "lint", faulty},
		{"rules", "lint", raw},
		{"rules", "lint", missing},
		{"rules", "test", good},
		{"rules", "test", faulty},
		{"rules", "list", "--rules", good, "--no-default-rules"},
		{"rules", "explain", "CM-T-A", "--rules", good},
		{"rules", "explain", name},
		{"rules", "steps", "--rules", good},
		{"rules", "docs", "--rules", good, "--no-default-rules"},
		{"rules", "fmt", faulty},
		{"rules", "mutate", good},
		{"rules", "new", log + ":2", "--title", name, "--severity", "error"},
		{"rules", "list", "--json", "--rules", good, "--no-default-rules"},
		{"rules", "lint", "--json", "--rules", faulty},
		{"rules", "test", "--json", "--rules", good},
		{"explain", "--json", "--rules", good, log + ":1"},
		{"rules", "fmt", "--diff", good},
		{"rules", name},
		{name},
		{"scan", "--" + name},
	} {
		shown := strings.ReplaceAll(strings.Join(args, " "), folder, "")
		var out, errOut bytes.Buffer
		status := run(args, strings.NewReader(""), &out, &errOut)
		if out.Len()+errOut.Len() == 0 && status == 0 {
			t.Logf("%q prints nothing", shown)
		}
		for what, text := range map[string]string{"standard output": out.String(), "standard error": errOut.String()} {
			if at, c := control(text); at >= 0 {
				t.Errorf("%q: %s has %U: %q", shown, what, c, text[max(0, at-80):min(len(text), at+40)])
			}
		}
	}
}

// With colours, nothing but ours comes through.
func TestColoursAreOurOwn(t *testing.T) {
	folder := t.TempDir()
	log, rule := filepath.Join(folder, "WUAHandler.log"), filepath.Join(folder, "rules.yaml")
	for path, text := range map[string]string{
		log:  `<![LOG[Scan failed with error = 0x8024ffff. ` + hostileText + `]LOG]!><time="08:00:00.417+000" date="03-12-2026" component="WUAHandler" context="" type="3" thread="5120" file="a.cpp:210">`,
		rule: "schema: 1\npack: t\nsteps:\n  - {id: scan.01, title: \"S\\e]0;t\\a\"}\nrules:\n  - {id: CM-T-A, title: \"T\\e]0;t\\a\", severity: error, step: scan.01, about: {cause: \"C\\e]0;t\\a\", impact: \"I\\e]0;t\\a\", fix: [\"F\\e]0;t\\a\"]}, match: {line: \"Scan failed <rest:text>\"}}\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out, errOut bytes.Buffer
	if status := run([]string{"scan", "--color", "always", "--rules", rule, "--no-default-rules", log}, nil, &out, &errOut); status != 0 {
		t.Fatal(status, errOut.String())
	}
	text := out.String()
	if !strings.Contains(text, "\x1b[") || !strings.Contains(text, "CM-T-A") {
		t.Fatalf("no colours or no issue: %q", text)
	}
	for _, bad := range []string{"\x1b]", "\a", "\x1b[31mred", "\u009b", "\x7f"} {
		if strings.Contains(text, bad) {
			t.Errorf("%q comes through: %q", bad, text)
		}
	}
}

// control returns where text holds a control character, or a byte that is no UTF-8; -1 when nowhere.
func control(text string) (int, rune) {
	for at, c := range text {
		if c == '\n' || c == '\t' {
			continue
		}
		if display.Obeyed(c) {
			return at, c
		}
		if _, size := utf8.DecodeRuneInString(text[at:]); c == utf8.RuneError && size == 1 {
			return at, rune(text[at])
		}
	}
	return -1, 0
}
