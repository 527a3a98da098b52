package redact

// sid replaces the security identifier of an account or a machine, S-1-5-21-… or S-1-12-1-…, around its first hyphen at i.
// ConfigMgr writes underscores where a SID is part of a name in WMI. The well-known ones, S-1-5-18 and all others, mean
// the same everywhere and stay.
func (sc *scan) sid(i int) int {
	s, sep := sc.s, sc.s[i]
	if lower(sc.at(i-1)) != 's' || sc.at(i+1) != '1' || sc.at(i+2) != sep || isWord(sc.at(i-2)) && sc.at(i-2) != '_' || sc.at(i-2) == '-' {
		return 0
	}
	var groups [16]string
	n, at := 0, i
	for at < len(s) && s[at] == sep && isDigit(sc.at(at+1)) && n < len(groups) {
		to := sc.ahead(at+1, isDigit)
		groups[n], n, at = s[at+1:to], n+1, to
	}
	personal := n >= 6 && groups[1] == "5" && groups[2] == "21" || n >= 5 && groups[1] == "12" && groups[2] == "1"
	if !personal || isLetter(sc.at(at)) {
		return at
	}
	var room [200]byte
	name := append(room[:0], 's')
	for _, g := range groups[:n] {
		if len(name)+1+len(g) > len(room) {
			return at // no number of a SID is so long
		}
		name = append(append(name, '-'), g...)
	}
	return sc.replace(i-1, at, prefixSID, string(name))
}
