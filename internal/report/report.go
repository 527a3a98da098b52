// Package report gathers what a replay of logs gave and writes it for people: what ran, how far each run came, what is
// wrong and what to do.
package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/rules"
)

// Report is what there is to tell.
type Report struct {
	Hosts     []string
	Logs      int
	Passed    int // files that are no logs
	Records   int
	From, To  time.Time // of the records whose time is known; zero when there are none
	Journeys  []*rules.Journey
	Issues    []*Issue     // the worst first
	Undecided []*Undecided // questions that the logs do not answer
	Unknown   []*Code      // error codes that the table does not have
	Unread    []string     // what could not be read whole, and why
}

// Issue is one issue of one host.
type Issue struct {
	Rule        *rules.Rule
	Host        string
	Count       int
	First, Last time.Time
	Evidence    rules.Reference
	Finding     *rules.Finding // of several records; nil when single records show it
}

// Undecided is a question of one host, asked so many times.
type Undecided struct {
	*rules.Undecided
	Count int
}

// Within returns how long an answer was waited for; 0 for a question of another kind.
func (u *Undecided) Within() time.Duration {
	if u.Rule.Correlation == nil {
		return 0
	}
	return u.Rule.Correlation.Within
}

// Code is an error code without a name.
type Code struct {
	Code  uint32
	Count int
	First rules.Reference
}

// Builder gathers a report. It is for one goroutine.
type Builder struct {
	report    Report
	hosts     map[string]bool
	issues    map[key]*Issue
	undecided map[key]*Undecided
	codes     map[uint32]*Code
}

type key struct{ id, host, why string }

// NewBuilder returns a builder of a report on so many logs; as many files were passed over.
func NewBuilder(logs, passed int) *Builder {
	return &Builder{report: Report{Logs: logs, Passed: passed}, hosts: map[string]bool{}, issues: map[key]*Issue{}, undecided: map[key]*Undecided{}, codes: map[uint32]*Code{}}
}

// Record takes a record of the named file.
func (b *Builder) Record(file string, r *pipeline.Result) {
	b.report.Records++
	b.hosts[r.Source.Host] = true
	at, ok := r.Record.Time()
	if ok {
		if b.report.From.IsZero() || at.Before(b.report.From) {
			b.report.From = at
		}
		if at.After(b.report.To) {
			b.report.To = at
		}
	}
	ref := func() rules.Reference {
		first := rules.Reference{Host: r.Source.Host, Log: r.Log, File: file, Line: r.Record.LineStart, Message: strings.Clone(r.Record.Message)}
		if ok {
			first.At = at.UnixNano()
		}
		return first
	}
	var issues []*rules.Rule
	if r.Verdict != nil {
		issues = r.Verdict.Issues
	}
	for _, rule := range issues {
		if i := b.issues[key{id: rule.ID, host: r.Source.Host}]; i != nil {
			i.Count++
			i.Last = at
			continue
		}
		b.issues[key{id: rule.ID, host: r.Source.Host}] = &Issue{Rule: rule, Host: r.Source.Host, Count: 1, First: at, Last: at, Evidence: ref()}
	}
	for _, code := range r.Codes() {
		if _, known := rules.ErrorCodes().Lookup(code); known {
			continue
		}
		if c := b.codes[code]; c != nil {
			c.Count++
			continue
		}
		b.codes[code] = &Code{Code: code, Count: 1, First: ref()}
	}
}

// Output returns what a correlator is to give its findings to.
func (b *Builder) Output() rules.CorrelatorOutput {
	return rules.CorrelatorOutput{
		Finding: func(f *rules.Finding) {
			k := key{id: f.Rule.ID, host: f.Host}
			if i := b.issues[k]; i != nil {
				i.Count++
				i.Last = f.At
				return
			}
			b.issues[k] = &Issue{Rule: f.Rule, Host: f.Host, Count: 1, First: f.At, Last: f.At, Evidence: f.First, Finding: f}
		},
		Journey: func(j *rules.Journey) { b.report.Journeys = append(b.report.Journeys, j) },
		Undecided: func(u *rules.Undecided) {
			k := key{u.Rule.ID, u.Host, u.Why}
			if have := b.undecided[k]; have != nil {
				have.Count++
				return
			}
			b.undecided[k] = &Undecided{u, 1}
		},
	}
}

// Unread notes what could not be read whole.
func (b *Builder) Unread(err error) { b.report.Unread = append(b.report.Unread, err.Error()) }

// Report returns the report, in order.
func (b *Builder) Report() *Report {
	r := b.report
	r.Hosts, r.Issues, r.Undecided, r.Unknown = nil, nil, nil, nil
	for h := range b.hosts {
		r.Hosts = append(r.Hosts, h)
	}
	slices.Sort(r.Hosts)
	for _, i := range b.issues {
		r.Issues = append(r.Issues, i)
	}
	slices.SortFunc(r.Issues, func(a, b *Issue) int {
		return cmp.Or(-cmp.Compare(a.Rule.Severity, b.Rule.Severity), a.First.Compare(b.First), cmp.Compare(a.Rule.ID, b.Rule.ID), cmp.Compare(a.Host, b.Host))
	})
	for _, u := range b.undecided {
		r.Undecided = append(r.Undecided, u)
	}
	slices.SortFunc(r.Undecided, func(a, b *Undecided) int {
		return cmp.Or(cmp.Compare(a.Rule.ID, b.Rule.ID), cmp.Compare(a.Host, b.Host), cmp.Compare(a.Why, b.Why))
	})
	for _, c := range b.codes {
		r.Unknown = append(r.Unknown, c)
	}
	slices.SortFunc(r.Unknown, func(a, b *Code) int { return cmp.Compare(a.Code, b.Code) })
	slices.SortStableFunc(r.Journeys, func(a, b *rules.Journey) int {
		return cmp.Or(a.Started.Compare(b.Started), cmp.Compare(a.Host, b.Host))
	})
	return &r
}

// Worst returns the highest severity of the issues; 0 when there are none.
func (r *Report) Worst() int {
	worst := 0
	for _, i := range r.Issues {
		worst = max(worst, int(i.Rule.Severity))
	}
	return worst
}
