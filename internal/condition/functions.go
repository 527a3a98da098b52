package condition

import (
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/cmtrail/cmtrail/internal/errorcode"
	"github.com/cmtrail/cmtrail/internal/sentence"
)

// functions are what a condition can call.
var functions = []string{"code", "field", "has", "hresult", "int", "len", "lower"}

func (r *rewriter) call(n ast.Node, name string, args []ast.Node) (ast.Node, kind) {
	switch name {
	case "code":
		return r.code(n, args)
	case "has", "field":
		return r.ofHole(n, name, args)
	case "hresult":
		if code, ok := r.codeArgument(n, name, args); ok {
			return r.put(n, &ast.StringNode{Value: errorcode.Format(code)}), text
		}
		return n, none
	case "int":
		arg := r.textArgument(n, name, args)
		return r.put(n, r.invoke(n, "Number", arg)), integer
	case "len":
		arg := r.textArgument(n, name, args)
		return r.put(n, &ast.BuiltinNode{Name: name, Arguments: []ast.Node{arg}}), integer
	case "lower":
		arg := r.textArgument(n, name, args)
		return r.put(n, &ast.BuiltinNode{Name: name, Arguments: []ast.Node{arg}}), text
	}
	near := sentence.Nearest(name, functions)
	if near != "" {
		r.failNear(n, near, "unknown function %q", name)
	}
	r.fail(n, "unknown function %q: the functions are %s", name, strings.Join(functions, ", "))
	return n, none
}

func (r *rewriter) invoke(n ast.Node, function string, arg ast.Node) ast.Node {
	return r.put(n, &ast.CallNode{Callee: r.put(n, &ast.IdentifierNode{Value: function}), Arguments: []ast.Node{arg}})
}

func (r *rewriter) textArgument(n ast.Node, name string, args []ast.Node) ast.Node {
	if len(args) != 1 {
		r.fail(n, "%s takes one text", name)
		return n
	}
	arg, k := r.rewrite(args[0])
	if k != text {
		r.fail(args[0], "%s takes text, not %s", name, k)
	}
	return arg
}

// ofHole rewrites has("name") and field("name").
func (r *rewriter) ofHole(n ast.Node, name string, args []ast.Node) (ast.Node, kind) {
	if len(args) != 1 {
		r.fail(n, "%s takes the name of one hole", name)
		return n, none
	}
	hole, ok := args[0].(*ast.StringNode)
	if !ok {
		r.fail(args[0], `%s takes the name of a hole in quotes: %s("name")`, name, name)
		return n, none
	}
	if name == "field" {
		return r.hole(args[0], hole.Value)
	}
	slot, ok := r.slot(args[0], hole.Value)
	if !ok {
		return n, none
	}
	return r.invoke(n, "Has", r.put(n, &ast.IntegerNode{Value: slot})), boolean
}

// code rewrites code("0x8007000E", "E_FAIL"): the record carries one of them.
func (r *rewriter) code(n ast.Node, args []ast.Node) (ast.Node, kind) {
	if len(args) == 0 {
		r.fail(n, "code takes one or more error codes")
		return n, none
	}
	var all ast.Node
	for i := range args {
		code, ok := r.codeArgument(n, "code", args[i:i+1])
		if !ok {
			return n, none
		}
		one := r.invoke(n, "Carries", r.put(n, &ast.IntegerNode{Value: len(r.cond.codes)}))
		r.cond.codes = append(r.cond.codes, code)
		if all == nil {
			all = one
			continue
		}
		all = r.put(n, &ast.BinaryNode{Operator: "or", Left: all, Right: one})
	}
	return all, boolean
}

// codeArgument reads the one argument as an error code in any spelling.
func (r *rewriter) codeArgument(n ast.Node, name string, args []ast.Node) (uint32, bool) {
	if len(args) != 1 {
		r.fail(n, "%s takes one error code", name)
		return 0, false
	}
	arg, _ := r.rewrite(args[0])
	if r.fault != nil {
		return 0, false
	}
	var spelling string
	switch arg := arg.(type) {
	case *ast.StringNode:
		spelling = arg.Value
	case *ast.IntegerNode:
		spelling = strconv.Itoa(arg.Value)
		if len(spelling) == 8 && arg.Value > 0 { // or it would read as hexadecimal digits
			spelling = "00" + spelling
		}
	default:
		r.fail(args[0], "%s takes an error code written out", name)
		return 0, false
	}
	code, ok := errorcode.ParseAny(spelling)
	if !ok && r.scope.Codes != nil {
		if code, ok = r.scope.Codes.Resolve(spelling); !ok {
			r.failNear(args[0], sentence.Nearest(spelling, r.scope.Codes.Symbols()), "unknown error code %q", spelling)
			return 0, false
		}
	}
	if !ok {
		r.fail(args[0], "unknown error code %q", spelling)
	}
	return code, ok
}
