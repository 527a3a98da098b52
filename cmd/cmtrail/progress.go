package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"
)

// progress tells how far a long reading has come. It is silent when standard error is no terminal. Several readers may share
// it.
type progress struct {
	mu    sync.Mutex
	to    io.Writer
	total int64
	read  int64
	next  time.Time
	shown bool
}

const (
	progressAfter = time.Second
	progressEvery = 200 * time.Millisecond
)

func newProgress(errOut io.Writer, quiet bool, inputs []input) *progress {
	p := &progress{next: time.Now().Add(progressAfter)}
	if f, ok := beneath(errOut).(*os.File); ok && !quiet && term.IsTerminal(int(f.Fd())) {
		p.to = f
	}
	for _, in := range inputs {
		p.total += in.size
	}
	return p
}

// reader counts what is read of an input.
func (p *progress) reader(r io.Reader, in input) io.Reader {
	if p.to == nil {
		return r
	}
	return &counted{r, p, in.name}
}

type counted struct {
	io.Reader
	p    *progress
	name string
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	c.p.read += int64(n)
	if now := time.Now(); now.After(c.p.next) {
		c.p.next, c.p.shown = now.Add(progressEvery), true
		if c.p.total > 0 {
			_, _ = fmt.Fprintf(c.p.to, "\r\x1b[K%3d %%  %q", min(100, 100*c.p.read/c.p.total), c.name)
		} else {
			_, _ = fmt.Fprintf(c.p.to, "\r\x1b[K%d MiB  %q", c.p.read>>20, c.name)
		}
	}
	return n, err
}

func (p *progress) done() {
	if p.shown {
		_, _ = fmt.Fprint(p.to, "\r\x1b[K")
	}
}
