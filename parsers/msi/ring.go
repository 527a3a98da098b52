package msi

import (
	"unicode/utf8"

	"github.com/cmtrail/cmtrail/parsers/internal/scan"
)

// longest bounds what is kept of one record's message, and of an action's name; a dump of properties can be large, and its head
// tells enough.
const longest = 2048

// ring keeps the messages of the last records in buffers that are used again. It has a slot more than it lists, so
// that a list still holds when the record it was made for is pushed.
type ring struct {
	slots  [][]byte
	size   int
	next   int
	count  int
	views  []string
	joined []byte
}

func newRing(size int) ring {
	size = max(size, 0)
	return ring{slots: make([][]byte, size+1), size: size, views: make([]string, 0, size)}
}

func (g *ring) push(msg []byte) {
	if g.size == 0 {
		return
	}
	if len(msg) > longest {
		end := longest
		for end > longest-utf8.UTFMax && !utf8.RuneStart(msg[end]) {
			end--
		}
		msg = msg[:end]
	}
	g.slots[g.next] = append(g.slots[g.next][:0], msg...)
	g.next = (g.next + 1) % len(g.slots)
	g.count = min(g.count+1, g.size)
}

// list returns the kept messages from the oldest on, and all of them joined. Both hold until the push after next.
func (g *ring) list() (messages []string, joined string) {
	g.views, g.joined = g.views[:0], g.joined[:0]
	for i := range g.count {
		slot := g.slots[(g.next-g.count+i+len(g.slots))%len(g.slots)]
		if i > 0 {
			g.joined = append(g.joined, '\n')
		}
		g.joined = append(g.joined, slot...)
		g.views = append(g.views, scan.View(slot))
	}
	return g.views, scan.View(g.joined)
}

func (g *ring) clear() {
	g.next, g.count = 0, 0
}
