package parsers_test

import (
	"strings"
	"testing"

	"github.com/cmtrail/cmtrail/parsers"
)

// The bounds as they stand without settings.
func TestDefaultBounds(t *testing.T) {
	p := open("", parsers.Options{})
	p.WriteLine("<![LOG[never closed")
	for range 10_050 {
		p.WriteLine("filler")
	}
	p.WriteLine(ccmLine)
	if len(p.records) != 53 {
		t.Fatalf("%d records, want 53", len(p.records))
	}
	first := p.records[0]
	if first.Flags != parsers.Unterminated|parsers.Oversize || first.LineEnd != 10_000 {
		t.Errorf("runaway record ends at line %d with flags %s", first.LineEnd, first.Flags)
	}
	for _, r := range p.records[1:52] {
		if r.Format != parsers.Plain || r.Flags != 0 {
			t.Errorf("line %d: %s %s", r.LineStart, r.Format, r.Flags)
		}
	}

	for _, size := range []int{2 << 20, 5 << 20} {
		p = open("", parsers.Options{})
		p.write("<![LOG[" + strings.Repeat("x", size) + ccmTail + "\r\n" + ccmLine + "\r\n")
		if len(p.records) != 2 {
			t.Fatalf("%d records of a line of %d bytes, want 2", len(p.records), size)
		}
		r := p.records[0]
		if r.Flags != parsers.Oversize || r.Component != "ScanAgent" || r.SourceLine != 31 {
			t.Errorf("%d bytes: flags %s, component %q, line %d", size, r.Flags, r.Component, r.SourceLine)
		}
		if want := min(size, 4<<20-len("<![LOG[")); len(r.Message) != want {
			t.Errorf("%d bytes: a message of %d bytes, want %d", size, len(r.Message), want)
		}
		if p.records[1].Flags != 0 {
			t.Errorf("the record after it has flags %s", p.records[1].Flags)
		}
	}
}
