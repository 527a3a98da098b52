package cbs

import (
	"bytes"

	"github.com/cmtrail/cmtrail/parsers/internal/record"
	"github.com/cmtrail/cmtrail/parsers/internal/scan"
)

// sequenceLen is the length of the hexadecimal number a CSI message begins with.
const sequenceLen = 8

// csi reads "SSSSSSSS@Y/M/D:HH:MM:SS.mmm text" and "SSSSSSSS text".
func (f *format) csi(line []byte, r *record.Record) {
	if bytes.Contains(line, []byte("[SR]")) {
		r.Tag = "SR"
	}
	n := 0
	for n < len(line) && scan.IsHex(line[n]) {
		n++
	}
	if n != sequenceLen || n < len(line) && line[n] != ' ' && line[n] != '@' {
		return
	}
	add(r, "sequence", line[:n])
	if n == len(line) || line[n] != '@' {
		return
	}
	if utc, digits, ok := csiStamp(line, n+1); ok {
		f.adopt(utc, digits, r)
	}
}

// adopt makes the record an instant by its UTC stamp. The head says the same second in local time, so the
// difference is the machine's offset; it is taken only when it is near one that exists.
func (f *format) adopt(utc int64, digits uint8, r *record.Record) {
	const (
		minute  = int64(60e9)
		quarter = 15 * minute
		slack   = 2 * minute
		most    = 14 * 60
	)
	if !r.Stamp.HasWall {
		return
	}
	diff := r.Stamp.Wall - utc
	rounded := (diff + quarter/2) / quarter * quarter
	if diff < -quarter/2 {
		rounded = (diff - quarter/2) / quarter * quarter
	}
	offset := rounded / minute
	if offset < -most || offset > most || diff-rounded > slack || rounded-diff > slack {
		return
	}
	r.Stamp.UTC, r.Stamp.UTCDigits, r.Stamp.HasUTC = utc, digits, true
	r.Stamp.Offset, r.Stamp.HasOffset = int16(offset), true
	f.offset, f.hasOffset = int16(offset), true
}

// csiStamp reads "2023/5/17:15:44:12.956" at b[i].
func csiStamp(b []byte, i int) (utc int64, digits uint8, ok bool) {
	year, i, ok := scan.Run(b, i, 4)
	if !ok || i >= len(b) || b[i] != '/' {
		return 0, 0, false
	}
	month, i, ok := scan.Run(b, i+1, 2)
	if !ok || i >= len(b) || b[i] != '/' {
		return 0, 0, false
	}
	dom, i, ok := scan.Run(b, i+1, 2)
	if !ok || i >= len(b) || b[i] != ':' {
		return 0, 0, false
	}
	hour, minute, sec, i, ok := scan.Clock(b, i+1)
	if !ok {
		return 0, 0, false
	}
	nanos := 0
	if i < len(b) && b[i] == '.' {
		nanos, digits, _ = scan.Fraction(b, i+1)
	}
	utc, ok = scan.Civil(year, month, dom, hour, minute, sec, nanos)
	return utc, digits, ok
}

// dism reads "PID=4516 TID=12028" and the " - Class::Method(hr:0x80070002)" that ends a record.
func dism(line, body []byte, r *record.Record) {
	if v, ok := number(line, "PID="); ok {
		r.PID, r.HasPID = v, true
	}
	if v, ok := number(line, "TID="); ok {
		r.Thread, r.HasThread = v, true
	}
	i := bytes.LastIndex(body, []byte(" - "))
	if i < 0 {
		return
	}
	name := bytes.TrimRight(body[i+len(" - "):], " \n")
	if paren := bytes.IndexByte(name, '('); paren >= 0 {
		name = name[:paren]
	}
	if bytes.Contains(name, []byte("::")) && bytes.IndexByte(name, ' ') < 0 {
		add(r, "function", name)
	}
}

// number returns the decimal number after a word that stands by itself.
func number(line []byte, word string) (uint32, bool) {
	i := bytes.Index(line, scan.Bytes(word))
	if i < 0 || i > 0 && line[i-1] != ' ' {
		return 0, false
	}
	rest := line[i+len(word):]
	n := 0
	for n < len(rest) && scan.IsDigit(rest[n]) {
		n++
	}
	return scan.ParseUint(rest[:n])
}

// common reads what any component may write: the process in brackets, the place in the source, the first HRESULT.
func (f *format) common(line, body []byte, r *record.Record) {
	if len(line) > 0 && line[0] == '[' {
		if end := bytes.IndexByte(line, ']'); end > 0 && bytes.HasSuffix(line[:end], []byte(".exe")) {
			add(r, "process", line[1:end])
		}
	}
	source(line, r)
	f.hresult(body, r)
}

// source reads "path.cpp(351)".
func source(line []byte, r *record.Record) {
	for at := 0; ; {
		i := bytes.IndexByte(line[at:], '(')
		if i < 0 {
			return
		}
		i += at
		at = i + 1
		n := at
		for n < len(line) && scan.IsDigit(line[n]) {
			n++
		}
		if n == len(line) || line[n] != ')' || !isSource(line[:i]) {
			continue
		}
		if v, ok := scan.ParseUint(line[at:n]); ok {
			r.SourceFile = scan.View(line[bytes.LastIndexByte(line[:i], ' ')+1 : i])
			r.SourceLine = v
			return
		}
	}
}

func isSource(path []byte) bool {
	return bytes.HasSuffix(path, []byte(".cpp")) || bytes.HasSuffix(path, []byte(".cxx")) ||
		bytes.HasSuffix(path, []byte(".c")) || bytes.HasSuffix(path, []byte(".h"))
}

// hresult takes the first code written as "HRESULT = 0x...", "hr = 0x...", "hr:0x..." or "gle=0x...".
func (f *format) hresult(body []byte, r *record.Record) {
	for at := 0; ; {
		i := bytes.Index(body[at:], []byte("0x"))
		if i < 0 {
			return
		}
		i += at
		at = i + 2
		end := at
		for end < len(body) && scan.IsHex(body[end]) {
			end++
		}
		if end-i == len("0x80070002") && namesCode(body[:i]) {
			add(r, "hresult", scan.Bytes(f.code.Spell(body[at:end])))
			return
		}
	}
}

func namesCode(before []byte) bool {
	before = bytes.TrimRight(before, " ")
	if len(before) == 0 || before[len(before)-1] != '=' && before[len(before)-1] != ':' {
		return false
	}
	name := bytes.TrimRight(before[:len(before)-1], " ")
	for _, word := range [...]string{"HRESULT", "hr", "gle"} {
		if rest, ok := bytes.CutSuffix(name, scan.Bytes(word)); ok {
			return len(rest) == 0 || rest[len(rest)-1]|0x20 < 'a' || rest[len(rest)-1]|0x20 > 'z'
		}
	}
	return false
}
