package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// diffContext is how many lines that are the same stand around those that differ.
const diffContext = 3

// lineDiff prints what changes between two texts in the unified form, as patch reads it.
func lineDiff(to io.Writer, name, before, after string) error {
	edits := editsBetween(splitLines(before), splitLines(after))
	var b bytes.Buffer
	fmt.Fprintf(&b, "--- %s\n+++ %s (laid out)\n", name, name)
	for from := 0; from < len(edits); {
		if edits[from].mark == ' ' {
			from++
			continue
		}
		begin := max(0, from-diffContext)
		end, quiet := from, 0
		for end < len(edits) && quiet <= 2*diffContext {
			if edits[end].mark == ' ' {
				quiet++
			} else {
				quiet = 0
			}
			end++
		}
		end -= max(0, quiet-diffContext)
		hunk(&b, edits[begin:end])
		from = end
	}
	_, err := to.Write(b.Bytes())
	return err
}

func hunk(b *bytes.Buffer, edits []edit) {
	old, fresh := 0, 0
	for _, e := range edits {
		if e.mark != '+' {
			old++
		}
		if e.mark != '-' {
			fresh++
		}
	}
	fmt.Fprintf(b, "@@ -%s +%s @@\n", place(edits[0].old, old), place(edits[0].fresh, fresh))
	for _, e := range edits {
		b.WriteByte(e.mark)
		b.WriteString(e.text)
		if !strings.HasSuffix(e.text, "\n") {
			b.WriteString("\n\\ No newline at end of file\n")
		}
	}
}

// place writes where a hunk begins and how many lines it has; one without lines is named by the line before it.
func place(line, count int) string {
	if count == 0 {
		line--
	}
	return fmt.Sprintf("%d,%d", line, count)
}

// edit is one line of either text: ' ' stands in both, '-' in the old one alone, '+' in the new one alone.
type edit struct {
	mark       byte
	text       string
	old, fresh int // numbers from 1 of this line, or of the next one in the text that lacks it
}

func splitLines(s string) []string {
	lines := strings.SplitAfter(s, "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// editsBetween finds a shortest way from a to b, by Myers' greedy method.
func editsBetween(a, b []string) []edit {
	front := map[int]int{1: 0} // diagonal -> the furthest line of a
	var trail []map[int]int
	for d := 0; ; d++ {
		kept := make(map[int]int, len(front))
		for k, x := range front {
			kept[k] = x
		}
		trail = append(trail, kept)
		for k := -d; k <= d; k += 2 {
			x := front[k-1] + 1
			if k == -d || k != d && front[k-1] < front[k+1] {
				x = front[k+1]
			}
			for x < len(a) && x-k < len(b) && a[x] == b[x-k] {
				x++
			}
			front[k] = x
			if x >= len(a) && x-k >= len(b) {
				return walkBack(a, b, trail)
			}
		}
	}
}

// walkBack reads the way off the trail, from its end.
func walkBack(a, b []string, trail []map[int]int) []edit {
	var back []edit
	x, y := len(a), len(b)
	for d := len(trail) - 1; d >= 0; d-- {
		front, k := trail[d], x-y
		before := k - 1
		if k == -d || k != d && front[k-1] < front[k+1] {
			before = k + 1
		}
		fromX := front[before]
		fromY := fromX - before
		for x > fromX && y > fromY && x > 0 && y > 0 {
			x, y = x-1, y-1
			back = append(back, edit{' ', a[x], x + 1, y + 1})
		}
		if d == 0 {
			break
		}
		if x == fromX {
			y--
			back = append(back, edit{'+', b[y], x + 1, y + 1})
		} else {
			x--
			back = append(back, edit{'-', a[x], x + 1, y + 1})
		}
	}
	for i, j := 0, len(back)-1; i < j; i, j = i+1, j-1 {
		back[i], back[j] = back[j], back[i]
	}
	return back
}
