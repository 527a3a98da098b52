package ruletest

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/internal/ruleset"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// Why two rules may share a record.
const (
	Said     = "also"     // one of them names the other in also
	Relation = "relation" // one of them relates records of the other
	Generic  = "generic"  // one of them is generic: it is left off where the other shows
	Aside    = "aside"    // one of them says something beside other issues
	Marked   = "step"     // the one that shows marks a step, and finds nothing wrong
)

// Overlap is a rule that shows on a sample of another one: a log in one of that one's tests.
type Overlap struct {
	Sample *rules.Rule // whose test it is
	Shown  *rules.Rule // what shows there too
	Says   string      // why it may; "" when nothing says so
	Tests  int         // in how many tests
	Test   string      // the first of them
	Where  ruleset.Place
	On     string // log and line in it
	Line   string // the message of that record
}

// Cross runs every rule, those that relate records included, over the samples of all others and returns what shows
// there, a pair of rules each, in the order of the samples' rules.
func Cross(set *rules.Set) []Overlap {
	engine := rules.NewEngine(on(set))
	p := pipeline.New(engine)
	type pair struct{ sample, shown int }
	at := map[pair]int{}
	var all []Overlap
	for _, r := range set.Rules {
		for i, t := range r.Tests {
			seen := map[int]bool{}
			observe(p, engine.Set(), &t, func(shown int, on, line string) {
				if shown == r.Index || seen[shown] {
					return
				}
				seen[shown] = true
				k := pair{r.Index, shown}
				have, known := at[k]
				if !known {
					have = len(all)
					at[k] = have
					other := set.Rules[shown]
					all = append(all, Overlap{Sample: r, Shown: other, Says: says(r, other), Test: title(&t, i), Where: t.Where, On: on, Line: line})
				}
				all[have].Tests++
			})
		}
	}
	return all
}

// observe replays a test and tells each rule, by its index, that shows on one of its records.
func observe(p *pipeline.Pipeline, set *rules.Set, t *ruleset.Test, shows func(rule int, on, line string)) {
	found := func(f *rules.Finding) {
		at := f.Last
		if f.Missing != nil {
			at = f.First
		}
		shows(f.Rule.Index, at.File+":"+strconv.Itoa(at.Line), strings.Clone(at.Message))
	}
	c := rules.NewCorrelator(set, rules.CorrelatorOptions{}, rules.CorrelatorOutput{Finding: found, Step: found})
	files := files(t)
	replay := p.NewReplay(parsers.Options{}, c, func(file int, res *pipeline.Result) {
		if res.Verdict == nil {
			return
		}
		for _, r := range res.Verdict.Rules {
			shows(r.Index, files[file].Name+":"+strconv.Itoa(res.Record.LineStart), strings.Clone(res.Record.Message))
		}
	})
	replay.Run(files, func(int, error) {}) // a text can always be read
}

// files are the logs of a test as a replay reads them.
func files(t *ruleset.Test) []pipeline.File {
	var all []pipeline.File
	for _, l := range t.Logs {
		src := source(l.Name)
		src.Arch = t.Arch
		all = append(all, pipeline.File{Source: src, Name: l.Name, Open: func() (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(l.Text)), nil
		}})
	}
	return all
}

// says tells why shown may show on the samples of sample. A record's step is no verdict on it, so rules that mark steps
// may show anywhere; what relates records shows beside those that it names.
func says(sample, shown *rules.Rule) string {
	switch {
	case slices.Contains(shown.Also, sample.ID) || slices.Contains(sample.Also, shown.ID):
		return Said
	case names(shown, sample) || names(sample, shown):
		return Relation
	case !shown.Issue:
		return Marked
	case sample.Generic != shown.Generic:
		return Generic
	case sample.Aside || shown.Aside:
		return Aside
	}
	return ""
}

func names(relation, other *rules.Rule) bool {
	if relation.Correlation == nil {
		return false
	}
	for e := range relation.Correlation.Events {
		if e.Rule.ID == other.ID {
			return true
		}
	}
	return false
}

// Judge says what is wrong with overlaps: an issue that shows on a sample of another rule although neither says so, and
// an also that does not hold. Of a user's rule the first is advice alone: it may well know a line better than a shipped
// one. Only what concerns a rule that filter admits is told; nil admits all.
func Judge(set *rules.Set, all []Overlap, filter func(*rules.Rule) bool) []Result {
	type pair struct{ a, b string }
	shared := map[pair]bool{}
	var out []Result
	for _, o := range all {
		shared[pair{o.Sample.ID, o.Shown.ID}], shared[pair{o.Shown.ID, o.Sample.ID}] = true, true
		if o.Says != "" || filter != nil && !filter(o.Sample) && !filter(o.Shown) {
			continue
		}
		what := fmt.Sprintf("shows on %s of %s, %s, too: %.160q", o.On, o.Sample.ID, o.Test, o.Line)
		r := Result{Rule: o.Shown.ID, Test: "samples of others", Where: o.Where}
		if o.Sample.Shipped && o.Shown.Shipped {
			r.Why = what + "; neither names the other in also"
		} else {
			r.Advice = what
		}
		out = append(out, r)
	}
	for _, r := range set.Rules {
		if filter != nil && !filter(r) {
			continue
		}
		for _, id := range r.Also {
			if !shared[pair{r.ID, id}] {
				out = append(out, Result{Rule: r.ID, Test: "samples of others", Where: ruleset.Place{File: r.File, Line: r.Line, Col: 1},
					Why: "also names " + id + ", and no test of the two shows both on one record"})
			}
		}
	}
	return out
}
