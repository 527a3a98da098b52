package ruleset

import (
	"fmt"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/cmtrail/cmtrail/internal/display"
)

// Draft is a rule that a program writes for its user to go on with.
type Draft struct {
	ID       string
	Evidence string
	Title    string
	Severity Severity
	Step     string
	File     string // the log, as people spell it; "" for logs that have no name of their own
	Line     string // the sentence
	When     string // a condition; "" for none
	Cause    string
	Fix      []string
	Tests    []Test
}

// NewFile returns a rule file with the draft in it. The schema is the place of the JSON Schema, for editors.
func NewFile(pack, schema string, d *Draft) []byte {
	return []byte("# yaml-language-server: $schema=" + schema + "\nschema: 1\npack: " + scalar(pack, 0) + "\n\nrules:\n" + d.entry(2))
}

// AddRule returns a rule file with the draft after its last rule. All else in it stays as it is written.
func AddRule(s Source, d *Draft) ([]byte, []Fault) {
	var faults []Fault
	dec := &decoder{src: newSource(s.Name, s.Data), faults: &faults}
	f := &formatter{d: dec}
	_, root := f.read(s)
	if root == nil {
		return nil, faults
	}
	at, text := f.placeForRule(root, d)
	if len(faults) > 0 {
		return nil, faults
	}
	for at > 0 && f.blank(at-1) {
		at--
	}
	lines := append(append(append([]string{}, f.lines[:at]...), strings.Split(text, "\n")...), f.lines[at:]...)
	out := strings.Join(lines, "\n") + "\n"
	var again yaml.Node
	if err := yaml.Unmarshal([]byte(out), &again); err != nil || !addsOne(root, again.Content[0]) {
		dec.fail(Place{s.Name, 1, 1}, "found no place after the last rule; add one there, or name another file")
		return nil, faults
	}
	if f.crlf {
		out = strings.ReplaceAll(out, "\n", "\r\n")
	}
	return []byte(out), nil
}

// placeForRule returns the line before which the draft goes, and its text.
func (f *formatter) placeForRule(root *yaml.Node, d *Draft) (int, string) {
	all := f.extents(root, 0, len(f.lines))
	for _, e := range all {
		if e.key.Value != "rules" {
			continue
		}
		switch {
		case block(e.value) && e.value.Kind == yaml.SequenceNode:
			own := f.extents(e.value, e.line+1, e.end)
			if len(own) == 0 {
				return 0, ""
			}
			return own[len(own)-1].end, "\n" + strings.TrimSuffix(d.entry(own[0].col), "\n")
		case e.value.Tag == "!!null" && e.value.Value == "":
			return e.line + 1, strings.TrimSuffix(d.entry(2), "\n")
		}
		f.d.fail(f.d.src.at(e.value), "rules: found "+map[bool]string{true: "a list in brackets", false: found(e.value)}[e.value.Kind == yaml.SequenceNode]+
			", expected a list with an entry a line, to which a rule can be added")
		return 0, ""
	}
	return len(f.lines), "\nrules:\n" + strings.TrimSuffix(d.entry(2), "\n")
}

// addsOne tells whether a file has become what it was and one rule more.
func addsOne(before, after *yaml.Node) bool {
	rules := fieldOfNode(after, "rules")
	if rules == nil || len(rules.Content) == 0 {
		return false
	}
	rules.Content = rules.Content[:len(rules.Content)-1]
	old := fieldOfNode(before, "rules")
	if old == nil || old.Kind != yaml.SequenceNode {
		// There was no rule before: what is new is the list itself.
		return len(rules.Content) == 0
	}
	return fileLayout.alike(before, after)
}

// entry writes the draft as an entry of a list whose dashes stand at the column.
func (d *Draft) entry(col int) string {
	w := &draftWriter{}
	w.field(2, "id", d.ID)
	w.field(2, "evidence", d.Evidence)
	w.field(2, "title", d.Title)
	w.field(2, "severity", d.Severity.String())
	w.field(2, "step", d.Step)
	w.line(2, "match:")
	w.field(4, "file", d.File)
	w.line(4, "line: "+quoted(d.Line))
	if d.When != "" {
		w.line(4, "when: "+quoted(d.When))
	}
	if d.Cause != "" || len(d.Fix) > 0 {
		w.line(2, "about:")
		w.field(4, "cause", d.Cause)
		if len(d.Fix) > 0 {
			w.line(4, "fix:")
		}
		for _, fix := range d.Fix {
			w.line(6, "- "+scalar(fix, 6))
		}
	}
	w.line(2, "tests:")
	for _, t := range d.Tests {
		w.test(t)
	}
	text := strings.TrimSuffix(w.b.String(), "\n")
	margin := strings.Repeat(" ", col)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		switch {
		case i == 0:
			lines[i] = margin + "- " + strings.TrimPrefix(line, "  ")
		case line != "":
			lines[i] = margin + line
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

type draftWriter struct{ b strings.Builder }

func (w *draftWriter) line(col int, text string) {
	w.b.WriteString(strings.Repeat(" ", col) + text + "\n")
}

func (w *draftWriter) field(col int, key, value string) {
	if value != "" {
		w.line(col, key+": "+scalar(value, col))
	}
}

func (w *draftWriter) test(t Test) {
	first := "logs:"
	if t.Name != "" {
		w.line(4, "- name: "+scalar(t.Name, 6))
		w.line(6, first)
	} else {
		w.line(4, "- "+first)
	}
	for _, l := range t.Logs {
		w.line(8, scalar(l.Name, 8)+": "+logText(l.Text, 8))
	}
	if len(t.Expect) == 0 {
		return
	}
	var all []string
	for _, e := range t.Expect {
		on := e.On
		if !plainOn.MatchString(on) {
			on = quoted(on)
		}
		text := "on: " + on
		if len(e.Keys) > 0 {
			var keys []string
			for _, k := range sortedKeys(e.Keys) {
				keys = append(keys, k+": "+quoted(e.Keys[k]))
			}
			text += ", keys: {" + strings.Join(keys, ", ") + "}"
		}
		all = append(all, "{"+text+"}")
	}
	w.line(6, "expect: ["+strings.Join(all, ", ")+"]")
}

var (
	plainText = regexp.MustCompile(`^[A-Za-z](?:[A-Za-z0-9 _.,()/'-]*[A-Za-z0-9_.)])?$`)
	plainOn   = regexp.MustCompile(`^[A-Za-z0-9_.-]+:[0-9]+$`)
	// words that YAML reads as something else than a text.
	notTexts = regexp.MustCompile(`^(?i:true|false|null|yes|no|on|off|y|n)$`)
)

// scalar writes a text as plainly as YAML allows.
func scalar(text string, col int) string {
	switch {
	case plainText.MatchString(text) && !notTexts.MatchString(text):
		return text
	case strings.Contains(text, "\n"):
		return logText(text, col)
	}
	return quoted(text)
}

// logText writes lines of a log so that YAML keeps them to the letter: several of them as a block, where that can be.
func logText(text string, col int) string {
	body := strings.TrimSuffix(text, "\n")
	if !strings.Contains(body, "\n") || !printable(strings.ReplaceAll(body, "\n", "")) || strings.HasSuffix(body, "\n") {
		return quoted(text)
	}
	margin, chomp := strings.Repeat(" ", col+2), "|"
	if body == text {
		chomp = "|-"
	}
	lines := strings.Split(body, "\n")
	for i, line := range lines {
		if line != "" && strings.Trim(line, " \t") == "" || i == 0 && (line == "" || strings.ContainsAny(line[:1], " \t")) {
			return quoted(text)
		}
		if line != "" {
			lines[i] = margin + line
		}
	}
	return chomp + "\n" + strings.Join(lines, "\n")
}

// quoted writes a text in quotes: single ones, in which a backslash is one, unless it holds what they cannot.
func quoted(text string) string {
	if printable(text) && !strings.Contains(text, "\t") {
		return "'" + strings.ReplaceAll(text, "'", "''") + "'"
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case printable(string(r)):
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// printable tells whether YAML takes each character of a text as it is, on one line, and editors show it as it stands.
func printable(text string) bool {
	for _, r := range text {
		switch {
		case r != '\t' && display.Obeyed(r):
			return false
		case r == '\t', ' ' <= r && r <= '~', 0xA0 <= r && r <= 0xD7FF && r != 0x2028 && r != 0x2029, 0xE000 <= r && r <= 0xFFFD && r != 0xFEFF, r >= 0x10000:
		default:
			return false
		}
	}
	return true
}
