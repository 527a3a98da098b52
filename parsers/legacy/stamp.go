package legacy

import (
	"bytes"

	"github.com/cmtrail/cmtrail/parsers/internal/bias"
	"github.com/cmtrail/cmtrail/parsers/internal/record"
	"github.com/cmtrail/cmtrail/parsers/internal/scan"
)

// isStamp reports whether b has the shape of a stamp, whether or not such a day exists.
func isStamp(b []byte) bool {
	if clock, date, ok := usual(b); ok {
		if _, ok = bias.Usual(clock, date); ok {
			return true
		}
	}
	if clock, _, ok := regular(b); ok {
		_, ok = bias.IsClock(clock)
		return ok
	}
	_, ok := ctime(b)
	return ok
}

// usual splits "MM-DD-YYYY clock" where blank and length are as servers write them.
func usual(b []byte) (clock, date []byte, ok bool) {
	const n = len("MM-DD-YYYY")
	if len(b) <= n || b[n] != ' ' {
		return nil, nil, false
	}
	return b[n+1:], b[:n], true
}

// regular splits "MM-DD-YYYY clock".
func regular(b []byte) (clock, date []byte, ok bool) {
	i := bytes.IndexByte(b, ' ')
	if i < 0 {
		return nil, nil, false
	}
	if _, _, _, ok = bias.Date(b[:i]); !ok {
		return nil, nil, false
	}
	return trimLeft(b[i:]), b[:i], true
}

func stamp(b []byte, sense bias.Sense, r *record.Record) {
	if clock, date, ok := usual(b); ok {
		if _, ok = bias.Usual(clock, date); ok {
			bias.Time(clock, date, sense, &r.Stamp, &r.Flags)
			return
		}
	}
	if clock, date, ok := regular(b); ok {
		bias.Time(clock, date, sense, &r.Stamp, &r.Flags)
		return
	}
	p, ok := ctime(b)
	if !ok {
		return
	}
	bias.Clock(p.clock, p.year, p.month, p.dom, sense, &r.Stamp, &r.Flags)
	if len(p.zone) > 0 {
		r.Attrs = append(r.Attrs, record.Attr{Key: "tz_name", Str: scan.View(p.zone)})
	}
}

// parts are those of the stamp that servers of the years before 2007 wrote, as C's ctime does.
type parts struct {
	year, month, dom int
	clock, zone      []byte
}

const months = "jan feb mar apr may jun jul aug sep oct nov dec "

// ctime splits "Mon Aug 21 10:12:30.296 2000~ Pacific Daylight Time". The zone is a name, not an offset.
func ctime(b []byte) (p parts, ok bool) {
	weekday, b := word(b)
	month, b := word(b)
	dom, b := word(b)
	clock, b := word(b)
	year, b := word(b)
	if len(weekday) != 3 || len(month) != 3 {
		return p, false
	}
	for i := 0; i < len(months); i += 4 {
		if scan.FoldPrefix(scan.View(month), months[i:i+3]) {
			p.month = i/4 + 1
		}
	}
	d, ok1 := scan.ParseUint(dom)
	y, ok2 := scan.ParseUint(bytes.TrimRight(year, "~"))
	_, ok3 := bias.IsClock(clock)
	if p.month == 0 || !ok1 || !ok2 || !ok3 || y > 9999 || d > 99 {
		return p, false
	}
	p.year, p.dom, p.clock = int(y), int(d), clock
	p.zone = trimBlanks(trimLeft(b))
	return p, true
}

func word(b []byte) (w, rest []byte) {
	b = trimLeft(b)
	i := bytes.IndexByte(b, ' ')
	if i < 0 {
		return b, nil
	}
	return b[:i], b[i:]
}
