package display

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

var special = strings.NewReplacer(
	"&", "&amp;", "<", "&lt;", ">", "&gt;",
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "|", `\|`, "#", `\#`, "~", `\~`, "$", `\$`,
)

// listMark is what makes a list of a line that begins with it.
var listMark = regexp.MustCompile(`^(\d*)([-+.)] )`)

// Markdown writes a text so that Markdown shows it as it is, on one line.
func Markdown(s string) string {
	s = special.Replace(strings.Join(strings.Fields(Lines(s)), " "))
	return listMark.ReplaceAllString(s, `$1\$2`)
}

// Lines returns text of which nothing is obeyed but ends of lines and tabs.
func Lines(s string) string {
	return strings.Map(func(r rune) rune {
		if Obeyed(r) && r != '\n' && r != '\t' && r != '\r' {
			return utf8.RuneError
		}
		return r
	}, s)
}

// Code writes a text as code in Markdown, on one line. What may hold a | has no place in a table so.
func Code(s string) string {
	if strings.TrimSpace(s) == "" {
		return ""
	}
	s = strings.NewReplacer("\r", " ", "\n", " ", "\t", " ").Replace(Lines(s))
	f := Fence(s, 1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return f + s + f
}

var runs = regexp.MustCompile("`+")

// Fence returns a run of backticks that does not stand in s, of at least n.
func Fence(s string, n int) string {
	for _, run := range runs.FindAllString(s, -1) {
		n = max(n, len(run)+1)
	}
	return strings.Repeat("`", n)
}
