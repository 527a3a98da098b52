package condition

import (
	"maps"
	"slices"

	"github.com/expr-lang/expr/ast"
)

// logs is a set of log names; nil is all of them.
type logs map[string]bool

// filesOf returns the logs of which the record's must be one for n to be want.
func filesOf(n ast.Node, want bool) logs {
	switch n := n.(type) {
	case *ast.BoolNode:
		if n.Value != want {
			return logs{}
		}
	case *ast.UnaryNode:
		return filesOf(n.Node, !want)
	case *ast.ConditionalNode:
		yes := common(filesOf(n.Cond, true), filesOf(n.Exp1, want))
		no := common(filesOf(n.Cond, false), filesOf(n.Exp2, want))
		return union(yes, no)
	case *ast.BinaryNode:
		switch n.Operator {
		case "and", "or":
			left, right := filesOf(n.Left, want), filesOf(n.Right, want)
			if (n.Operator == "and") == want {
				return common(left, right)
			}
			return union(left, right)
		case "==", "in", "!=":
			return filesOfComparison(n, want)
		}
	}
	return nil
}

func filesOfComparison(n *ast.BinaryNode, want bool) logs {
	left, right := n.Left, n.Right
	if !isField(left, "file") {
		left, right = right, left
	}
	if !isField(left, "file") || (n.Operator == "!=") == want {
		return nil
	}
	var names logs
	eachText(right, func(s *ast.StringNode) {
		if names == nil {
			names = logs{}
		}
		names[s.Value] = true
	})
	return names
}

func union(a, b logs) logs {
	if a == nil || b == nil {
		return nil
	}
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}

func common(a, b logs) logs {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	out := logs{}
	for name := range a {
		if b[name] {
			out[name] = true
		}
	}
	return out
}

// names returns the set sorted, nil for all logs.
func (l logs) names() []string {
	if l == nil {
		return nil
	}
	out := slices.AppendSeq(make([]string, 0, len(l)), maps.Keys(l))
	slices.Sort(out)
	return out
}
