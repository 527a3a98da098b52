// Package ruletest runs the tests that rule files hold: raw lines through the real parser and the real engine.
package ruletest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/internal/ruleset"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// Result is the outcome of one test.
type Result struct {
	Rule   string
	Test   string
	Where  ruleset.Place
	Why    string        // "" when the test passed
	Advice string        // what is worth knowing of a test that passed
	Took   time.Duration // differs from run to run
}

// Passed tells whether the test held.
func (r Result) Passed() bool { return r.Why == "" }

// Run runs the tests of the rules that filter admits; nil admits all. A rule that is off by default is tested too.
func Run(set *rules.Set, filter func(*rules.Rule) bool) []Result {
	engine := rules.NewEngine(on(set))
	p, matcher := pipeline.New(engine), engine.NewMatcher()
	var all []Result
	for _, r := range set.Rules {
		if filter != nil && !filter(r) {
			continue
		}
		for i, t := range r.Tests {
			res := Result{Rule: r.ID, Test: title(&t, i), Where: t.Where}
			began := time.Now()
			if r.Correlation != nil {
				res.Why = relate(p, engine.Set(), r, &t)
			} else {
				res.Why = run(matcher, r, &t)
			}
			res.Took = time.Since(began)
			all = append(all, res)
		}
	}
	return all
}

// title names the test with the index.
func title(t *ruleset.Test, i int) string {
	if t.Name != "" {
		return t.Name
	}
	return "test " + strconv.Itoa(i+1)
}

// on returns the set with every rule enabled: a rule in testing has tests to show what it would do.
func on(set *rules.Set) *rules.Set {
	c := *set
	c.Rules = make([]*rules.Rule, len(set.Rules))
	for i, r := range set.Rules {
		e := *r
		e.Enabled, e.Once = true, nil
		c.Rules[i] = &e
	}
	return &c
}

// sight is a record on which the rule showed.
type sight struct {
	first, last int
	keys        map[string]string
}

func run(m *rules.Matcher, r *rules.Rule, t *ruleset.Test) string {
	m.On(t.Arch)
	shown := map[string][]sight{}
	var got []string
	for _, l := range t.Logs {
		name := parsers.LogName(l.Name)
		read(l, func(rec *parsers.Record) {
			v := m.Match(rec, name, "")
			ids := []string{}
			if v != nil {
				for _, rule := range v.Rules {
					ids = append(ids, rule.ID)
				}
			}
			got = append(got, fmt.Sprintf("%s:%d %s %q gave [%s]", l.Name, rec.LineStart, rec.Format, rec.Message, strings.Join(ids, " ")))
			if slices.Contains(ids, r.ID) {
				at := sight{first: rec.LineStart, last: rec.LineEnd, keys: map[string]string{}}
				for _, k := range v.Keys {
					at.keys[k.Name] = strings.Clone(k.Value)
				}
				shown[strings.ToLower(l.Name)] = append(shown[strings.ToLower(l.Name)], at)
			}
		})
	}
	return judge(t, shown, strings.Join(got, "; "))
}

// read gives each record of a test's log to emit.
func read(l ruleset.TestLog, emit func(*parsers.Record)) {
	s := parsers.NewStream(l.Name, parsers.Options{}, emit)
	for line := range strings.SplitSeq(strings.TrimSuffix(l.Text, "\n"), "\n") {
		s.WriteLine(line)
	}
	s.Flush()
}

// judge compares where the rule showed with what the test expects; got tells a reader what came out instead.
func judge(t *ruleset.Test, shown map[string][]sight, got string) string {
	total := 0
	for _, s := range shown {
		total += len(s)
	}
	if len(t.Expect) == 0 && total > 0 {
		return "shows although the test expects nothing: " + got
	}
	for _, e := range t.Expect {
		if why := check(shown, e); why != "" {
			return why + ": " + got
		}
	}
	if len(t.Expect) > 0 && total > len(t.Expect) {
		return fmt.Sprintf("shows on %d records, expected %d: %s", total, len(t.Expect), got)
	}
	return ""
}

func check(shown map[string][]sight, e ruleset.Expect) string {
	i := strings.LastIndexByte(e.On, ':')
	line, err := strconv.Atoi(e.On[i+1:])
	if i < 0 || err != nil {
		return "expect on " + e.On + " names no line"
	}
	for _, s := range shown[strings.ToLower(e.On[:i])] {
		if line < s.first || line > s.last {
			continue
		}
		for name, want := range e.Keys {
			if s.keys[name] != want {
				return fmt.Sprintf("key %s on %s is %q, expected %q", name, e.On, s.keys[name], want)
			}
		}
		return ""
	}
	return "does not show on " + e.On
}
