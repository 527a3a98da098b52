package lines

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"github.com/cmtrail/cmtrail/parsers/internal/scan"
)

// encoding says how the text of one piece came from its bytes.
type encoding uint8

const (
	same   encoding = iota // byte for byte
	noNUL                  // NUL bytes removed
	paged                  // each byte through a code page
	utf16x                 // sixteen-bit units, least byte first
	utf16b                 // sixteen-bit units, greatest byte first
)

var utf8BOM = []byte("\xef\xbb\xbf")

// decode fills l.Text from l.raw.
func (s *Splitter) decode(l *Line) {
	if s.source != utf8Source {
		l.enc = s.source.encoding()
		s.clean = appendUTF16(s.clean[:0], l.raw, l.enc)
		l.Text = s.clean
		if l.Last {
			l.Text = bytes.TrimSuffix(l.Text, []byte{'\r'})
		}
		return
	}
	raw := l.raw
	if l.First {
		for bytes.HasPrefix(raw, utf8BOM) {
			raw = raw[len(utf8BOM):]
			l.base += int64(len(utf8BOM))
		}
	}
	if l.Last && len(raw) > 0 && raw[len(raw)-1] == '\r' {
		raw = raw[:len(raw)-1]
	}
	l.raw, l.Text = raw, raw
	plain, single := scan.Look(raw)
	l.Single = single
	switch {
	case plain:
	case !utf8.Valid(raw):
		l.enc = paged
		s.clean = appendPage(s.clean[:0], raw, s.page)
		l.Text = s.clean
	case bytes.IndexByte(raw, 0) >= 0:
		l.enc = noNUL
		s.clean = appendNoNUL(s.clean[:0], raw)
		l.Text = s.clean
	}
}

// appendNoNUL also drops a carriage return that NUL bytes kept from the end of the line.
func appendNoNUL(dst, raw []byte) []byte {
	for _, c := range raw {
		if c != 0 {
			dst = append(dst, c)
		}
	}
	return bytes.TrimSuffix(dst, []byte{'\r'})
}

func appendPage(dst, raw []byte, page *charmap.Charmap) []byte {
	for _, c := range raw {
		switch {
		case c == 0:
		case c < utf8.RuneSelf:
			dst = append(dst, c)
		default:
			dst = utf8.AppendRune(dst, page.DecodeByte(c))
		}
	}
	return dst
}

// appendUTF16 decodes sixteen-bit units. Marks and NUL are left out, halves of a pair become U+FFFD.
func appendUTF16(dst, raw []byte, enc encoding) []byte {
	for i := 0; i < len(raw); {
		r, n := unit(raw, i, enc)
		i += n
		if keeps(r) {
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}

func keeps(r rune) bool { return r != 0 && r != '\ufeff' }

// unit decodes the character at raw[i] and says how many bytes it takes up.
func unit(raw []byte, i int, enc encoding) (rune, int) {
	if i+2 > len(raw) {
		return utf8.RuneError, 1
	}
	r := half(raw, i, enc)
	if !utf16.IsSurrogate(r) {
		return r, 2
	}
	if i+4 <= len(raw) {
		if pair := utf16.DecodeRune(r, half(raw, i+2, enc)); pair != utf8.RuneError {
			return pair, 4
		}
	}
	return utf8.RuneError, 2
}

func half(raw []byte, i int, enc encoding) rune {
	if enc == utf16b {
		return rune(raw[i])<<8 | rune(raw[i+1])
	}
	return rune(raw[i]) | rune(raw[i+1])<<8
}

// rawIndex finds the byte of raw that Text[i] came from. A line may hold thousands of records, whose places are asked for in
// their order: it goes on from the last.
func (l *Line) rawIndex(i int) int {
	if l.enc == same {
		return i
	}
	if i < l.atText {
		l.atText, l.atRaw = 0, 0
	}
	raw, at, n := l.raw, l.atRaw, l.atText
	defer func() { l.atText, l.atRaw = n, at }()
	switch l.enc {
	case noNUL, paged:
		for ; at < len(raw); at++ {
			c := raw[at]
			if c == 0 {
				continue
			}
			if n >= i {
				return at
			}
			n++
			if l.enc == paged && c >= utf8.RuneSelf {
				n += utf8.RuneLen(l.page.DecodeByte(c)) - 1
			}
		}
	default:
		for at < len(raw) {
			r, size := unit(raw, at, l.enc)
			if n >= i && keeps(r) {
				return at
			}
			if keeps(r) {
				n += utf8.RuneLen(r)
			}
			at += size
		}
	}
	return at
}

// IsBlank reports whether the line holds nothing but white space.
func (l *Line) IsBlank() bool { return scan.IsBlankLine(l.Text) }
