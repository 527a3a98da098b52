package ruleset

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// extent is an entry of a block collection and the lines that it takes, counted from 0.
type extent struct {
	key, value *yaml.Node // key is nil in a list
	head       int        // first line of blanks and comments before it
	line       int        // where the key or the dash stands
	content    int        // after the last line of what it says
	end        int        // after the comments that belong inside it
	col        int        // of the key, or of the dash, from 0
}

// block tells whether a node is a collection written in lines of its own.
func block(n *yaml.Node) bool {
	return (n.Kind == yaml.MappingNode || n.Kind == yaml.SequenceNode) && n.Style&yaml.FlowStyle == 0 && len(n.Content) > 0
}

// extents cuts the lines [from, to) of a block collection into its entries. Comments and blank lines before an entry
// belong to it; a comment that is indented deeper than the entries belongs inside the one before it, where that is a
// collection.
func (f *formatter) extents(n *yaml.Node, from, to int) []extent {
	all := f.starts(n)
	for i := range all {
		e, limit := &all[i], to
		if i+1 < len(all) {
			limit = all[i+1].line
		}
		e.head = from
		e.content = f.contentEnd(e, limit)
		e.end = e.content
		if block(e.value) {
			for at := e.content; at < limit; at++ {
				switch c := f.comment(at); {
				case c > e.col:
					e.end = at + 1
					continue
				case c < 0:
					continue
				}
				break
			}
		}
		from = e.end
		for at := e.content; at < limit; at++ {
			if f.comment(at) < 0 && !f.blank(at) {
				f.d.fail(Place{f.d.src.name, at + 1, 1}, "left as it is: found no way to tell what this line belongs to")
				return nil
			}
		}
	}
	return all
}

// starts finds the line and column of each entry.
func (f *formatter) starts(n *yaml.Node) []extent {
	var all []extent
	odd := func(at *yaml.Node, what string) []extent {
		f.d.fail(f.d.src.at(at), "left as it is: "+what)
		return nil
	}
	if n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			e := extent{key: n.Content[i], value: n.Content[i+1], line: n.Content[i].Line - 1, col: n.Content[i].Column - 1}
			before := strings.Trim(f.lines[e.line][:min(e.col, len(f.lines[e.line]))], " ")
			if e.key.Column != n.Content[0].Column || before != "" && (i > 0 || before != "-") {
				return odd(e.key, "found a key that does not begin its line")
			}
			all = append(all, e)
		}
		return all
	}
	for _, item := range n.Content {
		e := extent{value: item, line: item.Line - 1, col: n.Column - 1}
		text := []rune(f.lines[e.line])
		if e.col >= len(text) || text[e.col] != '-' || f.indent(e.line) != e.col {
			return odd(item, "found an item that does not begin behind its dash")
		}
		if item.Kind == yaml.SequenceNode && block(item) {
			return odd(item, "found a list that begins behind the dash of another")
		}
		all = append(all, e)
	}
	return all
}

// contentEnd returns the line after the last one that an entry says something on.
func (f *formatter) contentEnd(e *extent, limit int) int {
	n, col := e.value, e.col
	for block(n) {
		last := n.Content[len(n.Content)-1]
		if n.Kind == yaml.MappingNode {
			col = n.Content[0].Column - 1
		} else {
			col = n.Column - 1
		}
		n = last
	}
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return f.scalarEnd(n, col, limit)
	}
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
		return f.quotedEnd(n, limit)
	}
	for at := limit; at > e.line+1; at-- {
		if !f.blank(at-1) && f.comment(at-1) < 0 {
			return at
		}
	}
	return e.line + 1
}

// quotedEnd returns the line after the closing quote: a line of a quoted text may look like a comment.
func (f *formatter) quotedEnd(n *yaml.Node, limit int) int {
	text := []byte(string([]rune(f.lines[n.Line-1])[n.Column-1:]))
	mark, from := text[0], 1
	for at := n.Line - 1; ; from = 0 {
		for i := from; i < len(text); i++ {
			switch {
			case mark == '"' && text[i] == '\\':
				i++
			case text[i] != mark:
			case mark == '\'' && i+1 < len(text) && text[i+1] == mark:
				i++
			default:
				return at + 1
			}
		}
		if at++; at >= limit {
			return limit
		}
		text = []byte(f.lines[at])
	}
}

// scalarEnd returns the line after a block scalar whose parent's entries stand at the column.
func (f *formatter) scalarEnd(n *yaml.Node, col, limit int) int {
	deep, keep := f.scalarHeader(n, col)
	at := n.Line
	for at < limit && (f.blank(at) || f.indent(at) >= deep) {
		at++
	}
	for !keep && at > n.Line && f.blank(at-1) && len(f.lines[at-1]) <= deep {
		at--
	}
	return at
}

// scalarHeader returns the column at which a block scalar's text stands, and whether the blank lines after it are part of it.
func (f *formatter) scalarHeader(n *yaml.Node, col int) (deep int, keep bool) {
	header, _, _ := strings.Cut(string([]rune(f.lines[n.Line-1])[n.Column-1:]), " ")
	keep = strings.Contains(header, "+")
	if i := strings.IndexAny(header, "123456789"); i >= 0 {
		return col + int(header[i]-'0'), keep
	}
	for at := n.Line; at < len(f.lines); at++ {
		if !f.blank(at) {
			return max(f.indent(at), col+1), keep
		}
	}
	return col + 1, keep
}

// indent returns the number of blanks that a line begins with.
func (f *formatter) indent(line int) int {
	return len(f.lines[line]) - len(strings.TrimLeft(f.lines[line], " "))
}

func (f *formatter) blank(line int) bool { return strings.Trim(f.lines[line], " \t") == "" }

// comment returns the column of a line that is a comment, else -1.
func (f *formatter) comment(line int) int {
	text := strings.TrimLeft(f.lines[line], " \t")
	if !strings.HasPrefix(text, "#") {
		return -1
	}
	return len(f.lines[line]) - len(text)
}
