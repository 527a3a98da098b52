package ruletest

import (
	"fmt"
	"strings"

	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/internal/ruleset"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// relate runs a test of a rule that relates records: its logs are replayed together, by time. The rule shows on the
// record that its finding names: the one that asked of an absence, the last one of all others.
func relate(p *pipeline.Pipeline, set *rules.Set, r *rules.Rule, t *ruleset.Test) string {
	shown := map[string][]sight{}
	var got []string
	undecided := 0
	found := func(f *rules.Finding) {
		on := f.Last
		if f.Missing != nil {
			on = f.First
		}
		got = append(got, fmt.Sprintf("%s on %s:%d", f.Rule.ID, on.File, on.Line))
		if f.Rule.ID != r.ID {
			return
		}
		at := sight{first: on.Line, last: on.Line, keys: map[string]string{}}
		for _, k := range f.Keys {
			at.keys[k.Name] = k.Value
		}
		shown[strings.ToLower(on.File)] = append(shown[strings.ToLower(on.File)], at)
	}
	c := rules.NewCorrelator(set, rules.CorrelatorOptions{}, rules.CorrelatorOutput{
		Finding: found, Step: found,
		Undecided: func(u *rules.Undecided) {
			got = append(got, fmt.Sprintf("%s undecided on %s:%d, %s", u.Rule.ID, u.First.File, u.First.Line, u.Why))
			if u.Rule.ID == r.ID {
				undecided++
			}
		},
	})
	files := files(t)
	replay := p.NewReplay(parsers.Options{}, c, func(file int, res *pipeline.Result) {
		var ids []string
		if res.Verdict != nil {
			for _, m := range res.Verdict.Matched {
				ids = append(ids, m.Rule.ID)
			}
		}
		got = append(got, fmt.Sprintf("%s:%d %s gave [%s]", files[file].Name, res.Record.LineStart, res.Record.Format, strings.Join(ids, " ")))
	})
	replay.Run(files, func(int, error) {}) // a text can always be read
	all := strings.Join(got, "; ")
	if undecided != t.Undecided {
		return fmt.Sprintf("%d undecided, expected %d: %s", undecided, t.Undecided, all)
	}
	return judge(t, shown, all)
}

// source names the log of a test. A folder before its name is a host of its own: LAB-01/WUAHandler.log.
func source(name string) pipeline.Source {
	host, file, ok := strings.Cut(name, "/")
	if !ok {
		return pipeline.Source{Name: name}
	}
	return pipeline.Source{Host: host, Name: file}
}
