// Package legacy reads the records of site server components, which carry their metadata in a trailer:
// message $$<COMPONENT><stamp><thread=...>.
package legacy

import (
	"bytes"

	"github.com/cmtrail/cmtrail/parsers/internal/bias"
	"github.com/cmtrail/cmtrail/parsers/internal/framing"
	"github.com/cmtrail/cmtrail/parsers/internal/record"
	"github.com/cmtrail/cmtrail/parsers/internal/scan"
)

// Trailer is the end of a record, as views of the text.
type Trailer struct {
	At        int // index of the delimiter: the message stands before it
	component []byte
	stamp     []byte
	thread    []byte
}

var delimiter = []byte("$$<")

// FindTrailer reads the trailer that ends the text. The last delimiter counts.
func FindTrailer(text []byte, t *Trailer) bool {
	text = trimBlanks(text)
	if len(text) == 0 || text[len(text)-1] != '>' {
		return false
	}
	at := lastDelimiter(text)
	if at < 0 {
		return false
	}
	var ok bool
	rest := text[at+2:]
	if t.component, rest, ok = bracket(rest); !ok || bytes.IndexByte(t.component, '<') >= 0 {
		return false
	}
	if t.stamp, rest, ok = bracket(rest); !ok || !isStamp(t.stamp) {
		return false
	}
	t.At, t.thread = at, nil
	if len(rest) == 0 {
		return true
	}
	if t.thread, rest, ok = bracket(trimLeft(rest)); !ok || len(rest) > 0 {
		return false
	}
	t.thread, ok = bytes.CutPrefix(t.thread, []byte("thread="))
	return ok
}

// lastDelimiter returns the index of the last delimiter, -1 if there is none. Trailers hold no dollar signs.
func lastDelimiter(text []byte) int {
	at := len(text)
	for {
		if at = bytes.LastIndexByte(text[:at], '$'); at < 1 {
			return -1
		}
		if text[at-1] == '$' && at+1 < len(text) && text[at+1] == '<' {
			return at - 1
		}
	}
}

// Cut reports whether the text holds the beginning of a trailer that was not finished.
func Cut(text []byte) bool { return bytes.Contains(text, delimiter) }

// Detect says how sure a line makes us that its stream is in this format.
func Detect(line []byte) framing.Confidence {
	var t Trailer
	if FindTrailer(line, &t) {
		return framing.Certain
	}
	return framing.None
}

// IsRollover reports whether the line is the mark that stands at a change of files and says nothing else.
func IsRollover(line []byte) bool { return string(trimBlanks(line)) == "ROLLOVER" }

// Fill puts a message, still with its tildes, and a trailer into r.
func Fill(r *record.Record, message []byte, t *Trailer, sense bias.Sense, textSeverity bool) {
	r.Format = record.CCMLegacy
	r.Message = scan.View(clean(message))
	r.Component = scan.View(t.component)
	stamp(t.stamp, sense, r)
	r.Thread, r.HasThread = thread(t.thread)
	if !status(r) && textSeverity {
		r.Severity = scan.TextSeverity(r.Message)
	}
}

// clean takes off the tildes around a message: the system writes one for each line break of the original text.
func clean(m []byte) []byte {
	m = trimBlanks(m)
	for len(m) > 0 && m[0] == '~' {
		m = m[1:]
	}
	for len(m) > 0 && m[len(m)-1] == '~' {
		m = m[:len(m)-1]
	}
	return trimBlanks(m)
}

// thread reads "9112 (0x2398)", "9112" or the bare hexadecimal "12D" of the oldest servers.
func thread(b []byte) (uint32, bool) {
	if i := bytes.IndexByte(b, ' '); i > 0 {
		b = b[:i]
	}
	if v, ok := scan.ParseUint(b); ok {
		return v, true
	}
	return scan.ParseHex(b)
}

// bracket takes "<...>" from the front of b.
func bracket(b []byte) (in, rest []byte, ok bool) {
	if len(b) == 0 || b[0] != '<' {
		return nil, nil, false
	}
	end := bytes.IndexByte(b, '>')
	if end < 0 {
		return nil, nil, false
	}
	return b[1:end], b[end+1:], true
}

func trimBlanks(b []byte) []byte {
	for len(b) > 0 && (scan.IsBlank(b[len(b)-1]) || b[len(b)-1] == '\r') {
		b = b[:len(b)-1]
	}
	return b
}

func trimLeft(b []byte) []byte {
	for len(b) > 0 && scan.IsBlank(b[0]) {
		b = b[1:]
	}
	return b
}
