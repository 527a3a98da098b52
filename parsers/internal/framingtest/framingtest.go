// Package framingtest runs a line-headed format over text without the stream reader, for the tests of the formats.
package framingtest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cmtrail/cmtrail/parsers/internal/framing"
	"github.com/cmtrail/cmtrail/parsers/internal/record"
)

// Case is an input of physical lines and the records it yields, as Show prints them.
type Case struct {
	Name  string
	Lines []string
	Want  []string
}

// Run reads each case with a format of its own.
func Run(t *testing.T, open func() framing.Format, cases []Case) {
	t.Helper()
	for _, tt := range cases {
		t.Run(tt.Name, func(t *testing.T) {
			if diff := cmp.Diff(tt.Want, Read(open(), tt.Lines...)); diff != "" {
				t.Errorf("records (-want +got):\n%s", diff)
			}
		})
	}
}

// Read cuts lines into records as the stream reader does and shows each record.
func Read(f framing.Format, lines ...string) []string {
	var shown []string
	var held []string
	release := func() {
		if held != nil {
			var r record.Record
			f.Parse([]byte(strings.Join(held, "\n")), &r)
			shown = append(shown, Show(&r))
			held = nil
		}
	}
	for _, line := range lines {
		switch f.Line([]byte(line)) {
		case framing.Starts:
			release()
			held = []string{line}
		case framing.Whole:
			release()
			held = []string{line}
			release()
		case framing.Directive:
			release()
		case framing.Foreign:
			if held == nil {
				shown = append(shown, "foreign "+line)
				continue
			}
			held = append(held, line)
		}
	}
	release()
	return shown
}

// Show prints what a format put into a record, leaving out what is unset.
func Show(r *record.Record) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s", r.Format)
	if r.Severity != record.Unset {
		names := [...]string{"", "trace", "debug", "info", "warn", "error", "fatal"}
		fmt.Fprintf(&b, " %s", names[r.Severity])
	}
	if st := r.Stamp; st.HasWall {
		layout := "2006-01-02T15:04:05"
		if st.Digits > 0 {
			layout += "." + strings.Repeat("0", int(st.Digits))
		}
		b.WriteString(" " + time.Unix(0, st.Wall).UTC().Format(layout))
		if st.HasOffset {
			fmt.Fprintf(&b, "%+dm", st.Offset)
		}
		if st.HasUTC {
			b.WriteString(time.Unix(0, st.UTC).UTC().Format(" utc=15:04:05." + strings.Repeat("0", int(st.UTCDigits))))
		}
	} else if st != (record.Stamp{}) {
		fmt.Fprintf(&b, " half a stamp %+v", st)
	}
	if r.Component != "" {
		fmt.Fprintf(&b, " component=%s", r.Component)
	}
	if r.HasPID {
		fmt.Fprintf(&b, " pid=%d", r.PID)
	}
	if r.HasThread {
		fmt.Fprintf(&b, " thread=%d", r.Thread)
	}
	if r.SourceFile != "" || r.SourceLine != 0 {
		fmt.Fprintf(&b, " source=%s:%d", r.SourceFile, r.SourceLine)
	}
	if r.Tag != "" {
		fmt.Fprintf(&b, " tag=%s", r.Tag)
	}
	for _, a := range r.Attrs {
		switch a.Kind {
		case record.KindString:
			fmt.Fprintf(&b, " %s=%s", a.Key, a.Str)
		case record.KindList:
			fmt.Fprintf(&b, " %s=%q", a.Key, a.List)
		default:
			fmt.Fprintf(&b, " %s=%d", a.Key, a.Int)
		}
	}
	flags := [...]string{"unterminated", "truncated_head", "bad_time", "bad_bias", "double_sign_bias", "zero_time",
		"undecoded", "ambiguous_date", "column_mismatch", "no_fields", "oversize", "recovered"}
	for i, name := range flags {
		if r.Flags&(1<<i) != 0 {
			fmt.Fprintf(&b, " !%s", name)
		}
	}
	fmt.Fprintf(&b, " | %s", r.Message)
	return b.String()
}

// Allocations counts what reading one line costs once a format has seen the lines.
func Allocations(f framing.Format, lines ...string) float64 {
	texts := make([][]byte, len(lines))
	for i, line := range lines {
		texts[i] = []byte(line)
	}
	r := new(record.Record)
	read := func() {
		for _, text := range texts {
			if f.Line(text) == framing.Directive {
				continue
			}
			*r = record.Record{Attrs: r.Attrs[:0]}
			f.Parse(text, r)
		}
	}
	read()
	return testing.AllocsPerRun(100, read)
}

// Bench reads the lines over and over.
func Bench(b *testing.B, f framing.Format, lines ...string) {
	b.Helper()
	r := new(record.Record)
	size := 0
	for _, line := range lines {
		size += len(line) + 1
	}
	texts := make([][]byte, len(lines))
	for i, line := range lines {
		texts[i] = []byte(line)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, text := range texts {
			if f.Line(text) == framing.Directive {
				continue
			}
			*r = record.Record{Attrs: r.Attrs[:0]}
			f.Parse(text, r)
		}
	}
}

// Fuzz feeds arbitrary text to a format, as lines and as one record. What must hold is that nothing panics and that
// a message is part of its text.
func Fuzz(f *testing.F, open func() framing.Format, seeds ...string) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		Read(open(), strings.Split(text, "\n")...)
		var r record.Record
		open().Parse([]byte(text), &r)
		if !strings.Contains(text, r.Message) {
			t.Errorf("message %q is not in %q", r.Message, text)
		}
		if r.Stamp.HasOffset && !r.Stamp.HasWall {
			t.Errorf("an offset without a clock: %+v", r.Stamp)
		}
	})
}
