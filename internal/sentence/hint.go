package sentence

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// rune returns the rune of the sentence's text at a byte.
func (s *Sentence) rune(at int) int { return utf8.RuneCountInString(s.text[:at]) }

// accepts says what the types accept, for people.
var accepts = [...]string{
	Text:    "any text",
	GUID:    "32 hexadecimal digits, with hyphens and braces or without",
	Hresult: "a code such as 0x8007000E, 8007000E or -2147024882",
	Int:     "a whole number",
	Word:    "text without a blank",
	URL:     "a URL such as http://wsus:8530",
	Path:    `text with a \ or / in it`,
}

// stop tells where the furthest trial stopped and why.
func (x *explorer) stop() *Stop {
	at := x.best.at
	st := &Stop{Part: x.best.part, At: at, Found: found(x.message, at)}
	switch {
	case x.steps < 0:
		st.Expected = "fewer places where its holes can end: the trial was given up"
	case st.Part == len(x.parts):
		st.Rune = x.rune(strings.LastIndexByte(x.Sentence.text, '$'))
		st.Expected = "the end of the message"
		st.Hints = x.without(func(s *Sentence) { s.end = false }, "$ binds the sentence to the end of the message: without it the sentence matches")
		return st
	}
	places := x.places()
	st.Rune = x.rune(places[st.Part][x.best.held*min(1, len(x.parts[st.Part].lit))])
	if st.Expected != "" {
		return st
	}
	if p := &x.parts[st.Part]; p.lit != "" {
		st.Expected = quoted(p.lit[x.best.held:])
		var here bool
		st.Hints, here = x.ofLiteral(p)
		if !here && x.best.held == 0 && !x.start && (st.Part == 0 || x.typeOf(st.Part-1) == Text) {
			st.Expected += " from here on"
		}
	} else {
		hole := x.holes[p.hole]
		st.Expected = fmt.Sprintf("%s, a hole of type %s: %s", x.Sentence.text[places[st.Part][0]:places[st.Part][1]], hole.Type, accepts[hole.Type])
		st.Hints = x.ofHole(p.hole)
	}
	if x.start {
		st.Hints = append(st.Hints, x.without(func(s *Sentence) { s.start = false }, "^ binds the sentence to the beginning of the message: without it the sentence matches")...)
	}
	return st
}

// ofLiteral looks for what keeps a literal from standing where it should. here tells that it does, but for its letter
// case or blanks.
func (x *explorer) ofLiteral(p *part) (hints []string, here bool) {
	least := 0
	if x.best.part > 0 {
		least = max(0, x.best.at-x.best.held-1)
	}
	for from := x.best.at; from >= least; from-- {
		if held, to := p.partial(x.message, from); held != x.best.held || to != x.best.at {
			continue
		}
		switch p.like(x.message, from) {
		case otherCase:
			return []string{"the letter case differs: sentences tell capital letters from small ones"}, true
		case otherBlanks:
			return []string{"the blanks differ: a blank in a sentence stands for one or more in the message, and nothing else does"}, true
		case otherBoth:
			return []string{"the letter case and the blanks differ"}, true
		}
	}
	from, to := p.search(x.message, 0)
	if from < 0 || strings.TrimSpace(p.lit) == "" {
		return nil, false
	}
	for to <= x.best.at && from >= 0 { // the last one before, or the first one behind
		next, end := p.search(x.message, from+1)
		if next < 0 {
			break
		}
		from, to = next, end
	}
	if from < x.best.at {
		return []string{fmt.Sprintf("%s stands at character %d of the message, but not after what goes before it in the sentence", quoted(p.lit), x.column(from))}, false
	}
	return []string{fmt.Sprintf("%s stands further on, at character %d of the message: a hole such as <_> takes what is between", quoted(p.lit), x.column(from))}, false
}

func (x *explorer) column(at int) int { return utf8.RuneCountInString(x.message[:at]) + 1 }

// ofHole looks for what keeps a hole from taking what stands there.
func (x *explorer) ofHole(hole int) []string {
	at := x.best.at
	if at > 0 && x.best.part > 0 && x.parts[x.best.part-1].lit == "" && alnum[x.message[at-1]] {
		return []string{"it would begin inside a word"}
	}
	other := *x.Sentence
	other.holes = append([]HoleDef(nil), x.holes...)
	other.holes[hole].Type = Text
	f := finder{Sentence: &other, message: x.message, steps: patience(x.message)}
	if f.find() != matched {
		return nil
	}
	value := x.message[f.spans[hole].from:f.spans[hole].to]
	return []string{fmt.Sprintf("without its type the hole takes %s and the sentence matches", quoted(value))}
}

// without tells whether the sentence matches when it is changed.
func (x *explorer) without(change func(*Sentence), hint string) []string {
	other := *x.Sentence
	change(&other)
	if _, ok := other.Match(x.message, nil); ok {
		return []string{hint}
	}
	return nil
}

// maxShown is how many runes of a text are told.
const maxShown = 40

// found tells what stands at a place of the message.
func found(message string, at int) string {
	if at >= len(message) {
		return "the end of the message"
	}
	return quoted(message[at:])
}

func quoted(s string) string {
	n := 0
	for i := range s {
		if n == maxShown {
			return fmt.Sprintf("%q…", s[:i])
		}
		n++
	}
	return fmt.Sprintf("%q", s)
}
