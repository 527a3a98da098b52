package correlate

import (
	"fmt"
	"strings"
	"time"
)

// Sentence says the finding in one sentence.
func (f *Finding) Sentence() string {
	var b strings.Builder
	b.WriteString(f.Rule.Title)
	switch {
	case f.Missing != nil:
		fmt.Fprintf(&b, ": nothing followed within %s of %s", f.Missing.Within, f.First.place())
	case f.Count > 0:
		fmt.Fprintf(&b, ": %d records from %s to %s", f.Count, f.First.place(), f.Last.place())
	case f.First.place() == f.Last.place():
		fmt.Fprintf(&b, ": %s", f.First.place())
	default:
		fmt.Fprintf(&b, ": %s, then %s", f.First.place(), f.Last.place())
	}
	if f.Repeats > 0 {
		fmt.Fprintf(&b, " (%d more were not reported)", f.Repeats)
	}
	b.WriteByte('.')
	return b.String()
}

func (r *Reference) place() string {
	s := fmt.Sprintf("%s:%d at %s", r.File, r.Line, r.Time().Format(time.DateTime+"Z"))
	if r.Host != "" {
		s += " on " + r.Host
	}
	return s
}

// Sentence says the journey in one sentence.
func (j *Journey) Sentence() string {
	var b strings.Builder
	b.WriteString(j.Journey.Title)
	if name := j.Name(); name != "" {
		b.WriteString(" " + name)
	}
	switch j.State {
	case Completed, Failed:
		fmt.Fprintf(&b, " %s after %s", j.State, j.Ended.Sub(j.Started).Round(time.Millisecond))
	case Stalled:
		fmt.Fprintf(&b, " has stood still since %s", j.Last.Format(time.DateTime+"Z"))
	default:
		fmt.Fprintf(&b, " is not over, as far as the logs go (%s)", j.Last.Format(time.DateTime+"Z"))
	}
	if j.LastStep != nil {
		fmt.Fprintf(&b, "; last step %s, %s", j.LastStep.ID, j.LastStep.Title)
	}
	if len(j.SupersededBy) > 0 {
		b.WriteString("; another has taken over")
	}
	if len(j.Ambiguous) > 0 {
		b.WriteString("; some steps may be another's")
	}
	b.WriteByte('.')
	return b.String()
}

// Name returns the id of the run, "" when it has none of its own: a GUID under the journey's first key.
func (j *Journey) Name() string {
	if len(j.Keys) == 0 || j.Keys[0].Name != j.Journey.Keys[0] || len(j.Keys[0].Value) != guidLength {
		return ""
	}
	return j.Keys[0].Value
}

const guidLength = 36
