package ruleset

import (
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// source is a rule file's text, cut into lines of runes so that places count as editors count them.
type source struct {
	name  string
	lines [][]rune
}

func newSource(name string, data []byte) *source {
	s := &source{name: name}
	for line := range strings.SplitSeq(string(data), "\n") {
		s.lines = append(s.lines, []rune(line))
	}
	return s
}

// at returns the place of a node.
func (s *source) at(n *yaml.Node) Place { return Place{s.name, max(n.Line, 1), max(n.Column, 1)} }

// within returns the place of the rune at an offset of a scalar's value. It walks the value and the file together,
// since the two differ by quotes, escapes, indentation and folded line breaks, each style in its own way.
func (s *source) within(n *yaml.Node, offset int) Place {
	w := walker{s: s, line: n.Line - 1, col: n.Column - 1}
	switch {
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		w.line, w.col = w.line+1, 0
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		w.col++
	}
	value := []rune(n.Value)
	for i, r := range value {
		if !blank(r) {
			w.skipBlanks(n.Style)
		}
		if i == offset {
			break
		}
		w.take(r, n.Style)
	}
	if offset >= len(value) && len(value) > 0 && n.Style == 0 {
		return Place{s.name, w.line + 1, w.col + 1}
	}
	return Place{s.name, w.line + 1, w.col + 1}
}

// walker is a position in a source.
type walker struct {
	s         *source
	line, col int
}

// peek returns the rune at the position; a line's end reads as '\n' and the end of the file as 0.
func (w *walker) peek() rune {
	if w.line < 0 || w.line >= len(w.s.lines) {
		return 0
	}
	if l := w.s.lines[w.line]; w.col < len(l) {
		return l[w.col]
	}
	return '\n'
}

func (w *walker) step() {
	if w.peek() == '\n' {
		w.line, w.col = w.line+1, 0
		return
	}
	w.col++
}

func blank(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\r' }

// skipBlanks goes to the next text: over indentation, folded breaks and, in double quotes, escaped breaks.
func (w *walker) skipBlanks(style yaml.Style) {
	for {
		switch r := w.peek(); {
		case r == 0:
			return
		case blank(r):
			w.step()
		case r == '\\' && style&yaml.DoubleQuotedStyle != 0 && w.escapedBreak():
			w.step()
			w.step()
		default:
			return
		}
	}
}

func (w *walker) escapedBreak() bool {
	l := w.s.lines[w.line]
	return strings.TrimRight(string(l[w.col+1:]), "\r") == ""
}

// take passes what stands in the file for one rune of the value.
func (w *walker) take(r rune, style yaml.Style) {
	if blank(r) {
		if blank(w.peek()) {
			w.step()
		} else if w.peek() == '\\' && style&yaml.DoubleQuotedStyle != 0 {
			w.escape()
		}
		return
	}
	switch {
	case w.peek() == '\\' && style&yaml.DoubleQuotedStyle != 0:
		w.escape()
	case w.peek() == '\'' && style&yaml.SingleQuotedStyle != 0:
		w.step()
		w.step()
	default:
		w.step()
	}
}

func (w *walker) escape() {
	w.step()
	n := map[rune]int{'x': 2, 'u': 4, 'U': 8}[w.peek()]
	for range n + 1 {
		w.step()
	}
}

// runeOffset turns a byte offset in text into a rune offset.
func runeOffset(text string, offset int) int {
	return utf8.RuneCountInString(text[:min(max(offset, 0), len(text))])
}
