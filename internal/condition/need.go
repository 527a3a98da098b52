package condition

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"

	"github.com/cmtrail/cmtrail/internal/errorcode"
)

var open = Need{Open: true}

// needOf returns what the message must hold for n to be want. It may only be too weak: a literal too many would lose
// detections. It reads the rewritten tree, before the optimiser turns lists into sets.
func needOf(n ast.Node, want bool, codes []uint32) Need {
	switch n := n.(type) {
	case *ast.BoolNode:
		if n.Value == want {
			return open
		}
		return Need{}
	case *ast.UnaryNode:
		return needOf(n.Node, !want, codes)
	case *ast.ConditionalNode:
		yes := both(needOf(n.Cond, true, codes), needOf(n.Exp1, want, codes))
		no := both(needOf(n.Cond, false, codes), needOf(n.Exp2, want, codes))
		return either(yes, no)
	case *ast.CallNode:
		callee, ok := n.Callee.(*ast.IdentifierNode)
		if ok && callee.Value == "Carries" && want {
			return Need{Literals: errorcode.Literals(codes[n.Arguments[0].(*ast.IntegerNode).Value])}
		}
	case *ast.BinaryNode:
		switch n.Operator {
		case "and":
			if want {
				return both(needOf(n.Left, true, codes), needOf(n.Right, true, codes))
			}
			return either(needOf(n.Left, false, codes), needOf(n.Right, false, codes))
		case "or":
			if want {
				return either(needOf(n.Left, true, codes), needOf(n.Right, true, codes))
			}
			return both(needOf(n.Left, false, codes), needOf(n.Right, false, codes))
		}
		return needOfComparison(n, want)
	}
	return open
}

func needOfComparison(n *ast.BinaryNode, want bool) Need {
	left, right := n.Left, n.Right
	if _, ok := left.(*ast.StringNode); ok && (n.Operator == "==" || n.Operator == "!=") {
		left, right = right, left
	}
	folded := false
	if lower, ok := left.(*ast.BuiltinNode); ok && lower.Name == "lower" {
		left, folded = lower.Arguments[0], true
	}
	if !isField(left, "message") {
		return open
	}
	if n.Operator == "!=" {
		want = !want
	}
	if !want {
		return open
	}
	switch n.Operator {
	case "contains", "startsWith", "endsWith", "==", "!=", "in":
		need, any := Need{}, false
		eachText(right, func(s *ast.StringNode) {
			one := needOfText(s.Value, folded)
			if !any {
				need, any = one, true
				return
			}
			need = either(need, one)
		})
		if !any {
			return open
		}
		return need
	case "matches":
		re, err := syntax.Parse(right.(*ast.StringNode).Value, syntax.Perl)
		if err != nil {
			return open
		}
		need := needOfPattern(re)
		if folded && !need.Open {
			need.Folded = true
			for _, l := range need.Literals {
				if !ascii(l) {
					return open
				}
			}
		}
		return need
	}
	return open
}

// needOfText is the need of a text that must occur. Outside ASCII, folding changes bytes that the index compares.
func needOfText(s string, folded bool) Need {
	if s == "" || folded && !ascii(s) || strings.ContainsRune(s, utf8.RuneError) {
		return open
	}
	return Need{Folded: folded, Literals: []string{lowerASCII(s)}}
}

func needOfPattern(re *syntax.Regexp) Need {
	switch re.Op {
	case syntax.OpNoMatch:
		return Need{}
	case syntax.OpLiteral:
		return needOfText(string(re.Rune), re.Flags&syntax.FoldCase != 0)
	case syntax.OpCapture, syntax.OpPlus:
		return needOfPattern(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return needOfPattern(re.Sub[0])
		}
	case syntax.OpConcat:
		need := open
		for _, sub := range re.Sub {
			need = both(need, needOfPattern(sub))
		}
		return need
	case syntax.OpAlternate:
		need := needOfPattern(re.Sub[0])
		for _, sub := range re.Sub[1:] {
			need = either(need, needOfPattern(sub))
		}
		return need
	}
	return open
}

// either is the need when one of two things must be so.
func either(a, b Need) Need {
	if a.Open || b.Open {
		return open
	}
	return Need{Folded: a.Folded || b.Folded, Literals: slices.Concat(a.Literals, b.Literals)}
}

// both is the need when two things must be so: each alone is necessary, and the more selective is kept.
func both(a, b Need) Need {
	switch {
	case a.Open:
		return b
	case b.Open:
		return a
	case len(a.Literals) == 0 || len(b.Literals) == 0: // never
		return Need{}
	}
	la, lb := shortest(a.Literals), shortest(b.Literals)
	if lb > la || lb == la && len(b.Literals) < len(a.Literals) {
		return b
	}
	return a
}

func shortest(literals []string) int {
	n := len(literals[0])
	for _, l := range literals[1:] {
		n = min(n, len(l))
	}
	return n
}

// finish sorts the literals, drops repeats and copies them out.
func (n Need) finish() Need {
	if n.Open {
		return open
	}
	n.Literals = slices.Compact(slices.Sorted(slices.Values(n.Literals)))
	return n
}

func ascii(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func lowerASCII(s string) string {
	return strings.Map(func(c rune) rune {
		if 'A' <= c && c <= 'Z' {
			return c + 'a' - 'A'
		}
		return c
	}, s)
}
