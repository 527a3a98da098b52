package conformance

import (
	"net"
	"regexp"
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
	seen     map[string]int
	done     sync.WaitGroup
}

func newPeer(t *testing.T) *peer {
	t.Helper()
	p := &peer{t: t, address: "127.0.0.1:0", mood: away, open: map[net.Conn]bool{}, seen: map[string]int{}}
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

// ended finds a whole record in what was sent: its text, of two lines, as it stands in a packed message.
var ended = regexp.MustCompile(`Search number (\d+)\nhas ended`)

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
		for _, found := range ended.FindAllSubmatch(entries, -1) {
			p.seen[string(found[1])]++
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

// came returns how many different records have come, and how many of them came again.
func (p *peer) came() (records, again int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, n := range p.seen {
		again += n - 1
	}
	return len(p.seen), again
}
