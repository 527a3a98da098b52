package output

import (
	"strconv"
	"strings"
	"time"

	"github.com/tinylib/msgp/msgp"

	"github.com/cmtrail/cmtrail/internal/attribute"
	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/plugin/internal/event"
	"github.com/cmtrail/cmtrail/plugin/internal/sink"
	"github.com/cmtrail/cmtrail/rules"
)

// Keys of the body for what OpenTelemetry keeps in fields of their own.
const (
	keyTime     = "time"     // the record's own time, with the offset of its source
	keySeverity = "severity" // debug, info, warn, error, fatal
)

// Writes tells whether a key of the body may come from the plugin.
func Writes(key string) bool {
	switch key {
	case keyTime, keySeverity, attribute.FileName, attribute.Original, attribute.Thread, attribute.PID,
		attribute.SourceFile, attribute.SourceLine:
		return true
	}
	return strings.HasPrefix(key, attribute.Prefix) || strings.HasPrefix(key, sink.Prefix)
}

// writer puts what was found out about a record into the event that its first line came with. Everything else in the event
// is copied as it is.
type writer struct {
	message    string // key of the line, which becomes the message
	original   bool   // keep the lines as they came
	recordTime bool   // the event takes the record's time
	hider      *hider // nil when names go on as they are

	// The pairs of the record under way.
	pairs []byte
	names []string
	clock []byte // its time, written out
}

// append writes the event of a record.
func (w *writer) append(dst []byte, ev event.Event, res *pipeline.Result) []byte {
	if w.hider != nil {
		res = w.hider.Result(res)
		ev.Meta = w.hider.meta(ev.Meta, w.hider.Beside)
	}
	w.collect(res)
	stamp := ev.Stamp
	if w.recordTime {
		if t, ok := res.Record.Time(); ok && encodable(t) {
			stamp = event.AppendStamp(nil, t)
		}
	}
	dst = event.AppendHead(dst, stamp, ev.Meta)

	fields := event.FieldsOf(ev.Body)
	replaced, named := 0, false
	for f, ok := fields.Next(); ok; f, ok = fields.Next() {
		switch {
		case w.sets(f.Name):
			replaced++
		case string(f.Name) == attribute.FileName:
			named = true
		}
	}
	name := res.Source.Base()
	if name != "" && !named {
		w.text(attribute.FileName, name)
	}
	fields = event.FieldsOf(ev.Body)
	dst = msgp.AppendMapHeader(dst, uint32(fields.Len()-replaced+len(w.names)))
	written := false
	for f, ok := fields.Next(); ok; f, ok = fields.Next() {
		switch {
		case w.sets(f.Name):
		case !written && string(f.Name) == w.message:
			dst = appendMessage(dst, f, res.Record.Message)
			written = true
		default:
			dst = w.hider.pair(dst, f)
		}
	}
	return append(dst, w.pairs...)
}

// appendMessage writes the pair of the line with the message in its place, and of its type.
func appendMessage(dst []byte, f event.Field, message string) []byte {
	dst = append(dst, f.Raw[:len(f.Raw)-len(f.Value)]...)
	if msgp.NextType(f.Value) == msgp.BinType {
		return msgp.AppendBytes(dst, []byte(message))
	}
	return msgp.AppendString(dst, message)
}

// sets tells whether the record brings a pair of the given name, which then takes the place of the event's own.
func (w *writer) sets(name []byte) bool {
	for _, n := range w.names {
		if n == string(name) {
			return true
		}
	}
	return false
}

// encodable tells whether Fluent Bit's form of a time can say it.
func encodable(t time.Time) bool {
	return t.Unix() >= 0 && t.Unix() < 1<<32-2
}

// collect gathers the pairs that a record brings.
func (w *writer) collect(res *pipeline.Result) {
	w.pairs, w.names = w.pairs[:0], w.names[:0]
	r := res.Record
	if t, ok := r.Time(); ok {
		w.key(keyTime)
		w.clock = t.AppendFormat(w.clock[:0], time.RFC3339Nano)
		w.pairs = msgp.AppendStringFromBytes(w.pairs, w.clock)
	}
	if r.Severity != parsers.Unset {
		w.text(keySeverity, r.Severity.String())
	}
	if w.original {
		w.text(attribute.Original, r.Original)
	}
	w.text(attribute.Format, string(r.Format))
	if r.Flags != 0 {
		listOf(w, attribute.Flags, r.Flags.Names(), func(name string) string { return name })
	}
	w.some(attribute.Component, r.Component)
	w.some(attribute.Context, r.Context)
	w.some(attribute.SourceFile, r.SourceFile)
	if r.SourceLine != 0 {
		w.int(attribute.SourceLine, int64(r.SourceLine))
	}
	if r.HasThread {
		w.int(attribute.Thread, int64(r.Thread))
	}
	if r.HasPID {
		w.int(attribute.PID, int64(r.PID))
	}
	if res.Verdict != nil {
		w.verdict(res.Verdict)
	}
	if codes := res.Codes(); len(codes) > 0 {
		listOf(w, attribute.ErrorCodes, codes, rules.FormatCode)
		listOf(w, attribute.ErrorNames, codes, symbol)
	}
}

func (w *writer) verdict(v *rules.Verdict) {
	if len(v.Steps) > 0 {
		first := v.Steps[0]
		w.text(attribute.StepID, first.ID)
		w.text(attribute.StepTitle, first.Title)
		w.int(attribute.StepOrder, int64(first.Order))
	}
	if len(v.Steps) > 1 {
		listOf(w, attribute.StepIDs, v.Steps, func(s *rules.Step) string { return s.ID })
	}
	if len(v.Issues) > 0 {
		listOf(w, attribute.IssueIDs, v.Issues, func(r *rules.Rule) string { return r.ID })
		listOf(w, attribute.IssueTitles, v.Issues, func(r *rules.Rule) string { return r.Title })
		w.text(attribute.IssueSeverity, v.Severity.String())
	}
	if len(v.Rules) > 0 {
		listOf(w, attribute.RuleIDs, v.Rules, func(r *rules.Rule) string { return r.ID })
	}
	for _, k := range v.Keys {
		w.text(attribute.KeyPrefix+k.Name, k.Value)
	}
}

func symbol(code uint32) string {
	entry, _ := rules.ErrorCodes().Lookup(code)
	return entry.Symbol
}

func (w *writer) key(name string) {
	w.names = append(w.names, name)
	w.pairs = msgp.AppendString(w.pairs, name)
}

func (w *writer) text(name, value string) {
	w.key(name)
	w.pairs = msgp.AppendString(w.pairs, value)
}

func (w *writer) some(name, value string) {
	if value != "" {
		w.text(name, value)
	}
}

func (w *writer) int(name string, value int64) {
	w.key(name)
	w.pairs = msgp.AppendInt64(w.pairs, value)
}

func listOf[T any](w *writer, name string, items []T, text func(T) string) {
	w.key(name)
	w.pairs = msgp.AppendArrayHeader(w.pairs, uint32(len(items)))
	for _, item := range items {
		w.pairs = msgp.AppendString(w.pairs, text(item))
	}
}

// foreign writes an event that carries, under the key of lines, a value that is no event. Nobody downstream takes such a
// value by itself.
func (w *writer) foreign(dst []byte, now time.Time, value []byte, broken bool) []byte {
	dst = event.AppendHead(dst, event.AppendStamp(nil, now), nil)
	dst = msgp.AppendMapHeader(dst, 2)
	dst = msgp.AppendString(dst, w.message)
	what := "no event"
	if broken {
		what = "no msgpack, " + strconv.Itoa(len(value)) + " bytes"
		value = msgp.AppendBytes(nil, value)
	}
	dst = w.hider.value(dst, "", value, w.hider.field())
	dst = msgp.AppendString(dst, keyUndecoded)
	return msgp.AppendString(dst, what)
}

// keyUndecoded marks an event that carries what could not be read.
const keyUndecoded = "cmtrail.undecoded"
