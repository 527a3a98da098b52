package ruleset

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// apart are the lists of a file between whose entries a blank line stands.
var apart = []string{"steps", "rules", "journeys", "overrides"}

// file lays out the file's own keys. What stands above the first of them is the head of the file and stays there.
func (f *formatter) file(root *yaml.Node) {
	all := f.extents(root, 0, len(f.lines))
	if len(all) == 0 {
		return
	}
	f.gap(0, all[0].line, 0)
	all[0].head = all[0].line
	for i, e := range f.inOrder(all, root, fileLayout) {
		switch {
		case i > 0 && block(e.value):
			f.blankLine()
		case e.value.Kind == yaml.ScalarNode:
			for e.head < e.line && f.blank(e.head) {
				e.head++
			}
		}
		f.gap(e.head, e.line, 0)
		f.entry(e, fileLayout, "", 0)
	}
	f.gap(all[len(all)-1].end, len(f.lines), 0)
}

// inOrder returns the extents of a mapping in the order of its layout.
func (f *formatter) inOrder(all []extent, n *yaml.Node, l *layout) []*extent {
	at := map[*yaml.Node]*extent{}
	for i := range all {
		at[all[i].key] = &all[i]
	}
	var ordered []*extent
	for _, pair := range l.arranged(n) {
		ordered = append(ordered, at[pair[0]])
	}
	return ordered
}

// mapping lays out a mapping whose lines are [from, to), with its keys at the column. With a dash, its first key stands
// behind that.
func (f *formatter) mapping(n *yaml.Node, l *layout, from, to, col int, dash string) {
	all := f.extents(n, from, to)
	if len(all) == 0 {
		return
	}
	if dash == "" {
		f.tight()
	}
	for i, e := range f.inOrder(all, n, l) {
		before := strings.Repeat(" ", col)
		if i == 0 && dash != "" {
			f.gap(e.head, e.line, len(dash)-len("- "))
			before = dash
		} else {
			f.gap(e.head, e.line, col)
		}
		f.entry(e, l, before, col)
	}
	f.gap(all[len(all)-1].end, to, col)
}

// sequence lays out a list whose lines are [from, to), with its dashes at the column.
func (f *formatter) sequence(n *yaml.Node, l *layout, from, to, col int, separate bool) {
	all := f.extents(n, from, to)
	if len(all) == 0 {
		return
	}
	f.tight()
	before := strings.Repeat(" ", col)
	for i := range all {
		e := &all[i]
		if separate && i > 0 && (e.end-e.head > 1 || all[i-1].end-all[i-1].line > 1) {
			f.blankLine()
		}
		f.gap(e.head, e.line, col)
		if block(e.value) {
			f.mapping(e.value, l, e.line, e.end, col+2, before+"- ")
			continue
		}
		rest := string([]rune(f.lines[e.line])[e.value.Column-1:])
		f.leaf(e, before+strings.TrimRight("- "+strings.TrimLeft(rest, " \t"), " \t"), col)
	}
	f.gap(all[len(all)-1].end, to, col)
}

// entry lays out one key and what stands under it.
func (f *formatter) entry(e *extent, l *layout, before string, col int) {
	line := []rune(f.lines[e.line])
	text := string(line[e.col:])
	l = l.below(e.key.Value)
	if block(e.value) {
		f.out = append(f.out, before+strings.TrimRight(text, " \t"))
		if e.value.Kind == yaml.MappingNode {
			f.mapping(e.value, l, e.line+1, e.end, col+2, "")
			return
		}
		f.sequence(e.value, l, e.line+1, e.end, col+2, col == 0 && contains(apart, e.key.Value))
		return
	}
	empty := e.value.Kind == yaml.ScalarNode && e.value.Value == "" && e.value.Style == 0
	if e.value.Line-1 == e.line && !empty {
		key := strings.TrimRight(string(line[e.col:e.value.Column-1]), " \t")
		text = key + " " + string(line[e.value.Column-1:])
	}
	f.leaf(e, before+text, col)
}

// leaf lays out a value that is no block collection: its lines move with the key and keep their places among themselves.
func (f *formatter) leaf(e *extent, first string, col int) {
	scalar := e.value.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0
	if scalar || e.content == e.line+1 {
		first = strings.TrimRight(first, " \t")
	}
	f.out = append(f.out, first)
	shift, deep, keep := col-e.col, 0, false
	if scalar {
		deep, keep = f.scalarHeader(e.value, e.col)
	}
	for at := e.line + 1; at < e.content; at++ {
		text := f.lines[at]
		indent := max(f.indent(at)+shift, 0)
		switch {
		case f.blank(at) && len(text) <= deep, f.blank(at) && !scalar:
			f.out = append(f.out, "")
			continue
		case !scalar:
			indent = max(indent, col+2)
		}
		f.out = append(f.out, strings.Repeat(" ", indent)+strings.TrimLeft(text, " "))
	}
	if keep {
		f.kept = len(f.out)
	}
}

// gap lays out the comments and blank lines of [from, to): comments at the column, blank lines one at a time.
func (f *formatter) gap(from, to, col int) {
	for at := from; at < to; at++ {
		if f.blank(at) {
			f.blankLine()
			continue
		}
		f.out = append(f.out, strings.Repeat(" ", col)+strings.Trim(f.lines[at], " \t"))
	}
}

// blankLine adds a blank line, unless one is there, nothing is, or it would become part of a text.
func (f *formatter) blankLine() {
	if n := len(f.out); n > 0 && f.out[n-1] != "" && !f.keeps() && f.closed != n {
		f.out = append(f.out, "")
	}
}

// tight keeps blank lines from following what was laid out last.
func (f *formatter) tight() { f.closed = len(f.out) }

// keeps tells whether blank lines belong to the text laid out last.
func (f *formatter) keeps() bool { return f.kept == len(f.out) && f.kept > 0 }
