package sentence

import "slices"

// Explanation says how far a sentence holds for a message: all of it, or up to where its furthest trial stopped.
type Explanation struct {
	Sentence *Sentence
	Message  string
	Matched  bool // exactly when Match matches
	Parts    []Part
	Stop     *Stop // nil when it matched
	Share    float64
}

// Part is a part of a sentence, with the place in the message where it held.
type Part struct {
	From, To   int      // runes of the sentence
	Hole       *HoleDef // nil for literal text
	Held       bool
	Begin, End int // bytes of the message, when it held; an End below Begin says that its end is not known
}

// Stop is where a sentence stopped to hold.
type Stop struct {
	Part     int    // index into Parts; their number when the end of the message was expected
	Rune     int    // of the sentence
	At       int    // byte of the message
	Expected string // for people
	Found    string
	Hints    []string // what people commonly get wrong, where it is that
}

// Explain tells what Match does with the message, and of a sentence that does not match how far it comes and why no
// further.
func (s *Sentence) Explain(message string) *Explanation {
	x := &explorer{path: make([]int, len(s.parts)+1)}
	x.finder = finder{Sentence: s, message: message, steps: patience(message), note: x.visit}
	e := &Explanation{Sentence: s, Message: message, Matched: x.find() == matched}
	if e.Matched {
		x.best = stand{part: len(s.parts), at: x.path[len(s.parts)]}
	} else {
		if x.furthest == nil { // not even the first literal was found
			x.furthest, x.spansThere = slices.Clone(x.path), x.spans
			x.best = x.search(0, 0, len(message))
		}
		x.path, x.spans = x.furthest, x.spansThere
	}
	e.Parts = x.seen()
	e.Share = x.share()
	if !e.Matched {
		e.Stop = x.stop()
	}
	return e
}

// stand is how far a trial came: to a byte of a part's literal, at a place of the message.
type stand struct{ part, held, at int }

// explorer is a finder that remembers its furthest trial.
type explorer struct {
	finder
	path       []int // where each part begins, as far as the present trial has come
	best       stand
	furthest   []int
	spansThere [maxHoles]span
}

// visit is called for each part that a trial comes to.
func (x *explorer) visit(part, at int) {
	x.path[part] = at
	if x.furthest != nil && part+1 < x.best.part {
		return
	}
	now := x.come(part, at)
	if x.furthest == nil || now.part > x.best.part || now.part == x.best.part && now.held > x.best.held {
		x.best = now
		x.furthest, x.spansThere = slices.Clone(x.path), x.spans
	}
}

// come tells how far the sentence holds when a part of it begins at a place. A hole that takes what it finds goes
// together with the literal behind it.
func (x *explorer) come(part, at int) stand {
	if part == len(x.parts) {
		return stand{part, 0, skipEnd(x.message, at)}
	}
	p := &x.parts[part]
	if p.lit != "" {
		held, to := p.partial(x.message, at)
		return stand{part, held, to}
	}
	if part+1 == len(x.parts) || x.parts[part+1].lit == "" {
		return stand{part, 0, at}
	}
	switch kind := x.holes[p.hole].Type; kind {
	case Text:
		return x.search(part+1, at, len(x.message))
	case Word, URL, Path:
		if from, least, most, after := extent(kind, x.message, at); from >= 0 && after == most {
			now := x.search(part+1, least, most)
			if now.held == 0 {
				now.at = most
			}
			return now
		}
	}
	return stand{part, 0, at}
}

// minHint is the number of bytes below which the beginning of a literal stands anywhere by chance.
const minHint = 4

// search finds the place between two where most of a literal stands: all of it but for letter case or blanks, else the
// longest beginning.
func (x *explorer) search(part, least, most int) stand {
	p := &x.parts[part]
	if p.lit == "" { // a hole at the beginning of the sentence
		return stand{part, 0, skipBlanks(x.message, least)}
	}
	best := stand{part, 0, least}
	for from := least; from <= most; from++ {
		if p.like(x.message, from) > 0 {
			held, to := p.partial(x.message, from)
			return stand{part, held, to}
		}
		if held, to := p.partial(x.message, from); held > best.held && held >= min(minHint, len(p.lit)) {
			best = stand{part, held, to}
		}
	}
	return best
}

// partial returns how many bytes of the literal stand at a place, and the place after them.
func (p *part) partial(message string, i int) (held, to int) {
	for j := 0; j < len(p.lit); j++ {
		switch {
		case i >= len(message):
			return j, i
		case p.lit[j] == ' ' && blank[message[i]]:
			i = skipBlanks(message, i)
		case p.lit[j] != ' ' && p.lit[j] == message[i]:
			i++
		default:
			return j, i
		}
	}
	return len(p.lit), i
}

// likeness says what keeps a literal from standing at a place.
type likeness uint8

const (
	unlike likeness = iota
	otherCase
	otherBlanks
	otherBoth
)

// like tells whether the literal stands at a place but for letter case and blanks.
func (p *part) like(message string, i int) likeness {
	var is likeness
	for j := 0; j < len(p.lit); j++ {
		if p.lit[j] == ' ' {
			if i >= len(message) || !blank[message[i]] {
				is |= otherBlanks
			}
			i = skipBlanks(message, i)
			continue
		}
		if j > 0 && i < len(message) && blank[message[i]] && p.lit[j-1] != ' ' {
			is |= otherBlanks
			i = skipBlanks(message, i)
		}
		switch {
		case i >= len(message) || lower(message[i]) != lower(p.lit[j]):
			return unlike
		case message[i] != p.lit[j]:
			is |= otherCase
		}
		i++
	}
	return is
}

// skipEnd skips what may be left over before the end.
func skipEnd(message string, i int) int {
	for i < len(message) && (blank[message[i]] || message[i] == '.') {
		i++
	}
	return i
}

// seen returns the parts with their places, as far as they held.
func (x *explorer) seen() []Part {
	places := x.places()
	out := make([]Part, len(x.parts))
	for i := range x.parts {
		p := &out[i]
		at := places[i]
		p.From, p.To = x.rune(at[0]), x.rune(at[len(at)-1])
		if x.parts[i].lit == "" {
			p.Hole = &x.holes[x.parts[i].hole]
		}
		p.Held = i < x.best.part
		if !p.Held {
			continue
		}
		p.Begin = x.begin(i)
		switch {
		case i+1 == len(x.parts) && p.Hole != nil && p.Hole.Type == Text: // it takes all, and nothing is tried behind it
			p.End = x.spans[x.parts[i].hole].to
		case i+1 == len(x.parts):
			p.End = x.path[len(x.parts)]
		case i+1 < x.best.part:
			p.End = x.begin(i + 1)
		case x.parts[i+1].lit != "":
			p.End = x.beginOfStop(p.Begin)
		default:
			p.End = x.best.at
		}
	}
	return out
}

// begin returns where a part that held begins.
func (x *explorer) begin(i int) int {
	if x.parts[i].lit == "" {
		return x.path[i]
	}
	if i == 0 {
		to := x.path[1]
		for from := to; from >= 0; from-- {
			if x.parts[0].at(x.message, from) == to {
				return from
			}
		}
		return x.path[0] // bound to the beginning
	}
	switch kind := x.typeOf(i - 1); kind {
	case Text, Word, URL, Path: // such a hole and the literal behind it are tried as one
		if _, _, most, after := extent(kind, x.message, x.path[i-1]); kind == URL && after > most {
			return after
		}
		return x.spans[x.parts[i-1].hole].to
	}
	return x.path[i]
}

// typeOf returns the type of the hole that a part is.
func (x *explorer) typeOf(part int) Type { return x.holes[x.parts[part].hole].Type }

// beginOfStop returns where the literal begins on which the trial stopped: the held bytes of it stand before that place.
// When nothing of it was found, the hole before it has no end.
func (x *explorer) beginOfStop(least int) int {
	p := &x.parts[x.best.part]
	switch before := x.typeOf(x.best.part - 1); {
	case before == GUID || before == Hresult || before == Int:
		return x.path[x.best.part]
	case x.best.held == 0 && before == Text:
		return least - 1
	case x.best.held == 0:
		return x.best.at
	}
	for from := x.best.at; from >= least; from-- {
		if held, to := p.partial(x.message, from); to == x.best.at && held == x.best.held {
			return from
		}
	}
	return x.best.at
}

// share is the part of the sentence that held, from 0 to 1. Text without a type says nothing.
func (x *explorer) share() float64 {
	const typed = 3 // a hole with a type says as much as so many letters
	held, total := 0, 0
	for i := range x.parts {
		weigh := 0
		if p := &x.parts[i]; p.lit == "" {
			if x.holes[p.hole].Type != Text {
				weigh = typed
			}
		} else {
			weigh = len(p.lit)
		}
		total += weigh
		switch {
		case i < x.best.part:
			held += weigh
		case i == x.best.part:
			held += x.best.held
		}
	}
	if total == 0 { // nothing but text without a type: it holds of any message
		return 1
	}
	return float64(held) / float64(total)
}

// places returns, for each part, the byte of the sentence's text at which each byte of its literal stands, and the byte
// after it; of a hole where it begins and ends.
func (s *Sentence) places() [][]int {
	i := skipBlanks(s.text, 0)
	if s.start {
		i = skipBlanks(s.text, i+1)
	}
	all := make([][]int, len(s.parts))
	for n, p := range s.parts {
		if p.lit == "" {
			all[n] = append(all[n], i)
			for s.text[i] != '>' {
				i++
			}
			i++
		}
		for _, b := range []byte(p.lit) {
			all[n] = append(all[n], i)
			switch b {
			case ' ':
				i = skipBlanks(s.text, i)
			case '<':
				i += len("<<")
			default:
				i++
			}
		}
		all[n] = append(all[n], i)
	}
	return all
}
