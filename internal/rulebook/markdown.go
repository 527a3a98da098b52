package rulebook

import (
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

var special = strings.NewReplacer(
	"&", "&amp;", "<", "&lt;", ">", "&gt;",
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "|", `\|`, "#", `\#`, "~", `\~`, "$", `\$`,
)

// text writes a text of a rule so that Markdown shows it as it is, on one line.
func text(s string) string {
	s = special.Replace(strings.Join(strings.Fields(plain(s)), " "))
	return listMark.ReplaceAllString(s, `$1\$2`)
}

// plain takes out what a terminal would obey: pages are printed, too.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r' {
			return utf8.RuneError
		}
		return r
	}, s)
}

// listMark is what makes a list of a line that begins with it.
var listMark = regexp.MustCompile(`^(\d*)([-+.)] )`)

var runs = regexp.MustCompile("`+")

// fence returns a run of backticks that does not stand in s, of at least n.
func fence(s string, n int) string {
	for _, run := range runs.FindAllString(s, -1) {
		n = max(n, len(run)+1)
	}
	return strings.Repeat("`", n)
}

// code writes a text as code on one line. What may hold a | has no place in a table so.
func code(s string) string {
	if strings.TrimSpace(s) == "" {
		return ""
	}
	s = strings.NewReplacer("\r", " ", "\n", " ", "\t", " ").Replace(plain(s))
	f := fence(s, 1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return f + s + f
}

// block writes a text as a block of code.
func block(s string) string {
	s = strings.TrimRight(plain(strings.ReplaceAll(s, "\r", "")), "\n")
	f := fence(s, 3)
	return f + "text\n" + s + "\n" + f + "\n"
}

// row writes cells that are Markdown as a row of a table.
func row(cells ...string) string { return "| " + strings.Join(cells, " | ") + " |\n" }

// head writes the head of a table.
func head(names ...string) string {
	return row(names...) + strings.Repeat("| --- ", len(names)) + "|\n"
}

// codes writes several texts as code.
func codes(all []string) string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = code(s)
	}
	return strings.Join(out, ", ")
}

// span writes a duration as rule files do: 10m, 24h, 1h30m.
func span(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = s[:len(s)-2]
	}
	if strings.HasSuffix(s, "h0m") {
		s = s[:len(s)-2]
	}
	return s
}
