package redact

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strings"
)

// The words that pseudonyms begin with.
const (
	prefixUser   = "user"
	prefixHost   = "host"
	prefixDomain = "domain"
	prefixSID    = "sid"
	prefixIP     = "ip"
	prefixEmail  = "email"
)

var prefixes = [...]string{prefixUser, prefixHost, prefixDomain, prefixSID, prefixIP, prefixEmail}

// digits is the number of hexadecimal digits of a pseudonym: 48 bits. Of a hundred thousand names, two share one in a case
// of fifty thousand.
const digits = 12

// maxRemembered bounds the pseudonyms that are remembered, so that one is not computed for each record anew.
const maxRemembered = 16_384

// maxRememberedName is how long a name may be whose pseudonym is remembered: hosts have 253 bytes at most.
const maxRememberedName = 512

type pseudonyms struct {
	mac        hash.Hash
	remembered map[string]string // by prefix and name
	input      []byte
	sum        []byte
}

func newPseudonyms(key []byte) pseudonyms {
	return pseudonyms{mac: hmac.New(sha256.New, key), remembered: map[string]string{}}
}

// of returns the pseudonym of a name, whose case does not matter.
func (p *pseudonyms) of(prefix, name string) string {
	in := append(append(p.input[:0], prefix...), 0)
	in = appendLower(in, name)
	p.input = in
	if have, ok := p.remembered[string(in)]; ok {
		return have
	}
	p.mac.Reset()
	p.mac.Write(in)
	p.sum = p.mac.Sum(p.sum[:0])
	made := prefix + "-" + hex.EncodeToString(p.sum[:digits/2])
	if len(in) > maxRememberedName {
		return made
	}
	if len(p.remembered) >= maxRemembered {
		clear(p.remembered)
	}
	p.remembered[string(in)] = made
	return made
}

// appendHost appends the pseudonym of a host: that of its own name, so that it is the same with a domain and without, and
// that of its domain. Two labels are a domain by themselves.
func (p *pseudonyms) appendHost(b []byte, name string) []byte {
	own, domain, _ := strings.Cut(name, ".")
	switch {
	case domain == "":
		return append(b, p.of(prefixHost, own)...)
	case !strings.Contains(domain, "."):
		return append(b, p.of(prefixDomain, name)...)
	}
	b = append(append(b, p.of(prefixHost, own)...), '.')
	return append(b, p.of(prefixDomain, domain)...)
}

// appendLower appends s in lower case, so that spellings that Windows takes as one name are one here.
func appendLower(b []byte, s string) []byte {
	from := len(b)
	for i := range len(s) {
		if s[i] >= 0x80 {
			return append(b[:from], strings.ToLower(s)...)
		}
		b = append(b, lower(s[i]))
	}
	return b
}

// isPseudonym tells whether a name is one that was made here, whatever the key.
func isPseudonym(s string) bool {
	at := len(s) - digits - 1
	if at < 0 || s[at] != '-' {
		return false
	}
	for i := at + 1; i < len(s); i++ {
		if !isDigit(s[i]) && (s[i] < 'a' || s[i] > 'f') {
			return false
		}
	}
	for _, p := range prefixes {
		if s[:at] == p {
			return true
		}
	}
	return false
}

// isPseudonymHost tells the same of a host with its domain.
func isPseudonymHost(s string) bool {
	own, domain, dotted := strings.Cut(s, ".")
	return isPseudonym(own) && (!dotted || isPseudonym(domain))
}
