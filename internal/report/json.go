package report

import (
	"encoding/json"
	"io"
	"time"

	"github.com/cmtrail/cmtrail/rules"
)

// JSON writes the report as one object. journey and finding write those as `cmtrail tag` does.
func (r *Report) JSON(to io.Writer, journey func(*rules.Journey) []byte, finding func(*rules.Finding) []byte) error {
	type place struct {
		File    string     `json:"file"`
		Line    int        `json:"line"`
		Time    *time.Time `json:"time"`
		Message string     `json:"message,omitempty"`
	}
	at := func(ref rules.Reference) place {
		p := place{File: ref.File, Line: ref.Line, Message: ref.Message}
		if t := ref.Time(); ref.At != 0 { // a record without a time has none
			p.Time = &t
		}
		return p
	}
	type issue struct {
		Issue    string          `json:"issue"`
		Severity string          `json:"severity"`
		Title    string          `json:"title"`
		Step     string          `json:"step,omitempty"`
		Host     string          `json:"host"`
		Count    int             `json:"count"`
		Evidence place           `json:"evidence"`
		Finding  json.RawMessage `json:"finding,omitempty"`
		Cause    string          `json:"cause"`
		Impact   string          `json:"impact,omitempty"`
		Fix      []string        `json:"fix"`
		LookNext []string        `json:"look_next,omitempty"`
		See      []string        `json:"references,omitempty"`
	}
	type question struct {
		Issue string   `json:"issue"`
		Host  string   `json:"host"`
		Count int      `json:"count"`
		First place    `json:"first"`
		Why   string   `json:"why"`
		Logs  []string `json:"missing_logs,omitempty"`
	}
	type unknown struct {
		Code  string `json:"code"`
		Count int    `json:"count"`
		First place  `json:"first"`
	}
	out := struct {
		Kind      string            `json:"kind"`
		Logs      int               `json:"logs"`
		Passed    int               `json:"files_passed_over"`
		Records   int               `json:"records"`
		Hosts     []string          `json:"hosts"`
		From      *time.Time        `json:"from"`
		To        *time.Time        `json:"to"`
		Journeys  []json.RawMessage `json:"journeys"`
		Issues    []issue           `json:"issues"`
		Undecided []question        `json:"undecided"`
		Unknown   []unknown         `json:"unknown_codes"`
		Unread    []string          `json:"unread"`
	}{Kind: "scan", Logs: r.Logs, Passed: r.Passed, Records: r.Records, Hosts: r.Hosts, Journeys: []json.RawMessage{}, Issues: []issue{}, Undecided: []question{}, Unknown: []unknown{}, Unread: append([]string{}, r.Unread...)}
	if !r.From.IsZero() {
		from, until := r.From.UTC(), r.To.UTC()
		out.From, out.To = &from, &until
	}
	for _, j := range r.Journeys {
		out.Journeys = append(out.Journeys, journey(j))
	}
	for _, i := range r.Issues {
		about := i.Rule.About
		x := issue{Issue: i.Rule.ID, Severity: i.Rule.Severity.String(), Title: i.Rule.Title, Host: i.Host, Count: i.Count, Evidence: at(i.Evidence),
			Cause: about.Cause, Impact: about.Impact, Fix: about.Fix, LookNext: about.LookNext, See: about.References}
		if i.Rule.Step != nil {
			x.Step = i.Rule.Step.ID
		}
		if i.Finding != nil {
			x.Finding = finding(i.Finding)
		}
		out.Issues = append(out.Issues, x)
	}
	for _, u := range r.Undecided {
		out.Undecided = append(out.Undecided, question{u.Rule.ID, u.Host, u.Count, at(u.First), u.Why, u.Logs})
	}
	for _, c := range r.Unknown {
		out.Unknown = append(out.Unknown, unknown{rules.FormatCode(c.Code), c.Count, at(c.First)})
	}
	enc := json.NewEncoder(to)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}
