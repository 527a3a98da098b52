package ruleset

import "gopkg.in/yaml.v3"

// What stands in a file, before names are resolved and texts compiled. Each text keeps its node, which knows its place.

type text struct {
	node *yaml.Node
	src  *source
}

func (t text) String() string {
	if t.node == nil {
		return ""
	}
	return t.node.Value
}

func (t text) given() bool { return t.node != nil }

func (t text) place() Place { return t.src.at(t.node) }

type entry struct {
	name  text
	value text
	list  []any // of a list
	used  bool
}

type rawFile struct {
	src        *source
	shipped    bool
	schema     text
	pack       text
	version    text
	lists      []*entry
	macros     []*entry
	parameters []*entry
	steps      []*rawStep
	rules      []*rawRule
	journeys   []*rawJourney
	overrides  []*rawOverride
}

type rawStep struct {
	id, title, runsOn text
}

type rawRule struct {
	file       *rawFile
	node       *yaml.Node
	id         text
	revision   text
	status     text
	replacedBy text
	evidence   text
	title      text
	severity   text
	steps      []text
	tags       []text
	scan       text
	generic    text
	aside      text
	also       []text
	once       *rawOnce
	lint       *rawLint
	match      *rawMatch
	events     []*rawEvent
	about      *rawAbout
	tests      []*rawTest
	kind       string
	kindNode   *yaml.Node
	relation   *rawRelation
}

type rawEvent struct {
	name  text
	match *rawMatch
}

type rawOnce struct {
	by  []text
	per text
}

// rawLint accepts what lint would say of a rule.
type rawLint struct {
	allow  []text
	reason text
}

type rawAbout struct {
	cause, impact             text
	fix, lookNext, references []text
}

type rawMatch struct {
	event    bool // of a rule's own, for its relation
	src      *source
	node     *yaml.Node
	files    []text
	lines    []text
	patterns []text
	codes    []text
	when     text
	any      []*rawMatch
}

type rawTest struct {
	node      *yaml.Node
	name      text
	logs      []*entry
	expect    []*rawExpect
	undecided text
	arch      text
}

type rawExpect struct {
	on   text
	keys []*entry
}

// rawRelation holds the keys of all correlation kinds; which of them a kind takes is in its field table.
type rawRelation struct {
	of, after, expect, from, to, value text
	within, longerThan                 text
	atLeast, distinct, across, maxOpen text
	steps, by, unless, coveredBy       []text
	duringFrom, duringTo               text
	when, anyOrder                     text
}

type rawJourney struct {
	id, title    text
	starts, keys []text
	ends         []*rawEnds
	reaches      []*rawReaches
	near         []*entry
	stalledAfter text
}

type rawEnds struct {
	state text
	rules []text
}

type rawReaches struct {
	step  text
	rules []text
}

type rawOverride struct {
	node      *yaml.Node
	src       *source
	shipped   bool
	rule      text
	parameter text
	revision  text
	reason    text
	disable   text
	until     text
	except    []text
	set       []*entry
	value     text
}
