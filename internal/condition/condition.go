// Package condition compiles and evaluates the expressions of rules. It is the only room that imports expr.
package condition

// Error is a fault in a condition's text, at a rune offset from 0.
type Error struct {
	Offset int
	Text   string
	Near   string // the nearest known name, "" when there is none
}

func (e *Error) Error() string { return e.Text }

// Need is what a message must hold for a condition to be true: at least one of Literals, unless Open.
type Need struct {
	Open     bool
	Folded   bool     // literals come from text compared without regard to case: a message with a byte above 0x7F needs the full test
	Literals []string // lower case ASCII folding; never empty when not Open, unless the condition can never be true
}
