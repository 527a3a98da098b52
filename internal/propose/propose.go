// Package propose makes a sentence of a log message: the message with typed, named holes where such messages vary. What it
// proposes matches the message that it was made of; whether it says enough, and not too much, its reader decides.
package propose

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/cmtrail/cmtrail/internal/errorcode"
	"github.com/cmtrail/cmtrail/internal/sentence"
)

// Proposal is a sentence and what its named holes catch in the message it was made of.
type Proposal struct {
	Sentence string
	Holes    []sentence.Hole
}

// ErrNoSentence says that a message holds no word by which its kind could be known.
var ErrNoSentence = errors.New("the message holds no word that a sentence could be made of")

// Proposer makes sentences.
type Proposer struct {
	codes *errorcode.Table
	names *names
}

// maxBytes is the length of a message's part that a sentence is made of: it matches anywhere, so that the part is enough.
const maxBytes = 400

// Propose makes a sentence of a message of the log, whose normalised name helps to find the names that others use.
func (p *Proposer) Propose(log, message string) (Proposal, error) {
	if !utf8.ValidString(message) {
		return Proposal{}, ErrNoSentence
	}
	head := telling(message)
	finds := p.find(head)
	finds, head = cut(head, finds)
	p.name(log, head, finds)
	// Each turn but the last makes a hole plain text again, the one at fault where that is known.
	for {
		text := write(head, finds)
		s, err := sentence.Compile(text)
		if err == nil && s.Literal() != "" {
			holes, ok := s.Match(message, nil)
			at := -1
			if ok {
				at = differing(head, finds, holes)
			}
			if ok && at < 0 {
				return Proposal{text, own(holes)}, nil
			}
			if at >= 0 {
				finds = append(finds[:at], finds[at+1:]...)
				continue
			}
		}
		if len(finds) == 0 {
			return Proposal{}, ErrNoSentence
		}
		finds = finds[:len(finds)-1]
	}
}

// own copies what may be a view of the message.
func own(holes []sentence.Hole) []sentence.Hole {
	for i := range holes {
		holes[i].Value = strings.Clone(holes[i].Value)
	}
	return holes
}

// differing returns the first find whose hole catches something else than it was made of, or -1.
func differing(head string, finds []find, holes []sentence.Hole) int {
	for i, f := range finds {
		if f.name == unnamed {
			continue
		}
		if len(holes) == 0 || holes[0].Name != f.name || !says(f, head[f.from:f.to], holes[0].Value) {
			return i
		}
		holes = holes[1:]
	}
	return -1
}

// says tells whether the hole's value is that of the text.
func says(f find, text, value string) bool {
	switch f.kind {
	case sentence.GUID:
		plain := func(s string) string {
			return strings.ToLower(strings.NewReplacer("-", "", "{", "", "}", "").Replace(s))
		}
		return plain(text) == plain(value)
	case sentence.Hresult:
		return value == errorcode.Format(f.code)
	}
	return text == value
}

// telling returns the part of a message that says what it is about: its first line with two words, if it has such a one.
func telling(message string) string {
	for line := range strings.SplitSeq(message, "\n") {
		words := 0
		for _, w := range letters.FindAllString(line, -1) {
			if len(w) > 2 {
				words++
			}
		}
		if words > 1 {
			return bounded(strings.TrimRight(line, "\r"))
		}
	}
	return bounded(message)
}

// bounded keeps the work on a very long message within what its sentence can hold.
func bounded(text string) string {
	end := min(len(text), 4*maxBytes)
	for end < len(text) && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}

// maxHoles keeps a sentence readable; the sentence's own bound is higher.
const maxHoles = 16

// cut shortens a long message at a blank outside all finds, and before the first hole too many.
func cut(head string, finds []find) ([]find, string) {
	end := len(head)
	if len(finds) > maxHoles {
		end = finds[maxHoles].from
	}
	if end > maxBytes {
		end = maxBytes
		if i := strings.LastIndexByte(head[:end], ' '); i > maxBytes/2 {
			end = i
		}
		for end > 0 && !utf8.RuneStart(head[end]) {
			end--
		}
	}
	for i, f := range finds {
		if f.to > end {
			end, finds = min(end, f.from), finds[:i]
			break
		}
	}
	return finds, head[:end]
}

// write puts holes in the place of the finds. A < of the message is doubled, which is how a sentence writes one.
func write(head string, finds []find) string {
	var b strings.Builder
	plain := func(s string) { b.WriteString(strings.ReplaceAll(s, "<", "<<")) }
	if strings.HasPrefix(strings.TrimLeft(head, " \t\r\n\v\f"), "^") && (len(finds) == 0 || finds[0].from > 0) {
		b.WriteByte('^') // the first one would bind the sentence to the message's beginning, where it stands anyway
	}
	at := 0
	for _, f := range finds {
		plain(head[at:f.from])
		b.WriteByte('<')
		b.WriteString(f.name)
		if f.kind != sentence.Text {
			b.WriteString(":" + f.kind.String())
		}
		b.WriteByte('>')
		at = f.to
	}
	plain(head[at:])
	text := b.String()
	if strings.HasSuffix(text, "$") {
		text += "$" // the last one would bind the sentence to the message's end
	}
	return strings.Trim(text, " \t\r\n\v\f")
}
