package peers

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/cmtrail/cmtrail/bench/corpus"
	"github.com/cmtrail/cmtrail/parsers"
)

func tags(c *corpus.Corpus, t Tagger) (all []corpus.Tag) {
	for _, chunk := range c.Chunks {
		t.Chunk(chunk, func(tag corpus.Tag) { all = append(all, tag) })
	}
	return all
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Every peer tags the records that the engine tags, with the same rules, and these are the ones that the corpus was made
// with: no figure comes of doing less.
func TestPeersTagTheSameRecords(t *testing.T) {
	for _, n := range []int{10, 100, 1000} {
		rules := corpus.Rules(n)
		c := corpus.New(corpus.Options{Bytes: 6 << 20 / (1 + n/100), Rules: rules, Tag: 20})
		if len(c.Want) < 100 {
			t.Fatalf("%d records are tagged, too few to show anything", len(c.Want))
		}
		dir := t.TempDir()
		file := must(WriteRules(dir, rules))
		for _, p := range []struct {
			name string
			Tagger
		}{
			{"engine", must(LoadEngine(dir, rules))},
			{"processor", must(NewProcessor(map[string]any{"default_rules": false, "rules": []any{file}}))},
			{"transform, grouped", must(NewCollector(rules, true))},
			{"transform, flat", must(NewCollector(rules, false))},
			{"expr", must(NewExprs(rules))},
			{"regexps, each", must(NewRegexps(rules, false))},
			{"regexps, joined", must(NewRegexps(rules, true))},
			{"grok", must(NewGroks(rules))},
		} {
			t.Run(fmt.Sprintf("%s/%d rules", p.name, n), func(t *testing.T) {
				if diff := cmp.Diff(c.Want, tags(c, p)); diff != "" {
					t.Errorf("tags (-expected +got):\n%s", diff)
				}
			})
		}
	}
}

// The agreement would notice a rule more, a rule less, and a rule that another is taken for.
func TestAgreementNotices(t *testing.T) {
	rules := corpus.Rules(10)
	c := corpus.New(corpus.Options{Bytes: 4 << 20, Rules: rules, Tag: 20})
	if !cmp.Equal(c.Want, tags(c, must(NewCollector(rules, true)))) {
		t.Fatal("they differ before anything is changed")
	}
	for name, change := range map[string]func([]corpus.Rule){
		"less":  func(r []corpus.Rule) { r[3].Pattern = "never said" },
		"more":  func(r []corpus.Rule) { r[3].Pattern = "Entering" },
		"other": func(r []corpus.Rule) { r[3].ID = "bench.04.other" },
	} {
		changed := slices.Clone(rules)
		change(changed)
		if cmp.Equal(c.Want, tags(c, must(NewCollector(changed, true)))) {
			t.Errorf("%s: not noticed", name)
		}
	}
}

// The cut by hand finds the fields that the parser finds.
func TestCutAgreesWithTheParser(t *testing.T) {
	c := corpus.New(corpus.Options{Bytes: 2 << 20, Rules: corpus.Rules(100), Tag: 50})
	for _, chunk := range c.Chunks {
		var got, want [][3]string
		s := parsers.NewStream(chunk.Log.Name, parsers.Options{}, func(r *parsers.Record) {
			want = append(want, [3]string{strings.Clone(r.Message), strings.Clone(r.Component), fmt.Sprint(r.Thread)})
		})
		_, _ = s.Write([]byte(chunk.Text))
		s.Flush()
		CutChunk(chunk, func(f *Fields) {
			got = append(got, [3]string{f.Message, f.Component, f.Thread})
		})
		for i := range want { // the parser joins lines with "\n"
			want[i][0] = joined(want[i][0])
		}
		for i := range got {
			got[i][0] = joined(got[i][0])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s (-parser +cut):\n%s", chunk.Log.Name, diff)
		}
	}
}

// What is built by hand is what the processor gives untagged records, so that it is a limit of the same work.
func TestByHandBuildsTheSame(t *testing.T) {
	c := corpus.New(corpus.Options{Bytes: 48 << 20})
	processor := must(NewProcessor(map[string]any{"default_rules": false, "rules": []any{must(WriteRules(t.TempDir(), corpus.Rules(10)))}}))
	hand, logs := NewByHand(), map[*corpus.Log]bool{}
	for _, chunk := range c.Chunks {
		processor.Chunk(chunk, nil)
		hand.Chunk(chunk, nil)
		want, got := flat(processor.Last()), flat(hand.Last())
		if len(want) != len(got) {
			t.Fatalf("%s: %d records, %d by hand", chunk.Log.Name, len(want), len(got))
		}
		for i := range want {
			if diff := cmp.Diff(want[i], got[i]); diff != "" {
				t.Fatalf("%s (-processor +by hand):\n%s", chunk.Log.Name, diff)
			}
		}
		logs[chunk.Log] = true
	}
	if len(logs) != len(corpus.Logs) {
		t.Errorf("%d of %d logs were compared", len(logs), len(corpus.Logs))
	}
}

// flat returns the records of a batch as plain values.
func flat(batch plog.Logs) (all []map[string]any) {
	for _, rl := range batch.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			for _, lr := range sl.LogRecords().All() {
				m := lr.Attributes().AsRaw()
				m["body"], m["time"], m["severity"] = joined(lr.Body().AsString()), lr.Timestamp().AsTime(), lr.SeverityText()+lr.SeverityNumber().String()
				all = append(all, m)
			}
		}
	}
	return all
}

func joined(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

func TestHyperscanFindsTheLiterals(t *testing.T) {
	if HyperscanRemark != "" {
		t.Log(HyperscanRemark)
		return
	}
	rules := corpus.Rules(100)
	h := must(NewHyperscan(rules))
	defer h.Close()
	c := corpus.New(corpus.Options{Bytes: 1 << 20, Rules: rules, Tag: 10})
	got, want := 0, 0
	for _, chunk := range c.Chunks {
		got += h.Chunk(chunk)
		for _, r := range rules {
			want += strings.Count(chunk.Text, r.Literal)
		}
	}
	if got != want || want < len(c.Want) {
		t.Errorf("%d matches, brute force finds %d for %d tags", got, want, len(c.Want))
	}
}
