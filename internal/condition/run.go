package condition

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"unsafe"

	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"

	"github.com/cmtrail/cmtrail/internal/sentence"
)

// Values are what a condition can ask of a record. Its strings may be views: they are not kept beyond the next Begin.
type Values struct {
	Message   string
	Component string
	File      string // the log name, normalised as by Scope.LogName
	Format    string
	Severity  string // trace debug info warn error fatal, or ""
	Host      string
	Source    string
	Thread    int
	Arch      string          // processor architecture of the host, as host.arch of the semantic conventions; "" when not known
	Codes     func() []uint32 // the record's codes; asked for only by code(..); nil: none
}

// Runner evaluates conditions. It belongs to one goroutine.
type Runner struct {
	vm    vm.VM
	box   any          // an environment
	env   *environment // the one inside box
	cond  *Condition
	holes []sentence.Hole
	codes func() []uint32
	found []uint32
	asked bool
	fault error
}

// NewRunner returns a runner for one goroutine.
func NewRunner() *Runner {
	r := &Runner{}
	r.box = environment{Has: r.has, Carries: r.carries, Number: r.number}
	// The machine reads fields by reflection. It allocates for each string unless the struct lies inside an interface,
	// and boxing it anew allocates too; so the runner keeps one box and writes into it between runs.
	type iface struct{ _, data unsafe.Pointer }
	r.env = (*environment)((*iface)(unsafe.Pointer(&r.box)).data)
	return r
}

// Begin takes the values of the next record.
func (r *Runner) Begin(v Values) {
	e := r.env
	e.Message, e.Component, e.File, e.Format = v.Message, v.Component, v.File, v.Format
	e.Severity, e.Host, e.Source, e.Thread = v.Severity, v.Host, v.Source, v.Thread
	e.Arch = v.Arch
	r.codes, r.found, r.asked = v.Codes, nil, false
}

// Eval tells whether the condition holds for the record, with the holes that the rule's sentence filled. An error
// means that it cannot be told: the record's values do not suit the condition.
func (r *Runner) Eval(c *Condition, holes []sentence.Hole) (bool, error) {
	out, err := r.run(c, holes)
	if err != nil {
		return false, err
	}
	held, ok := out.(bool)
	if !ok {
		return false, fmt.Errorf("condition gives %T, not true or false", out)
	}
	return held, nil
}

func (r *Runner) run(c *Condition, holes []sentence.Hole) (any, error) {
	r.cond, r.holes, r.fault = c, holes, nil
	if len(c.holes) > 0 {
		slots := r.env.slots()
		for i, name := range c.holes {
			*slots[i] = r.hole(name)
		}
	}
	out, err := r.vm.Run(c.program, r.box)
	if err == nil {
		err = r.fault
	}
	if err != nil {
		return nil, runFault(err)
	}
	return out, nil
}

// runFault keeps what happened and drops the machine's drawing of where.
func runFault(err error) error {
	var at *file.Error
	if errors.As(err, &at) {
		return &Error{Offset: at.From, Text: firstLine(at.Message)}
	}
	return err
}

func (r *Runner) hole(name string) string {
	for i := range r.holes {
		if r.holes[i].Name == name {
			return r.holes[i].Value
		}
	}
	return ""
}

func (r *Runner) has(i int) bool { return r.hole(r.cond.holes[i]) != "" }

func (r *Runner) carries(i int) bool {
	if !r.asked {
		r.asked = true
		if r.codes != nil {
			r.found = r.codes()
		}
	}
	return slices.Contains(r.found, r.cond.codes[i])
}

func (r *Runner) number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		r.fault = fmt.Errorf("int(%q): not a number", text)
	}
	return n
}
