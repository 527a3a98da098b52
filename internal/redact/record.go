package redact

import (
	"strings"
	"unicode/utf8"

	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// Result returns a copy of a result with pseudonyms, for what is handed on. Rules and correlation have seen, and go on
// with, the original. The copy holds until the next call.
func (r *Redactor) Result(res *pipeline.Result) *pipeline.Result {
	r.learn(res)
	text := func(s string) string { return r.scan(s, r.known) }
	out := *res
	out.Source = r.source(res.Source)

	rec := *res.Record
	rec.Message = text(rec.Message)
	if rec.Original == res.Record.Message {
		rec.Original = rec.Message
	} else {
		rec.Original = text(rec.Original)
	}
	rec.Component, rec.Context, rec.SourceFile = text(rec.Component), text(rec.Context), text(rec.SourceFile)
	rec.Attrs = r.attrs(rec.Attrs, text)
	out.Record = &rec

	if res.Verdict != nil && len(res.Verdict.Keys) > 0 {
		v := *res.Verdict
		v.Keys = r.keys(v.Keys)
		out.Verdict = &v
	}
	return &out
}

// source returns where a record comes from. Most come from where the one before did.
func (r *Redactor) source(s pipeline.Source) pipeline.Source {
	if s == r.from.clear {
		return r.from.hidden
	}
	r.from.clear = s
	own := r.known[:0:0]
	if len(r.known) > 0 && r.known[0].class == Host && r.known[0].of == s.Host {
		own = r.known[:1]
	}
	s.Host = r.Host(s.Host)
	s.Path, s.Name, s.Stream = r.scan(s.Path, own), r.scan(s.Name, own), r.scan(s.Stream, own)
	r.from.hidden = s
	return s
}

// learn notes the names that a record is known to hold: its host's, those of its columns and those that rules have caught.
func (r *Redactor) learn(res *pipeline.Result) {
	r.known = r.known[:0]
	r.know(Host, res.Source.Host)
	for i := range res.Record.Attrs {
		a := &res.Record.Attrs[i]
		if a.Kind != parsers.KindString {
			continue
		}
		if class, ok := classOf(a.Key); ok {
			r.know(class, a.Str)
		}
	}
	if res.Verdict != nil {
		r.learnKeys(res.Verdict.Keys)
	}
}

func (r *Redactor) learnKeys(keys []rules.Key) {
	for _, k := range keys {
		if class, ok := classOf(k.Name); ok {
			r.know(class, k.Value)
		}
	}
}

func (r *Redactor) attrs(attrs []parsers.Attr, text func(string) string) []parsers.Attr {
	if len(attrs) == 0 {
		return attrs
	}
	own := make([]parsers.Attr, len(attrs))
	for i, a := range attrs {
		switch a.Kind {
		case parsers.KindString:
			a.Str = r.Beside(a.Key, a.Str)
		case parsers.KindList:
			list := make([]string, len(a.List))
			for i, s := range a.List {
				list[i] = text(s)
			}
			a.List, a.Str = list, strings.Join(list, "\n")
		}
		own[i] = a
	}
	return own
}

func (r *Redactor) keys(keys []rules.Key) []rules.Key {
	own := make([]rules.Key, len(keys))
	for i, k := range keys {
		own[i] = rules.Key{Name: k.Name, Value: r.Beside(k.Name, k.Value)}
	}
	return own
}

// Output returns what takes what a correlator finds and hands it to out with pseudonyms.
func (r *Redactor) Output(out rules.CorrelatorOutput) rules.CorrelatorOutput {
	hidden := rules.CorrelatorOutput{}
	if out.Finding != nil {
		hidden.Finding = func(f *rules.Finding) { out.Finding(r.Finding(f)) }
	}
	if out.Journey != nil {
		hidden.Journey = func(j *rules.Journey) { out.Journey(r.Journey(j)) }
	}
	if out.Undecided != nil {
		hidden.Undecided = func(u *rules.Undecided) { out.Undecided(r.Undecided(u)) }
	}
	return hidden
}

// Finding returns a copy of a finding with pseudonyms.
func (r *Redactor) Finding(f *rules.Finding) *rules.Finding {
	r.known = r.known[:0]
	r.know(Host, f.Host)
	r.learnKeys(f.Keys)
	r.know(Host, f.First.Host)
	r.know(Host, f.Last.Host)
	out := *f
	out.Host, out.Keys = r.Host(f.Host), r.keys(f.Keys)
	out.First, out.Last = r.reference(f.First), r.reference(f.Last)
	return &out
}

// Journey returns a copy of a journey with pseudonyms.
func (r *Redactor) Journey(j *rules.Journey) *rules.Journey {
	r.known = r.known[:0]
	r.know(Host, j.Host)
	r.learnKeys(j.Keys)
	out := *j
	out.Host, out.Keys, out.SupersededBy = r.Host(j.Host), r.keys(j.Keys), r.keys(j.SupersededBy)
	out.Steps = append(out.Steps[:0:0], j.Steps...)
	for i := range out.Steps {
		out.Steps[i].First = r.reference(j.Steps[i].First)
	}
	return &out
}

// Undecided returns a copy of a question with pseudonyms.
func (r *Redactor) Undecided(u *rules.Undecided) *rules.Undecided {
	r.known = r.known[:0]
	r.know(Host, u.Host)
	r.learnKeys(u.Keys)
	out := *u
	out.Host, out.Keys, out.First, out.Why = r.Host(u.Host), r.keys(u.Keys), r.reference(u.First), r.scan(u.Why, r.known)
	return &out
}

// File returns the name of a log on a host, of which Result was called for a record last or which a finding names. Its
// folder may be called like the machine.
func (r *Redactor) File(host, name string) string {
	if rest, inside := strings.CutPrefix(name, host+"/"); inside && host != "" {
		return r.Host(host) + "/" + r.scan(rest, r.known)
	}
	return r.scan(name, r.known)
}

func (r *Redactor) reference(ref rules.Reference) rules.Reference {
	ref.File = r.File(ref.Host, ref.File)
	ref.Host = r.Host(ref.Host)
	ref.Message = r.evidence(ref.Message)
	return ref
}

// evidence returns the text of a reference, which correlation has cut. A name that the cut has gone through cannot be told,
// so the last word of such a text is left out.
func (r *Redactor) evidence(s string) string {
	if len(s) > maxEvidence-utf8.UTFMax {
		s = s[:strings.LastIndexAny(s, " \t\n,;\"'")+1]
	}
	s = r.scan(s, r.known)
	if len(s) <= maxEvidence {
		return s
	}
	return strings.ToValidUTF8(s[:maxEvidence], "")
}

// maxEvidence is the number of bytes that references keep of a text.
const maxEvidence = 512
