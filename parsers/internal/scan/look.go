package scan

import "encoding/binary"

// Look tells in one pass what most texts are: plain, which is ASCII without control characters, and single, which is plain
// without two spaces in a row.
func Look(b []byte) (plain, single bool) {
	// Each test sets the high bit of a byte that passes. A byte above one that passes may seem to pass too.
	const ones, highs, spaces = 0x0101010101010101, 0x8080808080808080, 0x2020202020202020
	const width = 17 // two words, and the neighbour of their last byte
	var odd, doubled uint64
	if len(b) < width {
		for i, c := range b {
			odd |= uint64(c) | (uint64(c) - ' ')
			if c == ' ' && i > 0 && b[i-1] == ' ' {
				doubled = highs
			}
		}
	}
	for len(b) >= width {
		x, y := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
		odd |= x | (x - spaces) | y | (y - spaces)
		// Zero where a byte and the next are spaces.
		x = (x ^ spaces) | (binary.LittleEndian.Uint64(b[1:]) ^ spaces)
		y = (y ^ spaces) | (binary.LittleEndian.Uint64(b[9:]) ^ spaces)
		doubled |= (x-ones)&^x | (y-ones)&^y
		if len(b) == width {
			odd |= uint64(b[width-1]) | (uint64(b[width-1]) - ' ')
			break
		}
		b = b[min(width-1, len(b)-width):]
	}
	plain = odd&highs == 0
	return plain, plain && doubled&highs == 0
}

// IsSingle tells whether a text is single behind the spaces that it begins with, the last of which counts.
func IsSingle(s string) bool {
	for len(s) > 1 && s[0] == ' ' && s[1] == ' ' {
		s = s[1:]
	}
	_, single := Look(Bytes(s))
	return single
}
