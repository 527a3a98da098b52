package rulebook

import (
	"fmt"
	"strings"

	"github.com/cmtrail/cmtrail/internal/display"
)

// places are the colours of the machines on which steps run.
var places = []struct{ runsOn, name, fill string }{
	{"client", "client", "#dbeafe"}, {"management-point", "mp", "#fef3c7"}, {"site-server", "site", "#dcfce7"},
	{"software-update-point", "sup", "#fce7f3"}, {"wsus", "wsus", "#ede9fe"},
}

// picture draws the steps of a flow with mermaid, one after the other; what is a variant of a step hangs on it. The
// colour says where a step runs.
func picture(f *Flow) string {
	var out strings.Builder
	out.WriteString("```mermaid\nflowchart TD\n")
	used := map[string]bool{}
	last := ""
	for _, s := range f.Steps {
		id := node(s.ID)
		fmt.Fprintf(&out, "  %s[\"%s<br/>%s\"]\n", id, s.ID, wrapped(s.Title))
		switch parent, ok := variantOf(f, s); {
		case ok:
			fmt.Fprintf(&out, "  %s -.- %s\n", node(parent), id)
		case last != "":
			fmt.Fprintf(&out, "  %s --> %s\n", last, id)
			last = id
		default:
			last = id
		}
		for _, p := range places {
			if p.runsOn == s.RunsOn {
				fmt.Fprintf(&out, "  class %s %s\n", id, p.name)
				used[p.name] = true
			}
		}
	}
	for _, p := range places {
		if used[p.name] {
			fmt.Fprintf(&out, "  classDef %s fill:%s,stroke:#64748b,color:#0f172a\n", p.name, p.fill)
		}
	}
	out.WriteString("```\n")
	return out.String()
}

// variantOf returns the step of which s is a variant: scan.01.10 of scan.01.10.wua.
func variantOf(f *Flow, s *Step) (string, bool) {
	parent := s.ID[:strings.LastIndexByte(s.ID, '.')]
	for _, other := range f.Steps {
		if other.ID == parent {
			return parent, true
		}
	}
	return "", false
}

func node(id string) string { return strings.ReplaceAll(id, ".", "_") }

// wrapped breaks a title into lines that fit a node, with what mermaid reads otherwise written as entities.
func wrapped(title string) string {
	var out strings.Builder
	width := 0
	for i, word := range strings.Fields(display.Lines(title)) {
		switch {
		case i > 0 && width+len(word) > 28:
			out.WriteString("<br/>")
			width = 0
		case i > 0:
			out.WriteByte(' ')
			width++
		}
		out.WriteString(entities.Replace(word))
		width += len(word)
	}
	return out.String()
}

var entities = strings.NewReplacer("&", "#amp;", `"`, "#quot;", "<", "#lt;", ">", "#gt;", "#", "#35;", "`", "#96;")
