package ruleset

import (
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/cmtrail/cmtrail/internal/sentence"
)

// field is one key of a mapping: what it is called, what it means, what may stand there, and how it is read. The tables
// of fields are the one source of truth for the decoder, the JSON Schema and the reference page.
type field[T any] struct {
	key    string
	doc    string
	shape  shape
	must   bool
	decode func(d *decoder, n *yaml.Node, into *T)
}

// shape is what may stand at a field, as JSON Schema says it.
type shape map[string]any

// decoder reads the nodes of one file and collects what is wrong.
type decoder struct {
	src    *source
	rule   string // the rule being read, for faults
	faults *[]Fault
}

func (d *decoder) fail(at Place, format string) {
	*d.faults = append(*d.faults, Fault{File: at.File, Line: at.Line, Col: at.Col, Rule: d.rule, Text: format})
}

var kindNames = map[yaml.Kind]string{
	yaml.MappingNode: "a mapping", yaml.SequenceNode: "a list", yaml.ScalarNode: "a text", yaml.AliasNode: "an alias",
}

func (d *decoder) expect(n *yaml.Node, kind yaml.Kind, what string) bool {
	if n.Kind == kind {
		return true
	}
	d.fail(d.src.at(n), what+": found "+found(n)+", expected "+kindNames[kind])
	return false
}

func found(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode {
		return kindNames[n.Kind]
	}
	if n.Tag == "!!null" {
		return "nothing"
	}
	return quote(n.Value)
}

func quote(s string) string {
	if r := []rune(s); len(r) > 60 {
		s = string(r[:57]) + "..."
	}
	return `"` + strings.ReplaceAll(s, "\n", `\n`) + `"`
}

// mapping reads a mapping by its table of fields.
func mapping[T any](d *decoder, n *yaml.Node, what string, fields []field[T], into *T) bool {
	if !d.expect(n, yaml.MappingNode, what) {
		return false
	}
	seen := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if first, twice := seen[key.Value]; twice {
			d.fail(d.src.at(key), "key "+quote(key.Value)+" stands twice; first at line "+itoa(first.Line))
			continue
		}
		seen[key.Value] = key
		if f := fieldOf(fields, key.Value); f != nil {
			f.decode(d, value, into)
			continue
		}
		d.fail(d.src.at(key), "unknown key "+quote(key.Value)+" in "+what+near(key.Value, keys(fields)))
	}
	for i := range fields {
		if fields[i].must && seen[fields[i].key] == nil && !misspelt(n, fields[i].key, fields) {
			d.fail(d.src.at(n), what+" has no "+fields[i].key)
		}
	}
	return true
}

func fieldOf[T any](fields []field[T], key string) *field[T] {
	for i := range fields {
		if fields[i].key == key {
			return &fields[i]
		}
	}
	return nil
}

func keys[T any](fields []field[T]) []string {
	all := make([]string, len(fields))
	for i := range fields {
		all[i] = fields[i].key
	}
	return all
}

// near says what a misspelt name may have meant.
func near(word string, known []string) string {
	if k := sentence.Nearest(word, known); k != "" {
		return ", did you mean " + quote(k) + "?"
	}
	return ""
}

// scalar reads a text, a number or a truth value as written.
func (d *decoder) scalar(n *yaml.Node, what string) text {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		d.fail(d.src.at(n), what+": found "+found(n)+", expected a text")
		return text{}
	}
	return text{n, d.src}
}

// texts reads one text or a list of them.
func (d *decoder) texts(n *yaml.Node, what string) []text {
	if n.Kind == yaml.ScalarNode {
		if t := d.scalar(n, what); t.given() {
			return []text{t}
		}
		return nil
	}
	return d.list(n, what)
}

func (d *decoder) list(n *yaml.Node, what string) []text {
	if !d.expect(n, yaml.SequenceNode, what) {
		return nil
	}
	var all []text
	for _, item := range n.Content {
		if t := d.scalar(item, what); t.given() {
			all = append(all, t)
		}
	}
	return all
}

// entries reads a mapping with keys of the user's own.
func (d *decoder) entries(n *yaml.Node, what string, read func(name text, value *yaml.Node)) {
	if !d.expect(n, yaml.MappingNode, what) {
		return
	}
	seen := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if first, twice := seen[key.Value]; twice {
			d.fail(d.src.at(key), what+": "+quote(key.Value)+" stands twice; first at line "+itoa(first.Line))
			continue
		}
		seen[key.Value] = key
		read(text{key, d.src}, n.Content[i+1])
	}
}

// each reads the mappings of a list.
func each[T any](d *decoder, n *yaml.Node, what string, read func(n *yaml.Node) *T) []*T {
	if !d.expect(n, yaml.SequenceNode, what) {
		return nil
	}
	var all []*T
	for _, item := range n.Content {
		if t := read(item); t != nil {
			all = append(all, t)
		}
	}
	return all
}

// misspelt tells whether an unknown key of the mapping was meant to be this one, which is one fault and not two.
func misspelt[T any](n *yaml.Node, key string, fields []field[T]) bool {
	for i := 0; i+1 < len(n.Content); i += 2 {
		word := n.Content[i].Value
		if fieldOf(fields, word) == nil && sentence.Nearest(word, keys(fields)) == key {
			return true
		}
	}
	return false
}
