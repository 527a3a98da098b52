package ruleset

import (
	"regexp/syntax"
	"strings"

	"github.com/cmtrail/cmtrail/internal/sentence"
)

// asSentence finds patterns that a sentence says more plainly, and faster.
func asSentence(l *linter) {
	for r, raw := range l.rules {
		for m := range raw.matches {
			for _, t := range m.patterns {
				if s := sentenceOf(t.String()); s != "" {
					l.say(r, t.place(), "the pattern could be a sentence: "+quote(s))
				}
			}
		}
	}
}

// sentenceOf returns the sentence that says what a pattern says, or "" when none does.
func sentenceOf(pattern string) string {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return ""
	}
	s, ok := spoken(re)
	if !ok || strings.TrimSpace(s) != s { // a sentence does not keep blanks at its ends
		return ""
	}
	if _, err := sentence.Compile(s); err != nil {
		return ""
	}
	return s
}

func spoken(re *syntax.Regexp) (string, bool) {
	switch re.Op {
	case syntax.OpLiteral:
		return strings.ReplaceAll(string(re.Rune), "<", "<<"), re.Flags&syntax.FoldCase == 0
	case syntax.OpConcat:
		var b strings.Builder
		for _, sub := range re.Sub {
			s, ok := spoken(sub)
			if !ok {
				return "", false
			}
			b.WriteString(s)
		}
		return b.String(), true
	case syntax.OpCapture:
		if kind, ok := holeOf(re.Sub[0]); ok && re.Name != "" {
			return "<" + re.Name + kind + ">", true
		}
	case syntax.OpStar, syntax.OpPlus:
		if kind, ok := holeOf(re); ok {
			return "<_" + kind + ">", true
		}
	}
	return "", false
}

// holeOf returns the type, with its colon, of a hole that accepts what the expression does.
func holeOf(re *syntax.Regexp) (string, bool) {
	switch {
	case re.Op != syntax.OpStar && re.Op != syntax.OpPlus:
		return "", false
	case re.Sub[0].Op == syntax.OpAnyCharNotNL:
		return "", true
	case re.Op == syntax.OpPlus && re.Sub[0].Op == syntax.OpCharClass && string(re.Sub[0].Rune) == "09":
		return ":int", true
	}
	return "", false
}
