package wsus

import (
	"bytes"

	"github.com/cmtrail/cmtrail/parsers/internal/record"
	"github.com/cmtrail/cmtrail/parsers/internal/scan"
)

// event splits "EventId=382,Type=Information,Category=Synchronization,Message=...", the copy of an event log entry.
// The entry's own type may weigh more than the level of the line that reports it.
func event(msg []byte, r *record.Record) {
	rest, ok := bytes.CutPrefix(msg, []byte("EventId="))
	if !ok {
		return
	}
	id, rest, _ := bytes.Cut(rest, []byte(","))
	if n, ok := scan.ParseUint(id); ok {
		r.Attrs = append(r.Attrs, record.Attr{Key: "event_id", Str: scan.View(id), Kind: record.KindInt, Int: int64(n)})
	}
	for len(rest) > 0 && !bytes.HasPrefix(rest, []byte("Message=")) {
		var pair []byte
		pair, rest, _ = bytes.Cut(rest, []byte(","))
		name, val, _ := bytes.Cut(pair, []byte("="))
		switch string(name) {
		case "Type":
			add(r, "event_type", val)
			if s := eventSeverity(val); s > r.Severity {
				r.Severity = s
			}
		case "Category":
			add(r, "category", val)
		}
	}
}

func eventSeverity(kind []byte) record.Severity {
	switch string(kind) {
	case "Error":
		return record.Error
	case "Warning":
		return record.Warn
	}
	return record.Unset
}
