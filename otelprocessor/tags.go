package otelprocessor

import (
	"strings"
	"unsafe"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/cmtrail/cmtrail/internal/attribute"
	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// severities are OTLP's numbers for the parsers' severities. Each is the first of its range, as the sources grade no finer.
var severities = [...]plog.SeverityNumber{
	parsers.Unset: plog.SeverityNumberUnspecified,
	parsers.Trace: plog.SeverityNumberTrace,
	parsers.Debug: plog.SeverityNumberDebug,
	parsers.Info:  plog.SeverityNumberInfo,
	parsers.Warn:  plog.SeverityNumberWarn,
	parsers.Error: plog.SeverityNumberError,
	parsers.Fatal: plog.SeverityNumberFatal,
}

// writer puts a result into a log record.
type writer struct {
	message  string // attribute that takes the message; "" is the body
	original bool   // keep the lines as they came
	line     string // that the record came with; texts that are parts of it can be kept as they are
	names    interned
}

// write fills to, which holds what the receiver said of the record's first line, from a result with these error codes. Beside the message, nothing that was there
// is changed before all attributes are written, so that undo can take them away.
func (w *writer) write(to plog.LogRecord, res *pipeline.Result, codes []uint32) {
	r := res.Record
	attrs := to.Attributes()
	name := res.Source.Base()
	if name != "" {
		if _, named := attrs.Get(attribute.FileName); named {
			name = ""
		}
	}
	attrs.EnsureCapacity(attrs.Len() + w.count(res, name, codes))

	if w.message == "" {
		to.Body().SetStr(w.keep(r.Message))
	} else {
		attrs.PutStr(w.message, w.keep(r.Message))
	}
	if w.original {
		attrs.PutStr(attribute.Original, w.keep(r.Original))
	}
	if name != "" {
		attrs.PutStr(attribute.FileName, name)
	}
	attrs.PutStr(attribute.Format, string(r.Format))
	if r.Flags != 0 {
		list(attrs, attribute.Flags, r.Flags.Names(), func(name string) string { return name })
	}
	w.text(attrs, attribute.Component, r.Component)
	w.text(attrs, attribute.Context, r.Context)
	w.text(attrs, attribute.SourceFile, r.SourceFile)
	if r.SourceLine != 0 {
		attrs.PutInt(attribute.SourceLine, int64(r.SourceLine))
	}
	if r.HasThread {
		attrs.PutInt(attribute.Thread, int64(r.Thread))
	}
	if r.HasPID {
		attrs.PutInt(attribute.PID, int64(r.PID))
	}
	if res.Verdict != nil {
		writeVerdict(attrs, res.Verdict)
	}
	if len(codes) > 0 {
		list(attrs, attribute.ErrorCodes, codes, rules.FormatCode)
		list(attrs, attribute.ErrorNames, codes, symbol)
	}

	if nanos, ok := r.Stamp.UnixNano(); ok {
		to.SetTimestamp(pcommon.Timestamp(nanos))
	}
	if r.Severity != parsers.Unset {
		to.SetSeverityNumber(severities[r.Severity])
		to.SetSeverityText(r.Severity.String())
	}
}

// undo takes away what write has put into a record whose line came as a text, with so many attributes, none of which it
// writes.
func (w *writer) undo(to plog.LogRecord, text string, came int) {
	attrs := to.Attributes()
	at := 0
	attrs.RemoveIf(func(string, pcommon.Value) bool {
		at++
		return at > came
	})
	if w.message == "" {
		to.Body().SetStr(text)
	} else {
		attrs.PutStr(w.message, text)
	}
}

// count returns how many attributes a record gets, so that room is made for them once and for no more.
func (w *writer) count(res *pipeline.Result, name string, codes []uint32) int {
	r := res.Record
	n := 1 // the format
	for _, there := range [...]bool{
		w.original, name != "", r.Flags != 0, r.Component != "", r.Context != "", r.SourceFile != "", r.SourceLine != 0, r.HasThread, r.HasPID,
	} {
		if there {
			n++
		}
	}
	if v := res.Verdict; v != nil {
		n += countVerdict(v)
	}
	if len(codes) > 0 {
		n += 2
	}
	return n
}

func countVerdict(v *rules.Verdict) (n int) {
	if len(v.Steps) > 0 {
		n += 3
	}
	if len(v.Steps) > 1 {
		n++
	}
	if len(v.Issues) > 0 {
		n += 3
	}
	if len(v.Rules) > 0 {
		n++
	}
	return n + len(v.Keys)
}

// keep returns a text that holds for good. Most are parts of the line.
func (w *writer) keep(text string) string {
	if w.holds(text) {
		return text
	}
	return strings.Clone(text)
}

// holds tells whether a text is a part of the line.
func (w *writer) holds(text string) bool {
	begin, at := uintptr(unsafe.Pointer(unsafe.StringData(w.line))), uintptr(unsafe.Pointer(unsafe.StringData(text)))
	return at >= begin && at+uintptr(len(text)) <= begin+uintptr(len(w.line))
}

func (w *writer) text(attrs pcommon.Map, name, value string) {
	switch {
	case value == "":
	case w.holds(value):
		attrs.PutStr(name, value)
	default:
		attrs.PutStr(name, w.names.of(value))
	}
}

func writeVerdict(attrs pcommon.Map, v *rules.Verdict) {
	if len(v.Steps) > 0 {
		first := v.Steps[0]
		attrs.PutStr(attribute.StepID, first.ID)
		attrs.PutStr(attribute.StepTitle, first.Title)
		attrs.PutInt(attribute.StepOrder, int64(first.Order))
	}
	if len(v.Steps) > 1 {
		list(attrs, attribute.StepIDs, v.Steps, func(s *rules.Step) string { return s.ID })
	}
	if len(v.Issues) > 0 {
		list(attrs, attribute.IssueIDs, v.Issues, func(r *rules.Rule) string { return r.ID })
		list(attrs, attribute.IssueTitles, v.Issues, func(r *rules.Rule) string { return r.Title })
		attrs.PutStr(attribute.IssueSeverity, v.Severity.String())
	}
	if len(v.Rules) > 0 {
		list(attrs, attribute.RuleIDs, v.Rules, func(r *rules.Rule) string { return r.ID })
	}
	for _, k := range v.Keys {
		attrs.PutStr(attribute.KeyPrefix+k.Name, strings.Clone(k.Value))
	}
}

func symbol(code uint32) string {
	entry, _ := rules.ErrorCodes().Lookup(code)
	return entry.Symbol
}

func list[T any](attrs pcommon.Map, name string, items []T, text func(T) string) {
	to := attrs.PutEmptySlice(name)
	to.EnsureCapacity(len(items))
	for _, item := range items {
		to.AppendEmpty().SetStr(text(item))
	}
}

// interned keeps one copy of each of the few names that records repeat: components, contexts, source files.
type interned map[string]string

const (
	maxInterned = 4096
	maxName     = 256 // bytes; a longer one is hardly a name that is repeated
)

func (n *interned) of(view string) string {
	if s, ok := (*n)[view]; ok {
		return s
	}
	if len(view) > maxName {
		return strings.Clone(view)
	}
	if *n == nil || len(*n) >= maxInterned {
		*n = interned{}
	}
	s := strings.Clone(view)
	(*n)[s] = s
	return s
}
