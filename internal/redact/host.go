package redact

import "strings"

// maxHost is the longest name of a host with its domain.
const maxHost = 253

// dotted looks at the word around the full stop at i: an address, or the name of a host with its domain.
func (sc *scan) dotted(i int) int {
	if isDigit(sc.at(i+1)) && isDigit(sc.at(i-1)) {
		if to := sc.ipv4(i); to > 0 {
			return to
		}
	}
	from := sc.back(i, isHostByte)
	to := sc.ahead(i, isHostByte)
	switch sc.at(to) {
	case '@': // the name before a mail address
		return to
	case '\\': // perhaps the domain of an account
		return to
	}
	sc.fullName(from, to)
	return to
}

// fullName replaces the host that a word with full stops names, if it does.
func (sc *scan) fullName(from, to int) {
	for from < to && (sc.s[from] == '.' || sc.s[from] == '-') {
		from++
	}
	for to > from && !isWord(sc.s[to-1]) {
		to--
	}
	if !sc.classes.has(Host) || to-from > maxHost || sc.at(from-1) == '@' && sc.classes.has(Email) {
		return
	}
	if name := sc.s[from:to]; isFullName(name) && !staysReadable(name) {
		sc.replaceHost(from, to)
	}
}

// isFullName tells whether a word is the name of a host with its domain and not of a file, a type or an end of one
// sentence and the begin of the next: by its last label, which must be one that the world or an office uses, in the
// spelling that people use.
func isFullName(s string) bool {
	at := strings.LastIndexByte(s, '.')
	if at < 0 {
		return false
	}
	last, rest := s[at+1:], s[:at]
	switch {
	case !wholeLabels(rest), !hasLetter(rest), hasUpper(last) && hasLower(s), notHosts.has(s):
		return false
	case topDomains.has(last):
		return true
	}
	// Two labels and a country may be a file or two sentences without a blank between them: error.no, run.in.
	return countries.has(last) && (strings.IndexByte(rest, '.') >= 0 || !ambiguousCountries.has(last))
}

// wholeLabels tells whether no label is empty or begins or ends with a hyphen.
func wholeLabels(s string) bool {
	for more := true; more; {
		var label string
		label, s, more = strings.Cut(s, ".")
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
	}
	return true
}

// markedHost replaces s[from:to], which stands where a host must stand: in the address of a page, as the server of a share or
// behind a word that says so. It returns to.
func (sc *scan) markedHost(from, to int) int {
	name := sc.s[from:to]
	if addr, ok := parseIPv4(name); ok {
		if sc.classes.has(IP) && !identifiesNobody(addr) {
			sc.replace(from, to, prefixIP, addr.String())
		}
		return to
	}
	if sc.classes.has(Host) && len(name) <= maxHost && hasLetter(name) && wholeLabels(name) && !staysReadable(name) {
		sc.replaceHost(from, to)
	}
	return to
}

// url replaces the host of an address of a page, and who it is asked for as, from its colon on.
func (sc *scan) url(i int) int {
	if sc.at(i+1) != '/' || sc.at(i+2) != '/' {
		return 0
	}
	scheme := sc.s[sc.back(i, func(c byte) bool { return isLetter(c) || c == '.' || c == '+' }):i]
	if !isScheme(scheme) {
		return 0
	}
	from := i + 3
	to := sc.ahead(from, func(c byte) bool { return isHostByte(c) || strings.IndexByte("@:%$!&*~", c) >= 0 })
	if at := strings.LastIndexByte(sc.s[from:to], '@'); at >= 0 {
		if who := sc.s[from : from+at]; at > 0 && sc.classes.has(User) && !isPseudonym(who) {
			sc.replace(from, from+at, prefixUser, who)
		}
		from += at + 1
	}
	end := sc.ahead(from, isHostByte)
	for end > from && (sc.s[end-1] == '.' || sc.s[end-1] == '-') {
		end--
	}
	if end == from || sc.at(end) == '=' { // LDAP://DC=contoso
		return from
	}
	return sc.markedHost(from, end)
}

// isScheme tells whether what follows the scheme is a host. Some of Microsoft's have ids there.
func isScheme(s string) bool { return schemes.has(s) }

var schemes = setOf("http https ftp ftps sftp file ldap ldaps gc smb nfs tcp net.tcp tls ws wss rdp ssh grpc grpcs sip mssql")

// share replaces the server of \\server\share. Two backslashes behind a word or a drive are one, written twice.
func (sc *scan) share(i int) int {
	if sc.at(i+1) != '\\' {
		return 0
	}
	from := sc.ahead(i, func(c byte) bool { return c == '\\' })
	before := sc.at(i - 1)
	if isWord(before) || before == ')' || before == '.' || before == '$' || before == '%' || before == '}' ||
		before == ':' && isLetter(sc.at(i-2)) && !isLetter(sc.at(i-3)) {
		return 0
	}
	if sc.at(from) == '?' && isSlash(sc.at(from+1)) { // \\?\UNC\server\share
		unc := sc.ahead(from+1, isSlashByte)
		if unc+4 > len(sc.s) || !equalFold(sc.s[unc:unc+3], "unc") || !isSlash(sc.s[unc+3]) {
			return unc
		}
		from = sc.ahead(unc+3, isSlashByte)
	}
	to := sc.ahead(from, isHostByte)
	for to > from && (sc.s[to-1] == '.' || sc.s[to-1] == '-') {
		to--
	}
	if to == from {
		return from
	}
	return sc.markedHost(from, to)
}

func isSlashByte(c byte) bool { return isSlash(c) }
