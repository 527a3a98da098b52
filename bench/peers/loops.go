package peers

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/elastic/go-grok"
	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"github.com/cmtrail/cmtrail/bench/corpus"
)

// Exprs evaluates one expression a rule on every record, as one would without an index. The fields are cut by hand.
type Exprs struct {
	rules    []corpus.Rule
	programs []*vm.Program
	machine  vm.VM
}

// NewExprs compiles the rules.
func NewExprs(rules []corpus.Rule) (*Exprs, error) {
	x := &Exprs{rules: rules}
	for _, r := range rules {
		text := fmt.Sprintf("component == %q and message contains %q and message matches %q", r.Log.Component, r.Literal, r.Pattern)
		p, err := expr.Compile(text, expr.Env(map[string]any{"component": "", "message": ""}), expr.AsBool())
		if err != nil {
			return nil, err
		}
		x.programs = append(x.programs, p)
	}
	return x, nil
}

// Chunk tags the records of a chunk.
func (x *Exprs) Chunk(c *corpus.Chunk, found func(corpus.Tag)) {
	record, env := c.First, map[string]any{}
	CutChunk(c, func(f *Fields) {
		env["component"], env["message"] = f.Component, f.Message
		for i, p := range x.programs {
			v, err := x.machine.Run(p, env)
			if err != nil {
				panic(err) // the peer would be measured failing
			}
			if v.(bool) && found != nil {
				found(corpus.Tag{Record: record, Rule: x.rules[i].ID})
			}
		}
		record++
	})
}

// Regexps tries the regular expressions of a component's rules one after the other. The fields are cut by hand.
type Regexps struct {
	byComponent map[string]*patternSet
}

type patternSet struct {
	any   *regexp.Regexp // one expression of all; nil: each is tried
	each  []*regexp.Regexp
	rules []corpus.Rule
}

// NewRegexps compiles the rules. With joined, one expression of all a component's alternatives goes before them.
func NewRegexps(rules []corpus.Rule, joined bool) (*Regexps, error) {
	x := &Regexps{map[string]*patternSet{}}
	for _, r := range rules {
		set := x.byComponent[r.Log.Component]
		if set == nil {
			set = &patternSet{}
			x.byComponent[r.Log.Component] = set
		}
		p, err := regexp.Compile(r.Pattern)
		if err != nil {
			return nil, err
		}
		set.each, set.rules = append(set.each, p), append(set.rules, r)
	}
	for _, set := range x.byComponent {
		if !joined {
			continue
		}
		var all []string
		for _, r := range set.rules {
			all = append(all, r.Pattern)
		}
		p, err := regexp.Compile("(?:" + strings.Join(all, ")|(?:") + ")")
		if err != nil {
			return nil, err
		}
		set.any = p
	}
	return x, nil
}

// Chunk tags the records of a chunk.
func (x *Regexps) Chunk(c *corpus.Chunk, found func(corpus.Tag)) {
	record := c.First
	CutChunk(c, func(f *Fields) {
		x.tag(record, f.Component, f.Message, found)
		record++
	})
}

func (x *Regexps) tag(record int, component, message string, found func(corpus.Tag)) {
	set := x.byComponent[component]
	if set == nil || set.any != nil && !set.any.MatchString(message) {
		return
	}
	for i, p := range set.each {
		if p.MatchString(message) && found != nil {
			found(corpus.Tag{Record: record, Rule: set.rules[i].ID})
		}
	}
}

// Groks reads each record with one grok pattern, then tries the patterns of its component's rules.
type Groks struct {
	ccm, legacy *grok.Grok
	byComponent map[string][]grokRule
}

type grokRule struct {
	id string
	*grok.Grok
}

// grokHoles are the types of holes in grok's own names.
var grokHoles = strings.NewReplacer(":guid>", ">%{BENCHGUID}", ":int>", ">%{INT}", ":word>", ">%{NOTSPACE}", ":hresult>", ">%{BASE16NUM}")

var holeName = regexp.MustCompile(`<\w+>`)

// NewGroks compiles the rules.
func NewGroks(rules []corpus.Rule) (*Groks, error) {
	more := map[string]string{"BENCHGUID": `\{?%{UUID}\}?`}
	compile := func(pattern string) (*grok.Grok, error) {
		g, err := grok.NewWithPatterns(more)
		if err == nil {
			err = g.Compile(pattern, true)
		}
		return g, err
	}
	x := &Groks{byComponent: map[string][]grokRule{}}
	var err error
	x.ccm, err = compile(`(?s)^<!\[LOG\[%{GREEDYDATA:message}\]LOG\]!><time="%{NOTSPACE:time}" date="%{NOTSPACE:date}" component="%{DATA:component}" context="%{DATA:context}" type="%{INT:type}" thread="%{INT:thread}" file="%{DATA:file}">$`)
	if err != nil {
		return nil, err
	}
	x.legacy, err = compile(`(?s)^%{GREEDYDATA:message}  \$\$<%{DATA:component}><%{DATA:date} %{DATA:time}><thread=%{INT:thread} \(%{DATA}\)>$`)
	if err != nil {
		return nil, err
	}
	for _, r := range rules {
		pattern := grokHoles.Replace(regexp.QuoteMeta(r.Sentence))
		g, err := compile(holeName.ReplaceAllString(pattern, ""))
		if err != nil {
			return nil, err
		}
		x.byComponent[r.Log.Component] = append(x.byComponent[r.Log.Component], grokRule{r.ID, g})
	}
	return x, nil
}

// Chunk tags the records of a chunk.
func (x *Groks) Chunk(c *corpus.Chunk, found func(corpus.Tag)) {
	line := x.ccm
	if c.Log.Legacy {
		line = x.legacy
	}
	for i, record := range c.Records {
		fields, err := line.ParseString(record)
		if err != nil || len(fields) == 0 {
			panic("grok reads no fields of " + record) // it would be measured failing
		}
		for _, r := range x.byComponent[fields["component"]] {
			if r.MatchString(fields["message"]) && found != nil {
				found(corpus.Tag{Record: c.First + i, Rule: r.id})
			}
		}
	}
}
