package rulebook_test

import (
	"flag"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cmtrail/cmtrail/internal/rulebook"
	"github.com/cmtrail/cmtrail/rules"
)

var update = flag.Bool("update", false, "rewrite generated files")

func load(t *testing.T, opt rules.Options) *rulebook.Book {
	t.Helper()
	set, faults, err := rules.Load(opt)
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	return rulebook.New(set)
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s is stale; -update rewrites it (-file +rules):\n%s", file, d)
	}
}

func TestCoverageIsCurrent(t *testing.T) {
	golden(t, "../../docs/coverage.md", load(t, rules.Options{}).Coverage())
}

// Texts of rules come out as they are: nothing of them is read as Markdown or HTML. All kinds of relations are put in words.
func TestPages(t *testing.T) {
	for _, name := range []string{"hostile", "relations"} {
		b := load(t, rules.Options{NoDefault: true, Paths: []string{"testdata/" + name + ".yaml"}})
		var all strings.Builder
		for _, p := range b.Pages() {
			all.WriteString("==== " + p.Path + "\n" + p.Text)
		}
		golden(t, "testdata/"+name+".txt", all.String())
	}
}

var (
	fenced   = regexp.MustCompile("(?ms)^(````*)text\n.*?^````*$")
	spans    = regexp.MustCompile("``.*?``|`[^`\n]*`")
	linked   = regexp.MustCompile(`[^\\]\]\(([^)]+)\)`)
	anchored = regexp.MustCompile(`<a id="([^"]+)"></a>`)
)

// Every link leads to a page of the book, and to a place that is on it; every page but the index is linked.
func TestLinksLeadSomewhere(t *testing.T) {
	for name, opt := range map[string]rules.Options{
		"shipped":   {},
		"hostile":   {NoDefault: true, Paths: []string{"testdata/hostile.yaml"}},
		"relations": {NoDefault: true, Paths: []string{"testdata/relations.yaml"}},
	} {
		t.Run(name, func(t *testing.T) {
			pages, linkedTo := map[string]map[string]bool{}, map[string]bool{}
			all := load(t, opt).Pages()
			for _, p := range all {
				if pages[p.Path] != nil {
					t.Errorf("%s comes twice", p.Path)
				}
				pages[p.Path] = map[string]bool{"": true}
				for _, a := range anchored.FindAllStringSubmatch(p.Text, -1) {
					pages[p.Path][a[1]] = true
				}
			}
			for _, p := range all {
				prose := spans.ReplaceAllString(fenced.ReplaceAllString(p.Text, ""), "code")
				for _, m := range linked.FindAllStringSubmatch(prose, -1) {
					to, place, _ := strings.Cut(m[1], "#")
					to = path.Join(path.Dir(p.Path), to)
					if !pages[to][place] {
						t.Errorf("%s links to %s, which is not there", p.Path, m[1])
					}
					linkedTo[to] = true
				}
			}
			for _, p := range all {
				if p.Path != "index.md" && !linkedTo[p.Path] {
					t.Errorf("no page links to %s", p.Path)
				}
			}
		})
	}
}

// A page is found by the id of a step, of an issue, and of a rule that marks a step.
func TestPage(t *testing.T) {
	b := load(t, rules.Options{})
	for id, want := range map[string]string{
		"scan.01.03":              "# scan.01.03: ",
		"scan.01.03.request-sent": "# scan.01.03: ",
		"CM-LOC-LS-NO-LOCATION":   "# CM-LOC-LS-NO-LOCATION: ",
		"scan.99":                 "",
	} {
		got, ok := b.Page(id)
		if ok != (want != "") || !strings.Contains(got, want) {
			t.Errorf("%s: found %v, expected a page with %q:\n%.200s", id, ok, want, got)
		}
	}
}
