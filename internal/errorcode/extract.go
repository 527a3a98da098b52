package errorcode

import "math/bits"

// byte classes.
const (
	digit  = 1 << iota
	hexLow // a-f, A-F
	letter // every letter, and _
	chain  // what makes one thing that is no code of the words on both sides, wherever it stands between two
)

var class [256]uint8

func init() {
	for c := '0'; c <= '9'; c++ {
		class[c] = digit
	}
	for c := 'a'; c <= 'z'; c++ {
		class[c], class[c-'a'+'A'] = letter, letter
	}
	for c := 'a'; c <= 'f'; c++ {
		class[c] |= hexLow
		class[c-'a'+'A'] |= hexLow
	}
	class['_'] = letter
	for _, c := range `-.\/` {
		class[c] = chain
	}
}

// Extract appends the error codes that stand in the message, each once, in their order. It reads 0x and bare
// hexadecimal, signed and unsigned decimals, and short Win32 numbers after a word that announces a code. Success
// codes, and numbers that only look like codes (parts of GUIDs and of longer words, sizes, identifiers), are left out.
func (t *Table) Extract(message string, dst []uint32) []uint32 {
	own := len(dst)
	last := 0 // the end of the word before
	for i := nextDigit(message, 0); i < len(message); i = nextDigit(message, last) {
		begin, end := i, i+1
		for begin > last && class[message[begin-1]]&(digit|letter) != 0 {
			begin--
		}
		for end < len(message) && class[message[end]]&(digit|letter) != 0 {
			end++
		}
		if end < len(message) && class[message[end]]&chain != 0 {
			if whole := chained(message, end); whole > end {
				last = whole
				continue
			}
		}
		last = end
		// A code begins with a digit, or with the C of an NTSTATUS.
		if begin != i && message[begin]|0x20 != 'c' || !t.possible(message[begin:end]) {
			continue
		}
		if code, ok := t.word(message, begin, end); ok && !contains(dst[own:], code) {
			dst = append(dst, code)
		}
	}
	return dst
}

// chained returns the end of the chain of words of which one ends at a place: a GUID, a version, a path. Each of its words
// is inside something longer.
func chained(message string, end int) int {
	for end+1 < len(message) && class[message[end]]&chain != 0 && class[message[end+1]]&(digit|letter) != 0 {
		end += 2
		for end < len(message) && class[message[end]]&(digit|letter) != 0 {
			end++
		}
	}
	return end
}

// possible tells, at little cost, whether a word may be a code: most are short numbers and parts of GUIDs.
func (t *Table) possible(w string) bool {
	switch {
	case len(w) >= 8:
		return len(w) <= 10
	case len(w) > 2 && w[1]|0x20 == 'x':
		return true
	}
	number, ok := decimal(w)
	return ok && number <= 0xFFFF && t.isShort(uint32(number))
}

// nextDigit returns the place of the next decimal digit, or the message's length. Every code that is worth reading
// has one, and most words have none, so that this is where a message without codes spends its time: it looks at
// eight bytes at once.
func nextDigit(s string, i int) int {
	const (
		ones = 0x0101010101010101
		high = 0x80 * ones
	)
	for ; i+8 <= len(s); i += 8 {
		w := s[i : i+8]
		x := uint64(w[0]) | uint64(w[1])<<8 | uint64(w[2])<<16 | uint64(w[3])<<24 |
			uint64(w[4])<<32 | uint64(w[5])<<40 | uint64(w[6])<<48 | uint64(w[7])<<56
		low := x &^ high
		// The high bit of a byte tells: at least '0', and not more than '9', and ASCII.
		if found := (low + (0x80-'0')*ones) &^ (low + (0x80-'9'-1)*ones) &^ x & high; found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for i < len(s) && class[s[i]]&digit == 0 {
		i++
	}
	return i
}

func contains(codes []uint32, code uint32) bool {
	for _, c := range codes {
		if c == code {
			return true
		}
	}
	return false
}

// word reads the code that is the whole word message[i:end].
func (t *Table) word(message string, i, end int) (uint32, bool) {
	if insideLonger(message, i, end) {
		return 0, false
	}
	w := message[i:end]
	if len(w) > 2 && w[0] == '0' && w[1]|0x20 == 'x' {
		code, ok := hexadecimal(w[2:])
		if !ok || len(w) > 10 {
			return 0, false
		}
		if len(w) == 10 {
			return code, failure(code)
		}
		if w[2] == '0' { // a handle or a mask, filled up to its width
			return 0, false
		}
		return t.short(message, i, code)
	}
	if len(w) == 8 {
		code, ok := hexadecimal(w)
		if ok && failure(code) {
			return code, announced(message, i) || t.knows(code) && !measured(message, end) && !numbered(message, i)
		}
		if !ok {
			return 0, false
		}
	}
	number, ok := decimal(w)
	if !ok {
		return 0, false
	}
	switch minus := i > 0 && message[i-1] == '-' && !follows(message, i-1); {
	case minus:
		if number > 1<<31 {
			return 0, false
		}
		code := uint32(-int64(number))
		return code, failure(code) && (t.knows(code) || announced(message, i-1))
	case number >= 1<<31:
		if measured(message, end) {
			return 0, false
		}
		code := uint32(number)
		return code, failure(code) && (t.knows(code) || announced(message, i))
	default:
		return t.short(message, i, uint32(number))
	}
}

// short reads a Win32 number after a word that announces a code; only a known HRESULT_FROM_WIN32 of it counts, or a
// number like 404 would become a code.
func (t *Table) short(message string, i int, number uint32) (uint32, bool) {
	if number > 0xFFFF || !t.isShort(number) || !announced(message, i) {
		return 0, false
	}
	return win32 | number, true
}

// isShort tells whether a number up to 0xFFFF is a Win32 number that Extract reads.
func (t *Table) isShort(number uint32) bool { return t.shorts[number/64]>>(number%64)&1 != 0 }

func (t *Table) knows(code uint32) bool {
	_, ok := t.byCode[code]
	return ok
}

// failure tells whether the code is in the ranges of failed HRESULTs and NTSTATUS codes.
func failure(code uint32) bool {
	return code>>28 == 8 || code>>28 == 0xC
}
