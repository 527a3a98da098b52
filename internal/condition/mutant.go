package condition

import (
	"slices"

	"github.com/expr-lang/expr/ast"
)

// Mutant is a condition without one of its parts.
type Mutant struct {
	Text   string // of the condition that is left
	Part   string // what was left out
	Offset int    // in runes from 0, where that stands in the condition as written
	Wider  bool   // it holds more often than the whole; otherwise less often
}

// Mutants returns the condition once without each operand of its and and or, and without each entry of its lists, in order. A
// condition of one part has none; neither has one that cannot be read.
func Mutants(text string) []Mutant {
	tree, fault := parse(text)
	if fault != nil {
		return nil
	}
	var all []Mutant
	leaveOut(tree.Node, true, func(part, left ast.Node, wider bool) {
		all = append(all, Mutant{Text: left.String(), Part: part.String(), Offset: begin(part), Wider: wider})
	})
	slices.SortStableFunc(all, func(a, b Mutant) int { return a.Offset - b.Offset })
	return all
}

// leaveOut hands each part of n that can be left out to yield, with what is then left of n. want tells whether the
// condition asks n to be true; below a not, what narrows becomes what widens.
func leaveOut(n ast.Node, want bool, yield func(part, left ast.Node, wider bool)) {
	switch n := n.(type) {
	case *ast.UnaryNode:
		leaveOut(n.Node, !want, func(part, left ast.Node, wider bool) {
			yield(part, &ast.UnaryNode{Operator: n.Operator, Node: left}, wider)
		})
	case *ast.BinaryNode:
		with := func(left, right ast.Node) ast.Node {
			return &ast.BinaryNode{Operator: n.Operator, Left: left, Right: right}
		}
		switch op := junction(n.Operator); op {
		case "and", "or":
			wider := (op == "and") == want
			if !chained(n.Left, op) { // the operands of a chain are left out one by one, further down
				yield(n.Left, n.Right, wider)
			}
			if !chained(n.Right, op) {
				yield(n.Right, n.Left, wider)
			}
			leaveOut(n.Left, want, func(part, left ast.Node, wider bool) { yield(part, with(left, n.Right), wider) })
			leaveOut(n.Right, want, func(part, left ast.Node, wider bool) { yield(part, with(n.Left, left), wider) })
		case "in":
			if list, ok := n.Right.(*ast.ArrayNode); ok && len(list.Nodes) > 1 {
				for i, item := range list.Nodes {
					rest := slices.Delete(slices.Clone(list.Nodes), i, i+1)
					yield(item, with(n.Left, &ast.ArrayNode{Nodes: rest}), !want)
				}
			}
		}
	}
}

// junction gives the two operators that join conditions one spelling each.
func junction(operator string) string {
	switch operator {
	case "&&":
		return "and"
	case "||":
		return "or"
	}
	return operator
}

func chained(n ast.Node, op string) bool {
	b, ok := n.(*ast.BinaryNode)
	return ok && junction(b.Operator) == op
}

// begin is where the text of a node begins: a node with an operator between its operands stands at that.
func begin(n ast.Node) int {
	switch n := n.(type) {
	case *ast.BinaryNode:
		return begin(n.Left)
	case *ast.ConditionalNode:
		return begin(n.Cond)
	}
	return at(n)
}
