package parsers

import (
	"testing"
	"time"
)

func TestParseZone(t *testing.T) {
	at := time.Date(2026, 1, 10, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct{ name, want string }{
		{"America/New_York", "2026-01-10T07:00:00-05:00"},
		{"+05:30", "2026-01-10T17:30:00+05:30"},
		{"UTC", "2026-01-10T12:00:00Z"},
	} {
		loc, err := ParseZone(tt.name)
		if err != nil {
			t.Errorf("ParseZone(%q): %v", tt.name, err)
			continue
		}
		if got := at.In(loc).Format(time.RFC3339); got != tt.want {
			t.Errorf("ParseZone(%q): noon is %s, want %s", tt.name, got, tt.want)
		}
	}
}
