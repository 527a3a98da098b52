package sentence

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	maxText  = 4096 // bytes of one sentence
	maxHoles = 32
)

// Compile reads a sentence. The error is always an *Error and tells the rune at fault.
func Compile(text string) (*Sentence, error) {
	s := &Sentence{text: text}
	c := compiler{s: s, text: text}
	if err := c.compile(); err != nil {
		return nil, err
	}
	return s, nil
}

type compiler struct {
	s    *Sentence
	text string
	lit  []byte // the literal being read
}

func (c *compiler) compile() error {
	if len(c.text) > maxText {
		return &Error{Text: fmt.Sprintf("sentence longer than %d bytes", maxText)}
	}
	first, last := 0, len(c.text)
	for first < last && blank[c.text[first]] {
		first++
	}
	for last > first && blank[c.text[last-1]] {
		last--
	}
	if first < last && c.text[first] == '^' {
		c.s.start = true
		first++
	}
	if last > first && c.text[last-1] == '$' {
		c.s.end = true
		last--
	}
	for first < last && blank[c.text[first]] {
		first++
	}
	if err := c.parts(first, last); err != nil {
		return err
	}
	c.trimEnd()
	if len(c.s.parts) == 0 {
		return c.fault(0, "empty sentence")
	}
	c.chooseLiteral()
	return nil
}

func (c *compiler) parts(i, end int) error {
	for i < end {
		switch b := c.text[i]; {
		case b == '<' && i+1 < end && c.text[i+1] == '<':
			c.lit = append(c.lit, '<')
			i += 2
		case b == '<':
			next, err := c.hole(i, end)
			if err != nil {
				return err
			}
			i = next
		case blank[b]:
			for i < end && blank[c.text[i]] {
				i++
			}
			c.lit = append(c.lit, ' ')
		default:
			c.lit = append(c.lit, b)
			i++
		}
	}
	return nil
}

// hole reads the hole that opens at byte i and returns the byte after it.
func (c *compiler) hole(i, end int) (int, error) {
	length := strings.IndexAny(c.text[i+1:end], "<>")
	if length < 0 || c.text[i+1+length] == '<' {
		return 0, c.fault(i, "hole is not closed: write <name>, <name:type>, or << for a plain <")
	}
	name, kind, typed := strings.Cut(c.text[i+1:i+1+length], ":")
	if !holeName(name) {
		return 0, c.fault(i+1, "%q is no name for a hole (small letters, digits and _): write << for a plain <", name)
	}
	def := HoleDef{Name: name}
	if typed {
		t, ok := typeByName(kind)
		if !ok {
			return 0, c.fault(i+1+len(name)+1, "unknown hole type %q%s", kind, didYouMean(kind))
		}
		def.Type = t
	}
	if name == "_" {
		def.Name = ""
	}
	for _, h := range c.s.holes {
		if def.Name != "" && h.Name == def.Name {
			return 0, c.fault(i+1, "hole %q is declared twice", name)
		}
	}
	if len(c.s.holes) == maxHoles {
		return 0, c.fault(i, "more than %d holes", maxHoles)
	}
	c.flush()
	if n := len(c.s.parts); n > 0 && c.s.parts[n-1].lit == "" && def.Type == Text && c.s.holes[c.s.parts[n-1].hole].Type == Text {
		return 0, c.fault(i, "two holes without a type stand side by side: nothing says where the first one ends")
	}
	c.s.parts = append(c.s.parts, part{hole: len(c.s.holes)})
	c.s.holes = append(c.s.holes, def)
	return i + length + 2, nil
}

// flush ends the literal being read.
func (c *compiler) flush() {
	if len(c.lit) > 0 {
		c.s.parts = append(c.s.parts, newLiteral(string(c.lit)))
		c.lit = c.lit[:0]
	}
}

// trimEnd takes off the final full stop, which messages may leave out, and blanks before it. A sentence of nothing
// but full stops keeps them.
func (c *compiler) trimEnd() {
	text := strings.TrimRight(string(c.lit), " .")
	if text == "" && len(c.s.parts) == 0 {
		text = strings.TrimRight(string(c.lit), " ")
	}
	c.s.stop = strings.HasSuffix(strings.TrimRight(string(c.lit), " "), ".") && !strings.HasSuffix(text, ".")
	c.lit = []byte(text)
	c.flush()
}

func newLiteral(text string) part {
	p := part{lit: text, lead: text[0] == ' '}
	p.head, _, _ = strings.Cut(strings.TrimPrefix(text, " "), " ")
	return p
}

func (c *compiler) chooseLiteral() {
	for _, p := range c.s.parts {
		for word := range strings.SplitSeq(p.lit, " ") {
			if len(word) > len(c.s.exact) {
				c.s.exact = word
			}
		}
	}
	low := []byte(c.s.exact)
	for i, b := range low {
		low[i] = lower(b)
	}
	c.s.literal = string(low)
}

// fault builds an error at a byte offset of the text.
func (c *compiler) fault(at int, format string, args ...any) error {
	return &Error{Offset: utf8.RuneCountInString(c.text[:at]), Text: fmt.Sprintf(format, args...)}
}

func holeName(name string) bool {
	for i := 0; i < len(name); i++ {
		c := name[i]
		if c != '_' && (c < 'a' || c > 'z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return name != ""
}

func typeByName(name string) (Type, bool) {
	for i, n := range typeNames {
		if n == name {
			return Type(i), true
		}
	}
	return 0, false
}

func didYouMean(kind string) string {
	if near := Nearest(kind, typeNames); near != "" {
		return fmt.Sprintf(", did you mean %q?", near)
	}
	return ": the types are " + strings.Join(typeNames, ", ")
}
