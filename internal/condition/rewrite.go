package condition

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"

	"github.com/cmtrail/cmtrail/internal/sentence"
)

// kind is the type of a part of a condition.
type kind uint8

const (
	none kind = iota
	text
	integer
	boolean
	texts
	integers
)

func (k kind) String() string {
	return [...]string{"nothing", "text", "a number", "true or false", "a list of texts", "a list of numbers"}[k]
}

// fields are the record's values by name.
var fields = map[string]kind{
	"message": text, "component": text, "file": text, "format": text, "severity": text, "host": text, "source": text, "arch": text,
	"thread": integer,
}

// Reserved tells whether the name belongs to the record's values or to a function, so that holes, lists and macros
// must be called otherwise.
func Reserved(name string) bool {
	_, field := fields[name]
	return field || slices.Contains(functions, name) || name == "true" || name == "false" || name == "nil" ||
		slices.Contains(words, name)
}

// words are the operators written in letters, and the words the grammar keeps.
var words = []string{"and", "or", "not", "in", "contains", "startsWith", "endsWith", "matches", "let", "if", "else"}

// rewriter admits what the language of conditions holds and turns the rest away. It builds a new tree, in which holes,
// lists, macros and parameters have become what they stand for; everything in it is free of loops.
type rewriter struct {
	scope  Scope
	cond   *Condition
	nodes  int
	macros []string       // being substituted, outermost first
	use    *file.Location // of the outermost of them
	fault  *Error
}

// fail notes the first fault. Inside a macro it points at the macro's use.
func (r *rewriter) fail(n ast.Node, format string, args ...any) {
	r.failNear(n, "", format, args...)
}

func (r *rewriter) failNear(n ast.Node, near, format string, args ...any) {
	if r.fault != nil {
		return
	}
	r.fault = &Error{Offset: at(n), Text: fmt.Sprintf(format, args...), Near: near}
	if r.use != nil {
		r.fault.Offset = r.use.From
		r.fault.Text = "in macro " + strings.Join(r.macros, ", macro ") + ": " + r.fault.Text
	}
}

// rewrite returns what stands for n, and its kind. After a fault its results mean nothing.
func (r *rewriter) rewrite(n ast.Node) (ast.Node, kind) {
	if r.nodes++; r.nodes > maxNodes {
		r.fail(n, "condition has more than %d parts", maxNodes)
	}
	if r.fault != nil {
		return n, none
	}
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return r.name(n)
	case *ast.StringNode:
		return r.put(n, &ast.StringNode{Value: n.Value}), text
	case *ast.IntegerNode:
		return r.put(n, &ast.IntegerNode{Value: n.Value}), integer
	case *ast.BoolNode:
		return r.put(n, &ast.BoolNode{Value: n.Value}), boolean
	case *ast.UnaryNode:
		return r.unary(n)
	case *ast.BinaryNode:
		return r.binary(n)
	case *ast.ConditionalNode:
		return r.conditional(n)
	case *ast.ArrayNode:
		return r.list(n, n.Nodes)
	case *ast.CallNode:
		if callee, ok := n.Callee.(*ast.IdentifierNode); ok {
			return r.call(n, callee.Value, n.Arguments)
		}
		r.fail(n, "only functions can be called: %s", strings.Join(functions, ", "))
	case *ast.BuiltinNode:
		return r.call(n, n.Name, n.Arguments)
	case *ast.NilNode:
		r.fail(n, `nil is not used in conditions: write has("name") to ask whether a hole is filled`)
	default:
		r.fail(n, "%s is not allowed in a condition", describe(n))
	}
	return n, none
}

func describe(n ast.Node) string {
	switch n.(type) {
	case *ast.FloatNode:
		return "a number with a fraction"
	case *ast.MemberNode, *ast.ChainNode:
		return "access to a part of a value"
	case *ast.SliceNode:
		return "a slice"
	case *ast.MapNode, *ast.PairNode:
		return "a map"
	case *ast.VariableDeclaratorNode:
		return "let"
	case *ast.SequenceNode:
		return "a sequence with ;"
	case *ast.PredicateNode, *ast.PointerNode:
		return "a predicate"
	case *ast.BytesNode:
		return "a byte text"
	}
	return "this"
}

// put gives the new node the place of the old one: inside a macro, the place of its use.
func (r *rewriter) put(old, now ast.Node) ast.Node {
	now.SetLocation(old.Location())
	if r.use != nil {
		now.SetLocation(*r.use)
	}
	return now
}

func (r *rewriter) name(n *ast.IdentifierNode) (ast.Node, kind) {
	name := n.Value
	if strings.HasPrefix(name, "$") {
		return r.parameter(n, name[1:])
	}
	if k, ok := fields[name]; ok {
		return r.put(n, &ast.IdentifierNode{Value: name}), k
	}
	if slices.Contains(r.scope.Holes, name) {
		return r.hole(n, name)
	}
	if items, ok := r.scope.Lists[name]; ok {
		return r.named(n, name, items)
	}
	if body, ok := r.scope.Macros[name]; ok {
		return r.macro(n, name, body)
	}
	if slices.Contains(functions, name) {
		r.fail(n, "%s is a function: write %s(...)", name, name)
	}
	known := slices.Concat(slices.Sorted(maps.Keys(fields)), r.scope.Holes, slices.Sorted(maps.Keys(r.scope.Lists)),
		slices.Sorted(maps.Keys(r.scope.Macros)))
	r.failNear(n, sentence.Nearest(name, known), "unknown name %q", name)
	return n, none
}

func (r *rewriter) hole(n ast.Node, name string) (ast.Node, kind) {
	slot, ok := r.slot(n, name)
	if !ok {
		return n, none
	}
	return r.put(n, &ast.IdentifierNode{Value: fmt.Sprintf("H%d", slot)}), text
}

// slot returns the number that the hole has in the condition.
func (r *rewriter) slot(n ast.Node, name string) (int, bool) {
	if !slices.Contains(r.scope.Holes, name) {
		r.failNear(n, sentence.Nearest(name, r.scope.Holes), "the rule has no hole %q", name)
		return 0, false
	}
	i := slices.Index(r.cond.holes, name)
	if i < 0 {
		i = len(r.cond.holes)
		if i == maxHoles {
			r.fail(n, "condition names more than %d holes", maxHoles)
			return 0, false
		}
		r.cond.holes = append(r.cond.holes, name)
	}
	return i, true
}

func (r *rewriter) macro(n ast.Node, name, body string) (ast.Node, kind) {
	if slices.Contains(r.macros, name) {
		r.fail(n, "macro %s stands for itself", name)
		return n, none
	}
	r.macros = append(r.macros, name)
	outermost := r.use == nil
	if outermost {
		place := n.Location()
		r.use = &place
	}
	tree, fault := parse(body)
	var node ast.Node
	var k kind
	if fault != nil {
		r.fail(n, "%s", fault.Text)
	} else {
		node, k = r.rewrite(tree.Node)
	}
	r.macros = r.macros[:len(r.macros)-1]
	if outermost {
		r.use = nil
	}
	return node, k
}

func (r *rewriter) conditional(n *ast.ConditionalNode) (ast.Node, kind) {
	cond, k := r.rewrite(n.Cond)
	r.want(n.Cond, k, boolean, "before ?")
	yes, k := r.rewrite(n.Exp1)
	r.want(n.Exp1, k, boolean, "after ?")
	no, k := r.rewrite(n.Exp2)
	r.want(n.Exp2, k, boolean, "after :")
	return r.put(n, &ast.ConditionalNode{Ternary: true, Cond: cond, Exp1: yes, Exp2: no}), boolean
}

// want checks the kind of an operand.
func (r *rewriter) want(n ast.Node, got, want kind, where string) {
	if got != want {
		r.fail(n, "%s stands %s, not %s", want, where, got)
	}
}
