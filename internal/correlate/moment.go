package correlate

import (
	"slices"
	"time"

	"github.com/cmtrail/cmtrail/internal/match"
	"github.com/cmtrail/cmtrail/internal/ruleset"
)

// Moment is one moment in the life of a relation's instance or of a run, for those who ask why. What it holds stays its own.
type Moment struct {
	Kind    string
	Rule    *ruleset.Rule    // of a relation; nil of a run
	Journey *ruleset.Journey // of a run; nil of a relation
	ID      int              // tells instances and runs apart; 0: the record belongs to none
	Into    int              // the run that this one was joined to, of Merged
	Host    string           // "" of a relation across hosts
	At      time.Time        // by the records' time; zero at the end of all records
	Ref     Reference        // the record; zero where time did it
	Event   string           // the rule or event that showed on the record
	Keys    []match.Key      // of the instance or run; without one, of the record
	Until   time.Time        // until when something is awaited; zero: for ever
	Count   int              // how far a sequence or a threshold has come
	Logs    []LogMark        // where time did it: how far the logs that count have been read
	Newest  time.Time        // and how far any log of the host
	Why     string
}

// LogMark says how far a log has been read.
type LogMark struct {
	Log  string
	Read time.Time // zero: it has no record
}

// The kinds of moments.
const (
	Opened    = "opened"    // a record began it
	Again     = "again"     // a record asked the same again
	Continued = "continued" // a record took it further, or was a sign of life
	Answered  = "answered"
	CalledOff = "called off"
	Waits     = "waits" // its time is over, and nothing tells yet what became of it
	Found     = "found"
	Folded    = "folded" // found, and counted alone: once reported it a short while ago
	Dropped   = "undecided"
	Expired   = "expired" // its time is over, and nothing was found
	Evicted   = "evicted" // too many were pending
	NoPart    = "no part" // the record changes nothing
	Joined    = "joined"  // a record joined a run
	Merged    = "merged"  // a record holds the keys of two runs
	Reported  = "reported"
)

// tell gives a moment of an instance, or of a record that belongs to none, to those who trace.
func (c *Correlator) tell(kind string, r *relation, i *instance, e *event, m *matched, why string) {
	if c.out.Trace == nil || i != nil && kind == Waits && i.waits {
		return
	}
	t := &Moment{Kind: kind, Rule: r.rule, Why: why}
	if e != nil {
		t.Host, t.At, t.Ref = c.home(r, e).name, time.Unix(0, e.at).UTC(), e.ref
	}
	if m != nil {
		t.Event, t.Keys = m.rule.ID, m.keys
	}
	if i != nil {
		i.waits = kind == Waits
		c.number(&i.id)
		t.ID, t.Host, t.Keys = i.id, i.host.name, i.keys
		if i.until < forever {
			t.Until = time.Unix(0, i.until).UTC()
		}
		t.Count = max(len(i.marks), i.progress())
		if e == nil {
			t.byTime(i)
		}
	}
	t.Keys = slices.Clone(t.Keys)
	c.out.Trace(t)
}

func (c *Correlator) number(id *int) {
	if *id == 0 {
		c.told++
		*id = c.told
	}
}

// progress returns how many steps of a sequence have come.
func (i *instance) progress() int {
	if i.rel.cor.AnyOrder {
		return len(i.parts)
	}
	n := 0
	for _, p := range i.parts {
		n = max(n, p.next)
	}
	return n
}

// byTime notes how far the logs had been read that count for an instance.
func (t *Moment) byTime(i *instance) {
	h := i.host
	if h.now < forever {
		t.At = time.Unix(0, h.now).UTC()
	}
	if h.newest != 0 {
		t.Newest = time.Unix(0, h.newest).UTC()
	}
	for _, name := range i.rel.carry {
		mark := LogMark{Log: name}
		for _, l := range h.logs {
			if l.name == name && l.seen {
				mark.Read = time.Unix(0, l.mark).UTC()
			}
		}
		t.Logs = append(t.Logs, mark)
	}
}

// unheard tells why a record that an event shows on belongs to no instance.
func (c *Correlator) unheard(s *subscription, e *event, m *matched) {
	if c.out.Trace == nil {
		return
	}
	why := "nothing is open under its keys"
	if s.role == opens {
		why = "it opens nothing"
	}
	for _, by := range s.rel.cor.By {
		if _, ok := e.find(m, by); !ok {
			why = "it does not fill " + by
		}
	}
	c.tell(NoPart, s.rel, nil, e, m, why)
}

// tellRun gives a moment of a run, or of a record that joins none.
func (c *Correlator) tellRun(kind string, h *host, j *journey, r *run, s *sight, why string) {
	if c.out.Trace == nil {
		return
	}
	t := &Moment{Kind: kind, Journey: j.def, Host: h.name, Why: why}
	if s != nil {
		t.At, t.Ref, t.Keys = time.Unix(0, s.e.at).UTC(), s.e.ref, s.keys
		for _, rule := range s.rules {
			t.Event = rule.ID
			break
		}
	}
	if r != nil {
		c.number(&r.id)
		t.ID, t.Keys = r.id, r.inOrder()
		if r.until < forever {
			t.Until = time.Unix(0, r.until).UTC()
		}
		if s == nil && h.now < forever {
			t.At = time.Unix(0, h.now).UTC()
		}
	}
	t.Keys = slices.Clone(t.Keys)
	c.out.Trace(t)
}

// tellMerge says that a run was joined to another.
func (c *Correlator) tellMerge(from, into *run) {
	if c.out.Trace == nil {
		return
	}
	c.number(&from.id)
	c.number(&into.id)
	c.out.Trace(&Moment{Kind: Merged, Journey: into.j.def, ID: from.id, Into: into.id, Host: into.host.name, At: time.Unix(0, into.host.now).UTC(), Keys: slices.Clone(from.keys)})
}

// tellFound says what became of an instance that has found what its relation looks for. from is the record that did it, or names no
// more than the host where time did.
func (c *Correlator) tellFound(i *instance, folded bool, from *event) {
	kind := Found
	if folded {
		kind = Folded
	}
	if from.log == nil {
		from = nil
	}
	c.tell(kind, i.rel, i, from, nil, "")
}
