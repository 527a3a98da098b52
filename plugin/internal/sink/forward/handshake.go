package forward

import (
	"context"
	"crypto/rand"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/tinylib/msgp/msgp"
)

// secrets is what both sides of a handshake must know.
type secrets struct {
	hostname string // of this side
	key      string
	user     string
	password string
}

// handshake proves to the server that this side knows the secrets, and has it prove that it knows the key. Nothing else
// has been sent before.
func (c *conn) handshake(ctx context.Context, s secrets, until time.Time) error {
	answer, err := c.read(ctx, until)
	if err != nil {
		return fmt.Errorf("waiting for the server's HELO: %w", err)
	}
	h, err := readHelo(answer)
	if err != nil {
		return err
	}
	c.keepAlive = h.keepAlive
	nonce, salt := string(h.nonce), rand.Text()
	if err := c.write(ctx, appendPing(nil, s, salt, h), until); err != nil {
		return fmt.Errorf("writing the PING: %w", err)
	}
	if answer, err = c.read(ctx, until); err != nil {
		return fmt.Errorf("waiting for the server's PONG (a server may close the connection when the key or the user is wrong): %w", err)
	}
	p, err := readPong(answer)
	if err != nil {
		return err
	}
	return p.check(s, salt, nonce)
}

// appendPing writes ["PING", hostname, salt, digest of the key, user, digest of the password].
func appendPing(dst []byte, s secrets, salt string, h helo) []byte {
	user, password := "", ""
	if len(h.auth) > 0 {
		user, password = s.user, digest(string(h.auth), s.user, s.password)
	}
	dst = msgp.AppendArrayHeader(dst, 6)
	for _, text := range []string{"PING", s.hostname, salt, digest(salt, s.hostname, string(h.nonce), s.key), user, password} {
		dst = msgp.AppendString(dst, text)
	}
	return dst
}

// check tells whether the server accepts this side, and this side the server.
func (p pong) check(s secrets, salt, nonce string) error {
	if !p.ok {
		return fmt.Errorf("the server refuses the key or the user: %s", p.reason)
	}
	if string(p.hostname) == s.hostname {
		// Its digest would be the very one that it has just been sent, and prove nothing.
		return fmt.Errorf("the server calls itself %q, as this side does: set forward_hostname to another name", p.hostname)
	}
	if subtle.ConstantTimeCompare(p.digest, []byte(digest(salt, string(p.hostname), nonce, s.key))) != 1 {
		return errors.New("the server does not know forward_shared_key")
	}
	return nil
}

// digest is the SHA-512 of texts one behind the other, in hexadecimal digits.
func digest(texts ...string) string {
	h := sha512.New()
	for _, text := range texts {
		h.Write([]byte(text)) //nolint:errcheck // a hash takes everything
	}
	return hex.EncodeToString(h.Sum(nil))
}
