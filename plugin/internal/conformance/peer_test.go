package conformance

import (
	"fmt"
	"net"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/tinylib/msgp/msgp"
)

// mood is how a peer treats who hands on to it.
type mood int

const (
	well  mood = iota
	away       // it does not listen
	slow       // it answers later than anybody waits
	drops      // it takes every other message and closes the connection without an answer
)

// peer is another process that speaks the forward protocol, as a Collector does. It counts the numbered records that come.
type peer struct {
	t       *testing.T
	address string

	mu       sync.Mutex
	mood     mood
	listener net.Listener // nil while it is away
	open     map[net.Conn]bool
	messages int
	seen     map[string]int  // whole records
	heads    map[string]bool // first lines
	ends     map[string]bool // second lines
	done     sync.WaitGroup
}

func newPeer(t *testing.T) *peer {
	t.Helper()
	p := &peer{t: t, address: "127.0.0.1:0", mood: away, open: map[net.Conn]bool{}, seen: map[string]int{}, heads: map[string]bool{}, ends: map[string]bool{}}
	p.become(well)
	t.Cleanup(func() { p.become(away); p.done.Wait() })
	return p
}

// become changes the mood. The address stays.
func (p *peer) become(m mood) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mood = m
	if m == away {
		if p.listener != nil {
			p.listener.Close()
			p.listener = nil
		}
		for c := range p.open {
			c.Close()
		}
		return
	}
	if p.listener != nil {
		return
	}
	l, err := net.Listen("tcp", p.address)
	if err != nil {
		p.t.Error(err)
		return
	}
	p.listener, p.address = l, l.Addr().String()
	p.done.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.mu.Lock()
			p.open[c] = true
			p.mu.Unlock()
			p.done.Go(func() { p.serve(c) })
		}
	})
}

// What was sent is looked through for whole records, of two lines, as they stand in a packed message, and for each line.
var (
	whole = regexp.MustCompile(`Search number (\d+)\.\nEnd of search \d+\.`)
	heads = regexp.MustCompile(`Search number (\d+)\.`)
	ends  = regexp.MustCompile(`End of search (\d+)\.`)
)

func (p *peer) serve(c net.Conn) {
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		c.Close()
		delete(p.open, c)
	}()
	in := msgp.NewReader(c)
	for {
		if _, err := in.ReadArrayHeader(); err != nil {
			return
		}
		if _, err := in.ReadString(); err != nil { // the tag
			return
		}
		entries, err := in.ReadBytes(nil)
		if err != nil {
			return
		}
		options := map[string]any{}
		if err := in.ReadMapStrIntf(options); err != nil {
			return
		}
		chunk, _ := options["chunk"].(string)
		p.mu.Lock()
		p.messages++
		odd, mood := p.messages%2 == 1, p.mood
		for _, found := range whole.FindAllSubmatch(entries, -1) {
			p.seen[string(found[1])]++
		}
		for _, found := range heads.FindAllSubmatch(entries, -1) {
			p.heads[string(found[1])] = true
		}
		for _, found := range ends.FindAllSubmatch(entries, -1) {
			p.ends[string(found[1])] = true
		}
		p.mu.Unlock()
		switch {
		case mood == drops && odd:
			return
		case mood == slow:
			time.Sleep(1500 * time.Millisecond)
		}
		answer := msgp.AppendString(msgp.AppendString(msgp.AppendMapHeader(nil, 1), "ack"), chunk)
		if _, err := c.Write(answer); err != nil {
			return
		}
	}
}

// count is what has come.
type count struct {
	lines int // different ones
	whole int // records of which both lines came as one
	again int // records that came more than once
}

func (p *peer) came() (c count) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, n := range p.seen {
		c.again += n - 1
	}
	c.lines, c.whole = len(p.heads)+len(p.ends), len(p.seen)
	return c
}

// missing tells which lines of the first records are not there, of ten records at most.
func (p *peer) missing(records int) (list []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for n := range records {
		name := strconv.Itoa(n)
		if (!p.heads[name] || !p.ends[name]) && len(list) < 10 {
			list = append(list, fmt.Sprintf("record %d: first line %t, second line %t", n, p.heads[name], p.ends[name]))
		}
	}
	return list
}
