package redact

// scan is a text under way. What stands before done has been written or is to stay; no decision looks behind it, so that a
// text that has been redacted is judged as it was before.
type scan struct {
	*Redactor
	s    string
	done int
}

// scan returns the text with pseudonyms for the names in it and for known ones. What has changed is read again, since a
// pseudonym may make a name of what stands beside it: so that what was redacted once stays as it is for good.
func (r *Redactor) scan(s string, names []known) string {
	for range maxPasses {
		out, changed := r.pass(s, names)
		if !changed {
			break
		}
		s = out
	}
	return s
}

// maxPasses bounds the passes over a text. Two are enough for all but made-up ones.
const maxPasses = 8

// pass reads a text once.
func (r *Redactor) pass(s string, names []known) (out string, changed bool) {
	triggers := &r.triggers
	if len(names) > 0 {
		own := r.triggers
		for _, k := range names {
			own[lower(k.name[0])] = true
			own[upper(k.name[0])] = true
		}
		triggers = &own
	}
	sc := scan{Redactor: r, s: s}
	r.out = r.out[:0]
	for i := 0; i < len(s); {
		if !triggers[s[i]] {
			i++
			continue
		}
		i = max(i+1, sc.look(i, names))
	}
	if sc.done == 0 {
		return s, false
	}
	r.out = append(r.out, s[sc.done:]...)
	return string(r.out), true
}

// look looks closer at a byte and returns where to go on; 0 = behind it.
func (sc *scan) look(i int, names []known) int {
	if len(names) > 0 {
		if to := sc.knownAt(i, names); to > 0 {
			return to
		}
	}
	if !sc.triggers[sc.s[i]] {
		return 0
	}
	switch sc.s[i] {
	case '.':
		return sc.dotted(i)
	case ':':
		return sc.colon(i)
	case '\\', '/':
		return sc.slash(i, names)
	case '@':
		return sc.email(i)
	case '-', '_':
		return sc.sid(i)
	case ' ':
		return sc.said(i)
	default:
		return sc.mark(i)
	}
}

func (sc *scan) colon(i int) int {
	if to := sc.url(i); to > 0 {
		return to
	}
	if to := sc.ipv6(i); to > 0 {
		return to
	}
	return sc.mark(i)
}

func (sc *scan) slash(i int, names []known) int {
	if to := sc.profile(i); to > 0 {
		return to
	}
	if sc.s[i] == '/' {
		return 0
	}
	if to := sc.share(i); to > 0 {
		return to
	}
	return sc.account(i, names)
}

// replace writes a pseudonym for s[from:to] and returns to.
func (sc *scan) replace(from, to int, prefix, name string) int {
	sc.out = append(append(sc.out, sc.s[sc.done:from]...), sc.names.of(prefix, name)...)
	sc.done = to
	return to
}

// replaceHost writes the pseudonym of a host for s[from:to] and returns to.
func (sc *scan) replaceHost(from, to int) int {
	sc.out = sc.names.appendHost(append(sc.out, sc.s[sc.done:from]...), sc.s[from:to])
	sc.done = to
	return to
}

// back returns where the run of bytes that are of a kind begins that ends before i.
func (sc *scan) back(i int, is func(byte) bool) int {
	for i > sc.done && is(sc.s[i-1]) {
		i--
	}
	return i
}

// ahead returns where the run of bytes that are of a kind ends that begins at i.
func (sc *scan) ahead(i int, is func(byte) bool) int {
	for i < len(sc.s) && is(sc.s[i]) {
		i++
	}
	return i
}

// at returns a byte; 0 outside the text and before done. The byte just before done is the last of a pseudonym.
func (sc *scan) at(i int) byte {
	switch {
	case i >= sc.done && i < len(sc.s):
		return sc.s[i]
	case i >= 0 && i == sc.done-1:
		return sc.out[len(sc.out)-1]
	}
	return 0
}
