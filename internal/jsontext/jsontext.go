// Package jsontext writes text of logs as JSON strings: quickly, and so that it stays text wherever it is shown.
package jsontext

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
	"unsafe"

	"github.com/cmtrail/cmtrail/internal/display"
)

const hexDigits = "0123456789abcdef"

// AppendString appends a JSON string. What terminals obey is escaped, and bytes that are no UTF-8 become U+FFFD.
func AppendString(dst []byte, text string) []byte {
	dst, _ = Append(dst, unsafe.Slice(unsafe.StringData(text), len(text)))
	return dst
}

// Append is AppendString for bytes. It tells whether they were UTF-8.
func Append(dst, text []byte) (_ []byte, valid bool) {
	dst, valid = append(dst, '"'), true
	from := 0 // of what has not been appended
	for i := clean(text, 0); i < len(text); i += clean(text, i) {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			valid = false
		} else if r != '"' && r != '\\' && !display.Obeyed(r) {
			i += size
			continue
		}
		dst = appendEscaped(append(dst, text[from:i]...), r)
		i += size
		from = i
	}
	return append(append(dst, text[from:]...), '"'), valid
}

func appendEscaped(dst []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(dst, '\\', byte(r))
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	return append(dst, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}

// clean returns how many bytes from i on stand in a JSON string as they are. It may stop a little early.
func clean(text []byte, i int) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	from := i
	for ; i+8 <= len(text); i += 8 {
		x := binary.LittleEndian.Uint64(text[i:])
		quote, slash := x^(ones*'"'), x^(ones*'\\')
		// The high bit of a byte tells that it is beyond ASCII, a control character or DEL, a quotation mark or a backslash.
		if odd := (x | (x - ones*' ') | (x + ones) | (quote - ones) | (slash - ones)) & highs; odd != 0 {
			return i - from + bits.TrailingZeros64(odd)/8
		}
	}
	return i - from
}
