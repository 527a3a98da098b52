package pipeline_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cmtrail/cmtrail/internal/fault"
	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// breakOn makes a place break on records that hold a word.
func breakOn(t *testing.T, at fault.Place, word string) {
	fault.Inject = func(place fault.Place, text string) {
		if place == at && strings.Contains(text, word) {
			panic("broken on " + word)
		}
	}
	t.Cleanup(func() { fault.Inject = nil })
}

func ccmLine(text string) string {
	return fmt.Sprintf(`<![LOG[%s]LOG]!><time="08:00:00.417+000" date="03-12-2026" component="WUAHandler" context="" type="1" thread="5120" file="source.cpp:210">`, text)
}

func shippedPipeline(t *testing.T) *pipeline.Pipeline {
	t.Helper()
	engine, err := rules.LoadEngine(rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return pipeline.New(engine)
}

const issue = "Scan failed with error = 0x8024ffff."

// A record on which a rule breaks goes on untagged, and those behind it are tagged.
func TestARuleThatBreaks(t *testing.T) {
	breakOn(t, fault.Rules, "poison")
	p := shippedPipeline(t)
	var got []string
	s := p.Open(pipeline.Source{Name: "WUAHandler.log"}, parsers.Options{}, func(r *pipeline.Result) {
		got = append(got, fmt.Sprint(r.Record.Message, " ", r.Verdict != nil))
	})
	for _, text := range []string{issue, issue + " poison", issue} {
		s.WriteLine(ccmLine(text), nil)
	}
	s.Flush()
	if d := cmp.Diff([]string{issue + " true", issue + " poison false", issue + " true"}, got); d != "" {
		t.Error(d)
	}
	if p.Faults().Count(fault.Rules) != 1 || p.Faults().Total() != 1 {
		t.Errorf("%d panics of rules counted, %d in all", p.Faults().Count(fault.Rules), p.Faults().Total())
	}
}

// A line on which a parser breaks goes on as a plain record, with its place, and so do lines that were held; what comes before
// and behind is read.
func TestAParserThatBreaks(t *testing.T) {
	breakOn(t, fault.Parser, "poison")
	opens, _, _ := strings.Cut(ccmLine("two\nlines with poison"), "\n")
	lines := []string{ccmLine("one"), opens, strings.TrimPrefix(ccmLine("two\nlines with poison"), opens+"\n"), "", ccmLine("after"), ccmLine("more poison"), ccmLine("last")}
	want := []string{
		"ccm 1-1 one", "plain 2-2 " + lines[1], "plain 3-3 " + lines[2], "ccm 5-5 after", "plain 6-6 " + lines[5], "ccm 7-7 last",
	}
	text := strings.Join(lines, "\r\n") + "\r\n"
	wide := []byte{0xFF, 0xFE}
	for _, b := range []byte(text) {
		wide = append(wide, b, 0)
	}
	feeds := map[string]func(s *pipeline.Stream){
		"lines": func(s *pipeline.Stream) {
			for _, l := range lines {
				s.WriteLine(l, l)
			}
		},
		"texts of two lines": func(s *pipeline.Stream) {
			for l := range slices.Chunk(lines, 2) {
				s.WriteLine(strings.Join(l, "\n"), l[0])
			}
		},
		"bytes":  func(s *pipeline.Stream) { _, _ = s.Write([]byte(text)) },
		"UTF-16": func(s *pipeline.Stream) { _, _ = s.Write(wide) },
		"byte by byte": func(s *pipeline.Stream) {
			for _, b := range []byte(text) {
				_, _ = s.Write([]byte{b})
			}
		},
	}
	for name, feed := range feeds {
		t.Run(name, func(t *testing.T) {
			p := shippedPipeline(t)
			var got []string
			s := p.Open(pipeline.Source{Name: "WUAHandler.log"}, parsers.Options{}, func(r *pipeline.Result) {
				got = append(got, fmt.Sprintf("%s %d-%d %s", r.Record.Format, r.Record.LineStart, r.Record.LineEnd, r.Record.Message))
				from, to := r.Record.Offset, r.Record.End
				if name == "bytes" && !strings.Contains(text[from:to], strings.SplitN(r.Record.Message, "\n", 2)[0]) {
					t.Errorf("%q stands at %d to %d, says the record %q", text[from:to], from, to, r.Record.Message)
				}
			})
			feed(s)
			s.Flush()
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
			if n := p.Faults().Count(fault.Parser); n != 2 {
				t.Errorf("%d panics counted, want 2", n)
			}
			if n := p.Counters().Lines.Load(); n != uint64(len(lines)) {
				t.Errorf("%d lines counted, want %d", n, len(lines))
			}
			if s.Held() != 0 {
				t.Errorf("%d lines are held still", s.Held())
			}
		})
	}
}
