package forward

import (
	"context"
	"crypto/tls"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/tinylib/msgp/msgp"

	"github.com/cmtrail/cmtrail/plugin/internal/sink"
)

// Sink is a client of one server. One message is under way at a time: what limits it is not the socket, events of one log
// stay in their order, and a server that is away is found out once. Other calls of Send wait for their turn.
type Sink struct {
	config   Config
	target   target
	tls      *tls.Config // nil = none
	instance string
	origin   []byte // instance, encoded
	salt     string // makes ids differ from those of other instances
	now      func() time.Time

	turn   chan struct{} // holds a value while a Send is under way; a mutex could not be left when a context ends
	conn   *conn         // nil while there is none
	fast   sink.FailFast
	last   error // what the window was opened by
	buf    []byte
	number uint64 // of messages, for their ids
}

var _ sink.Sink = (*Sink)(nil)

// New returns a sink that connects when there is something to send. instance is the value of sink.Origin.
func New(c Config, instance string, log sink.Reporter) (*Sink, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	t, err := c.target()
	if err != nil {
		return nil, err
	}
	s := &Sink{
		target: t, instance: instance, origin: msgp.AppendString(nil, instance), salt: nonce(), now: time.Now,
		turn: make(chan struct{}, 1), fast: sink.FailFast{Window: c.FailFast},
	}
	if t.tls {
		if s.tls, err = c.tls(t); err != nil {
			return nil, err
		}
		if c.Insecure {
			log.Warnf("forward_tls_verify is off: whoever answers at %s is taken for the server", c.Address)
		}
	}
	if c.Hostname == "" && c.SharedKey != "" {
		if c.Hostname, err = os.Hostname(); err != nil {
			return nil, fmt.Errorf("forward_hostname: is empty, and the system does not tell: %w", err)
		}
	}
	s.config = c
	return s, nil
}

// Send hands on a batch in messages of at most MaxBytes. It returns the number of events whose message was acknowledged.
func (s *Sink) Send(ctx context.Context, b *sink.Batch) (n int, err error) {
	if b.Len() == 0 {
		return 0, nil
	}
	if n, err = s.send(ctx, b); err != nil {
		err = fmt.Errorf("forward: %s: %w", s.config.Address, err)
	}
	return n, err
}

func (s *Sink) send(ctx context.Context, b *sink.Batch) (n int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	if !s.fast.Open(s.now()) {
		return 0, fmt.Errorf("not tried again within %s of a failure: %w", s.config.FailFast, s.last)
	}
	for n < b.Len() {
		events, err := s.message(ctx, b, n)
		if err != nil {
			s.abort()
			if ctx.Err() != nil {
				return n, ctx.Err() // says nothing of the server
			}
			s.last = err
			s.fast.Failed(s.now())
			return n, err
		}
		n += events
	}
	if cap(s.buf) > 4*s.config.MaxBytes {
		s.buf = nil // one very long event made it grow
	}
	return n, nil
}

// message sends the events from number first on that fit into one message, and waits for its acknowledgement.
func (s *Sink) message(ctx context.Context, b *sink.Batch, first int) (events int, err error) {
	if err := s.connect(ctx); err != nil {
		return 0, err
	}
	s.number++
	id := s.salt + "-" + strconv.FormatUint(s.number, 10)
	s.buf, events = s.encode(s.buf[:0], b, first, id)
	if err := s.conn.exchange(ctx, s.buf, id); err != nil {
		return 0, err
	}
	if !s.conn.keepAlive {
		s.drop()
	}
	return events, nil
}

// drop closes a connection on which everything has been acknowledged.
func (s *Sink) drop() {
	if s.conn != nil {
		s.conn.Close() //nolint:errcheck // nothing is under way
		s.conn = nil
	}
}

// abort closes a connection whose message has been given up.
func (s *Sink) abort() {
	if s.conn != nil {
		s.conn.abort()
		s.conn = nil
	}
}

// Close ends the connection.
func (s *Sink) Close() error {
	s.drop()
	return nil
}
