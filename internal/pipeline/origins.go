package pipeline

import "strings"

// origins remembers, for the lines that a stream still holds, what was handed in with them.
type origins struct {
	queue []origin // in input order
	size  int64    // bytes of their texts
}

type origin struct {
	line int // first physical line of the text it came with
	what any
	kept bool
	text string // once kept, a copy: it came with what goes away
}

func (o *origins) push(line int, what any, text string) {
	o.queue = append(o.queue, origin{line: line, what: what, text: text})
	o.size += int64(len(text))
}

// keptOrigins is how many origins a stream keeps room for that holds none.
const keptOrigins = 64

// of returns what came with the given physical line.
func (o *origins) of(line int) any {
	for i := len(o.queue) - 1; i >= 0; i-- {
		if o.queue[i].line <= line {
			return o.queue[i].what
		}
	}
	if len(o.queue) > 0 {
		return o.queue[0].what
	}
	return nil
}

// release forgets the texts that ended before held, the first line still held; last is the last line taken.
func (o *origins) release(held, last int) {
	drop := 0
	for drop < len(o.queue) {
		end := last
		if drop+1 < len(o.queue) {
			end = o.queue[drop+1].line - 1
		}
		if end >= held {
			break
		}
		drop++
	}
	if drop == 0 {
		return
	}
	for _, gone := range o.queue[:drop] {
		o.size -= int64(len(gone.text))
	}
	n := copy(o.queue, o.queue[drop:])
	clear(o.queue[n:])
	o.queue = o.queue[:n]
	if n == 0 && cap(o.queue) > keptOrigins {
		o.queue = nil
	}
}

// all gives what came with each text that is still held, in input order.
func (o *origins) all(yield func(any) bool) {
	for _, from := range o.queue {
		if !yield(from.what) {
			return
		}
	}
}

// keep replaces each origin that has not been kept yet by what f makes of it.
func (o *origins) keep(f func(any) any) {
	for i := len(o.queue) - 1; i >= 0 && !o.queue[i].kept; i-- {
		from := &o.queue[i]
		from.what, from.text, from.kept = f(from.what), strings.Clone(from.text), true
	}
}
