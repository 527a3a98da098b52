package condition

import (
	"fmt"
	"regexp"
	"regexp/syntax"
)

// PatternNeed returns what a message must hold for an RE2 expression to match it.
func PatternNeed(pattern string) Need {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return open
	}
	return needOfPattern(re.Simplify()).finish()
}

// maxSteps bounds what a pattern is made into. Its time grows with that and the length of the message; those that are shipped
// have 160 at most, and counts multiply: (x{30}|y){20} has 640.
const maxSteps = 1000

// CompilePattern compiles an RE2 expression that is no longer than the given number of bytes, and not too large.
func CompilePattern(pattern string, longest int) (*regexp.Regexp, error) {
	if len(pattern) > longest {
		return nil, fmt.Errorf("pattern longer than %d bytes", longest)
	}
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil, err
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return nil, err
	}
	if n := len(program.Inst); n > maxSteps {
		return nil, fmt.Errorf("pattern has %d steps, expected %d at most: counts such as {99} multiply what stands before them", n, maxSteps)
	}
	return regexp.Compile(pattern)
}
