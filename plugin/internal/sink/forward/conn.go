package forward

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/tinylib/msgp/msgp"
)

// conn is a connection that is ready for messages.
type conn struct {
	net.Conn
	timeout   time.Duration
	keepAlive bool
	pending   []byte // bytes that came and have not been read
}

// maxAnswer bounds what a server may answer.
const maxAnswer = 64 << 10

// connect makes the connection unless there is one.
func (s *Sink) connect(ctx context.Context) error {
	if s.conn != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, s.config.Timeout)
	defer cancel()
	var raw net.Conn
	var err error
	dialer := net.Dialer{}
	if s.target.tls {
		var conf *tls.Config
		if conf, err = s.config.tls(s.target); err != nil {
			return err
		}
		raw, err = (&tls.Dialer{NetDialer: &dialer, Config: conf}).DialContext(ctx, s.target.network, s.target.address)
	} else {
		raw, err = dialer.DialContext(ctx, s.target.network, s.target.address)
	}
	if err != nil {
		return err
	}
	c := &conn{Conn: raw, timeout: s.config.Timeout, keepAlive: true}
	if s.config.SharedKey != "" {
		if err := c.handshake(ctx, s.config); err != nil {
			raw.Close() //nolint:errcheck // the other error is the one to tell
			return fmt.Errorf("handshake: %w", err)
		}
	}
	s.conn = c
	return nil
}

// deadline bounds the next step by the timeout and by the context.
func (c *conn) deadline(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	at := time.Now().Add(c.timeout)
	if end, ok := ctx.Deadline(); ok && end.Before(at) {
		at = end
	}
	return c.SetDeadline(at)
}

func (c *conn) write(ctx context.Context, b []byte) error {
	if err := c.deadline(ctx); err != nil {
		return err
	}
	_, err := c.Write(b)
	return err
}

// answer reads the next msgpack value.
func (c *conn) answer(ctx context.Context) ([]byte, error) {
	if err := c.deadline(ctx); err != nil {
		return nil, err
	}
	for {
		if len(c.pending) > 0 {
			rest, err := msgp.Skip(c.pending)
			if err == nil {
				value := c.pending[:len(c.pending)-len(rest)]
				c.pending = rest
				return value, nil
			}
			if !errors.Is(err, msgp.ErrShortBytes) {
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
			if errors.Is(err, io.EOF) {
				err = errors.New("the server closed the connection")
			}
			return nil, err
		}
	}
}

// acknowledgement reads {"ack": id}.
func (c *conn) acknowledgement(ctx context.Context) (string, error) {
	value, err := c.answer(ctx)
	if err != nil {
		return "", err
	}
	return readAck(value)
}
