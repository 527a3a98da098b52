package explain

import (
	"strings"
	"unicode/utf8"

	"github.com/cmtrail/cmtrail/internal/display"
	"github.com/cmtrail/cmtrail/internal/sentence"
)

// aligned is a sentence above the message, each part of it above what it held for.
type aligned struct {
	sentence, message string
	caret             int // column of both where it stopped; -1 when it did not
}

// The widths, in columns.
const (
	maxValue = 40  // of what a hole holds
	maxRest  = 50  // of what is left behind the place where it stopped
	maxLead  = 16  // of the message before the sentence begins
	maxLine  = 110 // of the whole
)

// align sets a sentence over its message.
func align(e *sentence.Explanation) aligned {
	text := []rune(e.Sentence.String())
	var top, bottom []rune
	pad := func() {
		for len(top) < len(bottom) {
			top = append(top, ' ')
		}
		for len(bottom) < len(top) {
			bottom = append(bottom, ' ')
		}
	}
	put := func(over string, under string) {
		top, bottom = append(top, []rune(visible(over))...), append(bottom, []rune(visible(under))...)
		pad()
	}
	from, at, open := 0, 0, false
	begun := false
	for _, p := range e.Parts {
		if !p.Held {
			break
		}
		if !begun {
			begun = true
			put(string(text[:p.From]), last(e.Message[:p.Begin], maxLead))
		}
		if open = p.End < p.Begin; open {
			put(string(text[p.From:p.To]), "")
			from = p.To
			break
		}
		put(string(text[p.From:p.To]), middle(e.Message[p.Begin:p.End], maxValue))
		from, at = p.To, p.End
	}
	if e.Stop == nil {
		put(string(text[from:]), first(e.Message[at:], maxRest))
		return aligned{trim(top), trim(bottom), -1}.cut()
	}
	switch {
	case !begun: // nothing held but perhaps the beginning of the first literal
		begin := e.Parts[0].From
		held := min(e.Stop.At, heldBytes(e, e.Stop))
		put(string(text[:begin]), last(e.Message[:e.Stop.At-held], maxLead))
		put(string(text[begin:e.Stop.Rune]), e.Message[e.Stop.At-held:e.Stop.At])
	case !open:
		put(string(text[from:e.Stop.Rune]), e.Message[at:e.Stop.At])
	}
	caret := len(top)
	put(string(text[e.Stop.Rune:]), first(e.Message[e.Stop.At:], maxRest))
	return aligned{trim(top), trim(bottom), caret}.cut()
}

// heldBytes returns how many bytes of the message hold the beginning of the first literal.
func heldBytes(e *sentence.Explanation, s *sentence.Stop) int {
	n := 0
	for range []rune(e.Sentence.String())[e.Parts[0].From:s.Rune] {
		_, size := utf8.DecodeLastRuneInString(e.Message[:s.At-n])
		n += size
	}
	return n
}

func trim(line []rune) string { return strings.TrimRight(string(line), " ") }

// cut keeps the place where it stopped within the line.
func (a aligned) cut() aligned {
	const ahead = 60 // columns that are left behind the caret
	if over := a.caret - (maxLine - ahead); over > 0 {
		a.sentence, a.message, a.caret = "…"+drop(a.sentence, over+1), "…"+drop(a.message, over+1), a.caret-over
	}
	a.sentence, a.message = first(a.sentence, maxLine), first(a.message, maxLine)
	return a
}

func drop(s string, n int) string {
	runes := []rune(s)
	return string(runes[min(n, len(runes)):])
}

// first, last and middle keep so many runes of a text.
func first(s string, n int) string {
	if runes := []rune(s); len(runes) > n {
		return string(runes[:n-1]) + "…"
	}
	return s
}

func last(s string, n int) string {
	if runes := []rune(s); len(runes) > n {
		return "…" + string(runes[len(runes)-n+1:])
	}
	return s
}

func middle(s string, n int) string {
	if runes := []rune(s); len(runes) > n {
		return string(runes[:n/2]) + "…" + string(runes[len(runes)-n/2+1:])
	}
	return s
}

// visible keeps log text from driving a terminal, and on one line; each rune stays one.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return '↵'
		case r == '\t':
			return ' '
		case display.Obeyed(r):
			return utf8.RuneError
		}
		return r
	}, s)
}
