// Package condition compiles and evaluates the expressions of rules. It is the only room that imports expr.
package condition

import (
	"github.com/expr-lang/expr/vm"

	"github.com/cmtrail/cmtrail/internal/errorcode"
)

// Error is a fault in a condition's text, at a rune offset from 0.
type Error struct {
	Offset int
	Text   string
	Near   string // the nearest known name, "" when there is none
}

func (e *Error) Error() string {
	if e.Near != "" {
		return e.Text + ", did you mean " + e.Near + "?"
	}
	return e.Text
}

// Need is what a message must hold for a condition to be true: at least one of Literals, unless Open.
type Need struct {
	Open     bool
	Folded   bool     // literals come from text compared without regard to case: a message with a byte above 0x7F needs the full test
	Literals []string // lower case ASCII folding; never empty when not Open, unless the condition can never be true
}

// Scope is what a condition's names can mean besides the record's own fields.
type Scope struct {
	Holes      []string            // names of the rule's holes; each is text
	Lists      map[string][]any    // texts and integers, for `host in pilot_hosts`
	Macros     map[string]string   // an expression each, standing as if in parentheses
	Parameters map[string]string   // literals for $name: a number, true, false, or else text
	Codes      *errorcode.Table    // symbols in code("..") and hresult(".."); nil: numbers only
	LogName    func(string) string // normalises the log names that file is compared with; nil: lower case
}

// Condition is a compiled condition. It is immutable and safe for use by any number of goroutines.
type Condition struct {
	text    string
	scope   Scope // for Explain
	program *vm.Program
	holes   []string
	codes   []uint32
	need    Need
	files   []string
	formats []string
}

// String returns the condition as written.
func (c *Condition) String() string { return c.text }

// Need returns what a message must hold for the condition to be true.
func (c *Condition) Need() Need { return c.need }

// Files returns the log names of which the record's must be one for the condition to be true, sorted, or nil when
// it may be any. An empty slice that is not nil says that no log will do.
func (c *Condition) Files() []string { return c.files }

// Formats is Files for the formats of records.
func (c *Condition) Formats() []string { return c.formats }
