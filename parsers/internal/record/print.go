package record

import (
	"strings"
	"sync/atomic"
	"time"
)

var severityNames = [...]string{"", "trace", "debug", "info", "warn", "error", "fatal"}

// String returns the severity's name, "" for Unset.
func (s Severity) String() string {
	if int(s) < len(severityNames) {
		return severityNames[s]
	}
	return ""
}

var flagNames = [...]string{
	"unterminated", "truncated_head", "bad_time", "bad_bias", "double_sign_bias", "zero_time", "undecoded",
	"ambiguous_date", "column_mismatch", "no_fields", "oversize", "recovered",
}

// Has reports whether all the given flags are set.
func (f Flags) Has(want Flags) bool { return f&want == want }

// Names returns the names of the flags that are set, nil for none.
func (f Flags) Names() []string {
	if f == 0 {
		return nil
	}
	var names []string
	for i, name := range flagNames {
		if f&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// String returns the names of the flags that are set, with commas between them.
func (f Flags) String() string { return strings.Join(f.Names(), ",") }

// furthest is the greatest offset with a location kept ready, in minutes.
const furthest = 24 * 60

var zones [2*furthest + 1]atomic.Pointer[time.Location]

// zone returns the fixed zone of an offset. Zones are made once, because a fixed zone costs an allocation.
func zone(minutes int) *time.Location {
	if minutes == 0 {
		return time.UTC
	}
	if minutes < -furthest || minutes > furthest {
		return time.FixedZone("", minutes*60)
	}
	slot := &zones[minutes+furthest]
	if l := slot.Load(); l != nil {
		return l
	}
	l := time.FixedZone("", minutes*60)
	slot.Store(l)
	return l
}

// Time returns the instant, in the zone it was written in. It is false when the offset is not known.
func (st Stamp) Time() (time.Time, bool) {
	utc, _, ok := st.instant()
	if !ok {
		return time.Time{}, false
	}
	return time.Unix(0, utc).In(zone(int(st.Offset))), true
}

// instant returns nanoseconds since the epoch and how many fraction digits of them are known.
func (st Stamp) instant() (nanos int64, digits uint8, ok bool) {
	if st.HasUTC {
		return st.UTC, st.UTCDigits, true
	}
	return st.Wall - int64(st.Offset)*int64(time.Minute), st.Digits, st.HasWall && st.HasOffset
}

// Time returns the instant of the record, in the zone it was written in. It is false when the offset is not known.
func (r *Record) Time() (time.Time, bool) { return r.Stamp.Time() }

// UnixNano is Time in nanoseconds of Unix time, for those who only compare.
func (st *Stamp) UnixNano() (nanos int64, ok bool) {
	nanos, _, ok = st.instant()
	return nanos, ok
}

// AppendLocal appends the wall clock as written, "2021-07-14T08:52:46.657"; nothing when there is none.
func (st Stamp) AppendLocal(dst []byte) []byte {
	if !st.HasWall {
		return dst
	}
	return appendClock(dst, st.Wall, st.Digits)
}

// AppendTime appends the instant in UTC, "2021-07-14T12:52:46.657Z"; nothing when the offset is not known.
func (st Stamp) AppendTime(dst []byte) []byte {
	utc, digits, ok := st.instant()
	if !ok {
		return dst
	}
	return append(appendClock(dst, utc, digits), 'Z')
}

func appendClock(dst []byte, nanos int64, digits uint8) []byte {
	t := time.Unix(0, nanos).UTC()
	dst = t.AppendFormat(dst, time.RFC3339) // which is quick, and ends in Z
	dst = dst[:len(dst)-1]
	if digits == 0 {
		return dst
	}
	dst = append(dst, '.')
	rest, unit := t.Nanosecond(), 100000000
	for i := uint8(0); i < digits && i < 9; i++ {
		dst = append(dst, byte('0'+rest/unit))
		rest, unit = rest%unit, unit/10
	}
	return dst
}
