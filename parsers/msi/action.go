package msi

import (
	"bytes"

	"github.com/cmtrail/cmtrail/parsers/internal/head"
	"github.com/cmtrail/cmtrail/parsers/internal/record"
	"github.com/cmtrail/cmtrail/parsers/internal/scan"
)

// action reads the lines about actions. Their words may be translated; the clock between them, the name behind it
// and the number at the end are always there.
func (f *format) action(first []byte, r *record.Record) bool {
	words, tod, rest, ok := cutClock(first)
	if !ok {
		return false
	}
	switch {
	case string(words) == "Action start":
		f.started(tod, rest, r)
	case string(words) == "Action":
		name, _, _ := bytes.Cut(rest, []byte("."))
		f.note(tod, name, "action-info", r)
	default:
		name, value, ok := cutValue(rest)
		switch {
		case ok:
			f.ended(tod, name, value, r)
		case string(words) != "Action ended" && isName(rest):
			f.started(tod, rest, r)
		default:
			return false
		}
	}
	return true
}

func (f *format) started(tod int64, rest []byte, r *record.Record) {
	name := bytes.TrimSuffix(bytes.TrimRight(rest, " "), []byte("."))
	f.note(tod, name, "action-start", r)
	f.actions.push(name)
}

// ended gives severity by the return value, and finds the failure: an action that ends with 3 and had no child that
// did is where it happened, and the lines before it tell why. Parents only pass it on.
func (f *format) ended(tod int64, name, value []byte, r *record.Record) {
	const (
		userExit = 2
		failure  = 3
		suspend  = 4
	)
	f.note(tod, name, "action-ended", r)
	n, _, _ := scan.Run(value, 0, len(value))
	addInt(r, "return_value", value, n)
	failedChild := f.actions.pop(name)
	switch n {
	case userExit, suspend:
		r.Severity = record.Warn
	case failure:
		r.Severity = record.Error
		f.actions.fail()
		if failedChild {
			r.Attrs = append(r.Attrs, record.Attr{Key: "propagated", Str: "true", Kind: record.KindBool, Int: 1})
		} else if list, joined := f.ring.list(); len(list) > 0 {
			r.Attrs = append(r.Attrs, record.Attr{Key: "preceding", Str: joined, Kind: record.KindList, List: list})
		}
	}
}

// note fills what all action lines have.
func (f *format) note(tod int64, name []byte, tag string, r *record.Record) {
	f.clock.tick(tod, 0, r)
	r.Component = scan.View(name)
	r.Tag = tag
	r.Severity = record.Info
}

// cutClock splits "words H:MM:SS: rest". The words are few and hold no digit, colon or bracket.
func cutClock(first []byte) (words []byte, tod int64, rest []byte, ok bool) {
	const longest = 48
	i := 0
	for i < len(first) && i < longest && !scan.IsDigit(first[i]) && first[i] != ':' && first[i] != '[' {
		i++
	}
	if i == 0 || i == len(first) || first[i-1] != ' ' {
		return nil, 0, nil, false
	}
	hour, minute, sec, next, ok := scan.Clock(first, i)
	if !ok || next+1 >= len(first) || first[next] != ':' || first[next+1] != ' ' {
		return nil, 0, nil, false
	}
	tod, ok = scan.Civil(1970, 1, 1, hour, minute, sec, 0)
	words = bytes.TrimRight(first[:i], " ")
	return words, tod, first[next+2:], ok && len(words) > 0
}

// cutValue splits "Name. Return value 3." whatever the words between the name and the number.
func cutValue(rest []byte) (name, value []byte, ok bool) {
	body, ok := bytes.CutSuffix(bytes.TrimRight(rest, " "), []byte("."))
	if !ok {
		return nil, nil, false
	}
	i := len(body)
	for i > 0 && scan.IsDigit(body[i-1]) {
		i--
	}
	if value = body[i:]; len(value) == 0 {
		return nil, nil, false
	}
	dot := bytes.Index(body[:i], []byte(". "))
	if dot <= 0 || head.AllBlank(body[dot+2:i]) {
		return nil, nil, false
	}
	return body[:dot], value, true
}

// isName accepts "Name.", an action's name and nothing more.
func isName(rest []byte) bool {
	body, ok := bytes.CutSuffix(rest, []byte("."))
	return ok && len(body) > 0 && !bytes.ContainsAny(body, " :\\/")
}
