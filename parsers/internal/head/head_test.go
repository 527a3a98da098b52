package head

import (
	"testing"
	"time"
)

func TestIs(t *testing.T) {
	for _, tt := range []struct {
		in, shape string
		want      bool
	}{
		{"2024-03-05 rest", "dddd-dd-dd", true},
		{"2024-03-0x rest", "dddd-dd-dd", false},
		{"2024/03/05", "dddd-dd-dd", false},
		{"2024-03", "dddd-dd-dd", false},
		{"", "", true},
	} {
		if got := Is([]byte(tt.in), tt.shape); got != tt.want {
			t.Errorf("Is(%q, %q) = %v", tt.in, tt.shape, got)
		}
	}
}

func TestWall(t *testing.T) {
	want := time.Date(2024, 2, 29, 23, 4, 5, 678e6, time.UTC).UnixNano()
	for in, ok := range map[string]bool{
		"2024-02-29 23:04:05":       true,
		"2024/02/29\t23.04.05 more": true,
		"2023-02-29 23:04:05":       false,
		"2024-02-29 24:04:05":       false,
		"2024-02-29 23:04:0":        false,
		"2024-02-29":                false,
		"":                          false,
	} {
		got, gotOK := Wall([]byte(in), 678e6)
		if gotOK != ok || ok && got != want {
			t.Errorf("Wall(%q) = %d, %v", in, got, gotOK)
		}
	}
}

func TestOffset(t *testing.T) {
	for in, want := range map[string]int16{"+0530": 330, "-0800": -480, "+0000": 0, "+1400": 840} {
		if got, ok := Offset([]byte(in), 0); !ok || got != want {
			t.Errorf("Offset(%q) = %d, %v", in, got, ok)
		}
	}
	for _, in := range []string{"", "+053", "0530+", "+0560", "+1401", "-9900", "+05:3"} {
		if got, ok := Offset([]byte(in), 0); ok {
			t.Errorf("Offset(%q) = %d, want none", in, got)
		}
	}
}

func TestSpell(t *testing.T) {
	var room Code
	for in, want := range map[string]string{
		"8007000e": "0x8007000E", "8024FFFF": "0x8024FFFF", "0": "0", "": "", "8007000g": "8007000g", "08007000e": "08007000e",
	} {
		if got := room.Spell([]byte(in)); got != want {
			t.Errorf("Spell(%q) = %q, want %q", in, got, want)
		}
	}
}
