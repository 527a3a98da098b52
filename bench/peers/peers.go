// Package peers holds what cmtrail is measured against, each behind the same door: other ways to tag the records of a
// chunk, and the limits that no way can pass.
package peers

import "github.com/cmtrail/cmtrail/bench/corpus"

// Tagger tags the records of a chunk. When found is not nil it is given every tag, in the order of the records.
type Tagger interface {
	Chunk(c *corpus.Chunk, found func(corpus.Tag))
}

// Timer is the part of testing.B that leaves work out of what is measured.
type Timer interface {
	StartTimer()
	StopTimer()
}

type noTimer struct{}

func (noTimer) StartTimer() {}
func (noTimer) StopTimer()  {}
