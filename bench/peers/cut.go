package peers

import (
	"strings"

	"github.com/cmtrail/cmtrail/bench/corpus"
)

// Fields are the parts of a record, as views of it.
type Fields struct {
	Message, Time, Bias, Date, Component, Context, Type, Thread, File string
}

// CutChunk cuts every record of a chunk into its fields and gives them to each. It is the least that any reader of
// these formats must do: it finds the marks and builds nothing. It expects records that are whole.
func CutChunk(c *corpus.Chunk, each func(*Fields)) {
	cut := cutCCM
	if c.Log.Legacy {
		cut = cutLegacy
	}
	var f Fields
	for rest := c.Text; rest != ""; {
		rest = cut(rest, &f)[len("\r\n"):]
		each(&f)
	}
}

// cutCCM cuts the first record and returns what follows it.
func cutCCM(s string, f *Fields) string {
	const open, close = "<![LOG[", `]LOG]!><time="`
	end := strings.Index(s, close)
	f.Message = s[len(open):end]
	s = s[end+len(close):]
	f.Time, f.Bias, s = s[:12], s[12:16], s[16:]
	if end = strings.IndexByte(s, '"'); end > 0 {
		s = s[end:]
	}
	s = s[len(`" date="`):]
	f.Date, s = s[:10], s[10+len(`" component="`):]
	f.Component, s = value(s, `" context="`)
	f.Context, s = value(s, `" type="`)
	f.Type, s = value(s, `" thread="`)
	f.Thread, s = value(s, `" file="`)
	f.File, s = value(s, "\">")
	return s
}

// value cuts an attribute's value, which a quotation mark ends; skip is what comes before the next value.
func value(s, skip string) (v, rest string) {
	end := strings.IndexByte(s, '"')
	return s[:end], s[end+len(skip):]
}

func cutLegacy(s string, f *Fields) string {
	const open = "  $$<"
	end := strings.Index(s, open)
	f.Message = s[:end]
	s = s[end+len(open):]
	end = strings.IndexByte(s, '>')
	f.Component, s = s[:end], s[end+2:]
	f.Date, s = s[:10], s[11:]
	f.Time, s = s[:12], s[12:]
	end = strings.IndexByte(s, '>')
	f.Bias, s = s[:end], s[end+len("><thread="):]
	end = strings.IndexByte(s, ' ')
	f.Thread = s[:end]
	f.Context, f.Type, f.File = "", "", ""
	return s[strings.IndexByte(s, '>')+1:]
}
