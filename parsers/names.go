package parsers

import (
	"strings"

	"github.com/cmtrail/cmtrail/parsers/internal/scan"
)

// LogName returns the name under which rules know a log file: without directory and rotation marks, in lower case,
// with ".log": "wuahandler.log" for WUAHandler.lo_ and for WUAHandler-20260714-101112.log. It is "" for an empty path.
func LogName(path string) string {
	name, _ := stem(path)
	if name == "" {
		return ""
	}
	return name + ".log"
}

// IsRotated reports whether the path is a rolled-over copy, which a reader that follows the live file must leave
// alone, and returns the name of the live file in lower case.
func IsRotated(path string) (base string, rotated bool) {
	name, rotated := stem(path)
	if name == "" {
		return "", false
	}
	return name + ".log", rotated
}

// stem takes directory, ending and rotation marks off a path.
func stem(path string) (name string, rotated bool) {
	name = strings.ToLower(path[strings.LastIndexAny(path, `/\`)+1:])
	for {
		rest, mark, ok := strip(name)
		if !ok || rest == "" {
			break
		}
		name, rotated = rest, rotated || mark
	}
	if digits, ok := strings.CutPrefix(name, "cbspersist_"); ok && isDigits(digits) {
		return "cbs", true
	}
	return name, rotated
}

// strip takes one ending off a name and says whether it marks a rolled-over copy.
func strip(name string) (rest string, mark, ok bool) {
	if rest, ok = strings.CutSuffix(name, ".log"); ok {
		return rest, false, true
	}
	for _, end := range []string{".lo_", ".old"} {
		if rest, ok = strings.CutSuffix(name, end); ok {
			return rest, true, true
		}
	}
	// .log.3, .log.20260714, .log.2026-07-14-101112
	if i := strings.LastIndex(name, ".log."); i >= 0 && isStamp(name[i+len(".log."):]) {
		return name[:i], true, true
	}
	// -20260714-101112
	if n := len(name) - len("-20260714-101112"); n > 0 && name[n] == '-' && name[n+9] == '-' &&
		isDigits(name[n+1:n+9]) && isDigits(name[n+10:]) {
		return name[:n], true, true
	}
	// name.3
	if i := strings.LastIndexByte(name, '.'); i > 0 && isDigits(name[i+1:]) {
		return name[:i], true, true
	}
	// name_1: one user's log of several, not a copy of another
	if n := len(name) - 2; n > 0 && name[n] == '_' && isDigits(name[n+1:]) {
		return name[:n], false, true
	}
	return name, false, false
}

func isDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if !scan.IsDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

// isStamp reports whether s is made of digits and of the marks that stand between them in a time stamp.
func isStamp(s string) bool {
	return s != "" && scan.IsDigit(s[0]) && strings.Trim(s, "0123456789-_.t") == ""
}
