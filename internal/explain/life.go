package explain

import (
	"cmp"
	"slices"

	"github.com/cmtrail/cmtrail/internal/correlate"
	"github.com/cmtrail/cmtrail/rules"
)

// Life is what became of an instance of a relation, or of a run, that the record takes part in.
type Life struct {
	ID      int
	Moments []Event // in the order of time
	hit     bool
}

// Event is one moment of a life.
type Event struct {
	*rules.Moment
	This bool // it is the record's
	More int  // moments of the same kind before it that are left out
}

// Of returns the relation's rule; nil of a run.
func (l *Life) Of() *rules.Rule { return l.Moments[0].Rule }

// lives gathers the moments of a replay. Of a life in which the record takes no part it forgets all when it is over.
type lives struct {
	only   *rules.Rule
	target rules.Reference
	byID   map[int]*Life
	asides []*rules.Moment
	into   map[int]int // runs that were joined to others
}

func newLives(only *rules.Rule, target rules.Reference) *lives {
	return &lives{only: only, target: target, byID: map[int]*Life{}, into: map[int]int{}}
}

func (l *lives) hits(m *rules.Moment) bool {
	return m.Ref.Line == l.target.Line && m.Ref.File == l.target.File && m.Ref.Host == l.target.Host
}

// take receives a moment.
func (l *lives) take(m *rules.Moment) {
	if l.only != nil && m.Rule != l.only {
		return
	}
	hit := l.hits(m)
	if m.ID == 0 {
		if hit {
			l.asides = append(l.asides, m)
		}
		return
	}
	life := l.byID[m.ID]
	if life == nil {
		life = &Life{ID: m.ID}
		l.byID[m.ID] = life
	}
	life.add(Event{Moment: m, This: hit})
	switch m.Kind {
	case correlate.Merged:
		l.merge(life, m.Into)
	case correlate.Answered, correlate.CalledOff, correlate.Dropped, correlate.Expired, correlate.Evicted:
		if !life.hit {
			delete(l.byID, m.ID)
		}
	}
}

// add appends a moment. Of many signs of life on end the first and the last are kept.
func (l *Life) add(e Event) {
	l.hit = l.hit || e.This
	n := len(l.Moments)
	if n > 1 && l.often(n-1, e.Kind) && l.often(n-2, e.Kind) && !e.This {
		e.More = l.Moments[n-1].More + 1
		l.Moments[n-1] = e
		return
	}
	l.Moments = append(l.Moments, e)
}

// often tells whether a moment is one of a kind that comes often, and not of the record.
func (l *Life) often(at int, kind string) bool {
	m := &l.Moments[at]
	return m.Kind == kind && !m.This && (kind == correlate.Continued || kind == correlate.Joined || kind == correlate.Again)
}

// merge gives what is known of a run to the one that it was joined to.
func (l *lives) merge(life *Life, into int) {
	other := l.byID[into]
	if other == nil {
		other = &Life{ID: into}
		l.byID[into] = other
	}
	other.Moments = append(other.Moments, life.Moments...)
	other.hit = other.hit || life.hit
	slices.SortStableFunc(other.Moments, func(a, b Event) int { return a.At.Compare(b.At) })
	delete(l.byID, life.ID)
}

// told returns the lives that the record takes part in, and why it takes none in others.
func (l *lives) told() ([]*Life, []*rules.Moment) {
	var all []*Life
	for _, life := range l.byID {
		if life.hit {
			all = append(all, life)
		}
	}
	slices.SortFunc(all, func(a, b *Life) int { return cmp.Compare(a.ID, b.ID) })
	var asides []*rules.Moment
	for _, m := range l.asides {
		if !slices.ContainsFunc(all, func(life *Life) bool { return life.tells(m) }) && !slices.ContainsFunc(asides, func(have *rules.Moment) bool { return sameAside(have, m) }) {
			asides = append(asides, m)
		}
	}
	return all, asides
}

// tells tells whether a life is of the relation or journey of a moment, so that the record has a part in it after all.
func (l *Life) tells(m *rules.Moment) bool {
	return slices.ContainsFunc(l.Moments, func(e Event) bool { return e.This && e.Rule == m.Rule && e.Journey == m.Journey })
}

func sameAside(a, b *rules.Moment) bool {
	return a.Rule == b.Rule && a.Journey == b.Journey && a.Event == b.Event && a.Why == b.Why
}
