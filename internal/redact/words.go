package redact

import "strings"

// words is a set of words in lower case.
type words map[string]bool

func setOf(list string) words {
	set := words{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}

// has tells whether a word is in the set, in any case. It allocates nothing.
func (w words) has(s string) bool {
	var room [maxWord]byte
	if len(s) > len(room) {
		return false
	}
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
		room[i] = lower(s[i])
	}
	return w[string(room[:len(s)])]
}

// maxWord is the longest word of any set.
const maxWord = 32
