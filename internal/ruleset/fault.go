package ruleset

import (
	"errors"
	"regexp/syntax"
	"strings"

	"github.com/cmtrail/cmtrail/internal/condition"
	"github.com/cmtrail/cmtrail/internal/sentence"
)

// failWithin reports a fault of a compiled text at the rune where it stands in the file.
func (c *compiler) failWithin(t text, err error) {
	var (
		s *sentence.Error
		e *condition.Error
		p *patternError
	)
	switch {
	case errors.As(err, &s):
		c.fail(t.src.within(t.node, s.Offset), s.Error())
	case errors.As(err, &e):
		c.fail(t.src.within(t.node, e.Offset), e.Error())
	case errors.As(err, &p):
		c.fail(t.src.within(t.node, p.offset), p.text)
	default:
		c.failAt(t, err.Error())
	}
}

// maxPattern bounds a pattern, in bytes, as sentences are bounded.
const maxPattern = 4096

// patternError is a fault in a regular expression, at a rune offset.
type patternError struct {
	offset int
	text   string
}

func (e *patternError) Error() string { return e.text }

// patternFault finds the offset of a pattern's fault: the library names the offending piece of text alone.
func patternFault(pattern string, err error) error {
	var e *syntax.Error
	if !errors.As(err, &e) {
		return err
	}
	return &patternError{
		offset: runeOffset(pattern, max(0, strings.LastIndex(pattern, e.Expr))),
		text:   "pattern: " + string(e.Code) + ": " + quote(e.Expr),
	}
}
