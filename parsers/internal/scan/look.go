package scan

import "encoding/binary"

// Look tells in one pass what most texts are: plain, which is ASCII without control characters, and single, which is plain
// without two spaces in a row.
func Look(b []byte) (plain, single bool) {
	// Each test sets the high bit of a byte that passes. A byte above one that passes may seem to pass too.
	const ones, highs, spaces = 0x0101010101010101, 0x8080808080808080, 0x2020202020202020
	var odd, doubled, before uint64
	i := 0
	for ; i+8 <= len(b); i += 8 {
		x := binary.LittleEndian.Uint64(b[i:])
		odd |= x | (x - spaces)
		space := x ^ spaces
		space = (space - ones) &^ space & highs
		doubled |= space & (space<<8 | before>>56)
		before = space
	}
	for ; i < len(b); i++ {
		c := b[i]
		odd |= uint64(c) | uint64(c) - ' '
		if c == ' ' && i > 0 && b[i-1] == ' ' {
			doubled = 1
		}
	}
	plain = odd&highs == 0
	return plain, plain && doubled == 0
}

// IsSingle tells whether a text is single behind the spaces that it begins with, the last of which counts.
func IsSingle(s string) bool {
	for len(s) > 1 && s[0] == ' ' && s[1] == ' ' {
		s = s[1:]
	}
	_, single := Look(Bytes(s))
	return single
}
