package attribute

import (
	"time"

	"github.com/cmtrail/cmtrail/rules"
)

// Severity returns the severity of a record for that of an issue.
func Severity(issue string) string {
	switch issue {
	case "warning":
		return "warn"
	case "critical":
		return "fatal"
	}
	return issue
}

// JourneySeverity returns the severity of the record of a journey.
func JourneySeverity(state string) string {
	switch state {
	case "stalled":
		return "warn"
	case "failed":
		return "error"
	}
	return "info"
}

// IsEvent tells whether the name of an event is that of a finding or journey, which holds no line of a log.
func IsEvent(name string) bool { return name == EventFinding || name == EventJourney }

// Finding returns the attributes of a finding's own log record: texts, whole and other numbers, lists and maps. Times are
// RFC 3339 in UTC, durations seconds.
func Finding(f *rules.Finding) map[string]any {
	r := f.Rule
	a := map[string]any{
		EventName:     EventFinding,
		IssueIDs:      []any{r.ID},
		IssueTitles:   []any{r.Title},
		IssueSeverity: r.Severity.String(),
		RuleIDs:       []any{r.ID},
		FindingFirst:  reference(&f.First),
		FindingLast:   reference(&f.Last),
	}
	step(a, r.Step)
	for _, k := range f.Keys {
		first(a, KeyPrefix+k.Name, k.Value)
	}
	text(a, Cause, r.About.Cause)
	text(a, Impact, r.About.Impact)
	texts(a, Fix, r.About.Fix)
	texts(a, LookNext, r.About.LookNext)
	texts(a, References, r.About.References)
	if m := f.Missing; m != nil {
		a[FindingMissing], a[FindingWithin] = m.Event, m.Within.Seconds()
	}
	if f.Count > 0 {
		a[FindingCount] = int64(f.Count)
	}
	if f.Repeats > 0 {
		a[FindingRepeats] = int64(f.Repeats)
	}
	return a
}

// Journey returns the attributes of a journey's own log record.
func Journey(j *rules.Journey) map[string]any {
	a := map[string]any{
		EventName:      EventJourney,
		JourneyID:      j.Journey.ID,
		JourneyState:   j.State,
		JourneyAttempt: int64(j.Attempt),
		JourneyStarted: stamp(j.Started),
	}
	if !j.Ended.IsZero() {
		a[JourneyEnded] = stamp(j.Ended)
	}
	step(a, j.LastStep)
	for _, k := range j.Keys {
		first(a, KeyPrefix+k.Name, k.Value)
	}
	var steps, issues, ambiguous []any
	for i, s := range j.Steps {
		at := reference(&s.First)
		at["id"], at["spent"] = s.Step.ID, j.Spent(i).Round(time.Millisecond).Seconds()
		steps = append(steps, at)
	}
	for _, r := range j.Issues {
		issues = append(issues, r.ID)
	}
	for _, s := range j.Ambiguous {
		ambiguous = append(ambiguous, s.ID)
	}
	for name, list := range map[string][]any{JourneySteps: steps, IssueIDs: issues, JourneyAmbiguous: ambiguous} {
		if len(list) > 0 {
			a[name] = list
		}
	}
	if len(j.SupersededBy) > 0 {
		by := map[string]any{}
		for _, k := range j.SupersededBy {
			first(by, k.Name, k.Value)
		}
		a[JourneySupersededBy] = by
	}
	return a
}

// reference names a record. The text is left out where it is not kept.
func reference(r *rules.Reference) map[string]any {
	m := map[string]any{"file": r.File, "line": int64(r.Line), "time": stamp(r.Time())}
	text(m, "message", r.Message)
	text(m, "host", r.Host)
	return m
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.999Z07:00") }

func step(a map[string]any, s *rules.Step) {
	if s != nil {
		a[StepID], a[StepTitle], a[StepOrder] = s.ID, s.Title, int64(s.Order)
	}
}

// first keeps the first value of a name.
func first(a map[string]any, name, value string) {
	if _, have := a[name]; !have && value != "" {
		a[name] = value
	}
}

func text(a map[string]any, name, value string) {
	if value != "" {
		a[name] = value
	}
}

func texts(a map[string]any, name string, values []string) {
	if len(values) == 0 {
		return
	}
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = v
	}
	a[name] = list
}
