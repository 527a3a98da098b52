package legacy

import (
	"strings"

	"github.com/cmtrail/cmtrail/parsers/internal/record"
	"github.com/cmtrail/cmtrail/parsers/internal/scan"
)

// status reads a message that repeats a status message, "STATMSG: ID=6703 SEV=E ... PID=432 TID=3404 GMTDATE=...",
// and reports whether it gave the severity.
func status(r *record.Record) bool {
	rest, ok := strings.CutPrefix(r.Message, "STATMSG: ")
	if !ok {
		return false
	}
	number(r, rest, "ID=", "status_id")
	number(r, rest, " PID=", "status_pid")
	number(r, rest, " TID=", "status_tid")
	if _, date, ok := strings.Cut(rest, " GMTDATE="); ok {
		if end := strings.Index(date, " ISTR"); end >= 0 {
			date = date[:end]
		}
		r.Attrs = append(r.Attrs, record.Attr{Key: "status_gmtdate", Str: strings.TrimSpace(date)})
	}
	switch value(rest, " SEV=") {
	case "E":
		r.Severity = record.Error
	case "W":
		r.Severity = record.Warn
	case "I":
		r.Severity = record.Info
	default:
		return false
	}
	return true
}

func number(r *record.Record, text, key, name string) {
	v := value(text, key)
	if n, ok := scan.ParseUint(scan.Bytes(v)); ok {
		r.Attrs = append(r.Attrs, record.Attr{Key: name, Str: v, Kind: record.KindInt, Int: int64(n)})
	}
}

// value returns the word behind the first key.
func value(text, key string) string {
	_, v, _ := strings.Cut(text, key)
	if end := strings.IndexByte(v, ' '); end >= 0 {
		v = v[:end]
	}
	return v
}
