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

// server is whom to connect to, and how.
type server struct {
	address address
	tls     *tls.Config // nil = none
	secrets *secrets    // nil = no handshake
	timeout time.Duration
}

// conn is a connection that is ready for messages.
type conn struct {
	net.Conn           // of TLS, when it is used
	raw       net.Conn // what is below TLS
	timeout   time.Duration
	keepAlive bool // more than one message may be sent

	in   []byte // what has been read; its capacity is the longest answer
	used int    // how much of it has been an answer
}

// maxAnswer is far above what servers answer: names, digests and one reason.
const maxAnswer = 4096

// dial connects and passes the handshakes of TLS and of the protocol, all within the timeout.
func (s *server) dial(ctx context.Context) (*conn, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	raw, err := new(net.Dialer).DialContext(ctx, s.address.network, s.address.dial)
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: raw, raw: raw, timeout: s.timeout, keepAlive: true, in: make([]byte, 0, maxAnswer)}
	if err := s.greet(ctx, c); err != nil {
		c.abort()
		return nil, err
	}
	return c, nil
}

// greet passes the handshakes.
func (s *server) greet(ctx context.Context, c *conn) error {
	if s.tls != nil {
		secure := tls.Client(c.raw, s.tls)
		if err := secure.HandshakeContext(ctx); err != nil {
			return fmt.Errorf("tls: %w", err)
		}
		c.Conn = secure
	}
	if s.secrets == nil {
		return nil
	}
	until, _ := ctx.Deadline()
	stop := c.interruptedBy(ctx)
	err := c.handshake(ctx, *s.secrets, until)
	if !stop() && err == nil {
		return ctx.Err()
	}
	return err
}

// exchange sends a message and waits until the server has acknowledged its chunk.
func (c *conn) exchange(ctx context.Context, message []byte, chunk string) error {
	stop := c.interruptedBy(ctx)
	err := c.write(ctx, message, time.Now().Add(c.timeout))
	if err != nil {
		err = fmt.Errorf("writing: %w", err)
	} else {
		err = c.acknowledged(ctx, chunk)
	}
	if !stop() {
		c.keepAlive = false // its deadlines may still be moved
	}
	return err
}

func (c *conn) acknowledged(ctx context.Context, chunk string) error {
	answer, err := c.read(ctx, time.Now().Add(c.timeout))
	if err != nil {
		return fmt.Errorf("waiting for the acknowledgement: %w", err)
	}
	return checkAck(answer, chunk)
}

// interruptedBy makes what is under way fail when ctx ends, until stop is called. When stop returns false, it may fail
// later than that.
func (c *conn) interruptedBy(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, func() {
		c.raw.SetDeadline(time.Unix(1, 0)) //nolint:errcheck // a connection that is closed fails without it
	})
}

func (c *conn) write(ctx context.Context, b []byte, until time.Time) error {
	if err := c.SetWriteDeadline(until); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil { // after the deadline has been set, lest it undo the interruption
		return err
	}
	_, err := c.Write(b)
	return c.plain(err)
}

// read returns the next answer. It is valid until the next call.
func (c *conn) read(ctx context.Context, until time.Time) ([]byte, error) {
	if err := c.SetReadDeadline(until); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil { // as in write
		return nil, err
	}
	return c.next(c.Conn)
}

// next reads one msgpack value.
func (c *conn) next(from io.Reader) ([]byte, error) {
	c.in = c.in[:copy(c.in, c.in[c.used:])]
	c.used = 0
	for {
		rest, err := msgp.Skip(c.in)
		if err == nil {
			c.used = len(c.in) - len(rest)
			return c.in[:c.used], nil
		}
		if !errors.Is(msgp.Cause(err), msgp.ErrShortBytes) {
			return nil, errors.New("the answer is not msgpack")
		}
		if len(c.in) == cap(c.in) {
			return nil, fmt.Errorf("the answer is longer than %d bytes", cap(c.in))
		}
		n, err := from.Read(c.in[len(c.in):cap(c.in)])
		c.in = c.in[:len(c.in)+n]
		if n == 0 && err != nil {
			return nil, c.plain(err)
		}
	}
}

// plain says in words what the commonest errors mean.
func (c *conn) plain(err error) error {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("the server did nothing for %s: %w", c.timeout, err)
	case errors.Is(err, io.EOF):
		return fmt.Errorf("the server closed the connection: %w", err)
	}
	return err
}

// abort closes the connection without a word: TLS would wait for a server that takes nothing.
func (c *conn) abort() {
	c.raw.Close() //nolint:errcheck // nothing is left on it
}
