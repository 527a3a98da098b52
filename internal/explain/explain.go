// Package explain tells why a rule shows on a record or does not, and what a record did for the relations and journeys
// that wait for it: it replays logs with the real parser, engine and correlator and notes what they say of one record.
package explain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/cmtrail/cmtrail/internal/match"
	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/internal/ruleset"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// Question is what is asked.
type Question struct {
	Set     *rules.Set
	Options parsers.Options
	Files   []pipeline.File // replayed together
	Target  int             // the one of Files that holds the record
	Line    int             // a physical line of the record
	Rule    *rules.Rule     // the rule that is asked about; nil: what each makes of the record
	Nearest int             // how many rules that do not match are told of, when no rule is asked about
}

// Story is the answer.
type Story struct {
	File    string
	Log     string // normalised log name
	Source  pipeline.Source
	Record  *parsers.Record
	Verdict *rules.Verdict
	Codes   []uint32             // error codes that it carries
	Rule    *rules.Rule          // as asked
	Rules   []*match.Explanation // the rule that is asked about, or those that hold
	Events  []*match.Explanation // of the relation that is asked about, what its events make of the record
	Near    []*match.Explanation // the nearest rules that do not hold
	Lives   []*Life              // instances and runs that the record takes part in
	Asides  []*rules.Moment      // why it takes part in others not
	Unread  []error              // files that could not be read whole
}

// Answer replays the files and tells of the record. Its error says that there is no such record, or that its file cannot
// be read.
func Answer(q *Question) (*Story, error) {
	place, err := locate(&q.Files[q.Target], q.Options, q.Line)
	if err != nil {
		return nil, err
	}
	f := &q.Files[q.Target]
	story := &Story{File: f.Name, Log: parsers.LogName(f.Source.Base()), Source: f.Source, Rule: q.Rule}
	lives := newLives(q.Rule, rules.Reference{Host: f.Source.Host, File: f.Name, Line: place})
	engine := rules.NewEngine(q.Set)
	correlator := rules.NewCorrelator(q.Set, rules.CorrelatorOptions{}, rules.CorrelatorOutput{Trace: lives.take})
	replay := pipeline.New(engine).NewReplay(q.Options, correlator, func(file int, r *pipeline.Result) {
		if file == q.Target && r.Record.LineStart == place && story.Record == nil {
			story.note(q, engine, r)
		}
	})
	replay.Run(q.Files, func(file int, err error) {
		story.Unread = append(story.Unread, fmt.Errorf("%s: %w", q.Files[file].Name, err))
	})
	story.Lives, story.Asides = lives.told()
	return story, nil
}

// note tells what the rules make of the record. The verdict is that of the replay, which knows what once has folded.
func (s *Story) note(q *Question, engine *rules.Engine, r *pipeline.Result) {
	s.Record = r.Record.Clone()
	s.Verdict, s.Codes = copyOf(r.Verdict), slices.Clone(r.Codes())
	explain := func(rule *rules.Rule) *match.Explanation {
		return engine.Explain(rule, s.Record, s.Log, s.Source.Host, s.Source.Arch, s.Verdict)
	}
	if q.Rule != nil {
		s.Rules = append(s.Rules, explain(q.Rule))
		if cor := q.Rule.Correlation; cor != nil {
			seen := map[*rules.Rule]bool{}
			for e := range cor.Events {
				if !seen[e.Rule] {
					s.Events = append(s.Events, explain(e.Rule))
				}
				seen[e.Rule] = true
			}
		}
		return
	}
	for _, rule := range q.Set.Rules {
		x := explain(rule)
		switch {
		case x.Holds:
			s.Rules = append(s.Rules, x)
		case nearness(x) >= leastNear:
			s.Near = append(s.Near, x)
		}
	}
	slices.SortStableFunc(s.Near, func(a, b *match.Explanation) int { return cmp.Compare(nearness(b), nearness(a)) })
	s.Near = s.Near[:min(len(s.Near), max(0, q.Nearest))]
}

// leastNear is the share of a rule's texts below which it holds by chance.
const leastNear = 0.5

// nearness says how near a rule came to hold. One of another log is further off.
func nearness(x *match.Explanation) float64 {
	const elsewhere = 0.8
	for i := range x.Alternatives {
		if x.Alternatives[i].LogHolds {
			return x.Share()
		}
	}
	return elsewhere * x.Share()
}

// best returns the alternative that came nearest to hold; nil of a rule that relates records.
func best(x *match.Explanation) *match.Alternative {
	var found *match.Alternative
	most := -1.0
	for i := range x.Alternatives {
		one := *x
		one.Alternatives, one.Holds = x.Alternatives[i:i+1], x.Alternatives[i].Holds
		if n := nearness(&one); n > most {
			found, most = &x.Alternatives[i], n
		}
	}
	return found
}

// copyOf makes a verdict that stays.
func copyOf(v *rules.Verdict) *rules.Verdict {
	if v == nil {
		return nil
	}
	out := *v
	out.Steps, out.Issues, out.Rules = slices.Clone(v.Steps), slices.Clone(v.Issues), slices.Clone(v.Rules)
	out.Matched = slices.Clone(v.Matched)
	out.Keys = nil
	for _, k := range v.Keys {
		out.Keys = append(out.Keys, rules.Key{Name: k.Name, Value: strings.Clone(k.Value)})
	}
	return &out
}

// runs tells whether a rule, or the rule that an event belongs to, is on.
func runs(r *ruleset.Rule) bool { return r.Enabled && (r.Owner == nil || r.Owner.Enabled) }
