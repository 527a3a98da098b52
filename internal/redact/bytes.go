package redact

func upper(c byte) byte {
	if 'a' <= c && c <= 'z' {
		return c - ('a' - 'A')
	}
	return c
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isLetter(c byte) bool { c = lower(c); return 'a' <= c && c <= 'z' }
func isHex(c byte) bool    { c = lower(c); return isDigit(c) || 'a' <= c && c <= 'f' }

// isWord tells whether a byte goes on with a word. Letters outside ASCII do.
func isWord(c byte) bool { return isDigit(c) || isLetter(c) || c == '_' || c >= 0x80 }

// isHostByte tells whether a byte may stand in the name of a host, its full stops included.
func isHostByte(c byte) bool { return isDigit(c) || isLetter(c) || c == '-' || c == '_' || c == '.' }

// isAccountByte tells whether a byte may stand in the name of an account without quotes.
func isAccountByte(c byte) bool { return isHostByte(c) || c >= 0x80 }

func isSlash(c byte) bool { return c == '\\' || c == '/' }

func isQuote(c byte) bool { return c == '"' || c == '\'' }

func hasUpper(s string) bool {
	for i := range len(s) {
		if 'A' <= s[i] && s[i] <= 'Z' {
			return true
		}
	}
	return false
}

func hasLower(s string) bool {
	for i := range len(s) {
		if 'a' <= s[i] && s[i] <= 'z' {
			return true
		}
	}
	return false
}

func hasLetter(s string) bool {
	for i := range len(s) {
		if isLetter(s[i]) || s[i] >= 0x80 {
			return true
		}
	}
	return false
}

// equalFold compares without regard to the case of ASCII letters.
func equalFold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

// endsFold tells whether s ends with what, which is in lower case.
func endsFold(s, what string) bool {
	return len(s) >= len(what) && equalFold(s[len(s)-len(what):], what)
}
