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
	Truncated atomic.Uint64 // records that a bound cut
	Late      atomic.Uint64 // records older than the newest of their log by more than Lateness
	Evicted   atomic.Uint64 // streams let go because there were too many
	Hurried   atomic.Uint64 // streams that gave out what they held before its time, because too much was held

	formats []atomic.Uint64 // in the order of parsers.FormatNames
	rules   atomic.Pointer[ruleCounters]
}

// ruleCounters count the records of each rule of a set.
type ruleCounters struct {
	set *rules.Set
	n   []atomic.Uint64 // by Rule.Index
}

func newCounters(set *rules.Set) *Counters {
	c := &Counters{formats: make([]atomic.Uint64, len(parsers.FormatNames()))}
	c.count(set)
	return c
}

// count counts the rules of set from here on. Those that were counted before go on from where they were.
func (c *Counters) count(set *rules.Set) {
	now := &ruleCounters{set, make([]atomic.Uint64, len(set.Rules))}
	if c.rules.Load() != nil {
		seen := map[string]uint64{}
		for r, n := range c.Rules() {
			seen[r.ID] = n
		}
		for i, r := range set.Rules {
			now.n[i].Store(seen[r.ID])
		}
	}
	c.rules.Store(now)
}

// add counts a record and the rules that matched it.
func (c *Counters) add(r *parsers.Record, v *rules.Verdict) { c.addAs(formatAt(r.Format), r, v) }

func (c *Counters) addAs(place int, r *parsers.Record, v *rules.Verdict) {
	c.formats[place].Add(1)
	if r.Flags&parsers.Oversize != 0 {
		c.Truncated.Add(1)
	}
	if v == nil {
		return
	}
	n := c.rules.Load().n
	for _, rule := range v.Rules {
		n[rule.Index].Add(1)
	}
}

// Records returns the number of records given out.
func (c *Counters) Records() (n uint64) {
	for i := range c.formats {
		n += c.formats[i].Load()
	}
	return n
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
		c := c.rules.Load()
		for i, r := range c.set.Rules {
			if n := c.n[i].Load(); n > 0 && !yield(r, n) {
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
