package condition

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/optimizer"
	"github.com/expr-lang/expr/parser"
)

const (
	maxText    = 4096 // bytes of a condition, and of a macro
	maxNodes   = 500  // of the tree, macros included
	maxPattern = 1000 // bytes
)

// Compile reads a condition and checks it against what is known in its scope. The error is always an *Error.
func Compile(text string, scope Scope) (c *Condition, err error) {
	// The expression library reports some of its own mistakes by panicking.
	defer func() {
		if p := recover(); p != nil {
			c, err = nil, &Error{Text: "condition cannot be compiled"}
		}
	}()
	r := &rewriter{scope: scope, cond: &Condition{text: text, scope: scope}}
	tree, fault := parse(text)
	if fault != nil {
		return nil, fault
	}
	node, kind := r.rewrite(tree.Node)
	if r.fault == nil && kind != boolean {
		r.fail(node, "condition is %s, not true or false", kind)
	}
	if r.fault != nil {
		return nil, r.fault
	}
	tree.Node = node
	r.cond.need = needOf(node, true, r.cond.codes).finish()
	r.cond.files, r.cond.formats = valuesOf("file", node, true).sorted(), valuesOf("format", node, true).sorted()
	if err := r.cond.assemble(tree); err != nil {
		return nil, err
	}
	return r.cond, nil
}

// assemble makes the program from the rewritten tree. Rewriting has checked everything, so that errors here are
// unexpected; they still must not show a stack trace.
func (c *Condition) assemble(tree *parser.Tree) error {
	config := conf.New(environment{})
	if _, err := checker.Check(tree, config); err != nil {
		return libraryFault(err)
	}
	if err := optimizer.Optimize(&tree.Node, config); err != nil {
		return libraryFault(err)
	}
	program, err := compiler.Compile(tree, config)
	if err != nil {
		return libraryFault(err)
	}
	c.program = program
	return nil
}

func parse(text string) (*parser.Tree, *Error) {
	switch {
	case strings.TrimSpace(text) == "":
		return nil, &Error{Text: "empty condition"}
	case len(text) > maxText:
		return nil, &Error{Text: fmt.Sprintf("condition longer than %d bytes", maxText)}
	case !utf8.ValidString(text):
		return nil, &Error{Text: "condition is not valid UTF-8"}
	}
	config := conf.CreateNew()
	config.MaxNodes = maxNodes
	config.DisableIfOperator = true
	tree, err := parser.ParseWithConfig(text, config)
	if err != nil {
		fault := libraryFault(err)
		if fault.Text == atEnd {
			fault.Offset = utf8.RuneCountInString(strings.TrimRightFunc(text, unicode.IsSpace))
		}
		return nil, fault
	}
	return tree, nil
}

const atEnd = "unexpected end of condition"

var unexpected = regexp.MustCompile(`^unexpected token \w+\("(.*)"\)$`)

// libraryFault translates an error of the expression library.
func libraryFault(err error) *Error {
	var at *file.Error
	if !errors.As(err, &at) {
		return &Error{Text: firstLine(err.Error())}
	}
	text := firstLine(at.Message)
	token := unexpected.FindStringSubmatch(text)
	switch {
	case text == "unexpected token EOF", text == "unexpected end of expression":
		text = atEnd
	case strings.Contains(text, "exceeds maximum allowed nodes"):
		text = fmt.Sprintf("condition has more than %d parts", maxNodes)
	case token != nil && token[1] == "=":
		text = `unexpected "=": write == to compare`
	case token != nil:
		text = fmt.Sprintf("unexpected %q", token[1])
	}
	return &Error{Offset: at.From, Text: text}
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// at is where a node stands.
func at(n ast.Node) int { return n.Location().From }
