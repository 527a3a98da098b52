package match

// traits are what one look at a message tells of it.
type traits struct {
	spaced bool // a blank may be written otherwise than as one space
	ascii  bool
}

// traitsOf looks at eight bytes at once. Each of its tests sets the high bit of a byte that passes; a byte above one that
// passes may seem to pass too, which costs a second look and no more.
func traitsOf(s string) traits {
	const ones, highs, spaces = 0x0101010101010101, 0x8080808080808080, 0x2020202020202020
	var all, control, doubled, before uint64
	i := 0
	for ; i+8 <= len(s); i += 8 {
		x := word(s, i)
		all |= x
		control |= (x - spaces) &^ x
		space := x ^ spaces
		space = (space - ones) &^ space & highs
		doubled |= space & (space<<8 | before>>56)
		before = space
	}
	for ; i < len(s); i++ {
		c := s[i]
		all |= uint64(c)
		if c < ' ' || c == ' ' && i > 0 && s[i-1] == ' ' {
			doubled = 1
		}
	}
	return traits{spaced: control&highs|doubled != 0, ascii: all&highs == 0}
}
