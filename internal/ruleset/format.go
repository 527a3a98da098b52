package ruleset

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// Format lays a rule file out: keys in the order of the reference, two blanks of indentation, one blank line between the
// entries of the file's own lists. Comments stay with what they stand at; texts keep their style, and no line is broken.
// What it returns says what the file said, or else there is a fault and no text.
func Format(s Source) ([]byte, []Fault) {
	var faults []Fault
	d := &decoder{src: newSource(s.Name, s.Data), faults: &faults}
	f := &formatter{d: d}
	text, root := f.read(s)
	if root == nil {
		return nil, faults
	}
	f.file(root)
	if len(faults) > 0 {
		return nil, faults
	}
	out := f.text()
	var again yaml.Node
	if err := yaml.Unmarshal(out, &again); err != nil || !fileLayout.alike(root, again.Content[0]) || ink(text) != ink(string(out)) {
		d.fail(Place{s.Name, 1, 1}, "left as it is: laid out it would say something else")
		return nil, faults
	}
	if f.crlf {
		out = bytes.ReplaceAll(out, []byte("\n"), []byte("\r\n"))
	}
	return out, nil
}

// formatter lays one file out. It moves lines and never writes one anew.
type formatter struct {
	d      *decoder
	lines  []string // without their ends, from 0
	out    []string
	closed int // where the lines laid out take no blank one
	kept   int // where blank lines would become part of a text
	crlf   bool
}

// read takes the file apart. What no layout is defined for is a fault: a second document, aliases, anchors, tags.
func (f *formatter) read(s Source) (string, *yaml.Node) {
	d := f.d
	text := strings.TrimPrefix(string(s.Data), "\ufeff")
	if !utf8.ValidString(text) {
		d.fail(Place{s.Name, 1, 1}, "not YAML: the file is not UTF-8")
		return "", nil
	}
	first, _, _ := strings.Cut(text, "\n")
	f.crlf = strings.HasSuffix(first, "\r")
	text = strings.TrimSuffix(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	f.lines = strings.Split(text, "\n")
	text += "\n"
	for i, line := range f.lines {
		if at := strings.IndexAny(line, "\r\u0085\u2028\u2029"); at >= 0 {
			d.fail(Place{s.Name, i + 1, utf8.RuneCountInString(line[:at]) + 1}, "found a line break of another kind, expected line feeds")
			return "", nil
		}
		if line == "..." || strings.HasPrefix(line, "... ") {
			d.fail(Place{s.Name, i + 1, 1}, "the end mark of a document has no layout; leave it out")
			return "", nil
		}
	}
	documents := yaml.NewDecoder(strings.NewReader(text))
	var document, second yaml.Node
	if err := documents.Decode(&document); err != nil {
		if errors.Is(err, io.EOF) {
			d.fail(Place{s.Name, 1, 1}, "file is empty, expected rules")
		} else {
			d.fail(syntaxPlace(d.src, err))
		}
		return "", nil
	}
	if err := documents.Decode(&second); !errors.Is(err, io.EOF) {
		if err != nil {
			d.fail(syntaxPlace(d.src, err))
		} else {
			d.fail(d.src.at(&second), "a second document, expected one a file")
		}
		return "", nil
	}
	root := document.Content[0]
	if n := decorated(root); n != nil {
		d.fail(d.src.at(n), "aliases, anchors and tags have no layout; write the value out")
		return "", nil
	}
	if !d.expect(root, yaml.MappingNode, "rule file") {
		return "", nil
	}
	if fieldOfNode(root, "schema") == nil {
		// Folders of rules hold other files too, and those are not for this layout.
		d.fail(d.src.at(root), "rule file has no schema")
		return "", nil
	}
	if !block(root) {
		d.fail(d.src.at(root), "a file in braces has no layout; write its keys in lines of their own")
		return "", nil
	}
	return text, root
}

// fieldOfNode returns the value under a key of a mapping, nil when it has none.
func fieldOfNode(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

func decorated(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode || n.Anchor != "" || n.Style&yaml.TaggedStyle != 0 {
		return n
	}
	for _, child := range n.Content {
		if a := decorated(child); a != nil {
			return a
		}
	}
	return nil
}

// ink counts what is printed of a text, character by character. Laying out moves it and adds or loses none.
func ink(text string) (count [256]int) {
	for i := 0; i < len(text); i++ {
		if !strings.ContainsRune(" \t\r\n", rune(text[i])) {
			count[text[i]]++
		}
	}
	return count
}

// text returns the lines laid out, without blank ones at either end.
func (f *formatter) text() []byte {
	for len(f.out) > 0 && f.out[len(f.out)-1] == "" && !f.keeps() {
		f.out = f.out[:len(f.out)-1]
	}
	return []byte(strings.Join(f.out, "\n") + "\n")
}
