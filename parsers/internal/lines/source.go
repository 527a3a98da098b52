package lines

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// source is the encoding of a whole stream.
type source uint8

const (
	unknown source = iota
	utf8Source
	utf16LE
	utf16BE
)

// probe is how many bytes without a byte order mark decide between eight and sixteen bits.
const probe = 64

// sniff settles the source from the first bytes and takes a byte order mark off them. It is false while more bytes
// are needed; final says that none are coming for now.
func (s *Splitter) sniff(final bool) bool {
	b := s.pend
	switch {
	case len(b) == 0:
		return false
	case bytes.HasPrefix(b, []byte{0xff, 0xfe}):
		s.source = utf16LE
	case bytes.HasPrefix(b, []byte{0xfe, 0xff}):
		s.source = utf16BE
	case len(b) == 1 && (b[0] == 0xff || b[0] == 0xfe):
		return false
	default:
		s.source = withoutMark(b, final)
		return s.source != unknown
	}
	s.offset += 2
	s.pend = append(s.pend[:0], b[2:]...)
	return true
}

// withoutMark looks for the zero bytes that Latin text has in every other place when written in sixteen bits.
func withoutMark(b []byte, final bool) source {
	n := min(len(b), probe)
	le, be := true, true
	for i, c := range b[:n] {
		zero, odd := c == 0, i&1 == 1
		le = le && zero == odd
		be = be && zero != odd
	}
	switch {
	case !le && !be:
		return utf8Source
	case n < probe && (!final || n < 2):
		return unknown
	case le:
		return utf16LE
	}
	return utf16BE
}

// width returns the size of a code unit.
func (s source) width() int {
	if s == utf8Source {
		return 1
	}
	return 2
}

func (s source) encoding() encoding {
	if s == utf16BE {
		return utf16b
	}
	return utf16x
}

// terminator finds the line feed in b, of which the first from bytes hold none.
func (s source) terminator(b []byte, from int) int {
	if s == utf8Source {
		if i := bytes.IndexByte(b[from:], '\n'); i >= 0 {
			return from + i
		}
		return -1
	}
	for i := from; i+1 < len(b); i += 2 {
		if half(b, i, s.encoding()) == '\n' {
			return i
		}
	}
	return -1
}

// cut returns where to end a piece of at most limit bytes without splitting a character; b is longer than limit.
func (s source) cut(b []byte, limit int) int {
	n := limit
	if s == utf8Source {
		for back := 0; back < utf8.UTFMax-1 && n > 1 && !utf8.RuneStart(b[n]); back++ {
			n--
		}
		if !utf8.RuneStart(b[n]) {
			return limit
		}
		return n
	}
	if n &^= 1; n < 4 {
		return min(4, len(b))
	}
	if r := half(b, n-2, s.encoding()); r >= 0xd800 && r < 0xdc00 {
		n -= 2
	}
	return n
}

// completePrefix returns how much of b does not end in the midst of a character.
func (s source) completePrefix(b []byte) int {
	n := len(b)
	if s != utf8Source {
		n &^= 1
		if n >= 2 {
			if r := half(b, n-2, s.encoding()); utf16.IsSurrogate(r) && r < 0xdc00 {
				n -= 2
			}
		}
		return n
	}
	for back := 1; back < utf8.UTFMax && back <= n; back++ {
		if c := b[n-back]; utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(b[n-back:]) {
				return n - back
			}
			break
		}
	}
	return n
}
