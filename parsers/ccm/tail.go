// Package ccm reads the bracketed records of ConfigMgr clients: a message between <![LOG[ and ]LOG]!>, then a block of
// attributes.
package ccm

import (
	"bytes"
	"unicode/utf8"

	"github.com/cmtrail/cmtrail/parsers/internal/framing"
	"github.com/cmtrail/cmtrail/parsers/internal/scan"
)

// The marks around a message.
const (
	Opener = "<![LOG["
	Closer = "]LOG]!>"
)

var opener = []byte(Opener)

// longestBlock bounds an attribute block, so that a stray quote cannot swallow the rest of a file.
const longestBlock = 16 << 10

// Tail is what follows a message: where its closer stands and the attributes behind it, as views of the text.
type Tail struct {
	Close int // index of the closer
	End   int // index after the block

	time, date, component, context, kind, thread, file []byte
}

// Outcome says how far a tail goes.
type Outcome uint8

// The outcomes.
const (
	None       Outcome = iota // no closer that counts
	Incomplete                // the text ends before the block does
	Complete
)

// FindOpener returns the index of the first opener, -1 if there is none.
func FindOpener(text []byte) int { return bytes.Index(text, opener) }

// findCloser returns the index of the first closer at or after from, -1 if there is none. It looks for the mark of exclamation,
// which messages have few of.
func findCloser(text []byte, from int) int {
	const mark = len("]LOG]")
	for at := from + mark; at < len(text); at++ {
		n := bytes.IndexByte(text[at:], '!')
		if n < 0 {
			break
		}
		at += n
		if rest := text[at-mark:]; len(rest) >= len(Closer) && string(rest[:len(Closer)]) == Closer {
			return at - mark
		}
	}
	return -1
}

// Opens reports whether the text begins with an opener.
func Opens(text []byte) bool {
	return len(text) >= len(Opener) && string(text[:len(Opener)]) == Opener
}

// FindTail looks for the first closer at or after from that counts, which is one with an attribute block behind it.
func FindTail(text []byte, from int, t *Tail) Outcome {
	for from <= len(text) {
		at := findCloser(text, from)
		if at < 0 {
			break
		}
		switch out := t.block(text, at+len(Closer)); out {
		case None:
			from = at + 1
		default:
			t.Close = at
			return out
		}
	}
	*t = Tail{}
	return None
}

// GoesOn tells whether a block that has begun behind the closer at text[at], and was incomplete before more was added, is so
// still. It saves reading the block again for each of many short lines.
func GoesOn(text []byte, at int, more []byte) bool {
	return len(text) <= at+len(Closer)+longestBlock && bytes.IndexByte(more, '>') < 0
}

// Detect says how sure a line makes us that its stream is in this format.
func Detect(line []byte) framing.Confidence {
	if Opens(line) {
		return framing.Certain
	}
	var t Tail
	if FindTail(line, 0, &t) == Complete {
		return framing.Certain
	}
	return framing.None
}

// block reads an attribute block from text[i:], white space before it included.
func (t *Tail) block(text []byte, i int) Outcome {
	if t.usual(text, i) {
		return Complete
	}
	return t.unusual(text, i)
}

func (t *Tail) unusual(text []byte, i int) Outcome {
	*t = Tail{}
	limit := min(len(text), i+longestBlock)
	out := None
	if limit == len(text) {
		out = Incomplete
	}
	text = text[:limit]
	if i = skipSpace(text, i); i == limit {
		return out
	}
	if text[i] != '<' {
		return None
	}
	for i++; ; {
		i = skipSpace(text, i)
		if i == limit {
			return out
		}
		if text[i] == '>' {
			t.End = i + 1
			if t.time == nil {
				return None
			}
			return Complete
		}
		name, value, next, ok := attribute(text, i)
		switch {
		case !ok:
			return out
		case name != nil:
			t.set(name, value)
		case !t.Begun():
			if next == limit {
				return out
			}
			return None
		}
		i = next
	}
}

// attribute reads name="value" or name=value at text[i]. A nil name stands for something else, stray quotes mostly,
// that ends before next. It is not ok when the text ends within a value.
func attribute(text []byte, i int) (name, value []byte, next int, ok bool) {
	at := i
	for at < len(text) && (text[at]|0x20 >= 'a' && text[at]|0x20 <= 'z' || text[at] == '_') {
		at++
	}
	if at == i || at >= len(text) || text[at] != '=' {
		return nil, nil, skipStray(text, i), true
	}
	name, at = text[i:at], at+1
	if at < len(text) && text[at] == '"' {
		n := bytes.IndexByte(text[at+1:], '"')
		if n < 0 {
			return nil, nil, 0, false
		}
		return name, text[at+1 : at+1+n], at + n + 2, true
	}
	start := at
	for at < len(text) && text[at] > ' ' && text[at] != '"' && text[at] != '>' {
		at++
	}
	return name, text[start:at], at, at < len(text)
}

func skipSpace(text []byte, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\t' || text[i] == '\n' || text[i] == '\r') {
		i++
	}
	return i
}

func skipStray(text []byte, i int) int {
	for i++; i < len(text) && text[i] > ' ' && text[i] != '"' && text[i] != '>'; i++ {
	}
	return i
}

// set keeps the first value of a name we know.
func (t *Tail) set(name, value []byte) {
	var to *[]byte
	key := scan.View(name)
	switch {
	case fold(key, "time"):
		to = &t.time
	case fold(key, "date"):
		to = &t.date
	case fold(key, "type"):
		to = &t.kind
	case fold(key, "file"):
		to = &t.file
	case fold(key, "thread"):
		to = &t.thread
	case fold(key, "context"):
		to = &t.context
	case fold(key, "component"):
		to = &t.component
	default:
		return
	}
	if *to == nil {
		*to = value
	}
}

func fold(name, want string) bool { return len(name) == len(want) && scan.FoldPrefix(name, want) }

// Begun reports whether a known attribute was read: what stands first must be one, or the closer was message text.
func (t *Tail) Begun() bool {
	return t.time != nil || t.date != nil || t.component != nil || t.context != nil || t.kind != nil ||
		t.thread != nil || t.file != nil
}

// Cut returns the longest prefix of text of at most limit bytes that ends between characters.
func Cut(text []byte, limit int) []byte {
	if len(text) <= limit {
		return text
	}
	for back := 1; back < utf8.UTFMax && limit > back; back++ {
		if utf8.RuneStart(text[limit-back+1]) {
			return text[:limit-back+1]
		}
	}
	return text[:limit]
}
