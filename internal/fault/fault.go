// Package fault contains faults of our own: a panic is stopped where one room hands over to another, counted by that place
// and told at most once a minute. What was under way goes on without what the room would have added.
package fault

import (
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

// Place is a boundary at which panics are stopped.
type Place int

// The places.
const (
	Parser      Place = iota // reading lines; they go on as plain records
	Rules                    // matching a record; it goes on untagged
	Correlation              // relating records; what was pending of the host is given up
	Output                   // writing or handing on a record; it goes on as it came
	Ticker                   // work that the clock starts; it is tried again at the next tick
	places
)

// String returns the place as it stands in metrics and logs.
func (p Place) String() string {
	return [...]string{"parser", "rules", "correlation", "output", "ticker"}[p]
}

// Every is how often a panic is told. Those in between are counted.
const Every = time.Minute

// Report tells of a panic that was contained.
type Report struct {
	Place  Place
	What   string // what the panic said
	Stack  string
	Untold uint64 // panics since the last report that nobody was told of
}

// Log counts the panics that were contained. The zero value tells nobody. It is safe for concurrent use.
type Log struct {
	counts [places]atomic.Uint64

	mu     sync.Mutex
	now    func() time.Time
	tell   func(Report)
	last   time.Time
	untold uint64
}

// TellTo has tell called for a panic, at most once in Every.
func (l *Log) TellTo(now func() time.Time, tell func(Report)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now, l.tell = now, tell
}

// Contained counts what recover returned at a place. It is called by the function that recovers, while the stack is still
// that of the panic.
func (l *Log) Contained(at Place, what any) {
	l.counts[at].Add(1)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.tell == nil {
		return
	}
	now := l.now()
	if !l.last.IsZero() && now.Sub(l.last) < Every {
		l.untold++
		return
	}
	untold := l.untold
	l.last, l.untold = now, 0
	l.tell(Report{at, fmt.Sprint(what), string(debug.Stack()), untold})
}

// Guard calls f and tells whether it came to its end.
func (l *Log) Guard(at Place, f func()) (whole bool) {
	defer func() {
		if r := recover(); r != nil {
			l.Contained(at, r)
			whole = false
		}
	}()
	f()
	return true
}

// Count returns how many panics were contained at a place.
func (l *Log) Count(at Place) uint64 { return l.counts[at].Load() }

// Total returns how many panics were contained.
func (l *Log) Total() (n uint64) {
	for i := range l.counts {
		n += l.counts[i].Load()
	}
	return n
}

// Places returns all places.
func Places() []Place {
	all := make([]Place, places)
	for i := range all {
		all[i] = Place(i)
	}
	return all
}
