package ruleset

import (
	"encoding/binary"
	"hash/maphash"

	"gopkg.in/yaml.v3"
)

// seed is the same for the whole process, which is as long as digests are compared.
var seed = maphash.MakeSeed()

// digest goes on from a digest with what a node says, wherever it stands and however it is written.
func digest(from uint64, n *yaml.Node) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	var number [8]byte
	write := func(i uint64) {
		binary.LittleEndian.PutUint64(number[:], i)
		_, _ = h.Write(number[:]) // of a hash, which takes everything
	}
	write(from)
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		write(uint64(n.Kind))
		write(uint64(len(n.Value)))
		_, _ = h.WriteString(n.Value)
		write(uint64(len(n.Content)))
		for _, child := range n.Content {
			walk(child)
		}
	}
	walk(n)
	return h.Sum64()
}

// Change says how one set differs from another, in rules.
type Change struct{ Added, Changed, Removed int }

// Compare tells what is different in now.
func Compare(before, now *Set) Change {
	known := map[string]uint64{}
	for _, r := range before.Rules {
		known[r.ID] = r.Digest
	}
	var c Change
	for _, r := range now.Rules {
		was, ok := known[r.ID]
		delete(known, r.ID)
		switch {
		case !ok:
			c.Added++
		case was != r.Digest:
			c.Changed++
		}
	}
	c.Removed = len(known)
	return c
}
