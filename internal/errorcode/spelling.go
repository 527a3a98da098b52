package errorcode

import (
	"strconv"
	"strings"
)

// Format writes a code as records carry it: 0x8007000E.
func Format(code uint32) string {
	return string(Append(make([]byte, 0, 10), code))
}

// Append appends Format's text to b.
func Append(b []byte, code uint32) []byte {
	b = append(b, "0x"...)
	for shift := 28; shift >= 0; shift -= 4 {
		b = append(b, "0123456789ABCDEF"[code>>shift&15])
	}
	return b
}

// ParseAny reads a code as people and logs write it: 0x8007000E, 8007000E, -2147024882 or 2147942414. Eight digits
// without a prefix are hexadecimal.
func ParseAny(text string) (uint32, bool) {
	text = strings.TrimSpace(text)
	if len(text) > 2 && text[0] == '0' && text[1]|0x20 == 'x' {
		n, err := strconv.ParseUint(text[2:], 16, 32)
		return uint32(n), err == nil && len(text) <= 10
	}
	if len(text) == 8 && text[0] != '-' {
		n, err := strconv.ParseUint(text, 16, 32)
		return uint32(n), err == nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < -1<<31 || n > 1<<32-1 || text[0] == '+' {
		return 0, false
	}
	return uint32(n), true
}

// Literals returns, in lower case, texts of which at least one stands in every message that Extract finds the code in.
func Literals(code uint32) []string {
	all := []string{
		strings.ToLower(Format(code)[2:]),
		strconv.FormatUint(uint64(code), 10),
		strconv.FormatUint(uint64(-code), 10),
	}
	if short := code & 0xFFFF; code>>16 == 0x8007 && short != 0 {
		all = append(all, strconv.FormatUint(uint64(short), 10), "0x"+strconv.FormatUint(uint64(short), 16))
	}
	return all
}
