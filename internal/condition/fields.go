package condition

import (
	"maps"
	"slices"

	"github.com/expr-lang/expr/ast"
)

// choices is a set of values of a field; nil is all of them.
type choices map[string]bool

// valuesOf returns the values of which the record's field must have one for n to be want.
func valuesOf(field string, n ast.Node, want bool) choices {
	switch n := n.(type) {
	case *ast.BoolNode:
		if n.Value != want {
			return choices{}
		}
	case *ast.UnaryNode:
		return valuesOf(field, n.Node, !want)
	case *ast.ConditionalNode:
		yes := common(valuesOf(field, n.Cond, true), valuesOf(field, n.Exp1, want))
		no := common(valuesOf(field, n.Cond, false), valuesOf(field, n.Exp2, want))
		return union(yes, no)
	case *ast.BinaryNode:
		switch n.Operator {
		case "and", "or":
			left, right := valuesOf(field, n.Left, want), valuesOf(field, n.Right, want)
			if (n.Operator == "and") == want {
				return common(left, right)
			}
			return union(left, right)
		case "==", "in", "!=":
			return valuesOfComparison(field, n, want)
		}
	}
	return nil
}

func valuesOfComparison(field string, n *ast.BinaryNode, want bool) choices {
	left, right := n.Left, n.Right
	if !isField(left, field) {
		left, right = right, left
	}
	if !isField(left, field) || (n.Operator == "!=") == want {
		return nil
	}
	var names choices
	eachText(right, func(s *ast.StringNode) {
		if names == nil {
			names = choices{}
		}
		names[s.Value] = true
	})
	return names
}

func union(a, b choices) choices {
	if a == nil || b == nil {
		return nil
	}
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}

func common(a, b choices) choices {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	out := choices{}
	for name := range a {
		if b[name] {
			out[name] = true
		}
	}
	return out
}

// sorted returns the set sorted, nil for all values.
func (c choices) sorted() []string {
	if c == nil {
		return nil
	}
	out := slices.AppendSeq(make([]string, 0, len(c)), maps.Keys(c))
	slices.Sort(out)
	return out
}
