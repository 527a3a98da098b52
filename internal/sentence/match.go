package sentence

import "strings"

// Match tells whether the message holds the sentence and appends its named holes, in their order. It allocates only
// to normalise a GUID or code that is not written in its normal form; use MatchInto to avoid that too.
func (s *Sentence) Match(message string, holes []Hole) ([]Hole, bool) {
	holes, _, ok := s.MatchInto(message, holes, nil)
	return holes, ok
}

// MatchInto is Match with a place for normalised values: they are appended to scratch, and the holes' values stay
// valid until the caller writes over it.
func (s *Sentence) MatchInto(message string, holes []Hole, scratch []byte) ([]Hole, []byte, bool) {
	if !strings.Contains(message, s.exact) {
		return holes, scratch, false
	}
	f := finder{Sentence: s, message: message, steps: patience(message)}
	if f.find() != matched {
		return holes, scratch, false
	}
	for i, h := range s.holes {
		if h.Name == "" {
			continue
		}
		value := message[f.spans[i].from:f.spans[i].to]
		switch h.Type {
		case GUID:
			value, scratch = normalGUID(value, scratch)
		case Hresult:
			value, scratch = normalHresult(value, scratch)
		}
		holes = append(holes, Hole{Name: h.Name, Value: value})
	}
	return holes, scratch, true
}

// patience is how many bytes may be looked at before a message is given up on. An ordinary match looks at each a few times;
// one that was made to hurt has words, paths or blanks that run on, and holes that could end anywhere in them.
func patience(message string) int { return 32<<10 + 16*len(message) }

// outcome of a trial. A hopeless one fails wherever else the holes before it might end.
type outcome uint8

const (
	failed outcome = iota
	hopeless
	matched
)

type span struct{ from, to int }

type finder struct {
	*Sentence
	message string
	steps   int // what is left of its patience
	spans   [maxHoles]span
	note    func(part, at int) // told how far each trial comes, of an explanation; else nil
}

// find tries the places where the sentence can begin, from the left.
func (f *finder) find() outcome {
	begin := skipBlanks(f.message, 0)
	if f.start {
		return f.rest(0, begin)
	}
	first := &f.parts[0]
	if first.lit != "" {
		for at := 0; ; {
			from, to := first.search(f.message, at)
			if from < 0 {
				return failed
			}
			if o := f.rest(1, to); o != failed {
				return o
			}
			at = from + 1
		}
	}
	kind := f.holes[first.hole].Type
	if kind == Text {
		return f.rest(0, begin)
	}
	for at := begin; at < len(f.message); at++ {
		if kind == Word && at > 0 && !blank[f.message[at-1]] {
			continue
		}
		if o := f.rest(0, at); o != failed {
			return o
		}
	}
	return failed
}

// rest matches the parts from i on at a place of the message.
func (f *finder) rest(i, at int) outcome {
	if f.steps--; f.steps < 0 {
		return hopeless
	}
	if f.note != nil {
		f.note(i, at)
	}
	if i == len(f.parts) {
		return f.atEnd(at)
	}
	p := &f.parts[i]
	if p.lit != "" {
		if at = f.at(p, at); at < 0 {
			return failed
		}
		return f.rest(i+1, at)
	}
	kind := f.holes[p.hole].Type
	switch kind {
	case Text:
		return f.text(i, at)
	case Word, URL, Path:
		return f.stretch(i, at, kind)
	}
	if (i == 0 || f.parts[i-1].lit == "") && at > 0 && alnum[f.message[at-1]] {
		return failed // would begin inside a word
	}
	value, end := scan(kind, f.message, at)
	f.steps -= max(0, end-at)
	if end < 0 || i+1 == len(f.parts) && end < len(f.message) && alnum[f.message[end]] {
		return failed
	}
	f.spans[p.hole] = value
	return f.rest(i+1, end)
}

// atEnd accepts what is left over: anything, or after $ only blanks and full stops.
func (f *finder) atEnd(at int) outcome {
	if f.end {
		for at < len(f.message) && (blank[f.message[at]] || f.message[at] == '.') {
			at++
		}
		if at < len(f.message) {
			return failed
		}
	}
	return matched
}

// text fills an untyped hole with as little as what follows allows. It never merely fails: an untyped hole could have
// swallowed whatever an earlier hole might still take, so nothing before it is worth another trial. That keeps
// matching linear in the number of untyped holes.
func (f *finder) text(i, at int) outcome {
	hole := f.parts[i].hole
	if i+1 == len(f.parts) {
		to := len(f.message)
		for to > at && (blank[f.message[to-1]] || f.stop && f.message[to-1] == '.') {
			to--
		}
		f.spans[hole] = span{at, to}
		return matched
	}
	next := &f.parts[i+1]
	for from := at; from <= len(f.message); from++ {
		var to int
		if next.lit != "" {
			if from, to = next.search(f.message, from); from < 0 {
				return hopeless
			}
			f.spans[hole] = span{at, from}
			if o := f.rest(i+2, to); o != failed {
				return o
			}
			continue
		}
		f.spans[hole] = span{at, from}
		if o := f.rest(i+1, from); o != failed {
			return o
		}
	}
	return hopeless
}

// stretch fills a word, URL or path: as little as the literal after it allows, else as much as there is.
func (f *finder) stretch(i, at int, kind Type) outcome {
	from, least, most, after := extent(kind, f.message, at)
	f.steps -= max(0, most-at)
	if from < 0 {
		return failed
	}
	hole := f.parts[i].hole
	switch {
	case after > most: // in angle brackets: its end is known
		f.spans[hole] = span{from, most}
		return f.rest(i+1, after)
	case i+1 == len(f.parts):
		f.spans[hole] = span{from, trimStretch(kind, f.message, least, most)}
		return f.rest(i+1, f.spans[hole].to)
	case f.parts[i+1].lit == "":
		for to := most; to >= least; to-- {
			f.spans[hole] = span{from, to}
			if o := f.rest(i+1, to); o != failed {
				return o
			}
		}
		return failed
	}
	next := &f.parts[i+1]
	for to := least; to <= most; to++ {
		if f.steps < 0 {
			return hopeless
		}
		end := f.at(next, to)
		if end < 0 {
			continue
		}
		f.spans[hole] = span{from, to}
		if o := f.rest(i+2, end); o != failed {
			return o
		}
	}
	return failed
}

// at matches a literal at a place, and counts what it looked at.
func (f *finder) at(p *part, at int) int {
	to := p.at(f.message, at)
	f.steps -= max(to, ^to) - at
	return to
}

// at matches the literal at a place and returns the place after it, or the complement of the place where it stopped.
func (p *part) at(message string, i int) int {
	for j := 0; j < len(p.lit); j++ {
		if i >= len(message) {
			return ^i
		}
		if c := p.lit[j]; c != ' ' {
			if message[i] != c {
				return ^i
			}
			i++
			continue
		}
		if !blank[message[i]] {
			return ^i
		}
		i = skipBlanks(message, i)
	}
	return i
}

// search finds the first place from i on where the literal stands, and the place after it, or -1.
func (p *part) search(message string, i int) (from, to int) {
	if p.head == "" { // nothing but a blank
		for ; i < len(message); i++ {
			if blank[message[i]] {
				return i, skipBlanks(message, i)
			}
		}
		return -1, -1
	}
	for least := i; i <= len(message); {
		n := strings.Index(message[i:], p.head)
		if n < 0 {
			return -1, -1
		}
		from := i + n
		if p.lead {
			for from > least && blank[message[from-1]] {
				from--
			}
		}
		if to := p.at(message, from); to >= 0 {
			return from, to
		}
		i += n + 1
	}
	return -1, -1
}

func skipBlanks(s string, i int) int {
	for i < len(s) && blank[s[i]] {
		i++
	}
	return i
}
