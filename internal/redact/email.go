package redact

import "strings"

// email replaces the mail address or user principal name around the at sign at i.
func (sc *scan) email(i int) int {
	from := sc.back(i, func(c byte) bool { return isAccountByte(c) || strings.IndexByte("+%'", c) >= 0 })
	for from < i && !isWord(sc.s[from]) {
		from++
	}
	to := sc.ahead(i+1, isHostByte)
	for to > i+1 && !isWord(sc.s[to-1]) {
		to--
	}
	domain := sc.s[i+1 : to]
	dot := strings.LastIndexByte(domain, '.')
	if from == i || isPseudonym(sc.s[from:i]) || dot < 1 || len(domain)-dot < 3 || !wholeLabels(domain[:dot]) {
		return 0
	}
	for _, c := range []byte(domain[dot+1:]) {
		if !isLetter(c) {
			return 0
		}
	}
	return sc.replace(from, to, prefixEmail, sc.s[from:to])
}
