package wua

import (
	"bytes"

	"github.com/cmtrail/cmtrail/parsers/internal/head"
	"github.com/cmtrail/cmtrail/parsers/internal/scan"
)

// columns are the fields every converted line begins with.
type columns struct {
	year    int
	wall    int64
	ok      bool // the date exists and its year is plausible
	slashes bool
	pid     []byte
	tid     []byte
	tidAt   int
}

// zero reports the stamp of an event without a time, the start of the FILETIME epoch in some zone.
func (h columns) zero() bool {
	return h.year == 1600 || h.year == 1601
}

// etlHead reads "yyyy/MM/dd HH:mm:ss.fffffff pid tid". Both separators are those of the converting session's culture.
func etlHead(line []byte) (h columns, ok bool) {
	var month, dom int
	if h.year, ok = scan.Four(line, 0); !ok {
		return h, false
	}
	at := separator(line, 4)
	if month, ok = scan.Two(line, at); !ok {
		return h, false
	}
	at = separator(line, at+2)
	if dom, ok = scan.Two(line, at); !ok {
		return h, false
	}
	h.slashes = line[4] == '/'
	at += 2
	// " HH:mm:ss.fffffff "
	if at+18 > len(line) || line[at] != ' ' || line[at+9] != '.' || line[at+17] != ' ' ||
		!isClockSeparator(line[at+3]) || line[at+3] != line[at+6] {
		return h, false
	}
	nanos, digits, _ := scan.Fraction(line[:at+17], at+10)
	if digits != 7 {
		return h, false
	}
	hour, ok1 := scan.Two(line, at+1)
	minute, ok2 := scan.Two(line, at+4)
	sec, ok3 := scan.Two(line, at+7)
	if !ok1 || !ok2 || !ok3 {
		return h, false
	}
	if h.year >= firstYear && h.year <= lastYear {
		h.wall, h.ok = scan.Civil(h.year, month, dom, hour, minute, sec, nanos)
	}
	var next int
	if h.pid, next = digitRun(line, at+18); len(h.pid) == 0 {
		return h, false
	}
	h.tidAt = head.SkipBlanks(line, next)
	if h.tidAt == next {
		return h, false
	}
	h.tid, next = digitRun(line, h.tidAt)
	return h, len(h.tid) > 0 && (next == len(line) || line[next] == ' ')
}

// separator returns the index after a date separator at b[i], or -1. Some cultures write a blank after the dot.
func separator(b []byte, i int) int {
	if i < 0 || i >= len(b) || b[i] != '/' && b[i] != '.' && b[i] != '-' {
		return -1
	}
	if i++; i < len(b) && b[i] == ' ' {
		i++
	}
	return i
}

func isClockSeparator(c byte) bool {
	return c == ':' || c == '.'
}

// digitRun returns the digits after any blanks at b[i] and the index behind them.
func digitRun(b []byte, i int) (digits []byte, next int) {
	i = head.SkipBlanks(b, i)
	for next = i; next < len(b) && scan.IsDigit(b[next]); next++ {
	}
	return b[i:next], next
}

// split returns the component and the index at which the message begins. The columns are fixed in the usual file; the
// sibling files of a full conversion pad them to their widest value, and there white space has to do.
func split(first []byte, h columns) (component []byte, at int) {
	tidEnd := h.tidAt + len(h.tid)
	at = h.tidAt + max(idWidth, len(h.tid)) + 1
	if at >= len(first) {
		return loose(first, tidEnd)
	}
	rest := first[at:]
	if !head.AllBlank(first[tidEnd:at]) {
		return loose(first, tidEnd)
	}
	if len(rest) > componentWidth && rest[componentWidth] == ' ' {
		component = bytes.TrimRight(rest[:componentWidth], " ")
		if len(component) == 0 {
			return nil, at + componentWidth + 1
		}
		if bytes.IndexByte(component, ' ') < 0 {
			return component, at + componentWidth + 1
		}
	} else if rest[0] != ' ' {
		if i := bytes.IndexByte(rest, ' '); i >= 0 {
			if i < componentWidth {
				return loose(first, tidEnd)
			}
			return rest[:i], at + i + 1
		}
	}
	return loose(first, tidEnd)
}

// loose takes the next word as the component and what follows its padding as the message.
func loose(first []byte, at int) (component []byte, message int) {
	at = head.SkipBlanks(first, at)
	end := at
	for end < len(first) && first[end] != ' ' {
		end++
	}
	return first[at:end], head.SkipBlanks(first, end)
}
