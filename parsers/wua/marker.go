// Package wua reads the two forms of WindowsUpdate.log: the one that older agents write, and the one that
// Get-WindowsUpdateLog converts from traces.
package wua

import (
	"bytes"

	"github.com/cmtrail/cmtrail/parsers/internal/head"
	"github.com/cmtrail/cmtrail/parsers/internal/record"
	"github.com/cmtrail/cmtrail/parsers/internal/scan"
)

// marks are the words agents frame with stars, dashes or arrows to show the course of an operation.
var marks = [...]string{"START", "END", "SUBMITTED", "RESUMED", "QUEUED", "FAILED"}

// marker returns the framed word at the head of a message and what follows the frame.
func marker(msg []byte) (tag string, rest []byte) {
	body := bytes.TrimLeft(msg, " ")
	open := bytes.TrimLeft(body, "*-<>")
	if len(open) == len(body) {
		return "", msg
	}
	word := bytes.TrimLeft(open, " ")
	for _, mark := range marks {
		if !bytes.HasPrefix(word, scan.Bytes(mark)) {
			continue
		}
		tail := bytes.TrimLeft(word[len(mark):], " ")
		if len(tail) > 0 && (tail[0] == '*' || tail[0] == '-') {
			return mark, bytes.TrimLeft(tail, "*- ")
		}
	}
	return "", msg
}

// details takes the "name = value" pairs that say for whom an operation ran and how it ended.
func details(msg []byte, r *record.Record) {
	for at := 0; ; at++ {
		i := bytes.IndexByte(msg[at:], '=')
		if i < 0 {
			return
		}
		at += i
		name := bytes.TrimRight(msg[:at], " ")
		switch {
		case endsWithWord(name, "ClientId"):
			add(r, "client_id", value(msg, at+1))
		case endsWithWord(name, "CallerId"):
			add(r, "caller_id", value(msg, at+1))
		case endsWithWord(name, "Exit code"):
			add(r, "exit_code", value(msg, at+1))
		case endsWithWord(name, "file"):
			r.SourceFile = scan.View(value(msg, at+1))
		case endsWithWord(name, "line") && r.SourceFile != "":
			if line, ok := scan.ParseUint(value(msg, at+1)); ok {
				r.SourceLine = line
			}
		}
	}
}

// value returns what stands after an equals sign: up to a comma, a closing bracket, or a blank before a
// parenthesis or another blank.
func value(msg []byte, at int) []byte {
	at = head.SkipBlanks(msg, at)
	end := at
	for ; end < len(msg); end++ {
		c := msg[end]
		if c == ',' || c == ']' || c == ')' {
			break
		}
		if c == ' ' && (end+1 == len(msg) || msg[end+1] == ' ' || msg[end+1] == '(') {
			break
		}
	}
	return msg[at:end]
}

// add appends a string unless it is no value or the name was there before: the first of a line is its subject.
func add(r *record.Record, key string, val []byte) {
	if len(val) == 0 || string(val) == "<NULL>" {
		return
	}
	for i := range r.Attrs {
		if r.Attrs[i].Key == key {
			return
		}
	}
	r.Attrs = append(r.Attrs, record.Attr{Key: key, Str: scan.View(val)})
}

func endsWithWord(b []byte, word string) bool {
	if !bytes.HasSuffix(b, scan.Bytes(word)) {
		return false
	}
	if len(b) == len(word) {
		return true
	}
	c := b[len(b)-len(word)-1] | 0x20
	return c < 'a' || c > 'z'
}
