package match_test

import (
	"strings"
	"testing"

	"github.com/cmtrail/cmtrail/parsers"
)

// Relations see what the record does not show: a generic rule beside a specific one, and the events of rules' own.
func TestMatched(t *testing.T) {
	m := load(t, `
rules:
  - {id: CM-T-GENERIC, title: G, severity: error, generic: true, match: {line: "failed <hr:hresult>"}}
  - {id: CM-T-SPECIFIC, title: S, severity: error, match: {line: "update <hr:word> failed"}}
  - {id: CM-T-ASIDE, title: A, severity: info, aside: true, match: {line: "failed 80240033"}}
  - id: CM-T-NO-END
    title: N
    severity: error
    events: {begin: {line: "begin <n:int>"}, end: {line: "end <n:int>"}}
    absence: {after: begin, expect: end, within: 1m, by: [n]}
  - id: CM-T-OFF
    title: O
    severity: error
    status: testing
    events: {begin: {line: "begin <n:int>"}, end: {line: "end <n:int>"}}
    absence: {after: begin, expect: end, within: 1m, by: [n]}
`).NewMatcher()
	for _, tt := range []struct{ message, shown, matched string }{
		{"update KB5 failed 80240022", "CM-T-SPECIFIC", "CM-T-GENERIC hr=0x80240022, CM-T-SPECIFIC hr=KB5"},
		{"scan failed 80240033", "CM-T-GENERIC, CM-T-ASIDE", "CM-T-GENERIC hr=0x80240033, CM-T-ASIDE"},
		{"update KB5 failed 80240033", "CM-T-SPECIFIC, CM-T-ASIDE", "CM-T-GENERIC hr=0x80240033, CM-T-SPECIFIC hr=KB5, CM-T-ASIDE"},
		{"begin 7", "", "CM-T-NO-END#begin n=7"},
		{"end 7", "", "CM-T-NO-END#end n=7"},
		{"begin x", "", ""},
	} {
		v := m.Match(&parsers.Record{Message: tt.message}, "a.log", "")
		var shown, matched []string
		if v != nil {
			for _, r := range v.Rules {
				shown = append(shown, r.ID)
			}
			for _, seen := range v.Matched {
				text := seen.Rule.ID
				for _, k := range v.Holes(seen) {
					text += " " + k.Name + "=" + k.Value
				}
				matched = append(matched, text)
			}
		}
		if got := strings.Join(shown, ", "); got != tt.shown {
			t.Errorf("%q shows [%s], expected [%s]", tt.message, got, tt.shown)
		}
		if got := strings.Join(matched, ", "); got != tt.matched {
			t.Errorf("%q matched [%s], expected [%s]", tt.message, got, tt.matched)
		}
	}
}
