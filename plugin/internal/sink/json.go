package sink

import (
	"github.com/cmtrail/cmtrail/internal/jsontext"
	"github.com/cmtrail/cmtrail/plugin/internal/event"
)

// Stamp is the key of an event's time in a JSON line.
const Stamp = "cmtrail.time"

// AppendJSON writes an event as one JSON line, without its end: its time, its body, and its metadata when it has any.
func AppendJSON(dst []byte, ev event.Event, instance string) []byte {
	dst = append(dst, `{"`+Stamp+`":`...)
	group := ev.Group()
	if group == event.None {
		dst = event.AppendJSONTime(dst, ev.Time())
	} else {
		dst = append(dst, "null"...)
	}
	dst = event.AppendJSONFields(dst, ev.Body, ours)
	if fields := event.FieldsOf(ev.Meta); fields.Len() > 0 {
		dst = append(dst, `,"`+Metadata+`":{`...)
		dst = append(event.AppendJSONFields(dst, ev.Meta, nil), '}')
	}
	switch group {
	case event.Start:
		dst = append(dst, `,"`+GroupKey+`":"start"`...)
	case event.End:
		dst = append(dst, `,"`+GroupKey+`":"end"`...)
	}
	dst = append(dst, `,"`+Origin+`":`...)
	return append(jsontext.AppendString(dst, OriginOf(ev, instance)), '}')
}

func ours(name []byte) bool {
	switch string(name) {
	case Stamp, Metadata, GroupKey, Origin:
		return true
	}
	return false
}
