package scan

import (
	"testing"
	"time"

	"github.com/cmtrail/cmtrail/parsers/internal/record"
)

func TestCivilAgreesWithTime(t *testing.T) {
	for _, year := range []int{1678, 1900, 1969, 1970, 1999, 2000, 2023, 2024, 2100, 2261} {
		for month := 1; month <= 12; month++ {
			for dom := 1; dom <= 31; dom++ {
				want := time.Date(year, time.Month(month), dom, 13, 5, 59, 123456789, time.UTC)
				wall, ok := Civil(year, month, dom, 13, 5, 59, 123456789)
				if exists := want.Day() == dom; ok != exists {
					t.Fatalf("Civil(%d-%d-%d) ok = %v, want %v", year, month, dom, ok, exists)
				}
				if ok && wall != want.UnixNano() {
					t.Fatalf("Civil(%d-%d-%d) = %d, want %d", year, month, dom, wall, want.UnixNano())
				}
			}
		}
	}
}

func TestCivilRefusesImpossibleClocks(t *testing.T) {
	for _, c := range [][4]int{{24, 0, 0, 0}, {0, 60, 0, 0}, {0, 0, 60, 0}, {0, 0, 0, 1e9}, {-1, 0, 0, 0}} {
		if _, ok := Civil(2024, 1, 2, c[0], c[1], c[2], c[3]); ok {
			t.Errorf("Civil took the clock %v", c)
		}
	}
}

func TestTextSeverity(t *testing.T) {
	for in, want := range map[string]record.Severity{
		"":                              record.Info,
		"all is well":                   record.Info,
		"An ERROR occurred":             record.Error,
		"Operation failed":              record.Error,
		"Failover to node 2":            record.Info,
		"failover, then a failure":      record.Error,
		"Warning: disk":                 record.Warn,
		"warn first, error later":       record.Error,
		"fai":                           record.Info,
		"a fail":                        record.Error,
		"terror":                        record.Error,
		"FAILOVER warnings":             record.Warn,
		"err or":                        record.Info,
		"\x05\x12\x12\x0f\x12 not text": record.Info, // control bytes fold onto nothing
	} {
		if got := TextSeverity(in); got != want {
			t.Errorf("TextSeverity(%q) = %v, want %v", in, got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for in, want := range map[string]int64{"0": 0, "007": 7, "4294967295": 4294967295, "4294967296": -1, "": -1, "1a": -1, "-1": -1} {
		if got, ok := ParseUint([]byte(in)); ok != (want >= 0) || ok && int64(got) != want {
			t.Errorf("ParseUint(%q) = %d, %v", in, got, ok)
		}
	}
	for in, want := range map[string]int64{"0": 0, "fF": 255, "8007000E": 0x8007000e, "100000000": -1, "": -1, "g": -1} {
		if got, ok := ParseHex([]byte(in)); ok != (want >= 0) || ok && int64(got) != want {
			t.Errorf("ParseHex(%q) = %d, %v", in, got, ok)
		}
	}
	if v, next, ok := Run([]byte("x123456y"), 1, 4); v != 1234 || next != 5 || !ok {
		t.Errorf("Run stopped at %d with %d, %v", next, v, ok)
	}
	if _, ok := Two([]byte("1"), 0); ok {
		t.Error("Two took one digit")
	}
	if v, ok := Four([]byte("a2024"), 1); v != 2024 || !ok {
		t.Errorf("Four = %d, %v", v, ok)
	}
}

func TestClockAndFraction(t *testing.T) {
	h, m, s, next, ok := Clock([]byte("9:05:07.5"), 0)
	if !ok || h != 9 || m != 5 || s != 7 || next != 7 {
		t.Errorf("Clock = %d %d %d, next %d, %v", h, m, s, next, ok)
	}
	if _, _, _, _, ok := Clock([]byte("9:05"), 0); ok {
		t.Error("Clock took a clock without seconds")
	}
	for in, want := range map[string]struct {
		nanos  int
		digits uint8
		next   int
	}{
		"":             {0, 0, 0},
		"5x":           {500000000, 1, 1},
		"8422964":      {842296400, 7, 7},
		"123456789987": {123456789, 9, 12},
	} {
		nanos, digits, next := Fraction([]byte(in), 0)
		if nanos != want.nanos || digits != want.digits || next != want.next {
			t.Errorf("Fraction(%q) = %d, %d, %d", in, nanos, digits, next)
		}
	}
}
