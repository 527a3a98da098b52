// Package redact puts stable pseudonyms in the place of what names people and machines, so that it does not leave the
// machine. The same name gives the same pseudonym under the same key, in every record, file and run; nobody without the
// key can tell the name from it.
//
// A text is read from left to right, once when it names nobody, and only some bytes make the reader look closer: a full stop
// may stand in an address or a host's name, a backslash in an account or a path. What no such byte gives away is not found, and
// docs/reliability.md says what that is.
package redact

import "github.com/cmtrail/cmtrail/internal/pipeline"

// Redactor replaces names. It is for one goroutine at a time.
type Redactor struct {
	key      []byte
	classes  classSet
	names    pseudonyms
	triggers [256]bool // bytes that make the reader look closer
	out      []byte    // the text under way
	known    []known   // the names that the record under way is known to hold
	from     struct{ clear, hidden pipeline.Source }
}

// New returns a redactor of some classes. The key has been checked; see Settings.
func New(classes []Class, key []byte) *Redactor {
	r := &Redactor{key: key, names: newPseudonyms(key)}
	for _, c := range classes {
		r.classes |= 1 << c
	}
	look := func(bytes string, classes classSet) {
		for i := range len(bytes) {
			if r.classes&classes != 0 {
				r.triggers[bytes[i]] = true
			}
		}
	}
	look(".", 1<<Host|1<<IP)
	look(":", 1<<Host|1<<IP|1<<User)
	look(`\`, 1<<Host|1<<IP|1<<User)
	look("/", 1<<User)
	look("@", 1<<Email)
	look("-_", 1<<SID)
	look(`=>"'`, 1<<Host|1<<User)
	look(" ", 1<<Host)
	return r
}

// Again returns another redactor that does the same, for another goroutine.
func (r *Redactor) Again() *Redactor {
	return &Redactor{key: r.key, classes: r.classes, names: newPseudonyms(r.key), triggers: r.triggers}
}

// Text returns the text with pseudonyms for names; the text itself when it has none.
func (r *Redactor) Text(s string) string { return r.scan(s, nil) }

// Field returns the value of a named field. Where its name says that it holds a name, the value is one whatever it looks
// like; otherwise it is read as text.
func (r *Redactor) Field(name, value string) string { return r.field(name, value, nil) }

// Beside returns the value of a field that stands beside the record that Result was called for last. What that record names
// is known there as well.
func (r *Redactor) Beside(name, value string) string { return r.field(name, value, r.known) }

func (r *Redactor) field(name, value string, names []known) string {
	text := r.scan(value, names)
	if text != value {
		return text
	}
	if r.classes.has(Host) && (name == "host" || name == "host.name") { // a machine may be called like a word, WSUS or CLIENT
		if value == "" || staysReadable(value) || !hasName(value) {
			return value
		}
		return r.whole(Host, value)
	}
	class, ok := classOf(name)
	if !ok || !r.classes.has(class) || !isName(class, value) {
		return value
	}
	return r.whole(class, value)
}

// Host returns the pseudonym of a host.
func (r *Redactor) Host(name string) string { return r.Field("host", name) }

// whole returns the pseudonym of a value that is a name from its first byte to its last.
func (r *Redactor) whole(class Class, value string) string {
	if class == Host {
		return string(r.names.appendHost(nil, value))
	}
	return r.names.of(prefixUser, value)
}
