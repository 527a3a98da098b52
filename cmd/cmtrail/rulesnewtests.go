package main

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cmtrail/cmtrail/internal/ruleset"
	"github.com/cmtrail/cmtrail/internal/sentence"
	"github.com/cmtrail/cmtrail/parsers"
)

// survey is what a sentence meets in the file that it was made from.
type survey struct {
	also  []int  // lines of the other records that it matches, the first few
	count int    // of them
	near  string // raw lines of the record that is most like the rule's own and does not match
	score float64
}

const (
	shownLines  = 5
	longestNear = 8 << 10 // bytes of a near miss: it is there to be read
)

// survey reads the origin's file again, with the sentence.
func (o *origin) survey(s *sentence.Sentence) (*survey, error) {
	found := &survey{}
	if o.path == "" {
		return found, nil
	}
	own := wordsOf(o.record.Message)
	var lead string
	err := o.read(func(r *parsers.Record) {
		lead = orElse(directives(r.Original), lead)
		if r.LineStart == o.record.LineStart && r.Offset == o.record.Offset {
			return
		}
		if _, ok := s.Match(r.Message, nil); ok {
			if found.count++; len(found.also) < shownLines {
				found.also = append(found.also, r.LineStart)
			}
			return
		}
		if len(r.Original) > longestNear {
			return
		}
		// A record of the same words that differs in what varies would say nothing of the sentence's own words, but no such
		// record is left here: those match.
		score := likeness(own, wordsOf(r.Message))
		if score <= found.score {
			return
		}
		for _, text := range []string{r.Original, strings.TrimLeft(lead+"\n"+r.Original, "\n")} {
			if all := readAlone(o.log, text); len(all) > 0 && alike(all[len(all)-1], r) && !anyMatches(s, all) {
				found.near, found.score = strings.Clone(text), score
				return
			}
		}
	})
	if err != nil {
		return nil, &exitError{exitUnread, fmt.Sprintf("%s: %v", o.path, withoutPath(err))}
	}
	return found, nil
}

// tell warns of a sentence that takes in more than the line.
func (f *survey) tell(c *cobra.Command) {
	if f.count == 0 {
		return
	}
	var lines []string
	for _, n := range f.also {
		lines = append(lines, strconv.Itoa(n))
	}
	more := ""
	if f.count > len(lines) {
		more = ", ..."
	}
	c.PrintErrf("note: the sentence matches %s more of the file: %s%s\n", number(f.count, "record"), strings.Join(lines, ", "), more)
}

var wordForm = regexp.MustCompile(`[A-Za-z]{3,}`)

// wordsOf returns the words of a message, sorted, each once.
func wordsOf(message string) []string {
	if len(message) > longestNear {
		message = message[:longestNear]
	}
	all := wordForm.FindAllString(message, -1)
	slices.Sort(all)
	return slices.Compact(all)
}

// likeness is the share of words that two sorted lists have in common: from 0 to 1.
func likeness(a, b []string) float64 {
	both := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch strings.Compare(a[i], b[j]) {
		case 0:
			both, i, j = both+1, i+1, j+1
		case -1:
			i++
		default:
			j++
		}
	}
	if both == 0 {
		return 0
	}
	return float64(both) / float64(len(a)+len(b)-both)
}

func anyMatches(s *sentence.Sentence, all []*parsers.Record) bool {
	return slices.ContainsFunc(all, func(r *parsers.Record) bool {
		_, ok := s.Match(r.Message, nil)
		return ok
	})
}

// tests returns the rule's tests: the line itself, and one that nearly matches. The second result tells of a line that had
// to be made up.
func (o *origin) tests(s *sentence.Sentence, around *survey) ([]ruleset.Test, string) {
	keys := map[string]string{}
	holes, _ := s.Match(o.record.Message, nil)
	for _, h := range holes {
		keys[h.Name] = h.Value
	}
	hit := ruleset.Test{
		Logs:   []ruleset.TestLog{{Name: o.log, Text: o.text}},
		Expect: []ruleset.Expect{{On: o.log + ":" + strconv.Itoa(o.line), Keys: keys}},
	}
	miss := func(name, text string) []ruleset.Test {
		return []ruleset.Test{hit, {Name: name, Logs: []ruleset.TestLog{{Name: o.log, Text: text}}}}
	}
	if around.near != "" {
		return miss("near miss", around.near), ""
	}
	word, text := o.changed(s)
	if word == "" {
		return []ruleset.Test{hit}, "no near miss was found; add a test without expect"
	}
	return miss(fmt.Sprintf("near miss: %s changed to %s", word, otherWord), text), fmt.Sprintf("no other record is like it: the near miss is the same line with another word for %q", word)
}

// otherWord stands in a near miss for a word of the sentence.
const otherWord = "other"

var holeForm = regexp.MustCompile(`<[a-z_][a-z0-9_]*(?::[a-z]+)?>`)

// changed returns the lines with one word of the sentence replaced, the longest that will do. Words in capitals come last:
// they tend to be names that stand for what follows.
func (o *origin) changed(s *sentence.Sentence) (word, text string) {
	words := wordsOf(holeForm.ReplaceAllString(strings.ReplaceAll(s.String(), "<<", " "), " "))
	capitals := func(w string) int { return map[bool]int{true: 1}[w == strings.ToUpper(w)] }
	slices.SortStableFunc(words, func(a, b string) int { return cmp.Or(capitals(a)-capitals(b), len(b)-len(a)) })
	for _, w := range words {
		whole := regexp.MustCompile(`\b` + w + `\b`)
		text := whole.ReplaceAllString(o.text, otherWord)
		all := readAlone(o.log, text)
		if w != otherWord && text != o.text && len(all) > 0 && all[len(all)-1].Format == o.record.Format && !anyMatches(s, all) {
			return w, text
		}
	}
	return "", ""
}
