package explain

import (
	"bytes"
	"encoding/json"
	"io"
	"time"

	"github.com/cmtrail/cmtrail/internal/condition"
	"github.com/cmtrail/cmtrail/internal/display"
	"github.com/cmtrail/cmtrail/internal/match"
	"github.com/cmtrail/cmtrail/internal/sentence"
	"github.com/cmtrail/cmtrail/rules"
)

type storyJSON struct {
	Kind     string          `json:"kind"`
	Record   json.RawMessage `json:"record"`
	Rules    []ruleJSON      `json:"rules"`
	Events   []ruleJSON      `json:"events,omitempty"`
	Nearest  []ruleJSON      `json:"nearest,omitempty"`
	Lives    []lifeJSON      `json:"lives"`
	Asides   []momentJSON    `json:"asides"`
	Relation string          `json:"relation,omitempty"`
}

type ruleJSON struct {
	Rule         string            `json:"rule"`
	Title        string            `json:"title,omitempty"`
	File         string            `json:"file"`
	Line         int               `json:"line"`
	Holds        bool              `json:"holds"`
	Shows        bool              `json:"shows"`
	Off          string            `json:"off,omitempty"`
	LeftOffFor   []string          `json:"left_off_for,omitempty"`
	Folded       bool              `json:"folded,omitempty"`
	Outcome      string            `json:"outcome"`
	Share        float64           `json:"share"`
	Overrides    []overrideJSON    `json:"overrides,omitempty"`
	Alternatives []alternativeJSON `json:"alternatives,omitempty"`
}

type overrideJSON struct {
	Where  string `json:"where"`
	Field  string `json:"field,omitempty"`
	Value  string `json:"value,omitempty"`
	Was    string `json:"was,omitempty"`
	Reason string `json:"reason,omitempty"`
	Until  string `json:"until,omitempty"`
	Over   bool   `json:"over,omitempty"`
}

type alternativeJSON struct {
	Where    string            `json:"where"`
	Holds    bool              `json:"holds"`
	Log      logJSON           `json:"log"`
	Lines    []lineJSON        `json:"lines,omitempty"`
	Patterns []patternJSON     `json:"patterns,omitempty"`
	Codes    *codesJSON        `json:"codes,omitempty"`
	When     *partJSON         `json:"when,omitempty"`
	Except   []partJSON        `json:"except,omitempty"`
	Holes    map[string]string `json:"holes,omitempty"`
}

type logJSON struct {
	Holds       bool     `json:"holds"`
	Wanted      []string `json:"wanted,omitempty"`
	Is          string   `json:"is"`
	ByComponent bool     `json:"by_component,omitempty"`
}

type codesJSON struct {
	Holds   bool     `json:"holds"`
	Wanted  []string `json:"wanted"`
	Carried []string `json:"carried"`
}

// lineJSON is a sentence. Places in it are runes from 0, those in the message are bytes from 0.
type lineJSON struct {
	Sentence string     `json:"sentence"`
	Holds    bool       `json:"holds"`
	Share    float64    `json:"share"`
	Parts    []holdJSON `json:"parts"`
	Stop     *stopJSON  `json:"stop,omitempty"`
}

type holdJSON struct {
	Text  string `json:"text"`
	Holds bool   `json:"holds"`
	Value string `json:"value,omitempty"`
}

type stopJSON struct {
	Sentence int      `json:"sentence_at"`
	Message  int      `json:"message_at"`
	Expected string   `json:"expected"`
	Found    string   `json:"found"`
	Notes    []string `json:"notes,omitempty"`
}

type patternJSON struct {
	Pattern string `json:"pattern"`
	Holds   bool   `json:"holds"`
	Note    string `json:"note,omitempty"`
}

type partJSON struct {
	Text    string     `json:"text"`
	Outcome string     `json:"outcome"`
	Reason  string     `json:"reason,omitempty"`
	Parts   []partJSON `json:"parts,omitempty"`
}

type lifeJSON struct {
	Rule    string       `json:"rule,omitempty"`
	Journey string       `json:"journey,omitempty"`
	Moments []momentJSON `json:"moments"`
}

type momentJSON struct {
	Kind    string            `json:"kind"`
	Rule    string            `json:"rule,omitempty"`
	Journey string            `json:"journey,omitempty"`
	Time    *time.Time        `json:"time"`
	This    bool              `json:"this,omitempty"`
	More    int               `json:"more,omitempty"`
	File    string            `json:"file,omitempty"`
	Line    int               `json:"line,omitempty"`
	Event   string            `json:"event,omitempty"`
	Keys    map[string]string `json:"keys,omitempty"`
	Until   *time.Time        `json:"until,omitempty"`
	Count   int               `json:"count,omitempty"`
	Logs    []markJSON        `json:"logs,omitempty"`
	Newest  *time.Time        `json:"newest,omitempty"`
	Why     string            `json:"why,omitempty"`
}

type markJSON struct {
	Log  string     `json:"log"`
	Read *time.Time `json:"read"`
}

// JSON writes the story as one line; record is the record as tag writes it.
func (s *Story) JSON(to io.Writer, record []byte) error {
	out := storyJSON{Kind: "explanation", Record: bytes.TrimSpace(record), Rules: rulesOf(s.Rules), Nearest: rulesOf(s.Near), Events: rulesOf(s.Events), Lives: []lifeJSON{}, Asides: []momentJSON{}}
	if s.Rule != nil && s.Rule.Correlation != nil {
		out.Relation = describe(s.Rule.Correlation)
	}
	for _, l := range s.Lives {
		life := lifeJSON{Moments: []momentJSON{}}
		for _, e := range l.Moments {
			m := momentOf(e.Moment)
			life.Rule, life.Journey = m.Rule, m.Journey
			m.Rule, m.Journey, m.This, m.More = "", "", e.This, e.More
			life.Moments = append(life.Moments, m)
		}
		out.Lives = append(out.Lives, life)
	}
	for _, m := range s.Asides {
		out.Asides = append(out.Asides, momentOf(m))
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(out); err != nil {
		return err
	}
	_, err := to.Write(display.EscapeJSON(nil, b.Bytes()))
	return err
}

func rulesOf(all []*match.Explanation) []ruleJSON {
	out := []ruleJSON{}
	for _, x := range all {
		r := ruleJSON{
			Rule: x.Rule.ID, Title: x.Rule.Title, File: x.Rule.File, Line: x.Rule.Line, Holds: x.Holds, Shows: x.Shows, Off: off(x), Folded: x.Folded,
			Outcome: outcome(x), Share: x.Share(),
		}
		for _, other := range x.LeftOff {
			r.LeftOffFor = append(r.LeftOffFor, other.ID)
		}
		for _, o := range x.Rule.Overrides {
			r.Overrides = append(r.Overrides, overrideJSON{o.Where.String(), o.Field, o.Value, o.Was, o.Reason, o.Until, o.Over})
		}
		for i := range x.Alternatives {
			r.Alternatives = append(r.Alternatives, alternativeOf(&x.Alternatives[i]))
		}
		out = append(out, r)
	}
	return out
}

func alternativeOf(a *match.Alternative) alternativeJSON {
	out := alternativeJSON{Where: a.Match.Where.String(), Holds: a.Holds, Log: logJSON{a.LogHolds, a.Match.Files, a.Log, a.ByComponent}}
	for _, l := range a.Lines {
		out.Lines = append(out.Lines, lineOf(l))
	}
	for _, p := range a.Patterns {
		out.Patterns = append(out.Patterns, patternJSON{p.Text, p.Holds, p.Hint})
	}
	if len(a.Match.Codes) > 0 {
		out.Codes = &codesJSON{a.CodesHold, []string{}, []string{}}
		for _, c := range a.Match.Codes {
			out.Codes.Wanted = append(out.Codes.Wanted, rules.FormatCode(c))
		}
		for _, c := range a.Carried {
			out.Codes.Carried = append(out.Codes.Carried, rules.FormatCode(c))
		}
	}
	if a.Match.When != nil {
		part := partOf(a.When, a.Match.When)
		out.When = &part
	}
	for i, c := range a.Match.Except {
		var part *condition.Part
		if i < len(a.Except) {
			part = a.Except[i]
		}
		out.Except = append(out.Except, partOf(part, c))
	}
	if len(a.Holes) > 0 {
		out.Holes = map[string]string{}
		for _, h := range a.Holes {
			out.Holes[h.Name] = h.Value
		}
	}
	return out
}

func lineOf(l *sentence.Explanation) lineJSON {
	out := lineJSON{Sentence: l.Sentence.String(), Holds: l.Matched, Share: l.Share, Parts: []holdJSON{}}
	text := []rune(out.Sentence)
	for _, p := range l.Parts {
		h := holdJSON{Text: string(text[p.From:p.To]), Holds: p.Held}
		if p.Held && p.End >= p.Begin {
			h.Value = l.Message[p.Begin:p.End]
		}
		out.Parts = append(out.Parts, h)
	}
	if st := l.Stop; st != nil {
		out.Stop = &stopJSON{st.Rune, st.At, st.Expected, st.Found, st.Hints}
	}
	return out
}

// partOf gives a part of a condition; nil is a condition that was not asked.
func partOf(p *condition.Part, c *condition.Condition) partJSON {
	if p == nil {
		return partJSON{Text: c.String(), Outcome: condition.NotAsked.String()}
	}
	out := partJSON{Text: p.Text, Outcome: p.Outcome.String(), Reason: p.Reason}
	for _, part := range p.Parts {
		out.Parts = append(out.Parts, partOf(part, c))
	}
	return out
}

func momentOf(m *rules.Moment) momentJSON {
	out := momentJSON{Kind: m.Kind, Time: known(m.At), File: m.Ref.File, Line: m.Ref.Line, Event: m.Event, Until: known(m.Until), Count: m.Count, Newest: known(m.Newest), Why: m.Why}
	if m.Rule != nil {
		out.Rule = m.Rule.ID
	}
	if m.Journey != nil {
		out.Journey = m.Journey.ID
	}
	if len(m.Keys) > 0 {
		out.Keys = map[string]string{}
		for _, k := range m.Keys {
			if _, first := out.Keys[k.Name]; !first {
				out.Keys[k.Name] = k.Value
			}
		}
	}
	for _, l := range m.Logs {
		out.Logs = append(out.Logs, markJSON{l.Log, known(l.Read)})
	}
	return out
}

// known returns a time, nil for none.
func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
