package propose

import (
	"regexp"
	"strings"

	"github.com/cmtrail/cmtrail/internal/sentence"
)

// find is a part of a message that varies from one message of its kind to the next.
type find struct {
	from, to int
	kind     sentence.Type
	what     what
	name     string
	code     uint32 // of an error code
	inside   bool   // of quotes
}

// what says more of a find than its type, for its name.
type what uint8

const (
	number what = iota
	guid
	code
	url
	path
	user
	host
	machine
	address
	version
	date
	clock
	article
	id
	sid
	quoted
	noise
)

// The forms that are read by their looks alone, in the order in which they are tried where a word begins.
var forms = []struct {
	what  what
	kind  sentence.Type
	form  *regexp.Regexp
	keeps func(text, rest string) bool // nil: always
}{
	{guid, sentence.GUID, regexp.MustCompile(`^(?:\{[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})`), wordEnds},
	{url, sentence.URL, regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+]{1,14}://[^\s<>"']*[^\s<>"'.,;:)\]}]`), nil},
	{user, sentence.Text, regexp.MustCompile(`^NT AUTHORITY\\(?:SYSTEM|LOCAL SERVICE|NETWORK SERVICE)`), wordEnds},
	{clock, sentence.Word, regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?`), wordEnds},
	{clock, sentence.Word, regexp.MustCompile(`^\d{14}\.\d{6}[+-]\d{3}`), wordEnds},
	{date, sentence.Word, regexp.MustCompile(`^(?:\d{4}[-/]\d\d?[-/]\d\d?|\d\d?/\d\d?/\d{2,4}|\d\d?-\d\d?-\d{4}|\d\d\.\d\d\.\d{4})`), wordEnds},
	{clock, sentence.Word, regexp.MustCompile(`^\d\d?:\d\d:\d\d(?:[.:,]\d+)?(?:[+-]\d+)?`), wordEnds},
	{address, sentence.Word, regexp.MustCompile(`^\d{1,3}(?:\.\d{1,3}){3}`), versionEnds},
	{version, sentence.Word, regexp.MustCompile(`^\d+(?:\.\d+)+`), versionEnds},
	{host, sentence.Word, regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]*(?:\.[A-Za-z0-9][A-Za-z0-9-]*)+`), isHost},
	{machine, sentence.Word, regexp.MustCompile(`^[A-Z][A-Z0-9]+(?:-[A-Z0-9]+)+`), isMachine},
	{article, sentence.Int, regexp.MustCompile(`^KB\d{6,7}`), wordEnds},
	{id, sentence.Word, regexp.MustCompile(`^[A-Z0-9]{3}[0-9A-F]{5}`), isID},
	{sid, sentence.Word, regexp.MustCompile(`^S-1-\d+(?:-\d+)+`), wordEnds},
	{noise, sentence.Word, regexp.MustCompile(`^[A-Za-z0-9+/]{16}(?:\.\d+){2,}`), wordEnds}, // a correlation vector
	{noise, sentence.Word, regexp.MustCompile(`^0[xX]0*[1-9A-Fa-f][0-9A-Fa-f]*`), wordEnds},
	{number, sentence.Int, regexp.MustCompile(`^\d+`), numberEnds},
}

// find looks for what varies in a message, from the left.
func (p *Proposer) find(message string) []find {
	var all []find
	last := 0 // the end of the find before
	for i := 0; i < len(message); {
		if f, ok := p.at(message, i, last); ok {
			all = append(all, f)
			i, last = f.to, f.to
			if f.inside {
				i++ // over the closing quote, which opens nothing
			}
			continue
		}
		if c := message[i]; (c == '\'' || c == '"') && i+1 < len(message) && message[i+1] == c {
			i++ // nothing is in these quotes
		}
		i++
		for i < len(message) && inWord(message[i-1]) && inWord(message[i]) && message[i-1] != '_' {
			i++
		}
	}
	return all
}

// at reads what varies at a place where a word begins; last is where the find before ended.
func (p *Proposer) at(message string, i, last int) (find, bool) {
	c := message[i]
	if c == '\'' || c == '"' {
		return p.quoted(message, i)
	}
	if i > 0 && (isAlnum(message[i-1]) || message[i-1] == '_' && !isAlnum(c)) {
		return find{}, false
	}
	if i > 1 && message[i-1] == '.' && inWord(message[i-2]) && i-1 > last {
		return find{}, false // the rest of a name with dots
	}
	rest := message[i:]
	if end := pathEnd(rest); end > 0 {
		return find{from: i, to: i + end, kind: sentence.Path, what: path}, true
	}
	if end := userEnd(rest); end > 0 {
		return find{from: i, to: i + end, kind: sentence.Word, what: user}, true
	}
	if f, ok := p.code(message, i); ok {
		return f, true
	}
	for _, form := range forms {
		to := form.form.FindStringIndex(rest)
		if to == nil || form.keeps != nil && !form.keeps(rest[:to[1]], rest[to[1]:]) {
			continue
		}
		f := find{from: i, to: i + to[1], kind: form.kind, what: form.what}
		switch form.what {
		case article:
			f.from += len("KB")
		case number:
			if i > 0 && message[i-1] == '-' && (i == 1 || !inWord(message[i-2]) && message[i-2] != ')') {
				f.from-- // a minus, and no hyphen
			}
		case guid, url, path, user, host, machine, address, version, date, clock, id, sid, quoted, noise, code:
		}
		if form.what != guid && i > 0 && message[i-1] == '_' {
			return find{}, false // a part of a name
		}
		return f, true
	}
	return find{}, false
}

// code reads an error code, where the message says that it is one.
func (p *Proposer) code(message string, i int) (find, bool) {
	value, from, to, ok := p.codes.At(message, i)
	if !ok || to <= i || from > i {
		return find{}, false
	}
	kind := sentence.Hresult
	// A short number that is announced as a code is one, though a hole for codes would not take it.
	if to-from < 8 && !strings.HasPrefix(message[from:to], "0x") && message[from] != '-' {
		if counted.MatchString(message[to:]) {
			return find{}, false // "failed with 5 errors"
		}
		kind = sentence.Int
	}
	return find{from: from, to: to, kind: kind, what: code, code: value}, true
}

// quoted reads a text in quotes: as what it is from end to end, or else as any text.
func (p *Proposer) quoted(message string, i int) (find, bool) {
	if i > 0 && isAlnum(message[i-1]) {
		return find{}, false // an apostrophe, or an inch
	}
	mark := message[i]
	for end := i + 1; end < len(message) && end-i < 256 && message[end] != '\n'; end++ {
		if message[end] != mark || end+1 < len(message) && isAlnum(message[end+1]) {
			continue
		}
		if end == i+1 {
			return find{}, false
		}
		if f, ok := p.at(message[:end], i+1, i+1); ok && f.to == end && f.from == i+1 {
			f.inside = true
			return f, true
		}
		kind, what := sentence.Text, quoted
		if isPath(message[i+1 : end]) {
			kind, what = sentence.Path, path
		}
		return find{from: i + 1, to: end, kind: kind, what: what, inside: true}, true
	}
	return find{}, false
}
