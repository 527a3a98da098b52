package correlate

import (
	"time"
	"unicode/utf8"

	"github.com/cmtrail/cmtrail/internal/match"
	"github.com/cmtrail/cmtrail/internal/ruleset"
)

// maxEvidence is the number of bytes of a record's text that are kept as evidence.
const maxEvidence = 512

// Reference names a record.
type Reference struct {
	Host    string `json:"h,omitempty"`
	Log     string `json:"g,omitempty"` // normalised log name
	File    string `json:"f,omitempty"`
	Line    int    `json:"n,omitempty"`
	At      int64  `json:"t,omitempty"` // nanoseconds since the epoch, UTC
	Message string `json:"m,omitempty"` // at most 512 bytes
}

// Time returns when the record was written, in UTC.
func (r *Reference) Time() time.Time { return time.Unix(0, r.At).UTC() }

// Finding is what several records say together.
type Finding struct {
	Rule    *ruleset.Rule
	Host    string // "" when it concerns several
	At      time.Time
	Keys    []match.Key
	First   Reference
	Last    Reference
	Missing *Missing // what did not come, of an absence
	Count   int      // records that are counted together; 0 where none are
	Repeats int      // findings since the last one that were not reported
}

// Missing is what was waited for.
type Missing struct {
	Event  string // the rule that would have shown it
	Logs   []string
	Within time.Duration
}

// Undecided is a question that the records do not answer.
type Undecided struct {
	Rule  *ruleset.Rule
	Host  string
	Keys  []match.Key
	First Reference
	Logs  []string // logs that could have told and were never read
	Why   string
}

// The states of a journey.
const (
	Completed = "completed"
	Failed    = "failed"
	Stalled   = "stalled"
	Unended   = "open"
)

// Journey is one run from its first request on.
type Journey struct {
	Journey      *ruleset.Journey
	Host         string
	Keys         []match.Key
	State        string
	Attempt      int // from 1; more when a run that failed is tried again
	Started      time.Time
	Ended        time.Time // zero unless it completed or failed
	Last         time.Time // the last record that belongs to it
	LastStep     *ruleset.Step
	Steps        []StepSeen
	Issues       []*ruleset.Rule
	Ambiguous    []*ruleset.Step // steps that may be this run's or another's
	SupersededBy []match.Key     // the keys of the run that took over
}

// StepSeen is a step that a run reached.
type StepSeen struct {
	Step  *ruleset.Step
	First Reference // the record that reached it
	Last  time.Time // its last record
}

// Spent returns the time from the step's first record to the next step's, or to its own last one.
func (j *Journey) Spent(i int) time.Duration {
	if i+1 < len(j.Steps) {
		return max(0, j.Steps[i+1].First.Time().Sub(j.Steps[i].First.Time()))
	}
	return j.Steps[i].Last.Sub(j.Steps[i].First.Time())
}

// cut shortens a text to what is kept as evidence.
func cut(s string) string {
	if len(s) <= maxEvidence {
		return s
	}
	s = s[:maxEvidence]
	for len(s) > 0 && !utf8.ValidString(s[max(0, len(s)-utf8.UTFMax):]) && !utf8.RuneStart(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	if r, n := utf8.DecodeLastRuneInString(s); r == utf8.RuneError && n == 1 {
		s = s[:len(s)-1]
	}
	return s
}
