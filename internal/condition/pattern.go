package condition

import "regexp/syntax"

// PatternNeed returns what a message must hold for an RE2 expression to match it.
func PatternNeed(pattern string) Need {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return open
	}
	return needOfPattern(re.Simplify()).finish()
}
