package propose

import (
	"regexp"
	"slices"
	"strings"
)

var letters = regexp.MustCompile(`[A-Za-z]+`)

func isAlnum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// inWord tells whether the byte is one of a word; those of letters outside ASCII are.
func inWord(c byte) bool { return isAlnum(c) || c == '_' || c >= 0x80 }

func wordEnds(_, rest string) bool { return rest == "" || !inWord(rest[0]) }

// versionEnds keeps a part of a longer number, or of a file's name, from being read as a number with dots.
func versionEnds(_, rest string) bool {
	more := len(rest) > 1 && rest[0] == '.' && inWord(rest[1])
	return wordEnds("", rest) && !more
}

// units may follow a number without a blank.
var units = []string{"ms", "s", "sec", "secs", "seconds", "min", "m", "h", "KB", "MB", "GB", "TB", "kb", "mb", "gb", "bytes"}

func numberEnds(text, rest string) bool {
	if text == "00000000" {
		return false // a code that says success, which is what such a message is about
	}
	word := letters.FindString(rest)
	if strings.HasPrefix(rest, word) && slices.Contains(units, word) {
		return wordEnds("", rest[len(word):])
	}
	return wordEnds("", rest)
}

// isID tells whether a word looks like the id of a package or an assignment: a site code, then five hexadecimal digits.
func isID(text, rest string) bool {
	return wordEnds("", rest) && strings.ContainsAny(text[:3], "ABCDEFGHIJKLMNOPQRSTUVWXYZ") && strings.ContainsAny(text[3:], "0123456789")
}

// standards are named like machines: UTF-16, SHA-256.
var standards = []string{"UTF", "ISO", "SHA", "AES", "RSA", "TLS", "SSL", "HTTP"}

// isMachine tells whether a word in capitals with a hyphen looks like the name of a machine: LAB-DP07, DESKTOP-8HJ2K1A.
func isMachine(text, rest string) bool {
	first, _, _ := strings.Cut(text, "-")
	return wordEnds("", rest) && !strings.HasPrefix(rest, "-") && strings.ContainsAny(text, "0123456789") && !slices.Contains(standards, first)
}

// domains end the names of hosts; extensions end those of files and of programs' classes.
var (
	domains    = []string{"com", "net", "org", "edu", "gov", "local", "lan", "corp", "internal", "intern", "intra", "home", "test", "example", "ad"}
	extensions = []string{"dll", "exe", "sys", "cab", "msi", "msp", "msu", "log", "xml", "cpp", "cxx", "c", "h", "inl", "ini", "inf", "dat", "txt", "zip",
		"tmp", "smx", "svf", "box", "asmx", "aspx", "svc", "ashx", "mof", "vbs", "ps", "cmd", "bat", "config", "edb", "mdb", "esd", "wim", "cat", "mum", "manifest", "cs"}
)

// isHost tells whether a name with dots is that of a host and not of a file, a class or a sentence that lacks its blank.
func isHost(text, rest string) bool {
	labels := strings.Split(text, ".")
	last := labels[len(labels)-1]
	if !wordEnds("", rest) || strings.HasPrefix(rest, "(") || strings.HasPrefix(rest, "::") || strings.HasPrefix(rest, "/") {
		return false
	}
	if slices.Contains(domains, last) || text == strings.ToUpper(text) && slices.Contains(domains, strings.ToLower(last)) {
		return true
	}
	if len(labels) < 3 || len(last) < 2 || len(last) > 8 || slices.Contains(extensions, strings.ToLower(last)) || strings.Trim(last, "abcdefghijklmnopqrstuvwxyz") != "" {
		return false
	}
	return text == strings.ToLower(text) || labels[0] == strings.ToUpper(labels[0])
}

var (
	pathBegins = regexp.MustCompile(`^(?:[A-Za-z]:\\|\\\\[^\s\\<>"|?*]+\\|(?i:HKEY_[A-Z_]+|HKLM|HKCU|HKU|HKCR)\\|%[A-Za-z0-9_()]+%\\)`)
	// A path without its beginning has two backslashes at least, or it could be a user.
	pathInside = regexp.MustCompile(`^[A-Za-z0-9_.$-]+\\[A-Za-z0-9_.$ -]*[A-Za-z0-9_.$-]\\[A-Za-z0-9_.$-]`)
	userForm   = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9.-]*\\[A-Za-z0-9][A-Za-z0-9._$-]*`)
)

func isPath(text string) bool {
	return (pathBegins.MatchString(text) || pathInside.MatchString(text)) && !strings.ContainsAny(text, `<>"|?*`)
}

// pathEnd returns the length of the path that a text begins with, or 0. A path goes on over a blank when the word behind
// it holds a backslash: C:\Program Files\x.
func pathEnd(text string) int {
	if !isPath(text[:wordLength(text)]) && !pathBegins.MatchString(text) && !pathInside.MatchString(text) {
		return 0
	}
	end := wordLength(text)
	for end < len(text) && text[end] == ' ' {
		next := end + 1 + wordLength(text[end+1:])
		word := text[end+1 : next]
		if !strings.Contains(word, `\`) || pathBegins.MatchString(word) || strings.HasPrefix(word, `\`) {
			break
		}
		end = next
	}
	for end > 0 && strings.IndexByte(".,;:)']}", text[end-1]) >= 0 {
		end--
	}
	if !strings.Contains(text[:end], `\`) {
		return 0
	}
	return end
}

// wordLength returns the number of bytes before the next character that ends a path's word.
func wordLength(text string) int {
	if i := strings.IndexAny(text, " \t\r\n<>\"|?*'"); i >= 0 {
		return i
	}
	return len(text)
}

// userEnd returns the length of the DOMAIN\user that a text begins with, or 0.
func userEnd(text string) int {
	end := userForm.FindStringIndex(text)
	if end == nil || strings.HasPrefix(strings.ToLower(text), `root\`) {
		return 0
	}
	to := end[1]
	for strings.IndexByte(".-", text[to-1]) >= 0 {
		to--
	}
	if rest := text[to:]; rest != "" && (rest[0] == '\\' || inWord(rest[0])) {
		return 0
	}
	return to
}
