package table

import (
	"fmt"
	"strings"
)

// ways are the rows of the table of rules.
var ways = []struct{ name, text string }{
	{"newlines", "limit: count the newlines"},
	{"cut", "limit: cut the fields by hand, build nothing"},
	{"hyperscan", "limit: Hyperscan, line by line, one literal a rule"},
	{"ripgrep", "limit: `rg -c -F -f`, one literal a rule, a process"},
	{"engine", "**cmtrail, bytes to verdicts**"},
	{"regexps", "regular expressions of the component, each; cut by hand"},
	{"joined", "the same behind one joined expression"},
	{"expr", "expr, each condition on every record; cut by hand"},
	{"grok", "grok: the line, then each rule of the component"},
	{"grouped", "Collector: stanza, transform grouped by component"},
	{"flat", "Collector: stanza, transform flat"},
	{"byhand", "limit: the processor's attributes built by hand, no rules"},
	{"processor", "**cmtrail's processor, raw line to attributes**"},
}

var counts = []int{10, 100, 1000, 10_000}

// Render writes the whole part.
func (r *Results) Render() string {
	var b strings.Builder
	r.head(&b)
	r.rules(&b)
	r.others(&b)
	r.processes(&b)
	r.goals(&b)
	return b.String()
}

func (r *Results) head(b *strings.Builder) {
	fact := func(k string) string {
		if v := r.facts[k]; v != "" {
			return v
		}
		return "-"
	}
	fmt.Fprintf(b, "%s, %s cores, %s, %s; commit %s, %s. %s rounds, each of all benchmarks in turn: medians, and in brackets the least and the greatest. ",
		fact("cpu"), fact("cores"), fact("system"), fact("go"), fact("commit"), fact("when"), fact("rounds"))
	fmt.Fprintf(b, "One core (GOMAXPROCS=1) where nothing else is said. Corpus: %s.\n\nVersions: %s.\n", fact("corpus"), fact("versions"))
	if v := r.facts["remarks"]; v != "" {
		fmt.Fprintf(b, "\nLeft out: %s.\n", v)
	}
}

func (r *Results) rules(b *strings.Builder) {
	b.WriteString("\n### Tagging, 1,000 lines a second of processor time\n\nOn a quiet machine a second of processor time is one of the clock. Behind each figure: how many times as long as the cut by hand takes.\n\n")
	b.WriteString("| | 10 rules | 100 | 1,000 | 10,000 | allocations a record, 100 rules |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, w := range ways {
		fmt.Fprintf(b, "| %s |", w.text)
		for _, n := range counts {
			lines := key{fmt.Sprintf("Rules/%s/rules=%d", w.name, n), "lines/cpu-s"}
			cut := key{fmt.Sprintf("Rules/cut/rules=%d", n), "lines/cpu-s"}
			if len(r.of(lines)) == 0 {
				b.WriteString(" - |")
				continue
			}
			fmt.Fprintf(b, " %s · %s× |", spread(r.of(lines), 1e-3), median(r.ratio(cut, lines), 1))
		}
		allocs := "-"
		if w.name != "ripgrep" && w.name != "newlines" && w.name != "cut" && w.name != "hyperscan" {
			allocs = median(r.of(key{fmt.Sprintf("Rules/%s/rules=100", w.name), "allocs/op"}), 1e-3)
		}
		fmt.Fprintf(b, " %s |\n", allocs)
	}
}

func (r *Results) others(b *strings.Builder) {
	b.WriteString("\n### Other logs and the shipped rules, 1,000 lines a second of processor time\n\n| | nothing but noise | every record tagged | shipped rules, 2 % tagged |\n| --- | --- | --- | --- |\n")
	for _, w := range []struct{ name, text, packs string }{
		{"engine", "cmtrail, bytes to verdicts", "engine"},
		{"processor", "cmtrail's processor", "processor"},
		{"", "cmtrail's processor, records not related", "processor-unrelated"},
		{"grouped", "Collector: stanza, transform grouped by component, 100 rules", ""},
	} {
		lines := func(name string) string { return spread(r.of(key{name, "lines/cpu-s"}), 1e-3) }
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", w.text, lines("Corpus/"+w.name+"/corpus=noise"), lines("Corpus/"+w.name+"/corpus=tagged"), lines("Packs/"+w.packs))
	}
	b.WriteString("\n### Memory and the start\n\n| | |\n| --- | --- |\n")
	for _, n := range counts[2:] {
		load := fmt.Sprintf("Load/load/rules=%d", n)
		fmt.Fprintf(b, "| load %s rules, from their text to an engine | %s s, %s MB stay |\n", number(float64(n)), spread(r.of(key{load, "cpu-s"}), 1), median(r.of(key{load, "heap-bytes"}), 1e-6))
	}
	for _, n := range []int{1000, 100_000, 1_000_000} {
		open := fmt.Sprintf("Open/record/open=%d", n)
		fmt.Fprintf(b, "| a record that asks or answers, %s questions open on 1,000 hosts | %s µs; %s bytes a question |\n",
			number(float64(n)), spread(r.of(key{open, "cpu-us/record"}), 1), median(r.of(key{open, "bytes/open"}), 1))
	}
}

func (r *Results) processes(b *strings.Builder) {
	b.WriteString("\n### Whole processes, 100 rules\n\nProcessor time is user and system time of the process, from its start to its end.\n\n| | processor time, s | 1,000 lines/s | processor time against the first |\n| --- | --- | --- | --- |\n")
	for _, group := range [][]struct{ name, text string }{
		{
			{"Collector/collector/way=without", "Collector: file_log, file; nothing between"},
			{"Collector/collector/way=with", "Collector: file_log, **cmtrail**, file"},
			{"Collector/collector/way=packs", "Collector: file_log, **cmtrail** with the shipped rules, file"},
			{"Collector/collector/way=grouped", "Collector: file_log with operators, transform grouped, file"},
		},
		{
			{"FluentBit/fluentbit/way=null", "Fluent Bit: tail, null"},
			{"FluentBit/fluentbit/way=file", "Fluent Bit: tail, file"},
			{"FluentBit/fluentbit/way=plugin", "Fluent Bit: tail, **cmtrail**, spool"},
		},
		{
			{"Command/tag/cores=1", "`cmtrail tag` on the folder, one core"},
			{"Command/tag/cores=2", "`cmtrail tag` on the folder, two cores"},
		},
	} {
		for _, p := range group {
			cpu := key{p.name, "cpu-s"}
			fmt.Fprintf(b, "| %s | %s | %s | %s |\n", p.text, spread(r.of(cpu), 1), spread(r.of(key{p.name, "lines/s"}), 1e-3), median(r.ratio(cpu, key{group[0].name, "cpu-s"}), 1))
		}
	}
}
