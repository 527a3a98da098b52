package propose

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/cmtrail/cmtrail/internal/condition"
	"github.com/cmtrail/cmtrail/internal/sentence"
)

// unnamed is the name of a hole that catches nothing.
const unnamed = "_"

// fallbacks are the names of finds of which the message says nothing else.
var fallbacks = map[what]string{
	number: unnamed, guid: "id", code: "hr", url: "url", path: "path", user: "user", host: "server", machine: "machine", address: "address",
	version: "version", date: "date", clock: "time", article: "kb", id: "id", sid: "sid", quoted: "text", noise: unnamed,
}

// noisy are names of what differs in each record and tells nothing.
var noisy = []string{"thread", "thread_id", "tid", "process", "pid", "process_id", "handle", "pointer", "cookie"}

// name gives each find a name of its own: the one that others use after the same words, or else one made of the words.
func (p *Proposer) name(log, head string, finds []find) {
	taken := map[string]bool{}
	at := 0
	for i := range finds {
		f := &finds[i]
		before := head[at:f.from]
		at = f.to
		name := p.names.after(log, f.kind, before)
		if name == "" {
			name = fresh(f, before, head[f.to:])
		}
		if slices.Contains(noisy, name) || name == unnamed {
			f.name = unnamed
			continue
		}
		if condition.Reserved(name) {
			name = strings.TrimSuffix(name, "_name") + map[bool]string{true: "_id", false: "_name"}[f.kind == sentence.GUID || f.kind == sentence.Int]
		}
		f.name = name
		for n := 2; taken[f.name]; n++ {
			f.name = name + "_" + strconv.Itoa(n)
		}
		taken[f.name] = true
	}
}

// joined is a name that is bound to what follows: hr=, Error: , UpdateSourceID (.
var joined = regexp.MustCompile(`([A-Za-z][A-Za-z0-9_]*)["']?\s*(?:=|[^:]?:)\s*["'({\[<]*$`)

// fresh makes a name of the words around a find.
func fresh(f *find, before, after string) string {
	words := wordsBefore(before)
	bound := ""
	if m := joined.FindStringSubmatch(before); m != nil {
		bound = snake(m[1])
	}
	last := ""
	if len(words) > 0 {
		last = words[len(words)-1]
	}
	if n := len(words); n > 1 && (strings.HasSuffix(words[n-2], "ing") || strings.HasSuffix(words[n-2], "ed")) {
		words = words[n-1:] // what is done to the thing is no part of its name
	}
	switch f.what {
	case code, noise, date, user:
		return fallbacks[f.what]
	case guid, id:
		switch {
		case bound != "":
		case f.what == id:
			bound = last
		default:
			bound = strings.Join(words[max(0, len(words)-2):], "_")
		}
		if bound == "" {
			return fallbacks[f.what]
		}
		return short(strings.TrimSuffix(bound, "_id")) + "_id"
	case number:
		switch {
		case bound != "":
		case before == ":":
			return "port"
		case slices.Contains(noisy, last):
			return unnamed
		case last != "" && endsInID.MatchString(before):
			bound = last + "_id"
		default:
			if noun := counted.FindStringSubmatch(after); noun != nil {
				bound = strings.ToLower(noun[1])
			}
		}
	case url, path, host, machine, address, version, clock, article, sid, quoted:
	}
	switch {
	case bound != "":
		return short(bound)
	case f.what == number || f.what == quoted:
		if last != "" {
			return short(strings.Join(words[max(0, len(words)-2):], "_"))
		}
	}
	return fallbacks[f.what]
}

// endsInID tells that the words before a number call it an id.
var endsInID = regexp.MustCompile(`(?i)\bid\W*$`)

// counted is the thing that a number counts.
var counted = regexp.MustCompile(`^ ([A-Za-z]{3,}s)\b`)

// plain words say nothing of what follows them.
var plain = strings.Fields("a an the of for with to at in on by from is was are were be been has have had and or not this that as it its " +
	"contains id ids guid value named called name number no using via into than than after before if when while will would can could successfully")

// wordsBefore returns the telling words right before a find, in lower case: those of its own clause.
func wordsBefore(before string) []string {
	if i := strings.LastIndexAny(before, ".;,!?\n)]}"); i >= 0 {
		before = before[i+1:]
	}
	if i := strings.LastIndex(before, " - "); i >= 0 {
		before = before[i+1:]
	}
	var all []string
	for _, word := range nameWords.FindAllString(before, -1) {
		if strings.ContainsAny(word, "0123456789") {
			continue
		}
		for part := range strings.SplitSeq(snake(word), "_") {
			if len(part) > 1 && !slices.Contains(plain, part) {
				all = append(all, part)
			}
		}
	}
	return all
}

var nameWords = regexp.MustCompile(`[A-Za-z][A-Za-z0-9_]*`)

// short keeps the last words of a name that is long.
func short(name string) string {
	for len(name) > 32 {
		_, rest, ok := strings.Cut(name, "_")
		if !ok {
			return name[:32]
		}
		name = rest
	}
	return name
}

// snake writes a name as rules do: update_source_id for UpdateSourceID.
func snake(word string) string {
	word = strings.ReplaceAll(word, "IDs", "Ids")
	var b strings.Builder
	upper := func(i int) bool { return i >= 0 && i < len(word) && 'A' <= word[i] && word[i] <= 'Z' }
	lower := func(i int) bool { return i < len(word) && 'a' <= word[i] && word[i] <= 'z' }
	for i := 0; i < len(word); i++ {
		c := word[i]
		if upper(i) {
			if i > 0 && word[i-1] != '_' && (!upper(i-1) || lower(i+1)) {
				b.WriteByte('_')
			}
			c |= 0x20
		}
		b.WriteByte(c)
	}
	return strings.Trim(b.String(), "_")
}
