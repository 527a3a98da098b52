package redact

import "strings"

// mark replaces the name that a text says is one: ServerName="SUP01", Machine name: LAB-01, user 'ina', SYS=SITE01,
// <UserName>ina</UserName>. The byte at i is what stands between the word and the name. Names that show by themselves,
// with a domain or in an address, are left to who finds those.
func (sc *scan) mark(i int) int {
	c := sc.s[i]
	end := i
	for end > sc.done && sc.s[end-1] == ' ' {
		end--
	}
	if !mayName(sc.s[sc.done:end]) {
		return 0
	}
	if isQuote(c) && end == i || i-end > 1 && c != '=' { // a quote stands behind a blank
		return 0
	}
	class, strong, ok := sc.markBefore(end, c)
	if !ok || !sc.classes.has(class) {
		return 0
	}
	from, quote := i+1, byte(0)
	if isQuote(c) {
		quote = c
	} else {
		for from < len(sc.s) && (sc.s[from] == ' ' || sc.s[from] == '\\') {
			if sc.s[from] == '\\' && !isQuote(sc.at(from+1)) {
				break
			}
			from++
		}
		if q := sc.at(from); isQuote(q) {
			quote, from = q, from+1
		}
	}
	to := sc.markedEnd(from, quote, class)
	name := sc.s[from:to]
	after := sc.at(to)
	switch {
	case name == "" || !isName(class, name), after == '\\' || after == '@' || after == '/':
		return 0
	case after == ':' && (class != Host || !isDigit(sc.at(to+1))): // but for a port
		return 0
	case !strong && quote == 0 && c == ':' && !looksNamed(name), after == '(' || after == '%':
		return 0
	case strings.IndexByte(name, '.') >= 0 && class == Host:
		return sc.markedHost(from, to)
	case class == Host:
		return sc.replaceHost(from, to)
	}
	return sc.replace(from, to, prefixUser, name)
}

// markedEnd returns where the name ends that begins at from. In quotes a user's may have blanks.
func (sc *scan) markedEnd(from int, quote byte, class Class) int {
	is := isHostByte
	if class == User {
		is = isAccountByte
	}
	to := sc.ahead(from, is)
	if quote != 0 && class == User && sc.at(to) == ' ' {
		end := sc.ahead(to, func(c byte) bool { return isAccountByte(c) || c == ' ' })
		if sc.at(end) == quote && end-from <= maxAccount && sc.s[end-1] != ' ' {
			return end
		}
	}
	for to > from && (sc.s[to-1] == '.' || sc.s[to-1] == '-') {
		to--
	}
	return to
}

// markBefore tells what the word before end says that follows. A strong one says nothing else.
func (sc *scan) markBefore(end int, c byte) (class Class, strong, ok bool) {
	from := sc.back(end, func(c byte) bool { return isWord(c) || c == '-' })
	word := sc.s[from:end]
	if len(word) > maxWord || !mayName(word) {
		return 0, false, false
	}
	if c == '>' && sc.at(from-1) != '<' {
		return 0, false, false
	}
	if c == '=' && (equalFold(word, "sys") || equalFold(word, "dc")) { // of a status message; of a distinguished name
		return Host, true, true
	}
	if equalFold(word, "name") && sc.at(from-1) == ' ' { // Computer name
		before := sc.back(from-1, isWord)
		class, ok = classOf(sc.s[before : from-1])
		return class, true, ok
	}
	class, ok = classOf(word)
	return class, endsAny(word, hostEndings) || endsAny(word, userEndings), ok && !isPseudonym(word)
}

// said replaces the name of a machine behind a word that announces one and a blank: on machine LAB-07. Only a name with
// letters and digits is one there, as what follows may be any word.
func (sc *scan) said(i int) int {
	if !mayName(sc.s[sc.done:i]) {
		return 0
	}
	from := sc.back(i, isLetter)
	word := sc.s[from:i]
	if !announce.has(word) || isWord(sc.at(from-1)) {
		return 0
	}
	to := sc.ahead(i+1, func(c byte) bool { return isWord(c) || c == '-' })
	name := sc.s[i+1 : to]
	after := sc.at(to)
	if len(name) < 4 || len(name) > 15 || !isLetter(name[0]) || !strings.ContainsAny(name, "0123456789") || name[len(name)-1] == '-' ||
		strings.IndexByte(`.\@:=/%(`, after) >= 0 && after != 0 && (after != '.' && after != ':' || isWord(sc.at(to+1)) && !isDigit(sc.at(to+1))) ||
		isPseudonym(name) || endsAny(name, notMachines) || equalFold(name[:2], "kb") || equalFold(name[:2], "s-") || !isName(Host, name) {
		return 0
	}
	return sc.replaceHost(i+1, to)
}

// announce are the words that a machine's name may follow, and notMachines what else does.
var (
	announce    = setOf("machine computer host server client workstation")
	notMachines = []string{"x64", "x86", "amd64", "arm64", "i386", "win32", "win64", "utf-8", "utf8", "bit"}
)

// looksNamed tells whether a word looks like the name of a machine or a person and not like a word of a sentence.
func looksNamed(s string) bool {
	return !hasLower(s) || strings.ContainsAny(s, "0123456789-_.") || s[0] >= 0x80
}
