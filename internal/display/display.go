// Package display keeps text that others wrote, of logs, rule files and names of files, from doing more than being read: on a
// terminal it moves no cursor and colours nothing, on a page it is no markup.
package display

import (
	"strings"
	"unicode/utf8"
)

// Obeyed tells whether terminals act on a character instead of showing it: the control characters of both ranges, and those
// that turn the direction of writing, which make text look like another.
func Obeyed(r rune) bool {
	switch {
	case r < ' ', r >= 0x7F && r < 0xA0:
		return true
	case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
		return true
	}
	return false
}

// Line returns text as one line on which nothing is obeyed. What would be, and what is no UTF-8, becomes U+FFFD; each
// character stays one.
func Line(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case Obeyed(r):
			return utf8.RuneError
		}
		return r
	}, s)
}

// EscapeJSON appends JSON in which nothing is obeyed but ends of lines. What would be can only stand in strings, where its
// escape says the same.
func EscapeJSON(dst, text []byte) []byte {
	const digits = "0123456789abcdef"
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if Obeyed(r) && r != '\n' {
			dst = append(dst, '\\', 'u', digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15])
		} else {
			dst = append(dst, text[:size]...)
		}
		text = text[size:]
	}
	return dst
}
