package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// How far a long reading has come is told on one line, in which only what is our own moves the cursor.
func TestProgressNamesAreQuoted(t *testing.T) {
	for _, total := range []int64{0, 1 << 30} {
		var out bytes.Buffer
		p := &progress{to: &out, total: total, next: time.Unix(0, 0)}
		in := input{name: "logs/" + hostileText + "\nforged: all is well\n\xff\xfe.log"}
		if _, err := p.reader(strings.NewReader("x"), in).Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		p.done()
		text := strings.ReplaceAll(out.String(), "\r\x1b[K", "")
		if at, c := control(text); at >= 0 || strings.Contains(text, "\n") {
			t.Errorf("it has %U: %q", c, text)
		}
		if !strings.Contains(text, "end") {
			t.Errorf("it does not name the file: %q", text)
		}
	}
}

// A line break in the name of a file begins no line: whoever reads what is told would take it for ours.
func TestNamesBeginNoLine(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("names of files hold no line breaks there")
	}
	const forged = "forged: all is well"
	name := "a\n" + forged + "\nb"
	folder := t.TempDir()
	log := filepath.Join(folder, name, name+".log")
	if err := os.MkdirAll(filepath.Dir(log), 0o700); err != nil {
		t.Fatal(err)
	}
	text := "<![LOG[Scan failed with error = 0x80244022.]LOG]!><time=\"08:00:00.417+000\" date=\"03-12-2026\" component=\"WUAHandler\" context=\"\" type=\"3\" thread=\"5120\" file=\"a.cpp:210\">\n"
	rule := "schema: 1\npack: t\nrules:\n  - {id: x}\n"
	for path, text := range map[string]string{log: text, filepath.Join(folder, name, "WUAHandler.log"): text, filepath.Join(folder, name+".yaml"): rule, filepath.Join(folder, name+".zip"): "no archive"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for target, link := range map[string]string{"/nowhere": "gone\n" + forged + "\n.log", "/": "out\n" + forged + "\n"} {
		if err := os.Symlink(target, filepath.Join(folder, name, link)); err != nil {
			t.Skip("this system makes no links:", err)
		}
	}
	missing := filepath.Join(folder, "missing\n"+forged+"\n")
	for _, args := range [][]string{
		{"scan", folder}, {"scan", "--color", "always", folder}, {"scan", "--format", "markdown", folder}, {"scan", missing}, {"scan", filepath.Join(folder, name+".zip")},
		{"tag", folder}, {"tag", missing}, {"explain", log + ":1"},
		{"rules", "lint", "--rules", filepath.Join(folder, name+".yaml")}, {"rules", "test", "--rules", filepath.Join(folder, name+".yaml")},
		{"rules", "fmt", "--check", filepath.Join(folder, name+".yaml")}, {"rules", "list", "--rules", filepath.Join(folder, name+".yaml")},
	} {
		out, errOut, _ := call("", args...)
		for line := range strings.Lines(out + "\n" + errOut) {
			if strings.HasPrefix(strings.TrimSpace(line), forged) {
				t.Errorf("%.20q: %q begins a line in %q", args, forged, out+errOut)
				break
			}
		}
	}
}
