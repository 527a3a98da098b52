package scan

import "github.com/cmtrail/cmtrail/parsers/internal/record"

// TextSeverity guesses a severity from the words of a message, whatever their case: "error" makes an error, "fail" an
// error unless "over" follows it, "warn" a warning, and anything else is information.
func TextSeverity(msg string) record.Severity {
	warn := false
	for i := 0; i+3 <= len(msg); i++ {
		switch msg[i] | 0x20 {
		case 'r': // two of them are rarer than an e
			if msg[i+1]|0x20 == 'r' && i > 0 && foldHas(msg, i-1, "error") {
				return record.Error
			}
		case 'f':
			if foldHas(msg, i, "fail") && !foldHas(msg, i+4, "over") {
				return record.Error
			}
		case 'w':
			warn = warn || foldHas(msg, i, "warn")
		}
	}
	if warn {
		return record.Warn
	}
	return record.Info
}

// foldHas reports whether the lower-case ASCII word stands at s[i], in any case.
func foldHas(s string, i int, word string) bool {
	if i+len(word) > len(s) {
		return false
	}
	for j := 0; j < len(word); j++ {
		if c := s[i+j]; c|0x20 != word[j] || c < 'A' {
			return false
		}
	}
	return true
}

// FoldPrefix reports whether s begins with the lower-case ASCII word, in any case. The word may hold letters only.
func FoldPrefix(s, word string) bool {
	return foldHas(s, 0, word)
}
