package match

import "math/bits"

// sieve finds literals in a message without regard to ASCII case and without allocating. It looks at a gram of bytes
// here and there rather than at every byte: of each literal a span of bytes is known, and wherever that stands in a message, one
// of the places looked at lies wholly within it. Where the gram is one of a span, the windows with which spans begin that could
// lie around that place are looked up, and the literals of one that is known compared. So the cost depends neither on the number of literals nor on
// how much they have in common.
//
// The libraries at hand go byte by byte, and match case exactly or allocate the list of hits.
type sieve struct {
	span   int // bytes of each literal that the eye cannot step over
	gram   int // bytes looked at
	stride int // between the places looked at
	window int // bytes at the beginning of a span that tell it from others
	mask   uint64
	shift  uint
	seen   []uint64 // by hash of a gram: the bits of those that stand in a span

	offsetShift uint
	offsets     []uint16 // by hash: where in spans such a gram stands, a bit a place

	// A hash table of the windows: an empty place has none, which is no window.
	tableShift uint
	windows    []uint64
	literals   [][]literal
}

// literal is a text to be found, in lower case, and what is wanted then.
type literal struct {
	text   string
	offset int // of its span
	wanted []int32
}

const (
	gramSize  = 4
	longGram  = 6 // where spans are long: fewer texts have it by chance
	longSpan  = 12
	maxSpan   = 16
	maxWindow = 8
	// What makes letters lower case. What it does to other bytes makes the eye stop once too often.
	lowerWindow = 0x2020202020202020
)

// newSieve takes lower-case texts of at least gramSize bytes, each once, and what is wanted when one of them is found.
func newSieve(texts []string, wanted [][]int32) *sieve {
	s := &sieve{span: maxSpan}
	for _, t := range texts {
		s.span = min(s.span, len(t))
	}
	s.gram = gramSize
	if s.span >= longSpan {
		s.gram = longGram
	}
	s.stride, s.window = s.span-s.gram+1, min(s.span, maxWindow)
	s.mask = ^uint64(0) >> (8 * (maxWindow - s.window))
	shared := map[uint64]int{}
	for _, t := range texts {
		for at := 0; at+s.span <= len(t); at++ {
			shared[read(s, t, at)]++
		}
	}
	// With two bits in sixteen set for each gram, chance stops the eye at one place in fifty; and what hundreds of texts take is
	// still small enough for the cache next to the processor.
	size := max(4, bits.Len(uint(16*s.stride*len(texts)))-6)
	s.shift, s.seen = uint(64-size), make([]uint64, 1<<size)
	few := max(7, bits.Len(uint(4*s.stride*len(texts))))
	s.offsetShift, s.offsets = uint(64-few), make([]uint16, 1<<few)
	table := max(4, bits.Len(uint(2*len(texts))))
	s.tableShift, s.windows, s.literals = uint(64-table), make([]uint64, 1<<table), make([][]literal, 1<<table)
	for i, t := range texts {
		from := s.rarest(t, shared)
		for at := from; at < from+s.stride; at++ {
			h := hashOf(gramOf(t, at, s.gram))
			s.seen[h>>s.shift] |= bitsOf(h)
			s.offsets[h>>s.offsetShift] |= 1 << (at - from)
		}
		place := s.place(read(s, t, from))
		s.windows[place] = read(s, t, from)
		s.literals[place] = append(s.literals[place], literal{t, from, wanted[i]})
	}
	return s
}

// rarest returns where the span of a text is whose window the fewest others have, the last of several: sentences that begin alike
// often end otherwise.
func (s *sieve) rarest(text string, shared map[uint64]int) (from int) {
	for at := 1; at+s.span <= len(text); at++ {
		if shared[read(s, text, at)] <= shared[read(s, text, from)] {
			from = at
		}
	}
	return from
}

// place returns where a window is in the table, or would be.
func (s *sieve) place(window uint64) uint64 {
	at := window * 0x9E3779B97F4A7C15 >> s.tableShift
	for s.windows[at] != 0 && s.windows[at] != window {
		at = (at + 1) & uint64(len(s.windows)-1)
	}
	return at
}

// bytes is what can be looked into.
type bytes interface{ string | []byte }

// scan calls found with what is wanted of each literal in the message, for each time it stands there.
func scan[T bytes](s *sieve, message T, found func(wanted []int32)) {
	seen, shift, stride := s.seen, s.shift, s.stride
	if s.gram == gramSize {
		for at := stride - 1; at+gramSize <= len(message); at += stride {
			h := hashOf(uint64(load(message, at)) | lowerWindow>>32)
			if two := bitsOf(h); seen[h>>shift]&two == two {
				look(s, message, at, s.offsets[h>>s.offsetShift], found)
			}
		}
		return
	}
	const before = maxWindow - longGram // a stride is longer
	for at := stride - 1; at+longGram <= len(message); at += stride {
		h := hashOf((word(message, at-before) | lowerWindow) >> (8 * before))
		if two := bitsOf(h); seen[h>>shift]&two == two {
			look(s, message, at, s.offsets[h>>s.offsetShift], found)
		}
	}
}

// look finds the literals whose spans hold the gram at a place of the message, at one of the offsets.
func look[T bytes](s *sieve, message T, at int, offsets uint16, found func(wanted []int32)) {
	for ; offsets != 0; offsets &= offsets - 1 {
		from := at - bits.TrailingZeros16(offsets)
		if from+s.window > len(message) {
			continue
		}
		for _, l := range s.literals[s.place(read(s, message, from))] {
			if holds(message, from-l.offset, l.text) {
				found(l.wanted)
			}
		}
	}
}

// holds tells whether a text stands at a place of the message, which may be no place at all.
func holds[T bytes](message T, at int, text string) bool {
	if at < 0 || at+len(text) > len(message) {
		return false
	}
	for i := range len(text) {
		if message[at+i]|0x20 != text[i]|0x20 {
			return false
		}
	}
	return true
}

// read returns the window at a place where there is one.
func read[T bytes](s *sieve, text T, at int) uint64 {
	if at+maxWindow <= len(text) {
		return (word(text, at) | lowerWindow) & s.mask
	}
	var w uint64
	for i := s.window - 1; i >= 0; i-- {
		w = w<<8 | uint64(text[at+i]|0x20)
	}
	return w
}

// gramOf returns the gram at a place of a text.
func gramOf(text string, at, size int) (g uint64) {
	for i := size - 1; i >= 0; i-- {
		g = g<<8 | uint64(text[at+i]|0x20)
	}
	return g
}

// hashOf spreads a gram over all bits; the leading ones are the best.
func hashOf(gram uint64) uint64 { return gram * 0x9E3779B97F4A7C15 }

// bitsOf returns the two bits of a gram in the word that its hash leads to.
func bitsOf(hash uint64) uint64 { return 1<<(hash>>38&63) | 1<<(hash>>44&63) }

// load reads four bytes at once.
func load[T bytes](s T, i int) uint32 {
	w := s[i : i+gramSize]
	return uint32(w[0]) | uint32(w[1])<<8 | uint32(w[2])<<16 | uint32(w[3])<<24
}

// word reads eight bytes at once.
func word[T bytes](s T, i int) uint64 {
	w := s[i : i+8]
	return uint64(w[0]) | uint64(w[1])<<8 | uint64(w[2])<<16 | uint64(w[3])<<24 |
		uint64(w[4])<<32 | uint64(w[5])<<40 | uint64(w[6])<<48 | uint64(w[7])<<56
}
