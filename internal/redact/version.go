package redact

import "strings"

// isVersion tells whether four numbers that could be an address are the version of a file or product. Most versions never
// come here: they have a number above 255, a leading zero or a letter beside them. What is left is told by what stands
// before it, and by numbers that no machine has for an address. In doubt it is an address.
func (sc *scan) isVersion(from, to int, b [4]byte) bool {
	switch before := sc.at(from - 1); {
	case sc.at(to) == ':' && isDigit(sc.at(to+1)): // a port
		return false
	case before == '/':
		return isWord(sc.at(from - 2)) // product/version; two slashes begin a host
	case before == '\\': // a folder; a share has been read before
		return true
	}
	switch sc.wordsBefore(from) {
	case saysVersion:
		return true
	case saysAddress:
		return false
	}
	return b[0] < 10 && (b[3] == 0 || b[1] == 0 && b[2] == 0)
}

type said uint8

const (
	saysNothing said = iota
	saysVersion
	saysAddress
)

// wordsBefore looks at the words before a number, back over those that say nothing themselves. A version may come after
// another one: "from version 7.1.0.2 to 7.1.0.3".
func (sc *scan) wordsBefore(from int) said {
	i := from
	for range maxWords {
		i = sc.back(i, func(c byte) bool { return strings.IndexByte(" \t=:\"'([<>{,", c) >= 0 })
		end := i
		i = sc.back(i, func(c byte) bool { return isWord(c) || c == '.' || c == '-' })
		word := sc.s[i:end]
		if len(word) == 0 || len(word) > maxWord {
			return saysNothing
		}
		if _, number := parseIPv4(word); number || isVersionNumber(word) {
			if strings.TrimSpace(sc.s[end:from]) != "to" {
				return saysNothing
			}
			continue
		}
		switch {
		case endsFold(word, "version") || endsFold(word, "ver") || versionWords.has(word):
			return saysVersion
		case endsFold(word, "address") || endsFold(word, "ip"):
			return saysAddress
		case !fillers.has(word):
			return saysNothing
		}
	}
	return saysNothing
}

// maxWords is how many words back are looked at.
const maxWords = 5

// isVersionNumber tells of numbers between full stops that can be no address.
func isVersionNumber(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) && s[i] != '.' {
			return false
		}
	}
	return strings.Contains(s, ".")
}

var versionWords = setOf("v versions build release rev revision clr framework runtime driver engine signature edition upgrade upgraded product definition " +
	"definitions stack baseline")

// fillers stand between a word and its number without a meaning of their own.
var fillers = setOf("is of number no to from the installed current required minimum maximum new old than least file was")
