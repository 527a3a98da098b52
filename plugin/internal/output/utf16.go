package output

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// utf16Line returns the text of a line that was cut out of a file in UTF-16, as the tail input does unless its
// unicode.encoding is set: it cuts at the byte of the line feed, so that the other half of it begins the next line.
// Windows Installer writes such logs.
func utf16Line(line []byte) (text []byte, ok bool) {
	if bytes.IndexByte(line, 0) < 0 {
		return nil, false
	}
	b := bytes.TrimPrefix(line, []byte{0xff, 0xfe})
	if len(b)%2 == 1 && b[0] == 0 {
		b = b[1:]
	}
	if len(b) == 0 {
		return b, true
	}
	latin := 0
	for i := 1; i < len(b); i += 2 {
		if b[i] == 0 && b[i-1] != 0 {
			latin++
		}
	}
	if len(b)%2 == 1 || latin*2 < len(b)/2 { // no more than a stray zero
		return nil, false
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	for _, r := range utf16.Decode(units) {
		text = utf8.AppendRune(text, r)
	}
	return bytes.TrimSuffix(text, []byte("\r")), true
}
