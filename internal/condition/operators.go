package condition

import (
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/cmtrail/cmtrail/internal/sentence"
)

// severities in rising order; the empty one is a record without.
var severities = []string{"", "trace", "debug", "info", "warn", "error", "fatal"}

func (r *rewriter) unary(n *ast.UnaryNode) (ast.Node, kind) {
	node, k := r.rewrite(n.Node)
	switch n.Operator {
	case "not", "!":
		r.want(n.Node, k, boolean, "after "+n.Operator)
		return r.put(n, &ast.UnaryNode{Operator: "not", Node: node}), boolean
	case "-":
		if number, ok := node.(*ast.IntegerNode); ok {
			return r.put(n, &ast.IntegerNode{Value: -number.Value}), integer
		}
	}
	r.fail(n, "operator %s is not allowed here", n.Operator)
	return n, none
}

func (r *rewriter) binary(n *ast.BinaryNode) (ast.Node, kind) {
	operator := n.Operator
	switch operator {
	case "&&":
		operator = "and"
	case "||":
		operator = "or"
	case "and", "or", "==", "!=", "<", "<=", ">", ">=", "in", "contains", "startsWith", "endsWith", "matches":
	default:
		r.fail(n, "operator %s is not allowed in a condition", operator)
		return n, none
	}
	left, lk := r.rewrite(n.Left)
	right, rk := r.rewrite(n.Right)
	if r.fault != nil {
		return n, none
	}
	switch operator {
	case "and", "or":
		r.want(n.Left, lk, boolean, "before "+operator)
		r.want(n.Right, rk, boolean, "after "+operator)
	case "==", "!=":
		if lk != rk || lk == texts || lk == integers {
			r.fail(n, "%s compares %s with %s", operator, lk, rk)
		}
	case "<", "<=", ">", ">=":
		if list := r.severityRange(operator, left, right); list != nil {
			return r.put(n, &ast.BinaryNode{Operator: "in", Left: left, Right: r.put(n, list)}), boolean
		}
		if lk == text && rk == text || lk == text && rk == integer || lk == integer && rk == text {
			r.fail(n, "%s compares numbers: write int(...) around text", operator)
		}
		r.want(n.Left, lk, integer, "before "+operator)
		r.want(n.Right, rk, integer, "after "+operator)
	case "in":
		if rk != texts && rk != integers {
			r.fail(n.Right, "a list stands after in, not %s", rk)
		} else if listOf(lk) != rk {
			r.fail(n, "in looks for %s in %s", lk, rk)
		}
	case "matches":
		r.want(n.Left, lk, text, "before matches")
		r.pattern(n.Right, right)
	default:
		r.want(n.Left, lk, text, "before "+operator)
		r.want(n.Right, rk, text, "after "+operator)
	}
	left, right = r.severity(operator, left, right), r.severity(operator, right, left)
	left, right = r.logName(operator, left, right), r.logName(operator, right, left)
	return r.put(n, &ast.BinaryNode{Operator: operator, Left: left, Right: right}), boolean
}

// pattern checks the right side of matches: a constant, so that it is compiled once.
func (r *rewriter) pattern(n, now ast.Node) {
	pattern, ok := now.(*ast.StringNode)
	if !ok {
		r.fail(n, "a pattern written out stands after matches")
		return
	}
	if _, err := CompilePattern(pattern.Value, maxPattern); err != nil {
		if e, ok := err.(*syntax.Error); ok {
			err = fmt.Errorf("pattern: %s: %s", e.Code, e.Expr)
		}
		r.fail(n, "%v", err)
	}
}

// severityRange turns `severity >= "warn"` into the list of severities that satisfy it.
func (r *rewriter) severityRange(operator string, left, right ast.Node) *ast.ArrayNode {
	bound, ok := right.(*ast.StringNode)
	if !ok || !isField(left, "severity") {
		return nil
	}
	at := slices.Index(severities, bound.Value)
	if at <= 0 {
		r.unknownSeverity(right, bound.Value)
		return nil
	}
	list := &ast.ArrayNode{}
	for i, name := range severities {
		if i == 0 { // a record without a severity is neither above nor below
			continue
		}
		if operator == "<" && i < at || operator == "<=" && i <= at || operator == ">" && i > at || operator == ">=" && i >= at {
			list.Nodes = append(list.Nodes, r.put(right, &ast.StringNode{Value: name}))
		}
	}
	return list
}

// severity checks the literals that severity is compared with.
func (r *rewriter) severity(operator string, n, other ast.Node) ast.Node {
	if isField(other, "severity") && (operator == "==" || operator == "!=" || operator == "in") {
		eachText(n, func(s *ast.StringNode) {
			if !slices.Contains(severities, s.Value) {
				r.unknownSeverity(s, s.Value)
			}
		})
	}
	return n
}

func (r *rewriter) unknownSeverity(n ast.Node, name string) {
	r.failNear(n, sentence.Nearest(name, severities[1:]), "unknown severity %q", name)
}

// logName puts the literals that file is compared with in the normal form of log names. A pattern becomes one
// without regard to case, because the normal form is lower case.
func (r *rewriter) logName(operator string, n, other ast.Node) ast.Node {
	if !isField(other, "file") {
		return n
	}
	eachText(n, func(s *ast.StringNode) {
		switch operator {
		case "==", "!=", "in":
			if r.scope.LogName != nil {
				s.Value = r.scope.LogName(s.Value)
				return
			}
			s.Value = strings.ToLower(s.Value)
		case "matches":
			s.Value = "(?i)" + s.Value
		default:
			s.Value = strings.ToLower(s.Value)
		}
	})
	return n
}

func isField(n ast.Node, name string) bool {
	id, ok := n.(*ast.IdentifierNode)
	return ok && id.Value == name
}

// eachText calls f for a literal text and for those of a list. Rewritten nodes are ours to change.
func eachText(n ast.Node, f func(*ast.StringNode)) {
	switch n := n.(type) {
	case *ast.StringNode:
		f(n)
	case *ast.ArrayNode:
		for _, item := range n.Nodes {
			eachText(item, f)
		}
	}
}
