package match

// automaton finds many literals in one pass over a message, without regard to ASCII case and without allocating. It is
// an Aho-Corasick automaton made into a table: one look-up a byte, whatever the number of literals. Bytes that stand
// in no literal share one class, which keeps a row short.
//
// The libraries at hand either match case exactly, so that every message would have to be copied to lower case first,
// or allocate the list of hits.
type automaton struct {
	class   [256]uint8
	classes int
	next    []int32 // row of a state + class -> twice the row of the next state, plus one when literals end there
	hits    [][]int32
	root    [256]bool // bytes that leave the root
}

// maxLiteral is the number of bytes of a literal that are looked for. Any part of a required literal is required too,
// and the end of a sentence tells more than its beginning, which components share.
const maxLiteral = 24

// newAutomaton takes lower-case literals; the place of one in the list is its number.
func newAutomaton(literals []string) *automaton {
	a := &automaton{classes: 1}
	for i, l := range literals {
		if len(l) > maxLiteral {
			literals[i] = l[len(l)-maxLiteral:]
		}
		for _, c := range []byte(literals[i]) {
			if a.class[c] == 0 && a.classes < 256 {
				a.class[c] = uint8(a.classes)
				a.classes++
			}
		}
	}
	for c := 'A'; c <= 'Z'; c++ {
		a.class[c] = a.class[c+'a'-'A']
	}
	a.build(literals)
	for c := range a.root {
		a.root[c] = a.next[a.class[c]] != 0
	}
	return a
}

func (a *automaton) build(literals []string) {
	n := int32(a.classes)
	a.next, a.hits = make([]int32, n), make([][]int32, 1)
	for id, l := range literals {
		state := int32(0)
		for _, c := range []byte(l) {
			at := state*n + int32(a.class[c])
			if a.next[at] == 0 {
				a.next[at] = int32(len(a.hits))
				a.next = append(a.next, make([]int32, n)...)
				a.hits = append(a.hits, nil)
			}
			state = a.next[at]
		}
		a.hits[state] = append(a.hits[state], int32(id))
	}
	// Breadth first: where a state has no way on, it goes where its longest proper end would go.
	fail := make([]int32, len(a.hits))
	var queue []int32
	for c := range n {
		if s := a.next[c]; s != 0 {
			queue = append(queue, s)
		}
	}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		a.hits[s] = append(a.hits[s], a.hits[fail[s]]...)
		for c := range n {
			to, other := a.next[s*n+c], a.next[fail[s]*n+c]
			if to == 0 {
				a.next[s*n+c] = other
				continue
			}
			fail[to] = other
			queue = append(queue, to)
		}
	}
	for i, s := range a.next {
		a.next[i] = 2 * s * n
		if a.hits[s] != nil {
			a.next[i]++
		}
	}
}

// scan calls found with the numbers of the literals that end at each place of message.
func (a *automaton) scan(message string, found func(ids []int32)) {
	n := int32(a.classes)
	row := int32(0)
	for i := 0; i < len(message); i++ {
		c := message[i]
		if row == 0 && !a.root[c] {
			continue
		}
		to := a.next[row+int32(a.class[c])]
		row = to >> 1
		if to&1 != 0 {
			found(a.hits[row/n])
		}
	}
}
