package condition

import (
	"fmt"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"

	"github.com/cmtrail/cmtrail/internal/errorcode"
)

// leaf runs a part that holds no others and tells the values it was made of.
func (x *explainer) leaf(p *Part, n ast.Node) {
	value, err := x.valueOf(n)
	held, ok := value.(bool)
	switch {
	case err != nil:
		p.Outcome, p.Reason = Failed, err.Error()
		return
	case !ok:
		p.Outcome, p.Reason = Failed, fmt.Sprintf("it gives %T, not true or false", value)
		return
	}
	p.Outcome = outcome(held)
	var reasons []string
	switch n := n.(type) {
	case *ast.BinaryNode:
		for _, operand := range []ast.Node{n.Left, n.Right} {
			if r := x.operand(operand); r != "" {
				reasons = append(reasons, r)
			}
		}
		if !held {
			reasons = append(reasons, x.nearMiss(n)...)
		}
	case *ast.CallNode:
		reasons = append(reasons, x.ofCall(n))
	case *ast.IdentifierNode:
		reasons = append(reasons, x.operand(n))
	}
	p.Reason = strings.Join(reasons, "; ")
}

// valueOf runs a part as the real runner does.
func (x *explainer) valueOf(n ast.Node) (any, error) {
	c, _, err := x.compile(n)
	if err != nil {
		return nil, err
	}
	return x.run(c, x.values)
}

// constant returns what a part always comes to; NotAsked when that depends on the record.
func (x *explainer) constant(n ast.Node) Outcome {
	_, node, err := x.compile(n)
	if fixed, ok := node.(*ast.BoolNode); err == nil && ok {
		return outcome(fixed.Value)
	}
	return NotAsked
}

// compile makes a program of a part alone. It returns what the optimiser left of it as well.
func (x *explainer) compile(n ast.Node) (c *Condition, left ast.Node, err error) {
	defer func() {
		if p := recover(); p != nil { // as Compile: the expression library reports some of its mistakes so
			err = &Error{Text: "part cannot be evaluated"}
		}
	}()
	r := &rewriter{scope: x.scope, cond: &Condition{}}
	node, _ := r.rewrite(n)
	if r.fault != nil {
		return nil, nil, r.fault
	}
	tree := &parser.Tree{Node: node}
	err = r.cond.assemble(tree)
	return r.cond, tree.Node, err
}

// operand says what one side of a comparison is; nothing of what is written out.
func (x *explainer) operand(n ast.Node) string {
	switch n := n.(type) {
	case *ast.StringNode, *ast.IntegerNode, *ast.ArrayNode, *ast.UnaryNode, *ast.BoolNode:
		return ""
	case *ast.IdentifierNode:
		if items, ok := x.scope.Lists[n.Value]; ok {
			return n.Value + " is " + list(items)
		}
	case *ast.CallNode, *ast.BuiltinNode:
		if inner := x.argument(n); inner != "" {
			return inner
		}
	}
	value, err := x.valueOf(n)
	if err != nil {
		return err.Error()
	}
	return n.String() + " is " + show(value)
}

// argument says what a function was given, so that len(hr) tells hr too.
func (x *explainer) argument(n ast.Node) string {
	var name string
	var args []ast.Node
	switch n := n.(type) {
	case *ast.BuiltinNode:
		name, args = n.Name, n.Arguments
	case *ast.CallNode:
		name, args = n.Callee.String(), n.Arguments
	}
	if len(args) != 1 || name == "field" || name == "hresult" {
		return ""
	}
	inner := x.operand(args[0])
	value, err := x.valueOf(n)
	if inner == "" || err != nil || name == "lower" {
		return inner
	}
	return inner + ", " + n.String() + " is " + show(value)
}

func (x *explainer) ofCall(n *ast.CallNode) string {
	switch n.Callee.String() {
	case "code":
		var carried []uint32
		if x.codes != nil {
			carried = x.codes()
		}
		if len(carried) == 0 {
			return "the record carries no error code"
		}
		var all []string
		for _, c := range carried {
			all = append(all, errorcode.Format(c))
		}
		return "the record carries " + strings.Join(all, ", ")
	case "has":
		if name, ok := n.Arguments[0].(*ast.StringNode); ok {
			for _, h := range x.values {
				if h.Name == name.Value && h.Value != "" {
					return name.Value + " is " + show(h.Value)
				}
			}
			return name.Value + " is empty"
		}
	}
	return ""
}

// nearMiss tells when a comparison of texts fails for its letter case alone.
func (x *explainer) nearMiss(n *ast.BinaryNode) []string {
	left, err := x.valueOf(n.Left)
	text, ok := left.(string)
	if err != nil || !ok {
		return nil
	}
	text = strings.ToLower(text)
	right, err := x.valueOf(n.Right)
	if err != nil {
		return nil
	}
	is := false
	switch other := right.(type) {
	case string:
		other = strings.ToLower(other)
		switch n.Operator {
		case "==":
			is = text == other
		case "contains":
			is = strings.Contains(text, other)
		case "startsWith":
			is = strings.HasPrefix(text, other)
		case "endsWith":
			is = strings.HasSuffix(text, other)
		}
	case []any:
		for _, item := range other {
			if s, ok := item.(string); ok && n.Operator == "in" && strings.ToLower(s) == text {
				is = true
			}
		}
	}
	if is {
		return []string{"the letter case differs: write lower(...) to compare without it"}
	}
	return nil
}

// maxShown bounds the texts and lists that are told.
const (
	maxShown = 120 // runes
	maxItems = 20
)

func show(value any) string {
	switch v := value.(type) {
	case string:
		if v == "" {
			return "empty"
		}
		n := 0
		for i := range v {
			if n == maxShown {
				return fmt.Sprintf("%q…", v[:i])
			}
			n++
		}
		return fmt.Sprintf("%q", v)
	case []any:
		return list(v)
	}
	return fmt.Sprint(value)
}

func list(items []any) string {
	var all []string
	for i, item := range items {
		if i == maxItems {
			all = append(all, fmt.Sprintf("and %d more", len(items)-maxItems))
			break
		}
		all = append(all, show(item))
	}
	return "[" + strings.Join(all, ", ") + "]"
}
