package rulebook

import (
	"strings"
	"time"

	"github.com/cmtrail/cmtrail/internal/display"
)

// text writes a text of a rule so that Markdown shows it as it is, on one line.
func text(s string) string { return display.Markdown(s) }

// code writes a text as code on one line. What may hold a | has no place in a table so.
func code(s string) string { return display.Code(s) }

// block writes a text as a block of code.
func block(s string) string {
	s = strings.TrimRight(display.Lines(strings.ReplaceAll(s, "\r", "")), "\n")
	f := display.Fence(s, 3)
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
