package redact

import "strings"

// known is a name that a record is known to hold, because the machine is called so or a rule has caught it. It is replaced
// wherever it stands as a word of its own.
type known struct {
	class Class
	name  string
	of    string // the value that it was found in
}

// know adds a value that is a name of a class. A host's own name is known with its domain's.
func (r *Redactor) know(class Class, value string) {
	of := value
	if !r.classes.has(class) || !isName(class, value) || len(value) < minKnown {
		return
	}
	if class == Host {
		value, _, _ = strings.Cut(value, ".")
		if len(value) < minKnown || isPseudonym(value) {
			return
		}
	}
	for _, k := range r.known {
		if k.class == class && k.name == value {
			return
		}
	}
	r.known = append(r.known, known{class, value, of})
}

// minKnown is the length below which a name is too likely to be a part of something else.
const minKnown = 3

func isKnownHost(s string, names []known) bool {
	for _, k := range names {
		if k.class == Host && equalFold(k.name, s) {
			return true
		}
	}
	return false
}

// knownAt replaces the known name that begins at i.
func (sc *scan) knownAt(i int, names []known) int {
	if c := sc.at(i - 1); isWord(c) || c == '-' || c == '.' || c == '\\' && sc.at(i-2) == '\\' {
		return 0
	}
	for _, k := range names {
		to := i + len(k.name)
		if to > len(sc.s) || !equalFold(sc.s[i:to], k.name) || !k.spelt(sc.s[i:to]) {
			continue
		}
		after := sc.at(to)
		switch {
		case isWord(after), after == '-' && isWord(sc.at(to+1)), after == '.' && isWord(sc.at(to+1)), after == '@':
			continue
		case after == '\\' && isAccountByte(sc.at(sc.ahead(to, isSlashByte))) && sc.classes.has(User) && k.class == Host: // the machine's own accounts
			continue
		case k.class == Host:
			return sc.replaceHost(i, to)
		}
		return sc.replace(i, to, prefixUser, k.name)
	}
	return 0
}

// spelt tells whether a word is spelt like the name. A name of nothing but letters may be a word as well, so it counts as
// it was caught and in capitals alone.
func (k known) spelt(s string) bool {
	return s == k.name || !hasLower(s) || strings.ContainsAny(k.name, "0123456789-_")
}
