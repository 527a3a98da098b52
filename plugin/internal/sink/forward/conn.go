package forward

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"github.com/tinylib/msgp/msgp"
)

// conn is a connection that is ready for messages.
type conn struct {
	net.Conn           // of TLS, when it is used
	raw       net.Conn // what is below TLS
	timeout   time.Duration
	keepAlive bool
	pending   []byte // bytes that came and have not been read
}

// maxAnswer bounds what a server may answer. Answers hold names, digests and one reason.
const maxAnswer = 4 << 10

// connect makes the connection unless there is one, all within the timeout.
func (s *Sink) connect(ctx context.Context) error {
	if s.conn != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, s.config.Timeout)
	defer cancel()
	raw, err := new(net.Dialer).DialContext(ctx, s.target.network, s.target.address)
	if err != nil {
		return err
	}
	c := &conn{Conn: raw, raw: raw, timeout: s.config.Timeout, keepAlive: true}
	if err := s.greet(ctx, c); err != nil {
		c.abort()
		return err
	}
	s.conn = c
	return nil
}

// greet passes the handshakes of TLS and of the protocol.
func (s *Sink) greet(ctx context.Context, c *conn) error {
	if s.tls != nil {
		secure := tls.Client(c.raw, s.tls)
		if err := secure.HandshakeContext(ctx); err != nil {
			return fmt.Errorf("tls: %w", err)
		}
		c.Conn = secure
	}
	if s.config.SharedKey == "" {
		return nil
	}
	stop := c.interruptedBy(ctx)
	err := c.handshake(ctx, s.config)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("handshake: %w", err)
	}
	return nil
}

// exchange sends a message and waits for the acknowledgement of its id.
func (c *conn) exchange(ctx context.Context, message []byte, id string) error {
	stop := c.interruptedBy(ctx)
	err := c.write(ctx, message)
	if err == nil {
		err = c.acknowledged(ctx, id)
	}
	if !stop() {
		c.keepAlive = false // its deadline may still be moved
	}
	return err
}

// interruptedBy makes the step under way fail when ctx ends, until stop is called. When stop returns false, a later step
// may fail as well.
func (c *conn) interruptedBy(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, func() {
		c.raw.SetDeadline(time.Unix(1, 0)) //nolint:errcheck // a closed connection fails without it
	})
}

// abort closes the connection without a word: TLS would first wait for a server that takes nothing.
func (c *conn) abort() {
	c.raw.Close() //nolint:errcheck // nothing on it is of use any more
}

// deadline bounds the next step by the timeout and by the context.
func (c *conn) deadline(ctx context.Context) error {
	at := time.Now().Add(c.timeout)
	if end, ok := ctx.Deadline(); ok && end.Before(at) {
		at = end
	}
	if err := c.SetDeadline(at); err != nil {
		return err
	}
	return ctx.Err() // last, so that an interruption that came before is not undone
}

func (c *conn) write(ctx context.Context, b []byte) error {
	if err := c.deadline(ctx); err != nil {
		return err
	}
	if _, err := c.Write(b); err != nil {
		return c.plain(err)
	}
	return nil
}

// plain says in words what the commonest faults mean.
func (c *conn) plain(err error) error {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("the server did nothing within %s: %w", c.timeout, err)
	case errors.Is(err, io.EOF):
		return errors.New("the server closed the connection")
	}
	return err
}

// answer reads the next msgpack value.
func (c *conn) answer(ctx context.Context) ([]byte, error) {
	if err := c.deadline(ctx); err != nil {
		return nil, err
	}
	return c.next()
}

// next reads one msgpack value.
func (c *conn) next() ([]byte, error) {
	for {
		if len(c.pending) > 0 {
			rest, err := msgp.Skip(c.pending)
			if err == nil {
				value := c.pending[:len(c.pending)-len(rest)]
				c.pending = rest
				return value, nil
			}
			if !errors.Is(msgp.Cause(err), msgp.ErrShortBytes) {
				return nil, errors.New("the answer is not msgpack")
			}
		}
		if len(c.pending) > maxAnswer {
			return nil, errors.New("the answer is too long")
		}
		var part [4096]byte
		n, err := c.Read(part[:])
		c.pending = append(c.pending, part[:n]...)
		if n == 0 && err != nil {
			return nil, c.plain(err)
		}
	}
}

// acknowledged waits for {"ack": id}.
func (c *conn) acknowledged(ctx context.Context, id string) error {
	value, err := c.answer(ctx)
	if err != nil {
		return fmt.Errorf("no acknowledgement: %w", err)
	}
	got, err := readAck(value)
	if err != nil {
		return err
	}
	if got != id {
		return fmt.Errorf("the server acknowledged %q, expected %q", got, id)
	}
	return nil
}
