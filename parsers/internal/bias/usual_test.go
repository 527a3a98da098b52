package bias

import (
	"testing"

	"github.com/cmtrail/cmtrail/parsers/internal/record"
)

// FuzzUsual holds the short way to what the long one gives.
func FuzzUsual(f *testing.F) {
	f.Add("08:52:46.657+240", "07-14-2021")
	f.Add("08:52:46.657", "02-29-2023")
	f.Add("24:00:00.000-060", "12-31-2026")
	f.Add("08:52:46.6570+240", "07-14-2021")
	f.Add("08:5x:46.657+-480", "07-14-2021")
	f.Add("08:52:46.657+", "07/14/2021")
	f.Fuzz(func(t *testing.T, clock, date string) {
		for _, sense := range []Sense{Windows, ISO, Ignore} {
			var got, want record.Stamp
			var gotFlags, wantFlags record.Flags
			Time([]byte(clock), []byte(date), sense, &got, &gotFlags)
			unusual([]byte(clock), []byte(date), sense, &want, &wantFlags)
			if got != want || gotFlags != wantFlags {
				t.Fatalf("%q %q: %+v %v, the long way gives %+v %v", clock, date, got, gotFlags, want, wantFlags)
			}
		}
	})
}

// The short way is taken for what ConfigMgr writes, or it would be no use.
func TestUsual(t *testing.T) {
	for _, tt := range []struct {
		clock, date string
		want        bool
	}{
		{"08:52:46.657+240", "07-14-2021", true},
		{"23:59:59.999-60", "12-31-2026", true},
		{"08:52:46.657", "07-14-2021", true},
		{"8:52:46.657+240", "07-14-2021", false},
		{"08:52:46.657+240", "7-14-2021", false},
		{"08:52:46.657+240", "02-30-2021", false},
		{"08:52:46.65a+240", "07-14-2021", false},
		{"28:52:46.657+240", "07-14-2021", false},
	} {
		if _, got := Usual([]byte(tt.clock), []byte(tt.date)); got != tt.want {
			t.Errorf("%s %s: %t", tt.clock, tt.date, got)
		}
	}
}
