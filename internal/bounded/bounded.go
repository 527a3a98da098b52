// Package bounded keeps what others send from growing without end.
package bounded

import (
	"hash/fnv"
	"strconv"
	"unicode/utf8"
)

// MaxText is the longest text that Text leaves as it is, in bytes. It is longer than a path may be on most systems, and far
// longer than an id.
const MaxText = 1024

// Text returns a text that serves as a name or a key. One that is too long is cut, and ends in a hash of the whole, so that two
// that differ stay two.
func Text(s string) string {
	if len(s) <= MaxText {
		return s
	}
	h := fnv.New128a()
	_, _ = h.Write([]byte(s))
	var sum [16]byte
	tail := "~"
	for _, b := range h.Sum(sum[:0]) {
		tail += strconv.FormatUint(uint64(b)+0x100, 16)[1:]
	}
	end := MaxText - len(tail)
	for end > MaxText-len(tail)-utf8.UTFMax && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + tail
}
