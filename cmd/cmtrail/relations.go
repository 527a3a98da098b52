package main

import (
	"strconv"
	"time"

	"github.com/cmtrail/cmtrail/internal/fault"
	"github.com/cmtrail/cmtrail/internal/jsontext"
	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/rules"
)

// relating feeds a correlator with the records of a command and writes what it finds.
type relating struct {
	correlator *pipeline.Relating
	once       bool // there is one input, so time moves on with it
}

func newRelating(set *rules.Set, once bool, faults *fault.Log, through func(rules.CorrelatorOutput) rules.CorrelatorOutput, write func([]byte)) *relating {
	var line []byte
	return &relating{once: once, correlator: pipeline.NewRelating(rules.NewCorrelator(set, rules.CorrelatorOptions{}, through(rules.CorrelatorOutput{
		Finding: func(f *rules.Finding) { line = appendFinding(line[:0], f); write(line) },
		Journey: func(j *rules.Journey) { line = appendJourney(line[:0], j); write(line) },
	})), faults)}
}

// take relates a record of the named file.
func (r *relating) take(file, host string, b *batched) {
	r.correlator.Record(&rules.CorrelatorInput{Host: host, Log: b.log, File: file, Record: &b.record, Verdict: b.verdict})
	if at, ok := b.record.Time(); ok && r.once {
		r.correlator.Do(host, func(c *rules.Correlator) { c.AdvanceAll(at) })
	}
}

// appendFinding writes a finding as one line of JSON. Keys stand in the order that the command's contract gives.
func appendFinding(b []byte, f *rules.Finding) []byte {
	b = append(b, `{"kind":"finding","issue":`...)
	b = jsontext.AppendString(b, f.Rule.ID)
	b = appendField(b, "rule", f.Rule.ID)
	b = appendField(b, "severity", f.Rule.Severity.String())
	b = appendTime(b, "time", f.At)
	b = append(b, `,"host":`...)
	b = jsontext.AppendString(b, f.Host)
	b = append(b, `,"keys":`...)
	b = appendKeys(b, f.Keys)
	b = appendField(b, "title", f.Rule.Title)
	b = append(b, `,"first":`...)
	b = appendReference(b, &f.First)
	b = append(b, `,"last":`...)
	b = appendReference(b, &f.Last)
	if m := f.Missing; m != nil {
		b = append(b, `,"missing":{"event":`...)
		b = jsontext.AppendString(b, m.Event)
		b = append(b, `,"logs":`...)
		b = appendList(b, m.Logs, func(s string) string { return s })
		b = appendNumber(b, "within", m.Within.Seconds())
		b = append(b, '}')
	}
	if f.Count > 0 {
		b = appendInt(b, "count", int64(f.Count))
	}
	if f.Repeats > 0 {
		b = appendInt(b, "repeats", int64(f.Repeats))
	}
	b = append(b, `,"fix":`...)
	b = appendList(b, f.Rule.About.Fix, func(s string) string { return s })
	b = append(b, `,"references":`...)
	b = appendList(b, f.Rule.About.References, func(s string) string { return s })
	return append(b, '}', '\n')
}

// appendJourney writes a journey as one line of JSON.
func appendJourney(b []byte, j *rules.Journey) []byte {
	b = append(b, `{"kind":"journey","journey":`...)
	b = jsontext.AppendString(b, j.Journey.ID)
	b = append(b, `,"host":`...)
	b = jsontext.AppendString(b, j.Host)
	b = append(b, `,"keys":`...)
	b = appendKeys(b, j.Keys)
	b = appendField(b, "state", j.State)
	b = appendInt(b, "attempt", int64(j.Attempt))
	b = appendTime(b, "started", j.Started)
	if j.Ended.IsZero() {
		b = append(b, `,"ended":null`...)
	} else {
		b = appendTime(b, "ended", j.Ended)
	}
	last := ""
	if j.LastStep != nil {
		last = j.LastStep.ID
	}
	b = append(b, `,"last_step":`...)
	b = jsontext.AppendString(b, last)
	b = append(b, `,"steps":[`...)
	for i, s := range j.Steps {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"id":`...)
		b = jsontext.AppendString(b, s.Step.ID)
		b = appendTime(b, "time", s.First.Time())
		b = appendField(b, "file", s.First.File)
		b = appendInt(b, "line", int64(s.First.Line))
		b = append(appendNumber(b, "spent", j.Spent(i).Round(time.Millisecond).Seconds()), '}')
	}
	b = append(b, `],"issues":`...)
	b = appendList(b, j.Issues, func(r *rules.Rule) string { return r.ID })
	if len(j.Ambiguous) > 0 {
		b = append(b, `,"ambiguous":`...)
		b = appendList(b, j.Ambiguous, func(s *rules.Step) string { return s.ID })
	}
	if len(j.SupersededBy) > 0 {
		b = append(b, `,"superseded_by":`...)
		b = appendKeys(b, j.SupersededBy)
	}
	return append(b, '}', '\n')
}

func appendReference(b []byte, r *rules.Reference) []byte {
	b = append(b, `{"file":`...)
	b = jsontext.AppendString(b, r.File)
	b = appendInt(b, "line", int64(r.Line))
	b = appendTime(b, "time", r.Time())
	b = append(b, `,"message":`...)
	return append(jsontext.AppendString(b, r.Message), '}')
}

// appendKeys writes keys as an object. Of several values of a name the first stands.
func appendKeys(b []byte, keys []rules.Key) []byte {
	b = append(b, '{')
	for i, k := range keys {
		if named(keys[:i], k.Name) {
			continue
		}
		if b[len(b)-1] != '{' {
			b = append(b, ',')
		}
		b = append(jsontext.AppendString(b, k.Name), ':')
		b = jsontext.AppendString(b, k.Value)
	}
	return append(b, '}')
}

func named(keys []rules.Key, name string) bool {
	for _, k := range keys {
		if k.Name == name {
			return true
		}
	}
	return false
}

func appendTime(b []byte, key string, t time.Time) []byte {
	b = append(append(append(b, `,"`...), key...), `":"`...)
	return append(t.UTC().AppendFormat(b, "2006-01-02T15:04:05.999Z07:00"), '"')
}

func appendNumber(b []byte, key string, n float64) []byte {
	b = append(append(append(b, `,"`...), key...), `":`...)
	return strconv.AppendFloat(b, n, 'f', -1, 64)
}
