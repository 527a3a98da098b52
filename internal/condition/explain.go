package condition

import (
	"slices"

	"github.com/expr-lang/expr/ast"

	"github.com/cmtrail/cmtrail/internal/sentence"
)

// Outcome is what a part of a condition came to.
type Outcome uint8

// The outcomes. A part that nobody asks is behind an and whose left side is false, or an or whose left side is true.
const (
	NotAsked Outcome = iota
	False
	True
	Failed // it cannot be told, and so neither can the whole
)

// String returns the outcome as people read it.
func (o Outcome) String() string {
	return [...]string{"not asked", "false", "true", "cannot be told"}[o]
}

// Part is a part of a condition with what it came to.
type Part struct {
	Text    string
	Outcome Outcome
	Reason  string  // the values that it was made of, or what failed
	Parts   []*Part // of and, or, not, a macro and a choice
}

// Explain is Eval with the outcome of each part. It compiles each part anew and is for people who wait.
func (r *Runner) Explain(c *Condition, holes []sentence.Hole) *Part {
	out := &Part{Text: c.text}
	if tree, fault := parse(c.text); fault == nil {
		x := &explainer{Runner: r, scope: c.scope, values: holes}
		out = x.part(tree.Node)
	}
	held, err := r.Eval(c, holes)
	switch {
	case err != nil:
		out.Outcome = Failed
		if out.Reason == "" && len(out.Parts) == 0 {
			out.Reason = err.Error()
		}
	default:
		out.Outcome = outcome(held)
	}
	return out
}

func outcome(held bool) Outcome {
	if held {
		return True
	}
	return False
}

// explainer takes a condition apart. What joins parts is told from them; what has no parts is run.
type explainer struct {
	*Runner
	scope  Scope
	values []sentence.Hole
}

func (x *explainer) part(n ast.Node) *Part {
	p := &Part{Text: n.String()}
	switch n := n.(type) {
	case *ast.UnaryNode:
		if n.Operator == "not" || n.Operator == "!" {
			x.negation(p, n)
			return p
		}
	case *ast.BinaryNode:
		switch n.Operator {
		case "and", "&&":
			x.chain(p, operands(n, "and", "&&"), False)
			return p
		case "or", "||":
			x.chain(p, operands(n, "or", "||"), True)
			return p
		}
	case *ast.ConditionalNode:
		x.choice(p, n)
		return p
	case *ast.IdentifierNode:
		if body, ok := x.macro(n.Value); ok {
			x.expand(p, body)
			return p
		}
	}
	x.leaf(p, n)
	return p
}

// operands returns what a chain of one operator joins, from left to right.
func operands(n ast.Node, operator, spelling string) []ast.Node {
	b, ok := n.(*ast.BinaryNode)
	if !ok || b.Operator != operator && b.Operator != spelling {
		return []ast.Node{n}
	}
	return append(operands(b.Left, operator, spelling), operands(b.Right, operator, spelling)...)
}

// chain asks operands until one decides. One that is written out, or comes to that, decides before any is asked.
func (x *explainer) chain(p *Part, all []ast.Node, decides Outcome) {
	p.Outcome = True + False - decides
	if slices.ContainsFunc(all, func(n ast.Node) bool { return x.constant(n) == decides }) {
		p.Outcome = decides
		for _, n := range all {
			part := &Part{Text: n.String(), Outcome: x.constant(n)}
			if part.Outcome != NotAsked {
				part.Reason = "always so"
			}
			p.Parts = append(p.Parts, part)
		}
		return
	}
	for i, n := range all {
		part := x.part(n)
		p.Parts = append(p.Parts, part)
		if part.Outcome == decides || part.Outcome == Failed {
			p.Outcome = part.Outcome
			for _, rest := range all[i+1:] {
				p.Parts = append(p.Parts, &Part{Text: rest.String()})
			}
			return
		}
	}
}

func (x *explainer) negation(p *Part, n *ast.UnaryNode) {
	part := x.part(n.Node)
	p.Parts = []*Part{part}
	switch part.Outcome {
	case True:
		p.Outcome = False
	case False:
		p.Outcome = True
	default:
		p.Outcome = part.Outcome
	}
}

func (x *explainer) choice(p *Part, n *ast.ConditionalNode) {
	yes, no := &Part{Text: n.Exp1.String()}, &Part{Text: n.Exp2.String()}
	cond := x.part(n.Cond)
	switch cond.Outcome {
	case True:
		yes = x.part(n.Exp1)
		p.Outcome = yes.Outcome
	case False:
		no = x.part(n.Exp2)
		p.Outcome = no.Outcome
	default:
		p.Outcome = cond.Outcome
	}
	p.Parts = []*Part{cond, yes, no}
}

// macro returns what a name stands for, when it is that of a macro.
func (x *explainer) macro(name string) (body string, ok bool) {
	if _, field := fields[name]; field {
		return "", false
	}
	for _, h := range x.scope.Holes {
		if h == name {
			return "", false
		}
	}
	if _, list := x.scope.Lists[name]; list {
		return "", false
	}
	body, ok = x.scope.Macros[name]
	return body, ok
}

// expand explains what a macro stands for; one that stands for itself is not compiled.
func (x *explainer) expand(p *Part, body string) {
	tree, fault := parse(body)
	if fault != nil {
		return // a condition with such a macro is not compiled
	}
	part := x.part(tree.Node)
	p.Parts, p.Outcome, p.Reason = []*Part{part}, part.Outcome, "a macro"
}
