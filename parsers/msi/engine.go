package msi

import (
	"bytes"

	"github.com/cmtrail/cmtrail/parsers/internal/head"
	"github.com/cmtrail/cmtrail/parsers/internal/record"
	"github.com/cmtrail/cmtrail/parsers/internal/scan"
)

// clockAt and textAt are the places of "09:12:53:767" and of what follows its bracket in
// "MSI (s) (18:A8) [09:12:53:767]: text".
const (
	clockAt = len("MSI (s) (18:A8) [")
	textAt  = clockAt + len("09:12:53:767]:")
)

// isEngine accepts the head of a line that the installer itself writes.
func isEngine(line []byte) bool {
	return len(line) >= textAt &&
		bytes.HasPrefix(line, []byte("MSI (")) && string(line[6:9]) == ") (" &&
		scan.IsHex(line[9]) && scan.IsHex(line[10]) && (line[11] == ':' || line[11] == '!') &&
		scan.IsHex(line[12]) && scan.IsHex(line[13]) && string(line[14:clockAt]) == ") [" &&
		head.Is(line[clockAt:], "dd:dd:dd:ddd]:")
}

// engine reads a line of the installer. Only the low bytes of the process and thread ids are written; they are no ids.
func (f *format) engine(text, first []byte, r *record.Record) bool {
	if !isEngine(first) {
		return false
	}
	r.Severity = record.Info
	r.Tag = side(first[5])
	r.Attrs = append(r.Attrs,
		record.Attr{Key: "pid_low", Str: scan.View(first[9:11])},
		record.Attr{Key: "tid_low", Str: scan.View(first[12:14])})
	nanos, digits, _ := scan.Fraction(first[:textAt-2], clockAt+len("09:12:53:"))
	if tod, ok := head.TimeOfDay(first[clockAt:], nanos); ok {
		f.clock.tick(tod, digits, r)
	} else {
		r.Flags |= record.BadTime
	}
	at := textAt
	if at < len(first) && first[at] == ' ' {
		at++
	}
	r.Message = scan.View(text[at:])
	outcome(first[at:], r)
	return true
}

// side names who wrote: the client, the server, a custom action or a nested installation.
func side(letter byte) string {
	switch letter {
	case 'c', 'C':
		return "client"
	case 's', 'S':
		return "server"
	case 'a', 'A':
		return "custom-action"
	case 'n', 'N':
		return "nested"
	}
	return ""
}

// outcome reads the status that a whole installation ends with.
func outcome(msg []byte, r *record.Record) {
	body := bytes.TrimRight(msg, " .")
	n := len(body)
	for n > 0 && scan.IsDigit(body[n-1]) {
		n--
	}
	status, ok := scan.ParseUint(body[n:])
	if !ok {
		return
	}
	if !bytes.HasSuffix(body[:n], []byte("error status: ")) &&
		!bytes.Equal(body[:n], []byte("MainEngineThread is returning ")) {
		return
	}
	switch status {
	case 0:
	case 1641, 3010:
		r.Tag = "REBOOT"
	case 1602:
		r.Severity = record.Warn
	default:
		r.Severity = record.Error
	}
}
