package forward

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/cmtrail/cmtrail/plugin/internal/sink"
)

// Sink is a client of one server. One message is under way at a time: what limits it is not the socket, and events of one
// log stay in their order.
type Sink struct {
	config   Config
	target   target
	instance string
	log      sink.Reporter

	mu     sync.Mutex
	conn   *conn // nil while there is none
	fast   sink.FailFast
	last   error // what the window was opened by
	buf    []byte
	number uint64 // of messages, for their ids
	salt   string // makes ids differ from those of other instances
}

var _ sink.Sink = (*Sink)(nil)

// New returns a sink that connects when there is something to send. instance is the value of sink.Origin.
func New(c Config, instance string, log sink.Reporter) (*Sink, error) {
	t, err := c.target()
	if err != nil {
		return nil, err
	}
	if c.Hostname == "" {
		if c.Hostname, err = os.Hostname(); err != nil {
			c.Hostname = "localhost"
		}
	}
	return &Sink{config: c, target: t, instance: instance, log: log, salt: nonce(), fast: sink.FailFast{Window: c.FailFast}}, nil
}

// Send hands on a batch in messages of at most MaxBytes. It returns the number of events whose message was acknowledged.
func (s *Sink) Send(ctx context.Context, b *sink.Batch) (n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.fast.Open(time.Now()) {
		return 0, fmt.Errorf("forward: not tried again so soon after: %w", s.last)
	}
	for n < b.Len() && err == nil {
		var events int
		events, err = s.message(ctx, b, n)
		if err == nil {
			n += events
		}
	}
	if err != nil {
		s.drop()
		s.last = err
		s.fast.Failed(time.Now())
		return n, fmt.Errorf("forward: %s: %w", s.config.Address, err)
	}
	return n, nil
}

// message sends the events from number first on that fit into one message, and waits for its acknowledgement.
func (s *Sink) message(ctx context.Context, b *sink.Batch, first int) (events int, err error) {
	if err := s.connect(ctx); err != nil {
		return 0, err
	}
	s.number++
	id := fmt.Sprintf("%s-%d", s.salt, s.number)
	s.buf, events = s.encode(s.buf[:0], b, first, id)
	if err := s.conn.write(ctx, s.buf); err != nil {
		return 0, err
	}
	acknowledged, err := s.conn.acknowledgement(ctx)
	if err != nil {
		return 0, fmt.Errorf("no acknowledgement: %w", err)
	}
	if acknowledged != id {
		return 0, fmt.Errorf("the server acknowledged %q, expected %q", acknowledged, id)
	}
	if !s.conn.keepAlive {
		s.drop()
	}
	return events, nil
}

func (s *Sink) drop() {
	if s.conn != nil {
		s.conn.Close() //nolint:errcheck // nothing is under way
		s.conn = nil
	}
}

// Close ends the connection.
func (s *Sink) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop()
	s.last, s.fast = errors.New("closed"), sink.FailFast{}
	return nil
}
