package match

import (
	"slices"
	"strings"

	"github.com/cmtrail/cmtrail/internal/ruleset"
	"github.com/cmtrail/cmtrail/internal/sentence"
)

// Verdict is what the rules say of one record. It and its texts hold until the matcher's next Match.
type Verdict struct {
	Steps    []*ruleset.Step // in pipeline order
	Issues   []*ruleset.Rule
	Rules    []*ruleset.Rule // all that matched, issues included
	Keys     []Key           // what the rules' holes caught; the first rule wins
	Severity ruleset.Severity
	Repeats  []Repeat
	Matched  []Matched // for what relates records: Rules, the generic ones left off, and events of rules' own

	holes []Key
}

// Matched is one rule or event that holds for the record, and what its own holes caught.
type Matched struct {
	Rule     *ruleset.Rule
	from, to int32
}

// Holes returns what the holes of m caught, whichever other rules matched.
func (v *Verdict) Holes(m Matched) []Key { return v.holes[m.from:m.to] }

// Key is a caught field.
type Key struct {
	Name  string
	Value string
}

// Repeat says how often an issue that is reported once a period showed without being reported, in the period that
// this record ends.
type Repeat struct {
	Rule  *ruleset.Rule
	Count int
}

// Clone returns a copy that holds for good.
func (v *Verdict) Clone() *Verdict {
	c := *v
	c.Steps, c.Issues, c.Rules = slices.Clone(v.Steps), slices.Clone(v.Issues), slices.Clone(v.Rules)
	c.Repeats, c.Matched = slices.Clone(v.Repeats), slices.Clone(v.Matched)
	c.Keys, c.holes = cloneKeys(v.Keys), cloneKeys(v.holes)
	return &c
}

// cloneKeys copies the values; names belong to the rules.
func cloneKeys(keys []Key) []Key {
	all := slices.Clone(keys)
	for i := range all {
		all[i].Value = strings.Clone(all[i].Value)
	}
	return all
}

func (v *Verdict) reset() {
	v.Steps, v.Issues, v.Rules = v.Steps[:0], v.Issues[:0], v.Rules[:0]
	v.Keys, v.Repeats, v.Severity = v.Keys[:0], v.Repeats[:0], ruleset.NoSeverity
	v.Matched, v.holes = v.Matched[:0], v.holes[:0]
}

func (v *Verdict) addStep(s *ruleset.Step) {
	if s == nil {
		return
	}
	at := len(v.Steps)
	for i, have := range v.Steps {
		if have == s {
			return
		}
		if s.Index < have.Index {
			at = min(at, i)
		}
	}
	v.Steps = append(v.Steps, nil)
	copy(v.Steps[at+1:], v.Steps[at:])
	v.Steps[at] = s
}

func (v *Verdict) addMatched(r *ruleset.Rule, holes []sentence.Hole) {
	from := len(v.holes)
	for _, h := range holes {
		if h.Name != "" {
			v.holes = append(v.holes, Key(h))
		}
	}
	v.Matched = append(v.Matched, Matched{r, int32(from), int32(len(v.holes))})
}

func (v *Verdict) addKey(name, value string) {
	for i := range v.Keys {
		if v.Keys[i].Name == name {
			return
		}
	}
	v.Keys = append(v.Keys, Key{name, value})
}
