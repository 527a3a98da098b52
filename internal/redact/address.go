package redact

import (
	"net/netip"
	"strings"
)

// ipv4 replaces the IPv4 address around the full stop at i. It returns 0 when the digits there are none, and where they
// end when they are one that stays.
func (sc *scan) ipv4(i int) int {
	isNumber := func(c byte) bool { return isDigit(c) || c == '.' }
	from := sc.back(i, isNumber)
	to := sc.ahead(i, isNumber)
	for to > from && sc.s[to-1] == '.' {
		to--
	}
	addr, ok := parseIPv4(sc.s[from:to])
	if !ok {
		return 0
	}
	// Glued to something, it is part of that: of a file's name, of a package's or of a longer number.
	before, after := sc.at(from-1), sc.at(to)
	switch {
	case isWord(before) || isWord(after), before == '~' || before == '.' || before == '+':
		return 0
	case before == '-' && !isDigit(sc.at(from-2)) && from-1 > sc.done, after == '-' && isLetter(sc.at(to+1)):
		return 0
	case after == '.' && isWord(sc.at(to+1)), after == '+' && isWord(sc.at(to+1)):
		return 0
	}
	if !sc.classes.has(IP) || identifiesNobody(addr) || sc.isVersion(from, to, addr.As4()) {
		return to
	}
	return sc.replace(from, to, prefixIP, addr.String())
}

// parseIPv4 reads four numbers up to 255 without leading zeros.
func parseIPv4(s string) (netip.Addr, bool) {
	if len(s) < len("1.1.1.1") || len(s) > len("255.255.255.255") {
		return netip.Addr{}, false
	}
	var b [4]byte
	part, n, width := 0, 0, 0
	for i := 0; i <= len(s); i++ {
		if i < len(s) && isDigit(s[i]) {
			n = n*10 + int(s[i]-'0')
			if width++; n > 255 || width > 1 && s[i-width+1] == '0' {
				return netip.Addr{}, false
			}
			continue
		}
		if width == 0 || part > 3 || i < len(s) && s[i] != '.' {
			return netip.Addr{}, false
		}
		b[part] = byte(n)
		part, n, width = part+1, 0, 0
	}
	return netip.AddrFrom4(b), part == 4
}

// identifiesNobody tells of loopback, of no address, of multicast and of what is a mask and no address.
func identifiesNobody(a netip.Addr) bool {
	if a.Is4() {
		b := a.As4()
		return b[0] == 0 || b[0] == 127 || b[0] >= 224
	}
	return a.IsLoopback() || a.IsUnspecified() || a.IsMulticast()
}

// ipv6 replaces the IPv6 address around the colon at i.
func (sc *scan) ipv6(i int) int {
	next := sc.at(i + 1)
	if !sc.classes.has(IP) || next != ':' && !isHex(next) {
		return 0
	}
	from := sc.back(i, isHex)
	to := sc.ahead(i, func(c byte) bool { return isHex(c) || c == ':' || c == '.' })
	for to > from && (sc.s[to-1] == '.' || sc.s[to-1] == ':' && (to-from < 3 || sc.s[to-2] != ':')) {
		to--
	}
	s := sc.s[from:to]
	// Eight groups or a gap for some. A clock is neither, and the colons of a C++ name have no digits around them.
	if len(s) < 2 || len(s) > 45 || strings.Count(s, ":") < 7 && !strings.Contains(s, "::") || !strings.ContainsAny(s, "0123456789") {
		return 0
	}
	before, after := sc.at(from-1), sc.at(to)
	if isWord(before) || before == ':' || before == '.' || isWord(after) || after == ':' {
		return 0
	}
	addr, err := netip.ParseAddr(s)
	if err != nil {
		return 0
	}
	if addr = addr.Unmap(); identifiesNobody(addr) {
		return to
	}
	return sc.replace(from, to, prefixIP, addr.String())
}
