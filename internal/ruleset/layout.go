package ruleset

import (
	"cmp"
	"slices"

	"gopkg.in/yaml.v3"
)

// layout is the order of the keys of a mapping and what stands under them. The order is that of the tables of fields, so
// that a file reads as its reference does. Keys of the user's own, such as names of logs, keep the order they have.
type layout struct {
	order []string
	under map[string]*layout
	each  *layout // what stands under every key of the user's own
}

var (
	matchLayout   = &layout{} // its table holds itself, as it does
	journeyLayout = &layout{order: keys(journeyFields)}
	fileLayout    = &layout{order: keys(fileFields), under: map[string]*layout{
		"steps": {order: keys(stepFields)}, "rules": ruleLayout, "journeys": journeyLayout, "overrides": {order: keys(overrideFields)},
	}}
	ruleLayout = &layout{order: keys(ruleFields), under: map[string]*layout{
		"once": {order: keys(onceFields)}, "lint": {order: keys(lintFields)}, "match": matchLayout, "events": {each: matchLayout}, "about": {order: keys(aboutFields)},
		"tests":    {order: keys(testFields), under: map[string]*layout{"expect": {order: keys(expectFields)}}},
		"sequence": {order: keys(sequenceFields)}, "threshold": {order: keys(thresholdFields)}, "absence": {order: keys(absenceFields)},
		"change": {order: keys(changeFields)}, "duration": {order: keys(durationFields)},
		"silence": {order: keys(silenceFields), under: map[string]*layout{"during": {order: keys(duringFields)}}},
	}}
)

func init() {
	matchLayout.order = keys(matchFields)
	matchLayout.under = map[string]*layout{"any": matchLayout}
}

// below returns the layout of what stands under a key; nil where nothing is known of it. What stands in a list has the
// layout of the list.
func (l *layout) below(key string) *layout {
	if l == nil {
		return nil
	}
	if u := l.under[key]; u != nil {
		return u
	}
	return l.each
}

// rank is the place of a key. Those that the table does not know come last.
func (l *layout) rank(key string) int {
	if l != nil {
		if i := slices.Index(l.order, key); i >= 0 {
			return i
		}
		return len(l.order)
	}
	return 0
}

// arranged returns the pairs of a mapping in the order of the layout.
func (l *layout) arranged(n *yaml.Node) [][2]*yaml.Node {
	var pairs [][2]*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		pairs = append(pairs, [2]*yaml.Node{n.Content[i], n.Content[i+1]})
	}
	slices.SortStableFunc(pairs, func(a, b [2]*yaml.Node) int { return cmp.Compare(l.rank(a[0].Value), l.rank(b[0].Value)) })
	return pairs
}

// alike tells whether two nodes say the same, wherever and in whatever style they stand.
func (l *layout) alike(a, b *yaml.Node) bool {
	if a.Kind != b.Kind || a.Value != b.Value || a.ShortTag() != b.ShortTag() || len(a.Content) != len(b.Content) {
		return false
	}
	if a.Kind != yaml.MappingNode {
		for i := range a.Content {
			if !l.alike(a.Content[i], b.Content[i]) {
				return false
			}
		}
		return true
	}
	was, is := l.arranged(a), l.arranged(b)
	for i := range was {
		under := l.below(was[i][0].Value)
		if !l.alike(was[i][0], is[i][0]) || !under.alike(was[i][1], is[i][1]) {
			return false
		}
	}
	return true
}
