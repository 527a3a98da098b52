package msi

// deepest bounds the open actions that are followed; real logs nest a few levels.
const deepest = 64

// actions is the stack of actions begun and not ended, each with the mark that a child of it failed. The mark under
// them all is for a stream joined in the middle, whose outer actions began unseen.
type actions struct {
	open       []opened
	rootFailed bool
}

type opened struct {
	name   []byte
	failed bool
}

func (a *actions) push(name []byte) {
	name = name[:min(len(name), longest)]
	n := len(a.open)
	if n == deepest {
		return
	}
	if n < cap(a.open) {
		a.open = a.open[:n+1]
	} else {
		a.open = append(a.open, opened{})
	}
	top := &a.open[n]
	top.name = append(top.name[:0], name...)
	top.failed = false
}

// pop ends the innermost open action of that name, with those inside it that never ended, and reports whether a
// child of it had failed.
func (a *actions) pop(name []byte) (failedChild bool) {
	name = name[:min(len(name), longest)]
	for i := len(a.open) - 1; i >= 0; i-- {
		if string(a.open[i].name) != string(name) {
			continue
		}
		for _, inner := range a.open[i:] {
			failedChild = failedChild || inner.failed
		}
		a.open = a.open[:i]
		return failedChild
	}
	return a.rootFailed
}

// fail marks the action that is now innermost.
func (a *actions) fail() {
	if n := len(a.open); n > 0 {
		a.open[n-1].failed = true
	} else {
		a.rootFailed = true
	}
}

// clear forgets all open actions.
func (a *actions) clear() {
	a.open = a.open[:0]
	a.rootFailed = false
}
