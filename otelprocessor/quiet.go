package otelprocessor

import (
	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/parsers"
)

// quiet is a record that no rule takes notice of and that carries no error code, until it is written.
type quiet struct {
	from   *origin
	file   string // name of its file
	record parsers.Record
}

// quietAtOnce is how many quiet records are written at once. What reads and matches a record and what writes it do not fit
// into the innermost cache of a processor together: going from one to the other for each record costs more than a copy of it.
const quietAtOnce = 256

// later tells whether a record can be written with others of its kind, which it is then.
func (t *tagger) later(from *origin, res *pipeline.Result) bool {
	r := res.Record
	if res.Verdict != nil || t.hider != nil || len(res.Codes()) > 0 {
		return false
	}
	t.writer.line = from.text
	for _, text := range [...]string{r.Message, r.Original, r.Component, r.Context, r.SourceFile} {
		if text != "" && !t.writer.holds(text) { // it holds until the table goes on
			return false
		}
	}
	t.quiet = append(t.quiet, quiet{from: from, file: res.Source.Base(), record: *r})
	return true
}

// writeQuiet writes the records that were put off.
func (t *tagger) writeQuiet() {
	for i := range t.quiet {
		q := &t.quiet[i]
		t.writeInPlace(q.from, &pipeline.Result{Source: pipeline.Source{Name: q.file}, Record: &q.record}, nil)
	}
	t.quiet = t.quiet[:0]
}
