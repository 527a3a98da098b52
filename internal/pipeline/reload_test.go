package pipeline_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

const shortPack = `schema: 1
pack: reload-tests
steps:
  - {id: scan.04, title: The agent searches}
rules:
  - {id: scan.04.done, step: scan.04, match: {file: WUAHandler.log, line: Done with it}}
`

const moreRules = "  - {id: scan.04.begun, step: scan.04, match: {file: WUAHandler.log, line: Begun with it}}\n"

// folder is a folder of rule files and what loads them anew.
type folder struct {
	t        *testing.T
	path     string
	clock    *hand
	engine   *rules.Engine
	reloader *pipeline.Reloader
}

func newFolder(t *testing.T, options rules.Options) *folder {
	t.Helper()
	f := &folder{t: t, path: t.TempDir(), clock: at("08:00:00")}
	f.write("pack.yaml", shortPack)
	options.Paths, options.NoDefault = []string{f.path}, true
	var err error
	if f.engine, f.reloader, err = pipeline.LoadRules(options, 5*time.Second, f.clock, nil); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *folder) write(name, text string) {
	f.t.Helper()
	if err := os.WriteFile(filepath.Join(f.path, name), []byte(text), 0o600); err != nil {
		f.t.Fatal(err)
	}
}

// look lets the interval pass and tells what came of it.
func (f *folder) look() string {
	f.t.Helper()
	if f.reloader.Due() {
		f.t.Error("due before the interval is over")
	}
	f.clock.now = f.clock.now.Add(5 * time.Second)
	if !f.reloader.Due() {
		f.t.Error("not due after the interval")
	}
	engine, change, err := f.reloader.Look()
	switch {
	case err != nil && engine != nil:
		f.t.Error("an engine beside an error")
	case err != nil:
		return strings.ReplaceAll(err.Error(), f.path, "")
	case engine == nil:
		return ""
	}
	f.engine = engine
	return strings.Join([]string{
		"added", itoa(change.Added), "changed", itoa(change.Changed), "removed", itoa(change.Removed), "running", itoa(engine.Running()),
	}, " ")
}

func itoa(n int) string { return string(rune('0' + n)) }

func TestReloader(t *testing.T) {
	type look struct{ file, text, want string }
	for name, tt := range map[string][]look{
		"nothing has changed":             {{want: ""}, {want: ""}},
		"a rule more":                     {{"pack.yaml", shortPack + moreRules, ""}, {want: "added 1 changed 0 removed 0 running 2"}, {want: ""}},
		"a file more":                     {{"more.yaml", "schema: 1\npack: more\nrules:\n" + moreRules, ""}, {want: "added 1 changed 0 removed 0 running 2"}},
		"a rule that says something else": {{"pack.yaml", strings.Replace(shortPack, "Done", "Over", 1), ""}, {want: "added 0 changed 1 removed 0 running 1"}},
		"the same in other words":         {{"pack.yaml", "# a comment\n" + shortPack, ""}, {want: "added 0 changed 0 removed 0 running 1"}},
		"another rule instead":            {{"pack.yaml", strings.Replace(shortPack, "scan.04.done", "scan.04.over", 1), ""}, {want: "added 1 changed 0 removed 1 running 1"}},
		"an editor is still writing": {
			{"pack.yaml", shortPack[:60], ""}, {"pack.yaml", shortPack[:100], ""}, {"pack.yaml", shortPack + moreRules, ""}, {want: "added 1 changed 0 removed 0 running 2"},
		},
		"changed and changed back": {{"pack.yaml", shortPack + moreRules, ""}, {"pack.yaml", shortPack, ""}, {want: ""}},
		"faults are told once, and mended ones taken": {
			{"pack.yaml", strings.Replace(shortPack, "line:", "lime:", 1), ""},
			{want: "rules:\n/pack.yaml:6:46: match has neither line, pattern, code nor when\n/pack.yaml:6:69: unknown key \"lime\" in match, did you mean \"line\"?"},
			{want: ""},
			{"pack.yaml", shortPack + moreRules, ""}, {want: "added 1 changed 0 removed 0 running 2"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFolder(t, rules.Options{})
			for i, l := range tt {
				if l.file != "" {
					f.write(l.file, l.text)
				}
				if got := f.look(); got != l.want {
					t.Errorf("look %d: %q, want %q", i+1, got, l.want)
				}
			}
		})
	}
}

func TestReloaderCannotRead(t *testing.T) {
	f := newFolder(t, rules.Options{})
	if err := os.RemoveAll(f.path); err != nil {
		t.Fatal(err)
	}
	if got := f.look(); !strings.Contains(got, "no such file") {
		t.Errorf("folder gone: %q", got)
	}
	if got := f.look(); got != "" {
		t.Errorf("told twice: %q", got)
	}
	if err := os.Mkdir(f.path, 0o700); err != nil {
		t.Fatal(err)
	}
	f.write("pack.yaml", shortPack+moreRules)
	f.look()
	if got, want := f.look(), "added 1 changed 0 removed 0 running 2"; got != want {
		t.Errorf("there again: %q, want %q", got, want)
	}
}

// TestReloaderEndsOverrides loads anew when the last day of an override is over, though no file has changed.
func TestReloaderEndsOverrides(t *testing.T) {
	f := newFolder(t, rules.Options{})
	f.write("ours.yaml", "schema: 1\npack: ours\noverrides:\n  - {rule: scan.04.done, disable: true, reason: test, until: 2026-03-12}\n")
	f.look()
	if got, want := f.look(), "added 0 changed 1 removed 0 running 0"; got != want {
		t.Fatalf("override: %q, want %q", got, want)
	}
	f.clock.now = time.Date(2026, 3, 12, 23, 59, 50, 0, time.UTC)
	for _, want := range []string{"", "added 0 changed 1 removed 0 running 1", ""} {
		f.reloader.Due()
		f.clock.now = f.clock.now.Add(5 * time.Second)
		engine, change, err := f.reloader.Look()
		got := ""
		if err != nil {
			t.Fatal(err)
		}
		if engine != nil {
			got = strings.Join([]string{"added", itoa(change.Added), "changed", itoa(change.Changed), "removed", itoa(change.Removed), "running", itoa(engine.Running())}, " ")
		}
		if got != want {
			t.Errorf("at %s: %q, want %q", f.clock.now.Format(time.TimeOnly), got, want)
		}
	}
}

func TestLoadRulesFallsBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pack.yaml")
	if err := os.WriteFile(path, []byte("schema: 7\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	opt, clock := rules.Options{Paths: []string{path}}, at("08:00:00")
	if _, _, err := pipeline.LoadRules(opt, time.Second, clock, nil); err == nil {
		t.Error("rules with faults were taken")
	}
	told := ""
	engine, reloader, err := pipeline.LoadRules(opt, time.Second, clock, func(err error) { told = err.Error() })
	if err != nil || !strings.Contains(told, "pack.yaml:1:9") {
		t.Fatalf("%v, told %q", err, told)
	}
	before := engine.Running()
	if err := os.WriteFile(path, []byte("schema: 1\npack: more\nrules:\n"+moreRules), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if engine, _, err = reloader.Look(); err != nil {
			t.Fatal(err)
		}
	}
	if engine == nil || engine.Running() != before+1 {
		t.Error("the mended file is not taken")
	}
}

// TestReloadInMidFlow changes the rules while half a record is held and an issue has been reported for its period.
func TestReloadInMidFlow(t *testing.T) {
	f := newFolder(t, rules.Options{})
	var got []string
	p := pipeline.New(f.engine)
	table := p.NewTable(parsers.Options{}, pipeline.Bounds{}, f.clock, func(r *pipeline.Result) {
		ids := "-"
		if r.Verdict != nil {
			ids = ""
			for _, rule := range r.Verdict.Rules {
				ids += rule.ID
			}
			for _, rule := range r.Verdict.Issues {
				ids += "!" + rule.ID
			}
		}
		got = append(got, strings.ReplaceAll(r.Record.Message, "\n", "|")+" "+ids)
	})
	src := pipeline.Source{Path: "/logs/WUAHandler.log"}
	line := func(texts ...string) {
		for _, text := range texts {
			table.WriteLine(src, text, nil)
		}
	}
	const tail = `]LOG]!><time="08:00:00.000+0" date="03-12-2026" component="WUAHandler" context="" type="1" thread="7" file="c.cpp:1">`
	once := "  - {id: CM-T-ONCE, title: t, severity: error, once: {per: 1h}, match: {file: WUAHandler.log, line: Again}}\n"
	f.write("pack.yaml", shortPack+once)
	f.look()
	f.look()
	table.Reload(f.engine)
	line("<![LOG[Done with it"+tail, "<![LOG[Again"+tail, "<![LOG[Begun with it", "and more")
	f.write("pack.yaml", shortPack+once+moreRules)
	f.look()
	f.look()
	table.Reload(f.engine)
	line("and the rest"+tail, "<![LOG[Again"+tail, "<![LOG[Done with it"+tail)
	want := []string{
		"Done with it scan.04.done", "Again CM-T-ONCE!CM-T-ONCE", "Begun with it|and more|and the rest scan.04.begun", "Again CM-T-ONCE", "Done with it scan.04.done",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	count := map[string]uint64{}
	for r, n := range p.Counters().Rules() {
		count[r.ID] = n
	}
	if diff := cmp.Diff(map[string]uint64{"scan.04.done": 2, "scan.04.begun": 1, "CM-T-ONCE": 2}, count); diff != "" {
		t.Error(diff)
	}
}
