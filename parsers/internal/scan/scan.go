// Package scan holds the scanning that several log formats share: digits, hex, calendar dates, fractions and the
// text severity rule. Nothing here allocates and nothing here fails on odd input; a false ok says "not this".
package scan

import (
	"math"
	"unsafe"
)

// View returns b as a string without a copy. The string holds as long as b is not written to.
func View(b []byte) string {
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// Bytes returns s as bytes without a copy. The bytes must not be written to.
func Bytes(s string) []byte {
	return unsafe.Slice(unsafe.StringData(s), len(s))
}

// IsDigit reports whether c is an ASCII digit.
func IsDigit(c byte) bool {
	return c-'0' <= 9
}

// IsHex reports whether c is an ASCII hexadecimal digit.
func IsHex(c byte) bool {
	return hexValue(c) < 16
}

// IsBlank reports whether c is a blank or a tab.
func IsBlank(c byte) bool {
	return c == ' ' || c == '\t'
}

// IsBlankLine reports whether a line holds nothing but white space.
func IsBlankLine(line []byte) bool {
	for _, c := range line {
		if c > ' ' {
			return false
		}
		if c != ' ' && c != '\t' && c != '\r' && c != '\n' && c != '\v' && c != '\f' && c != 0 {
			return false
		}
	}
	return true
}

// Two reads the two digits at b[i].
func Two(b []byte, i int) (int, bool) {
	if i < 0 || i+2 > len(b) || !IsDigit(b[i]) || !IsDigit(b[i+1]) {
		return 0, false
	}
	return int(b[i]-'0')*10 + int(b[i+1]-'0'), true
}

// Four reads the four digits at b[i].
func Four(b []byte, i int) (int, bool) {
	hi, ok := Two(b, i)
	lo, ok2 := Two(b, i+2)
	return hi*100 + lo, ok && ok2
}

// Run reads the digits that begin at b[i], at most limit of them, and returns their value and the index after them.
// There must be at least one; a value over 32 bits is held at the limit of 32 bits.
func Run(b []byte, i, limit int) (value, next int, ok bool) {
	if i < 0 {
		return 0, i, false
	}
	for next = i; next < len(b) && next-i < limit && IsDigit(b[next]); next++ {
		if value = value*10 + int(b[next]-'0'); value > math.MaxUint32 {
			value = math.MaxUint32
		}
	}
	return value, next, next > i
}

// ParseUint reads all of b as an unsigned decimal number of at most 32 bits.
func ParseUint(b []byte) (uint32, bool) {
	if len(b) == 0 {
		return 0, false
	}
	var v uint64
	for _, c := range b {
		if !IsDigit(c) {
			return 0, false
		}
		if v = v*10 + uint64(c-'0'); v > math.MaxUint32 {
			return 0, false
		}
	}
	return uint32(v), true
}

// ParseHex reads all of b as an unsigned hexadecimal number of at most 32 bits, without a prefix.
func ParseHex(b []byte) (uint32, bool) {
	if len(b) == 0 {
		return 0, false
	}
	var v uint64
	for _, c := range b {
		d := hexValue(c)
		if d > 15 {
			return 0, false
		}
		if v = v<<4 | uint64(d); v > math.MaxUint32 {
			return 0, false
		}
	}
	return uint32(v), true
}

func hexValue(c byte) byte {
	switch {
	case c-'0' <= 9:
		return c - '0'
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10
	}
	return 0xff
}
