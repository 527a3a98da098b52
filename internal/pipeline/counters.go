package pipeline

import (
	"iter"
	"sync/atomic"

	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// Counters count what happened since the pipeline began. They may be read at any time.
type Counters struct {
	Lines     atomic.Uint64 // physical lines taken
	Records   atomic.Uint64 // records given out
	Truncated atomic.Uint64 // records that a bound cut
	Late      atomic.Uint64 // records older than the newest of their log by more than Lateness
	Evicted   atomic.Uint64 // streams let go because there were too many

	formats []atomic.Uint64 // in the order of parsers.FormatNames
	rules   []atomic.Uint64 // by Rule.Index
	set     *rules.Set
}

func newCounters(set *rules.Set) *Counters {
	return &Counters{
		formats: make([]atomic.Uint64, len(parsers.FormatNames())),
		rules:   make([]atomic.Uint64, len(set.Rules)),
		set:     set,
	}
}

// add counts a record and the rules that matched it.
func (c *Counters) add(r *parsers.Record, v *rules.Verdict) { c.addAs(formatAt(r.Format), r, v) }

func (c *Counters) addAs(place int, r *parsers.Record, v *rules.Verdict) {
	c.Records.Add(1)
	c.formats[place].Add(1)
	if r.Flags&parsers.Oversize != 0 {
		c.Truncated.Add(1)
	}
	if v == nil {
		return
	}
	for _, rule := range v.Rules {
		c.rules[rule.Index].Add(1)
	}
}

// Formats gives each format that records were read in, and how many.
func (c *Counters) Formats() iter.Seq2[parsers.Format, uint64] {
	return func(yield func(parsers.Format, uint64) bool) {
		for i, f := range parsers.FormatNames() {
			if n := c.formats[i].Load(); n > 0 && !yield(f, n) {
				return
			}
		}
	}
}

// Rules gives each rule that matched, and on how many records.
func (c *Counters) Rules() iter.Seq2[*rules.Rule, uint64] {
	return func(yield func(*rules.Rule, uint64) bool) {
		for i, r := range c.set.Rules {
			if n := c.rules[i].Load(); n > 0 && !yield(r, n) {
				return
			}
		}
	}
}

// formatAt returns the place of f among the formats; what is unknown counts as plain.
func formatAt(f parsers.Format) int {
	plain := 0
	for i, name := range parsers.FormatNames() {
		switch name {
		case f:
			return i
		case parsers.Plain:
			plain = i
		}
	}
	return plain
}
