// Package bounded keeps what others send from growing without end, and from being no text.
package bounded

import (
	"hash/fnv"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MaxText is the longest text that Text leaves as it is, in bytes. It is longer than a path may be on most systems, and far
// longer than an id.
const MaxText = 1024

// Text returns a text that serves as a name or a key: of bounded length, valid UTF-8 and without NUL, so that it can be written
// as JSON and read back, and joined with others by NUL. What is not so ends in a hash of the whole, so that two that differ stay
// two.
func Text(s string) string {
	if IsText(s) {
		return s
	}
	h := fnv.New128a()
	_, _ = h.Write([]byte(s))
	var sum [16]byte
	tail := "~"
	for _, b := range h.Sum(sum[:0]) {
		tail += strconv.FormatUint(uint64(b)+0x100, 16)[1:]
	}
	s = s[:min(len(s), MaxText)] // the rest goes in any case
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "\ufffd")
	end := min(len(s), MaxText-len(tail))
	for end > 0 && end < len(s) && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + tail
}

// IsText tells whether Text leaves a text as it is.
func IsText(s string) bool {
	return len(s) <= MaxText && utf8.ValidString(s) && strings.IndexByte(s, 0) < 0
}
