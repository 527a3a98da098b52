package corpus

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestCorpusFollowsFromItsOptions(t *testing.T) {
	opt := Options{Bytes: 4 << 20, Rules: Rules(100), Tag: 50}
	a, b := New(opt), New(opt)
	if a.Bytes < opt.Bytes || a.Bytes != b.Bytes || !slices.Equal(a.Want, b.Want) {
		t.Fatalf("%d bytes and %d, %d tags and %d", a.Bytes, b.Bytes, len(a.Want), len(b.Want))
	}
	for i := range a.Chunks {
		if a.Chunks[i].Text != b.Chunks[i].Text {
			t.Fatalf("chunk %d differs", i)
		}
	}
}

// The shares and lengths are what README.md says.
func TestCorpusIsAsSaid(t *testing.T) {
	c := New(Options{Bytes: 16 << 20, Rules: Rules(1000), Tag: 50})
	issues, several := 0, 0
	for _, w := range c.Want {
		if strings.HasPrefix(w.Rule, "CM-") {
			issues++
		}
	}
	for _, chunk := range c.Chunks {
		for _, r := range chunk.Records {
			if strings.Contains(r, "\n") {
				several++
			}
		}
	}
	for _, tt := range []struct {
		what        string
		n, of       int
		least, most float64
	}{
		{"tagged", len(c.Want), c.Records, 0.018, 0.022},
		{"issues", issues, c.Records, 0.0016, 0.0024},
		{"several lines", several, c.Records, 0.003, 0.007},
		{"bytes a line", c.Bytes, c.Lines, 190, 240},
	} {
		if share := float64(tt.n) / float64(tt.of); share < tt.least || share > tt.most {
			t.Errorf("%s: %v, expected %v to %v", tt.what, share, tt.least, tt.most)
		}
	}
}

// A tagged record matches the pattern of its rule alone, and noise matches none.
func TestWantIsWhatThePatternsFind(t *testing.T) {
	rules := Rules(400)
	patterns := make([]*regexp.Regexp, len(rules))
	for i, r := range rules {
		patterns[i] = regexp.MustCompile(r.Pattern)
	}
	c := New(Options{Bytes: 1 << 19, Rules: rules, Tag: 10})
	var got []Tag
	for _, chunk := range c.Chunks {
		for i, record := range chunk.Records {
			for k, p := range patterns {
				if rules[k].Log == chunk.Log && p.MatchString(record) {
					got = append(got, Tag{chunk.First + i, rules[k].ID})
				}
			}
		}
	}
	if !slices.Equal(got, c.Want) {
		t.Errorf("the patterns find %d tags, the corpus says %d", len(got), len(c.Want))
	}
}
