package table

import (
	"fmt"
	"strings"
)

// goal is a figure that is wanted.
type goal struct {
	text  string
	limit float64
	least bool // the figure must be the limit at least; else it must stay below
	got   []float64
}

func (r *Results) wanted() []goal {
	rules := func(name string, n int) key { return key{fmt.Sprintf("Rules/%s/rules=%d", name, n), "lines/cpu-s"} }
	engine, grouped, hyperscan := func(n int) key { return rules("engine", n) }, func(n int) key { return rules("grouped", n) }, func(n int) key { return rules("hyperscan", n) }
	collector := func(way, unit string) key { return key{"Collector/collector/way=" + way, unit} }
	fluentBit := func(way string) key { return key{"FluentBit/fluentbit/way=" + way, "cpu-s"} }
	tag := func(cores int) key { return key{fmt.Sprintf("Command/tag/cores=%d", cores), "lines/s"} }
	return []goal{
		{"engine against stanza and grouped transform, 100 rules", 30, true, r.ratio(engine(100), grouped(100))},
		{"engine against stanza and grouped transform, 1,000 rules", 45, true, r.ratio(engine(1000), grouped(1000))},
		{"engine against Hyperscan, 100 literals", 0.5, true, r.ratio(engine(100), hyperscan(100))},
		{"engine against Hyperscan, 1,000 literals", 0.5, true, r.ratio(engine(1000), hyperscan(1000))},
		{"engine against Hyperscan, 10,000 literals", 0.5, true, r.ratio(engine(10_000), hyperscan(10_000))},
		{"engine's time a line, 10,000 rules against 10", 1.3, false, r.ratio(key{"Growth/engine/rules=10", "lines/cpu-s"}, key{"Growth/engine/rules=10000", "lines/cpu-s"})},
		{"seconds to load 10,000 rules", 1, false, r.of(key{"Load/load/rules=10000", "cpu-s"})},
		{"processor against the same attributes by hand", 0.6, true, r.ratio(rules("processor", 100), rules("byhand", 100))},
		{"processor against stanza and grouped transform, 100 rules", 8, true, r.ratio(rules("processor", 100), grouped(100))},
		{"whole Collector: processor time with cmtrail against without", 1.15, false, r.ratio(collector("with", "cpu-s"), collector("without", "cpu-s"))},
		{"whole Collector: lines/s with cmtrail against operators and grouped transform", 3, true, r.ratio(collector("with", "lines/s"), collector("grouped", "lines/s"))},
		{"Fluent Bit: processor time that the plugin adds to tail, against tail and file", 1, false, r.added(fluentBit("plugin"), fluentBit("null"), fluentBit("file"))},
		{"`cmtrail tag`: lines/s on two cores against one", 1.8, true, r.ratio(tag(2), tag(1))},
	}
}

// added returns how much of c the difference between a and b is, round by round.
func (r *Results) added(a, b, c key) []float64 {
	with, without, all := r.of(a), r.of(b), r.of(c)
	if len(with) != len(without) || len(with) != len(all) {
		return nil
	}
	var shares []float64
	for i := range with {
		shares = append(shares, (with[i]-without[i])/all[i])
	}
	return shares
}

func (g *goal) met() bool {
	got := center(g.got)
	if g.least {
		return got >= g.limit
	}
	return got < g.limit
}

func (r *Results) goals(b *strings.Builder) {
	b.WriteString("\n### Goals\n\n| | goal | measured | |\n| --- | --- | --- | --- |\n")
	for _, g := range r.wanted() {
		sign, verdict := "below ", "not measured"
		if g.least {
			sign = "at least "
		}
		if len(g.got) > 0 {
			verdict = "**not met**"
			if g.met() {
				verdict = "met"
			}
		}
		fmt.Fprintf(b, "| %s | %s%s | %s | %s |\n", g.text, sign, number(g.limit), spread(g.got, 1), verdict)
	}
}
