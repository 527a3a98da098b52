package explain

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cmtrail/cmtrail/internal/condition"
	"github.com/cmtrail/cmtrail/internal/match"
	"github.com/cmtrail/cmtrail/internal/ruleset"
)

// off tells why a rule is off; "" of one that runs.
func off(x *match.Explanation) string {
	r := x.Rule
	if r.Owner != nil {
		r = r.Owner
	}
	if runs(x.Rule) {
		if x.Failing {
			return "its condition could not be told on too many records in a row, which has switched it off"
		}
		return ""
	}
	for _, o := range slices.Backward(r.Overrides) {
		if o.Field == "disable" && !o.Over {
			return "an override disables it: " + o.Where.String() + because(o)
		}
	}
	for _, o := range slices.Backward(r.Overrides) {
		if o.Field == "status" && !o.Over {
			return "an override sets its status to " + r.Status + ": " + o.Where.String() + because(o)
		}
	}
	return "its status is " + r.Status
}

func because(o ruleset.Override) string {
	out := ""
	if o.Reason != "" {
		out += ", " + o.Reason
	}
	if o.Until != "" {
		out += " (until " + o.Until + ")"
	}
	return out
}

// outcome tells in a line what a rule makes of the record.
func outcome(x *match.Explanation) string {
	switch why := off(x); {
	case x.Rule.Correlation != nil:
		if why != "" {
			return "is off: " + why
		}
		return "relates records: " + x.Rule.Correlation.Kind
	case x.Holds && why != "":
		return "would show, but is off: " + why
	case !x.Holds && why != "":
		return "does not show, and is off: " + why
	case len(x.LeftOff) > 0:
		var ids []string
		for _, r := range x.LeftOff {
			ids = append(ids, r.ID)
		}
		return "matches and is left off: it is generic, and " + strings.Join(ids, ", ") + " shows"
	case x.Folded:
		once := x.Rule.Once
		by := ""
		if len(once.By) > 0 {
			by = " by " + strings.Join(once.By, ", ")
		}
		return "matches and is counted alone: once has reported it less than " + length(once.Per) + " ago" + by
	case x.Rule.Owner != nil && x.Holds:
		return "matches"
	case x.Rule.Owner != nil:
		return "does not match: " + hindrance(best(x))
	case x.Holds:
		return "shows"
	}
	return "does not show: " + hindrance(best(x))
}

// hindrance names the first clause that does not hold.
func hindrance(a *match.Alternative) string {
	switch {
	case a == nil:
		return "it has no match"
	case !a.LogHolds && a.TextsHold:
		return "it reads another log"
	case !a.LogHolds:
		return "it reads another log, and its text does not match"
	case !a.TextsHold && len(a.Lines) > 0 && !slices.ContainsFunc(a.Lines, matches):
		return "its sentence does not match"
	case !a.TextsHold:
		return "its pattern does not match"
	case !a.CodesHold:
		return "the record carries none of its error codes"
	case a.When != nil && a.When.Outcome == condition.Failed:
		return "its condition cannot be told"
	case a.When != nil && a.When.Outcome != condition.True:
		return "its condition is false"
	}
	return "an override excepts the record"
}

// length writes a duration without what is zero.
func length(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// wanted names the logs that a match is bound to.
func wanted(a *match.Alternative) string {
	if len(a.Match.Files) == 0 {
		return "any log"
	}
	return strings.Join(a.Match.Files, ", ")
}

// its names the log of the record.
func its(a *match.Alternative) string {
	switch {
	case a.Log == "":
		return "a log without a name"
	case a.ByComponent:
		return a.Log + ", by its component"
	}
	return a.Log
}

// place names the record or the place of a rule.
func place(file string, line int) string { return fmt.Sprintf("%s:%d", file, line) }
