package main

import (
	"strconv"
	"unicode/utf8"

	"github.com/cmtrail/cmtrail/internal/display"
	"github.com/cmtrail/cmtrail/internal/errorcode"
	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// appendRecord writes a result as one line of JSON. Keys stand in the order that the command's contract gives.
func appendRecord(b []byte, file string, res *pipeline.Result) []byte {
	r := res.Record
	b = append(b, `{"kind":"record","file":`...)
	b = appendString(b, file)
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
	b = appendString(b, r.Message)
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
		b = appendString(b, k.Name)
		b = append(b, ':')
		b = appendString(b, k.Value)
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
	return appendString(b, value)
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
		b = appendString(b, text(item))
	}
	return append(b, ']')
}

func appendAttr(b []byte, a *parsers.Attr) []byte {
	b = append(appendString(b, a.Key), ':')
	switch a.Kind {
	case parsers.KindInt:
		return strconv.AppendInt(b, a.Int, 10)
	case parsers.KindBool:
		return strconv.AppendBool(b, a.Int != 0)
	case parsers.KindList:
		return appendList(b, a.List, func(s string) string { return s })
	default:
		return appendString(b, a.Str)
	}
}

const hexDigits = "0123456789abcdef"

// appendString writes a JSON string. Control characters are escaped, so that log text never drives a terminal, and
// bytes that are no UTF-8 become U+FFFD.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c != 0x7F && c < utf8.RuneSelf {
			i++
			continue
		}
		if c < utf8.RuneSelf {
			b = append(b, s[from:i]...)
			switch c {
			case '"', '\\':
				b = append(b, '\\', c)
			case '\n':
				b = append(b, '\\', 'n')
			case '\r':
				b = append(b, '\\', 'r')
			case '\t':
				b = append(b, '\\', 't')
			default:
				b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
			}
			i++
			from = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			b = append(append(b, s[from:i]...), "\ufffd"...)
			from = i + size
		case display.Obeyed(r): // not the control characters of ASCII alone drive terminals
			b = display.EscapeJSON(append(b, s[from:i]...), []byte(string(r)))
			from = i + size
		}
		i += size
	}
	return append(append(b, s[from:]...), '"')
}
