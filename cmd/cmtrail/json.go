package main

import (
	"strconv"

	"github.com/cmtrail/cmtrail/internal/errorcode"
	"github.com/cmtrail/cmtrail/internal/jsontext"
	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// appendRecord writes a result as one line of JSON. Keys stand in the order that the command's contract gives.
func appendRecord(b []byte, file string, res *pipeline.Result) []byte {
	r := res.Record
	b = append(b, `{"kind":"record","file":`...)
	b = jsontext.AppendString(b, file)
	b = append(b, `,"line":`...)
	b = strconv.AppendInt(b, int64(r.LineStart), 10)
	b = append(b, `,"line_end":`...)
	b = strconv.AppendInt(b, int64(r.LineEnd), 10)
	b = append(b, `,"time":`...)
	b = appendStamp(b, r.Stamp.AppendTime)
	b = append(b, `,"local_time":`...)
	b = appendStamp(b, r.Stamp.AppendLocal)
	b = appendField(b, "format", string(r.Format))
	b = appendField(b, "severity", r.Severity.String())
	b = appendField(b, "host", res.Source.Host)
	b = appendField(b, "component", r.Component)
	b = appendField(b, "context", r.Context)
	if r.HasThread {
		b = appendInt(b, "thread", int64(r.Thread))
	}
	if r.HasPID {
		b = appendInt(b, "pid", int64(r.PID))
	}
	b = appendField(b, "source_file", r.SourceFile)
	if r.SourceLine != 0 {
		b = appendInt(b, "source_line", int64(r.SourceLine))
	}
	b = append(b, `,"message":`...)
	b = jsontext.AppendString(b, r.Message)
	b = appendField(b, "tag", r.Tag)
	b = append(b, `,"flags":`...)
	b = appendList(b, r.Flags.Names(), func(s string) string { return s })
	b = append(b, `,"attrs":{`...)
	for i := range r.Attrs {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendAttr(b, &r.Attrs[i])
	}
	b = append(b, '}')
	return append(appendVerdict(b, res.Verdict, res.Codes()), '}', '\n')
}

// nothing is the verdict on a record that no rule takes notice of.
var nothing rules.Verdict

func appendVerdict(b []byte, v *rules.Verdict, codes []uint32) []byte {
	if v == nil {
		v = &nothing
	}
	ruleID := func(r *rules.Rule) string { return r.ID }
	b = append(b, `,"steps":`...)
	b = appendList(b, v.Steps, func(s *rules.Step) string { return s.ID })
	b = append(b, `,"issues":`...)
	b = appendList(b, v.Issues, ruleID)
	b = append(b, `,"rules":`...)
	b = appendList(b, v.Rules, ruleID)
	b = append(b, `,"error_codes":`...)
	b = appendList(b, codes, errorcode.Format)
	b = append(b, `,"error_names":`...)
	b = appendList(b, codes, func(c uint32) string { e, _ := rules.ErrorCodes().Lookup(c); return e.Symbol })
	b = append(b, `,"keys":{`...)
	for i, k := range v.Keys {
		if i > 0 {
			b = append(b, ',')
		}
		b = jsontext.AppendString(b, k.Name)
		b = append(b, ':')
		b = jsontext.AppendString(b, k.Value)
	}
	return append(b, '}')
}

// appendStamp writes what print gives as a string, or null when it gives nothing.
func appendStamp(b []byte, print func([]byte) []byte) []byte {
	at := len(b)
	b = print(append(b, '"'))
	if len(b) == at+1 {
		return append(b[:at], "null"...)
	}
	return append(b, '"')
}

// appendField writes a string that is left out when empty.
func appendField(b []byte, key, value string) []byte {
	if value == "" {
		return b
	}
	b = append(append(append(b, `,"`...), key...), `":`...)
	return jsontext.AppendString(b, value)
}

func appendInt(b []byte, key string, n int64) []byte {
	b = append(append(append(b, `,"`...), key...), `":`...)
	return strconv.AppendInt(b, n, 10)
}

func appendList[T any](b []byte, items []T, text func(T) string) []byte {
	b = append(b, '[')
	for i, item := range items {
		if i > 0 {
			b = append(b, ',')
		}
		b = jsontext.AppendString(b, text(item))
	}
	return append(b, ']')
}

func appendAttr(b []byte, a *parsers.Attr) []byte {
	b = append(jsontext.AppendString(b, a.Key), ':')
	switch a.Kind {
	case parsers.KindInt:
		return strconv.AppendInt(b, a.Int, 10)
	case parsers.KindBool:
		return strconv.AppendBool(b, a.Int != 0)
	case parsers.KindList:
		return appendList(b, a.List, func(s string) string { return s })
	default:
		return jsontext.AppendString(b, a.Str)
	}
}
