// Package sentence matches log messages against sentences with typed holes, the way ConfigMgr's own printf strings
// made them: "Created and Sent Location Request '<location_request_id:guid>' for package <update_source_id:guid>".
package sentence

import (
	"strconv"
)

// Type is what a hole accepts.
type Type uint8

// The hole types. Text is a hole without a type: any text up to what follows.
const (
	Text Type = iota
	GUID
	Hresult
	Int
	Word
	URL
	Path
)

var typeNames = []string{"text", "guid", "hresult", "int", "word", "url", "path"}

// String returns the name that rule files use for t.
func (t Type) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return "type " + strconv.Itoa(int(t))
}

// HoleDef is a hole as declared. An unnamed one (<_:type>) has the name "".
type HoleDef struct {
	Name string
	Type Type
}

// Hole is a filled hole. Value is normalised: GUIDs lower case without braces, codes 0x and eight upper-case digits;
// otherwise a view of the message.
type Hole struct {
	Name  string
	Value string
}

// Error is a fault in a sentence's text, at a rune offset from 0.
type Error struct {
	Offset int
	Text   string
}

func (e *Error) Error() string { return e.Text }

// Sentence is a compiled sentence. It is immutable and safe for use by any number of goroutines.
type Sentence struct {
	text    string
	parts   []part
	holes   []HoleDef
	literal string // lower case
	exact   string // the literal as written, for a fast refusal
	start   bool   // anchored by ^
	end     bool   // anchored by $
	stop    bool   // written with a final full stop
}

// part is a literal with every run of blanks as one space, or a hole.
type part struct {
	lit  string
	head string // the literal's first word, what a search looks for
	lead bool   // the literal starts with blanks
	hole int    // index into Sentence.holes; meaningful when lit is ""
}

// String returns the sentence as written.
func (s *Sentence) String() string { return s.text }

// Holes returns the holes in the order in which they stand, unnamed ones included. The slice must not be changed.
func (s *Sentence) Holes() []HoleDef { return s.holes }

// Literal returns the longest word that every matching message holds, in lower case ASCII, or "" when there is none.
// It never holds a blank, because a message may write a blank as any run of blanks.
func (s *Sentence) Literal() string { return s.literal }

// Phrases returns the texts between the holes, in lower case ASCII with one space for each run of blanks. A message that
// matches holds all of them, once Squeeze has made its blanks single and but for letter case.
func (s *Sentence) Phrases() []string {
	var phrases []string
	for _, p := range s.parts {
		if p.lit != "" {
			phrases = append(phrases, lowered(p.lit))
		}
	}
	return phrases
}

func lowered(text string) string {
	low := []byte(text)
	for i, b := range low {
		low[i] = lower(b)
	}
	return string(low)
}
