package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// evil is what a terminal would obey, and what a page would: a colour, the title of the window, an introducer of one
// character, a change of direction, a link and a tag.
const evil = "\x1b[31m\x1b]0;owned\x07\u009b2J\u202e<img src=x>[x](javascript:y)`|"

// evilFile is evil as the name of a file.
var evilFile = strings.ReplaceAll(evil, "/", "")

// evilFolder makes a folder of logs whose names, text and hosts are hostile, and a rule file likewise.
func evilFolder(t *testing.T) (folder, ruleFile string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such names of files")
	}
	folder = filepath.Join(t.TempDir(), "logs")
	line := func(component, message string) string {
		return fmt.Sprintf("<![LOG[%s]LOG]!><time=\"08:03:35.417+000\" date=\"03-12-2026\" component=\"%s\" context=\"%s\" type=\"3\" thread=\"5120\" file=\"%s.cpp:210\">\n", message, component, evil, evil)
	}
	for name, text := range map[string]string{
		"LAB-01/WUAHandler.log":                 line("WUAHandler", "Scan failed with error = 0x80244022. "+evil) + line("WUAHandler", "evil line "+evil+" 0x8FFFFFF1"),
		evilFile + "/WUAHandler.log":            line("WUAHandler", "Scan failed with error = 0x80244022.") + line("ScanAgent", "evil line "+evil+" 0x8FFFFFF2"),
		"LAB-01/" + evilFile + ".log":           "plain " + evil + "\x00\xff\n",
		"LAB-01/ScanAgent-" + evilFile + ".log": line("ScanAgent", "evil line\n"+evil),
	} {
		file := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/nowhere", filepath.Join(folder, evilFile+"-broken.log")); err != nil {
		t.Fatal(err)
	}
	ruleFile = filepath.Join(t.TempDir(), "rules-"+evilFile+".yaml")
	quoted, err := json.Marshal(evil) // what JSON escapes YAML reads
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("\u009b", `\u009b`, "\u202e", `\u202e`).Replace(string(quoted))
	text = text[1 : len(text)-1]
	rule := `schema: 1
pack: evil
version: 1.0.0
rules:
  - id: CM-EVIL-LINE
    title: "evil ` + text + `"
    severity: warning
    match:
      line: evil line <what>
    about:
      cause: "because ` + text + `"
      impact: "ruin ` + text + `"
      fix: ["first ` + text + `", "then\n# ` + text + `"]
      references: ["https://example.com/` + text + `"]
      look_next: ["` + text + `.log"]
    tests:
      - name: "evil ` + text + `"
        logs: {"WUAHandler.log": "no such line ` + text + `"}
        expect: [{on: "WUAHandler.log:1"}]
`
	if err := os.WriteFile(ruleFile, []byte(rule), 0o644); err != nil {
		t.Fatal(err)
	}
	return folder, ruleFile
}

// A report in Markdown shows text of others as text: no markup of theirs comes through.
func TestNothingIsMarkup(t *testing.T) {
	folder, ruleFile := evilFolder(t)
	pages := t.TempDir()
	if _, errOut, status := call("", "rules", "docs", "--to", pages, "--no-default-rules", "--rules", ruleFile); status != 0 {
		t.Fatal(errOut)
	}
	texts := map[string]string{}
	texts["report"], _, _ = call("", "scan", "--format", "markdown", "--rules", ruleFile, folder)
	page, err := os.ReadFile(filepath.Join(pages, "issues", "CM-EVIL-LINE.md"))
	if err != nil {
		t.Fatal(err)
	}
	texts["page"] = string(page)
	for what, text := range texts {
		if !strings.Contains(text, "CM-EVIL-LINE") {
			t.Errorf("the %s does not tell of the issue:\n%s", what, text)
		}
		if at, c := control(text); at >= 0 {
			t.Errorf("the %s holds %U: %q", what, c, text)
		}
		for line := range strings.Lines(withoutCode(text)) {
			for _, markup := range []string{"<img", "[x]("} {
				if at := strings.Index(line, markup); at >= 0 && (at == 0 || line[at-1] != '\\') {
					t.Errorf("the %s holds %s as markup: %s", what, markup, line)
				}
			}
		}
	}
}

// withoutCode drops what Markdown shows as it is: blocks and runs between equal numbers of backticks.
func withoutCode(text string) string {
	var out strings.Builder
	for i := 0; i < len(text); {
		if text[i] == '\\' && i+1 < len(text) {
			out.WriteString(text[i : i+2])
			i += 2
			continue
		}
		if text[i] != '`' {
			out.WriteByte(text[i])
			i++
			continue
		}
		n := i
		for n < len(text) && text[n] == '`' {
			n++
		}
		fence := text[i:n]
		end := n
		for {
			at := strings.Index(text[end:], fence)
			if at < 0 {
				out.WriteString(fence)
				i = n
				break
			}
			end += at
			run := end
			for run < len(text) && text[run] == '`' {
				run++
			}
			if run-end == len(fence) {
				i = run
				break
			}
			end = run
		}
	}
	return out.String()
}
