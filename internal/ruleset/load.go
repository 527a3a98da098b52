package ruleset

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/cmtrail/cmtrail/internal/errorcode"
)

// SchemaVersion is the file format that this package reads.
const SchemaVersion = 1

// Source is the text of one rule file.
type Source struct {
	Name    string // as faults name it
	Data    []byte
	Shipped bool // part of a shipped pack: may hold no overrides
}

// Options are what loading needs from its surroundings.
type Options struct {
	Codes   *errorcode.Table    // symbols of codes; nil: numbers only
	LogName func(string) string // normalises log names; nil: lower case
	Logs    func() []string     // names of known logs as their products write them, for Lint; nil: those that shipped rules name
	Today   time.Time           // decides whether an override's "until" has passed; zero: none has
	Keep    bool                // keep what the files say beside what it means, for Lint and Mutants; it costs memory
}

// Load reads all sources as one set. With any fault the set is nil: a set is whole or not there. All faults are
// returned, by file and place.
func Load(sources []Source, opt Options) (*Set, []Fault) {
	if opt.LogName == nil {
		opt.LogName = strings.ToLower
	}
	c := newCompiler(opt)
	for _, s := range sources {
		c.read(s)
	}
	set := c.compile()
	if len(c.faults) > 0 {
		slices.SortStableFunc(c.faults, func(a, b Fault) int {
			return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
		})
		return nil, slices.Compact(c.faults)
	}
	return set, nil
}

// MaxFile bounds a rule file, in bytes; the shipped packs have 1 MiB in all. Reading takes some forty times as much memory.
const MaxFile = 8 << 20

// read decodes one file. What cannot be read as YAML at all is a fault; the other files are still read.
func (c *compiler) read(s Source) {
	if len(s.Data) > MaxFile {
		c.fail(Place{File: s.Name}, "larger than "+itoa(MaxFile>>20)+" MiB, which no rule file is")
		return
	}
	src := newSource(s.Name, s.Data)
	d := &decoder{src: src, faults: &c.faults}
	documents := yaml.NewDecoder(bytes.NewReader(s.Data))
	var document yaml.Node
	if err := documents.Decode(&document); err != nil {
		if errors.Is(err, io.EOF) {
			d.fail(Place{s.Name, 1, 1}, "file is empty, expected rules")
			return
		}
		d.fail(syntaxPlace(src, err))
		return
	}
	var second yaml.Node
	if err := documents.Decode(&second); err == nil {
		d.fail(src.at(&second), "a second document, expected one a file")
	}
	if n := aliasIn(&document); n != nil {
		d.fail(src.at(n), "aliases are not read; write the value out")
		return
	}
	f := &rawFile{src: src, shipped: s.Shipped}
	if !mapping(d, document.Content[0], "rule file", fileFields, f) {
		return
	}
	if f.schema.given() {
		if v, err := strconv.Atoi(f.schema.String()); err != nil || v != SchemaVersion {
			d.fail(f.schema.place(), "schema "+quote(f.schema.String())+" is not known, expected "+itoa(SchemaVersion))
		}
	}
	if s.Shipped {
		for _, o := range f.overrides {
			d.fail(src.at(o.node), "a shipped pack holds no overrides")
		}
	}
	c.files = append(c.files, f)
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntaxPlace finds the place in the text of a YAML syntax error: the library names the line alone.
func syntaxPlace(src *source, err error) (Place, string) {
	text := err.Error()
	place := Place{src.name, 1, 1}
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		text = text[len(m[0]):]
		if line, err := strconv.Atoi(m[1]); err == nil && line <= len(src.lines) {
			place.Line = line
			for place.Col <= len(src.lines[line-1]) && blank(src.lines[line-1][place.Col-1]) {
				place.Col++
			}
		}
	}
	return place, "not YAML: " + text
}

func aliasIn(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n
	}
	for _, child := range n.Content {
		if a := aliasIn(child); a != nil {
			return a
		}
	}
	return nil
}

func itoa(n int) string { return strconv.Itoa(n) }

func contains(all []string, s string) bool { return slices.Contains(all, s) }

// String writes the fault as editors read it: file:line:col: text. What concerns no line has none.
func (f Fault) String() string {
	if f.Line == 0 {
		return f.File + ": " + f.Text
	}
	return f.File + ":" + itoa(f.Line) + ":" + itoa(f.Col) + ": " + f.Text
}
