package sentence

import (
	"strings"
	"unsafe"
)

// Byte classes. A blank is what a run of blanks in a sentence matches.
var blank, alnum, hexDigit, pathStop, urlStop [256]bool

func init() {
	for _, c := range []byte(" \t\r\n\v\f") {
		blank[c], urlStop[c] = true, true
	}
	for c := range 256 {
		b := byte(c)
		digit := '0' <= b && b <= '9'
		letter := 'a' <= lower(b) && lower(b) <= 'z'
		alnum[c] = digit || letter
		hexDigit[c] = digit || 'a' <= lower(b) && lower(b) <= 'f'
		pathStop[c] = b < ' '
	}
	for _, c := range []byte(`<>"|?*`) {
		pathStop[c] = true
	}
	for _, c := range []byte(`<>"'`) {
		urlStop[c] = true
	}
}

// scan reads a GUID, code or number at a place. It returns the value without braces, and the place after it or -1.
func scan(kind Type, s string, i int) (span, int) {
	switch kind {
	case GUID:
		return scanGUID(s, i)
	case Hresult:
		return scanHresult(s, i)
	}
	end := i
	if end < len(s) && s[end] == '-' {
		end++
	}
	digits := end
	for end < len(s) && '0' <= s[end] && s[end] <= '9' {
		end++
	}
	if end == digits {
		return span{}, -1
	}
	return span{i, end}, end
}

// scanGUID accepts 32 hexadecimal digits with up to four single hyphens among them: published logs lose hyphens, and
// a record is worth more than its punctuation. Braces come in pairs or not at all.
func scanGUID(s string, i int) (span, int) {
	braced := i < len(s) && s[i] == '{'
	if braced {
		i++
	}
	at, digits, hyphens := i, 0, 0
	for at < len(s) && digits < 32 {
		switch {
		case hexDigit[s[at]]:
			digits++
		case s[at] == '-' && digits > 0 && hyphens < 4 && s[at-1] != '-':
			hyphens++
		default:
			return span{}, -1
		}
		at++
	}
	if digits < 32 || at < len(s) && alnum[s[at]] {
		return span{}, -1
	}
	if !braced {
		return span{i, at}, at
	}
	if at == len(s) || s[at] != '}' {
		return span{}, -1
	}
	return span{i, at}, at + 1
}

// scanHresult accepts 0x and up to eight digits, eight bare hexadecimal digits, a negative decimal, an unsigned
// decimal of nine or ten digits, and 0. Shorter bare numbers are build numbers or counts as likely as codes.
func scanHresult(s string, i int) (span, int) {
	at := i
	if strings.HasPrefix(s[at:], "0x") || strings.HasPrefix(s[at:], "0X") {
		at += 2
		digits := at
		for at < len(s) && hexDigit[s[at]] {
			at++
		}
		if at == digits || at-digits > 8 || at < len(s) && alnum[s[at]] {
			return span{}, -1
		}
		return span{i, at}, at
	}
	minus := at < len(s) && s[at] == '-'
	if minus {
		at++
	}
	digits, decimal, value := at, true, uint64(0)
	for at < len(s) && hexDigit[s[at]] && at-digits <= 10 {
		decimal = decimal && s[at] <= '9'
		value = value*10 + uint64(s[at]&15)
		at++
	}
	if at < len(s) && alnum[s[at]] {
		return span{}, -1
	}
	switch n := at - digits; {
	case minus:
		if !decimal || n == 0 || value > 1<<31 {
			return span{}, -1
		}
	case n == 8, n == 1 && s[digits] == '0':
	case !decimal || n < 9 || n > 10 || value > 1<<32-1:
		return span{}, -1
	}
	return span{i, at}, at
}

// extent finds where a word, URL or path at a place begins and the least and greatest place where it can end, or -1 with the
// place up to which it looked for most. after is most unless angle brackets close a URL there.
func extent(kind Type, s string, i int) (from, least, most, after int) {
	switch kind {
	case URL:
		return extentURL(s, i)
	case Path:
		return extentPath(s, i)
	}
	most = i
	for most < len(s) && !blank[s[most]] {
		most++
	}
	if most == i {
		return -1, 0, 0, 0
	}
	return i, i + 1, most, most
}

func extentURL(s string, i int) (from, least, most, after int) {
	angle := i < len(s) && s[i] == '<'
	if angle {
		i++
	}
	at := i
	for at < len(s) && (alnum[s[at]] || s[at] == '+') && at-i < 16 {
		at++
	}
	if at == i || !strings.HasPrefix(s[at:], "://") || i > 0 && alnum[s[i-1]] {
		return -1, 0, 0, 0
	}
	at += len("://")
	most = at
	for most < len(s) && !urlStop[s[most]] {
		most++
	}
	if most == at {
		return -1, 0, 0, 0
	}
	if angle {
		if most == len(s) || s[most] != '>' {
			return -1, 0, most, 0
		}
		return i, most, most, most + 1
	}
	return i, at + 1, most, most
}

// extentPath accepts text with a slash or backslash in it, blanks included, up to a character that no path holds.
func extentPath(s string, i int) (from, least, most, after int) {
	if i == len(s) || blank[s[i]] {
		return -1, 0, 0, 0
	}
	most = i
	if strings.HasPrefix(s[i:], `\\?\`) {
		most += len(`\\?\`)
	}
	for most < len(s) && !pathStop[s[most]] {
		most++
	}
	n := strings.IndexAny(s[i:most], `\/`)
	if n < 0 {
		return -1, 0, most, 0
	}
	return i, i + n + 1, most, most
}

// trimStretch ends a stretch at the end of a sentence before the punctuation that belongs to the message.
func trimStretch(kind Type, s string, least, most int) int {
	for most > least && (blank[s[most-1]] || strings.IndexByte(".,;:", s[most-1]) >= 0) {
		most--
	}
	if kind == URL && most > least && s[most-1] == ')' && strings.IndexByte(s[least:most], '(') < 0 {
		most--
	}
	return most
}

// normalGUID returns a scanned GUID in lower case with its hyphens in place, in scratch unless it is so already.
func normalGUID(s string, scratch []byte) (string, []byte) {
	if isNormalGUID(s) {
		return s, scratch
	}
	begin, digits := len(scratch), 0
	for i := 0; i < len(s); i++ {
		if s[i] == '-' {
			continue
		}
		if digits == 8 || digits == 12 || digits == 16 || digits == 20 {
			scratch = append(scratch, '-')
		}
		scratch = append(scratch, lower(s[i]))
		digits++
	}
	return view(scratch[begin:]), scratch
}

func isNormalGUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := 0; i < len(s); i++ {
		hyphen := i == 8 || i == 13 || i == 18 || i == 23
		if hyphen != (s[i] == '-') || lower(s[i]) != s[i] {
			return false
		}
	}
	return true
}

// normalHresult returns a scanned code as 0x and eight upper-case digits, in scratch unless it is so already.
func normalHresult(s string, scratch []byte) (string, []byte) {
	if isNormalHresult(s) {
		return s, scratch
	}
	base, minus := uint32(16), s[0] == '-'
	digits := s
	switch {
	case minus:
		base, digits = 10, s[1:]
	case len(s) > 2 && lower(s[1]) == 'x':
		digits = s[2:]
	case len(s) != 8:
		base = 10
	}
	var code uint32
	for i := 0; i < len(digits); i++ {
		d := uint32(digits[i] & 15)
		if digits[i] > '9' {
			d += 9
		}
		code = code*base + d
	}
	if minus {
		code = -code
	}
	begin := len(scratch)
	scratch = append(scratch, "0x"...)
	for shift := 28; shift >= 0; shift -= 4 {
		scratch = append(scratch, "0123456789ABCDEF"[code>>shift&15])
	}
	return view(scratch[begin:]), scratch
}

func isNormalHresult(s string) bool {
	if len(s) != 10 || s[1] != 'x' {
		return false
	}
	for i := 2; i < len(s); i++ {
		if s[i] >= 'a' {
			return false
		}
	}
	return true
}

func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
