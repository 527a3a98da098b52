package propose

import (
	"regexp"
	"strings"

	"github.com/cmtrail/cmtrail/internal/errorcode"
	"github.com/cmtrail/cmtrail/internal/ruleset"
	"github.com/cmtrail/cmtrail/internal/sentence"
)

// New makes a proposer that reuses the names of holes in the rules of a set.
func New(set *ruleset.Set, codes *errorcode.Table) *Proposer {
	p := &Proposer{codes: codes, names: &names{known: map[surrounding]string{}}}
	for _, all := range [][]*ruleset.Rule{set.Rules, set.Events} {
		for _, r := range all {
			for _, m := range r.Match {
				for _, s := range m.Lines {
					p.names.learn(m.Files, s)
				}
			}
		}
	}
	return p
}

// names are those of holes, by what stands before them.
type names struct {
	known map[surrounding]string // "" where rules differ
}

// surrounding is a hole's type and the words before it, in sentences of one log or, with "", of any.
type surrounding struct {
	log   string
	kind  sentence.Type
	words string
}

const mostWords = 3

var holeForm = regexp.MustCompile(`<([a-z_][a-z0-9_]*)(?::([a-z]+))?>`)

// learn takes the names of a sentence's holes.
func (n *names) learn(logs []string, s *sentence.Sentence) {
	text := strings.ReplaceAll(s.String(), "<<", "  ")
	at := 0
	for i, place := range holeForm.FindAllStringSubmatchIndex(text, -1) {
		before := contextWords(text[at:place[0]])
		at = place[1]
		defs := s.Holes()
		if i >= len(defs) || defs[i].Name == "" {
			continue
		}
		for count := 1; count <= min(mostWords, len(before)); count++ {
			words := strings.Join(before[len(before)-count:], " ")
			for _, log := range append([]string{""}, logs...) {
				key := surrounding{log, defs[i].Type, words}
				if have, ok := n.known[key]; ok && have != defs[i].Name {
					n.known[key] = ""
				} else {
					n.known[key] = defs[i].Name
				}
			}
		}
	}
}

// after returns the name that rules use for a hole after the same words, "" when there is none. One word alone tells
// enough only in the same log, or when it is a long one.
func (n *names) after(log string, kind sentence.Type, before string) string {
	words := contextWords(before)
	for count := min(mostWords, len(words)); count > 0; count-- {
		key := surrounding{log, kind, strings.Join(words[len(words)-count:], " ")}
		telling := count > 1 || len(key.words) > 3
		if name := n.known[key]; name != "" && telling {
			return name
		}
		key.log = ""
		if name := n.known[key]; name != "" && (count > 1 || len(key.words) > 8) {
			return name
		}
	}
	return ""
}

// contextWords returns the words of a text in lower case.
func contextWords(text string) []string {
	return nameWords.FindAllString(strings.ToLower(text), -1)
}
