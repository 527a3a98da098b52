package pipeline

import (
	"github.com/cmtrail/cmtrail/internal/fault"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// matching matches records, and throws a matcher away on which a record broke.
type matching struct {
	engine  *rules.Engine
	matcher *rules.Matcher
	faults  *fault.Log
}

func (p *Pipeline) newMatching() *matching {
	engine := p.Engine()
	return &matching{engine, engine.NewMatcher(), &p.faults}
}

// match returns the verdict on a record; nil as well when matching broke.
func (m *matching) match(r *parsers.Record, log string, from *Source) (v *rules.Verdict) {
	defer func() {
		if what := recover(); what != nil {
			m.faults.Contained(fault.Rules, what)
			m.matcher = m.engine.NewMatcher()
			v = nil
		}
	}()
	if fault.Inject != nil {
		fault.Inject(fault.Rules, r.Message)
	}
	m.matcher.On(from.Arch)
	return m.matcher.Match(r, log, from.Host)
}

// Relating is a correlator that goes on when relating breaks. It is for one goroutine at a time.
type Relating struct {
	*rules.Correlator
	faults *fault.Log
}

// NewRelating returns a correlator whose panics go to faults.
func NewRelating(c *rules.Correlator, faults *fault.Log) *Relating { return &Relating{c, faults} }

// Record relates a record. When that breaks, what was pending of its host is given up.
func (r *Relating) Record(in *rules.CorrelatorInput) {
	defer r.contain(in.Host)
	if fault.Inject != nil {
		fault.Inject(fault.Correlation, in.Record.Message)
	}
	r.Correlator.Record(in)
}

// Do calls f, which moves the time of a host on; "" stands for all hosts.
func (r *Relating) Do(host string, f func(*rules.Correlator)) {
	defer r.contain(host)
	f(r.Correlator)
}

// contain goes on without the host whose state is broken, or with nothing pending when the others cannot be taken over.
func (r *Relating) contain(host string) {
	what := recover()
	if what == nil {
		return
	}
	r.faults.Contained(fault.Correlation, what)
	var next *rules.Correlator
	if !r.faults.Guard(fault.Correlation, func() { next = r.Without(host) }) {
		next = r.Anew()
	}
	r.Correlator = next
}
