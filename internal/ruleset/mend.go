package ruleset

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// edit replaces one scalar that stands whole on one line.
type edit struct {
	line, col int // from 1, in runes
	was, now  string
	value     string // what it then reads as
}

// Line is a line of a file that Mend has changed.
type Line struct {
	Number   int
	Was, Now string
}

// mend gives the advice an edit that lets a text read otherwise, where that is sure: in a user's file, in a scalar that
// stands in the file the way it reads.
func (l *linter) mend(a *Advice, t text, value string) {
	if l.shipped(t.src) || t.node.Line > len(t.src.lines) {
		return
	}
	was, now := written(t.node, t.String()), written(t.node, value)
	from := t.node.Column - 1
	line := t.src.lines[t.node.Line-1]
	to := from + utf8.RuneCountInString(was)
	if was == "" || now == "" || to > len(line) || string(line[from:to]) != was {
		return
	}
	a.edit = &edit{t.node.Line, t.node.Column, was, now, value}
}

func (l *linter) shipped(s *source) bool {
	return slices.ContainsFunc(l.c.files, func(f *rawFile) bool { return f.src == s && f.shipped })
}

// written returns how a value stands in a file in the style of a scalar; "" when that is not sure.
func written(n *yaml.Node, value string) string {
	if strings.ContainsAny(value, "\n\r\t") {
		return ""
	}
	switch n.Style &^ yaml.TaggedStyle {
	case 0:
		return value
	case yaml.SingleQuotedStyle:
		return "'" + strings.ReplaceAll(value, "'", "''") + "'"
	case yaml.DoubleQuotedStyle:
		if !strings.ContainsAny(value, `"\`) {
			return `"` + value + `"`
		}
	}
	return ""
}

// Mend returns the file with what can be mended of the advice mended, and the lines that changed. Comments and layout
// stay. It is an error when the new text does not read as the old one but for what was mended; nothing should be
// written then.
func Mend(file string, data []byte, advice []Advice) ([]byte, []Line, error) {
	edits := map[int][]*edit{}
	for _, a := range advice {
		if a.edit != nil && a.File == file {
			edits[a.Line] = append(edits[a.Line], a.edit)
		}
	}
	if len(edits) == 0 {
		return data, nil, nil
	}
	lines := strings.Split(string(data), "\n")
	var changes []Line
	for i := range lines {
		was := lines[i]
		if lines[i] = apply(was, edits[i+1]); lines[i] != was {
			changes = append(changes, Line{i + 1, strings.TrimSuffix(was, "\r"), strings.TrimSuffix(lines[i], "\r")})
		}
	}
	mended := []byte(strings.Join(lines, "\n"))
	if err := sameBut(data, mended, edits); err != nil {
		return nil, nil, fmt.Errorf("%s: mending: %w", file, err)
	}
	return mended, changes, nil
}

// apply makes the edits of one line, from the right, so that the columns of those to come stay.
func apply(line string, edits []*edit) string {
	runes := []rune(line)
	for _, e := range slices.SortedFunc(slices.Values(edits), func(a, b *edit) int { return b.col - a.col }) {
		from := e.col - 1
		to := from + utf8.RuneCountInString(e.was)
		if to <= len(runes) && string(runes[from:to]) == e.was { // else another check's edit was there first
			runes = slices.Concat(runes[:from], []rune(e.now), runes[to:])
		}
	}
	return string(runes)
}

// sameBut tells whether two texts read the same but for the edits.
func sameBut(was, now []byte, edits map[int][]*edit) error {
	var before, after yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(was)).Decode(&before); err != nil {
		return err
	}
	if err := yaml.NewDecoder(bytes.NewReader(now)).Decode(&after); err != nil {
		return err
	}
	return same(&before, &after, edits)
}

func same(a, b *yaml.Node, edits map[int][]*edit) error {
	if a.Kind != b.Kind || len(a.Content) != len(b.Content) || a.Line != b.Line {
		return fmt.Errorf("line %d would read otherwise", a.Line)
	}
	want := a.Value
	for _, e := range edits[a.Line] {
		if e.col == a.Column && b.Value == e.value {
			want = e.value
		}
	}
	if b.Value != want {
		return fmt.Errorf("line %d would read %q, not %q", a.Line, b.Value, want)
	}
	for i := range a.Content {
		if err := same(a.Content[i], b.Content[i], edits); err != nil {
			return err
		}
	}
	return nil
}
