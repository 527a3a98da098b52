// Package forward hands events to a server that speaks the Fluentd forward protocol: Fluent Bit, Fluentd or an
// OpenTelemetry Collector. Events count as handed on when the server has acknowledged the message they were in.
package forward

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/cmtrail/cmtrail/plugin/internal/event"
	"github.com/cmtrail/cmtrail/plugin/internal/sink"
)

// Sink sends over one connection, one message at a time, so that events arrive in the order in which they are sent and a
// server that is away is found out once. Other calls of Send wait for their turn.
type Sink struct {
	config Config
	server server
	chunks string // begins the names of this sink's chunks
	now    func() time.Time
	turn   chan struct{} // holds one value while a Send is under way; it guards what follows

	entries  entries
	message  message
	conn     *conn // nil = none
	sent     uint64
	failFast sink.FailFast
	failure  error // the latest
}

var _ sink.Sink = (*Sink)(nil)

// New returns a sink that sends in the name of an instance. It does not connect yet.
func New(c Config, instance string, log sink.Reporter) (*Sink, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	to, err := parseAddress(c.Address)
	if err != nil {
		return nil, err
	}
	s := &Sink{
		config:   c,
		server:   server{address: to, timeout: c.Timeout},
		chunks:   rand.Text() + "-",
		now:      time.Now,
		turn:     make(chan struct{}, 1),
		failFast: sink.FailFast{Window: c.FailFast},
	}
	s.entries = newEntries(c.Metadata, instance, s.clock)
	if to.secure {
		if s.server.tls, err = c.tls(to.host); err != nil {
			return nil, err
		}
		if c.Insecure {
			log.Warnf("forward_tls_verify is off: whoever answers at %s is taken for the server", c.Address)
		}
	}
	if c.handshakes() {
		name := c.Hostname
		if name == "" {
			if name, err = os.Hostname(); err != nil {
				return nil, fmt.Errorf("forward_hostname: is empty, and the system does not tell: %w", err)
			}
		}
		s.server.secrets = &secrets{hostname: name, key: c.SharedKey, user: c.User, password: c.Password}
	}
	return s, nil
}

// Send sends the events in messages of a bounded size and returns how many have been acknowledged.
func (s *Sink) Send(ctx context.Context, b *sink.Batch) (n int, err error) {
	if b.Len() == 0 {
		return 0, nil
	}
	if n, err = s.await(ctx, b); err != nil {
		err = fmt.Errorf("forward to %s: %w", s.config.Address, err)
	}
	return n, err
}

// await sends when it is this call's turn.
func (s *Sink) await(ctx context.Context, b *sink.Batch) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	if !s.failFast.Open(s.now()) {
		return 0, fmt.Errorf("not tried again for %s after a failure: %w", s.config.FailFast, s.failure)
	}
	n, err := s.send(ctx, b)
	s.message.shrink(s.config.MaxBytes)
	if err == nil {
		return n, nil
	}
	s.abort()
	if ctx.Err() != nil {
		return n, ctx.Err() // says nothing about the server
	}
	s.failure = err
	s.failFast.Failed(s.now())
	return n, err
}

// send cuts the batch into messages and returns how many events have been acknowledged.
func (s *Sink) send(ctx context.Context, b *sink.Batch) (n int, err error) {
	tag := s.config.TagPrefix + b.Tag
	s.message.begin(tag)
	for _, ev := range b.Events() {
		if s.add(ev) {
			continue
		}
		if err := s.deliver(ctx); err != nil {
			return n, err
		}
		n += s.message.events
		s.message.begin(tag)
		s.add(ev)
	}
	if err := s.deliver(ctx); err != nil {
		return n, err
	}
	return n + s.message.events, nil
}

func (s *Sink) add(ev event.Event) bool { return s.message.add(&s.entries, ev, s.config.MaxBytes) }

// deliver sends the message and waits until it is acknowledged.
func (s *Sink) deliver(ctx context.Context) (err error) {
	if s.conn == nil {
		if s.conn, err = s.server.dial(ctx); err != nil {
			return err
		}
	}
	s.sent++
	chunk := s.chunks + strconv.FormatUint(s.sent, 10)
	if err := s.conn.exchange(ctx, s.message.end(chunk), chunk); err != nil {
		return err
	}
	if !s.conn.keepAlive {
		s.conn.Close() //nolint:errcheck // everything sent on it has been acknowledged
		s.conn = nil
	}
	return nil
}

// abort drops the connection: what is still to come on it belongs to a message that has been given up.
func (s *Sink) abort() {
	if s.conn != nil {
		s.conn.abort()
		s.conn = nil
	}
}

// clock reads now when it is asked for the time, so that tests can set it.
func (s *Sink) clock() time.Time { return s.now() }

// Close closes the connection. Everything sent on it has been acknowledged or given up.
func (s *Sink) Close() error {
	if s.conn == nil {
		return nil
	}
	err := s.conn.Close()
	s.conn = nil
	return err
}
