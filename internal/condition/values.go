package condition

import (
	"maps"
	"slices"
	"strconv"

	"github.com/expr-lang/expr/ast"

	"github.com/cmtrail/cmtrail/internal/sentence"
)

// list rewrites a list of literals.
func (r *rewriter) list(n ast.Node, items []ast.Node) (ast.Node, kind) {
	if len(items) == 0 {
		r.fail(n, "empty list")
	}
	out := &ast.ArrayNode{}
	first := none
	for _, item := range items {
		node, k := r.rewrite(item)
		if r.fault != nil {
			return n, none
		}
		if !literal(node) {
			r.fail(item, "a list holds texts or numbers written out")
		}
		if first == none {
			first = k
		}
		if k != first {
			r.fail(item, "%s in %s", k, listOf(first))
		}
		out.Nodes = append(out.Nodes, node)
	}
	return r.put(n, out), listOf(first)
}

func literal(n ast.Node) bool {
	switch n.(type) {
	case *ast.StringNode, *ast.IntegerNode:
		return true
	}
	return false
}

func listOf(k kind) kind {
	switch k {
	case text:
		return texts
	case integer:
		return integers
	}
	return none
}

// named puts a list of the rule file in the place of its name. Its items count as one part together.
func (r *rewriter) named(n ast.Node, name string, items []any) (ast.Node, kind) {
	if len(items) == 0 {
		r.fail(n, "list %s is empty", name)
		return n, none
	}
	out := &ast.ArrayNode{}
	first := none
	for _, item := range items {
		node, k := r.item(n, item)
		if node == nil || first != none && k != first {
			r.fail(n, "list %s holds something other than texts, or other than numbers", name)
			return n, none
		}
		first = k
		out.Nodes = append(out.Nodes, node)
	}
	return r.put(n, out), listOf(first)
}

func (r *rewriter) item(n ast.Node, item any) (ast.Node, kind) {
	switch v := item.(type) {
	case string:
		return r.put(n, &ast.StringNode{Value: v}), text
	case int:
		return r.put(n, &ast.IntegerNode{Value: v}), integer
	case int64:
		return r.put(n, &ast.IntegerNode{Value: int(v)}), integer
	case uint64:
		return r.put(n, &ast.IntegerNode{Value: int(v)}), integer
	}
	return nil, none
}

// parameter puts a parameter's literal in the place of $name.
func (r *rewriter) parameter(n ast.Node, name string) (ast.Node, kind) {
	value, ok := r.scope.Parameters[name]
	if !ok {
		near := sentence.Nearest(name, slices.Sorted(maps.Keys(r.scope.Parameters)))
		if near != "" {
			near = "$" + near
		}
		r.failNear(n, near, "unknown parameter \"$%s\"", name)
		return n, none
	}
	if number, err := strconv.Atoi(value); err == nil {
		return r.put(n, &ast.IntegerNode{Value: number}), integer
	}
	if value == "true" || value == "false" {
		return r.put(n, &ast.BoolNode{Value: value == "true"}), boolean
	}
	return r.put(n, &ast.StringNode{Value: value}), text
}
