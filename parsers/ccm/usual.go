package ccm

import (
	"encoding/binary"
	"math/bits"
)

// usual reads an attribute block at text[i] that is written as ConfigMgr itself writes it, which nearly all are: each
// attribute once, in one order, with one blank between. It gives what block gives, or is false and leaves t undefined.
func (t *Tail) usual(text []byte, i int) bool {
	from, end := i, 0
	if i = after(text, i, `<time="`); i < 0 {
		return false
	}
	if end = quote(text, i); end < 0 {
		return false
	}
	t.time, i = text[i:end], end+1
	if i = after(text, i, ` date="`); i < 0 {
		return false
	}
	if end = quote(text, i); end < 0 {
		return false
	}
	t.date, i = text[i:end], end+1
	if i = after(text, i, ` component="`); i < 0 {
		return false
	}
	if end = quote(text, i); end < 0 {
		return false
	}
	t.component, i = text[i:end], end+1
	if i = after(text, i, ` context="`); i < 0 {
		return false
	}
	if end = quote(text, i); end < 0 {
		return false
	}
	t.context, i = text[i:end], end+1
	if i = after(text, i, ` type="`); i < 0 {
		return false
	}
	if end = quote(text, i); end < 0 {
		return false
	}
	t.kind, i = text[i:end], end+1
	if i = after(text, i, ` thread="`); i < 0 {
		return false
	}
	if end = quote(text, i); end < 0 {
		return false
	}
	t.thread, i = text[i:end], end+1
	if i = after(text, i, ` file="`); i < 0 {
		return false
	}
	if end = quote(text, i); end < 0 {
		return false
	}
	t.file, i = text[i:end], end+1
	if i >= len(text) || text[i] != '>' || i-from >= longestBlock {
		return false
	}
	t.End = i + 1
	return true
}

// after returns the index after head, which must stand at text[i]; else -1.
func after(text []byte, i int, head string) int {
	if len(text)-i < len(head) || string(text[i:i+len(head)]) != head {
		return -1
	}
	return i + len(head)
}

// quote returns the index of the next quotation mark, -1 if there is none. Values are short, so it looks at eight bytes at a
// time rather than calling what is made for long texts.
func quote(text []byte, i int) int {
	const ones, highs, marks = 0x0101010101010101, 0x8080808080808080, 0x2222222222222222
	for ; i+8 <= len(text); i += 8 {
		x := binary.LittleEndian.Uint64(text[i:]) ^ marks
		if found := (x - ones) &^ x & highs; found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for ; i < len(text); i++ {
		if text[i] == '"' {
			return i
		}
	}
	return -1
}
