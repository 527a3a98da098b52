package forward

import (
	"context"
	"crypto/rand"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/tinylib/msgp/msgp"

	"github.com/cmtrail/cmtrail/plugin/internal/event"
)

// handshake proves to the server that we hold the shared key, and has it prove the same: HELO, PING, PONG.
func (c *conn) handshake(ctx context.Context, conf Config) error {
	value, err := c.answer(ctx)
	if err != nil {
		return fmt.Errorf("HELO: %w", err)
	}
	hello, err := readHelo(value)
	if err != nil {
		return err
	}
	c.keepAlive = hello.keepAlive
	salt := nonce()
	if err := c.write(ctx, appendPing(nil, conf, hello, salt)); err != nil {
		return fmt.Errorf("PING: %w", err)
	}
	if value, err = c.answer(ctx); err != nil {
		return fmt.Errorf("PONG (some servers only hang up when the key is wrong): %w", err)
	}
	return readPong(value, salt, hello.nonce, conf)
}

// helo is the server's greeting.
type helo struct {
	nonce     []byte
	auth      []byte // salt for the password; may be empty when no user is asked for
	keepAlive bool
}

func readHelo(value []byte) (h helo, err error) {
	kind, rest, n := readKind(value)
	if kind != "HELO" || n != 2 {
		return h, fmt.Errorf("the server greets with %q, expected HELO: does it have a shared key?", kind)
	}
	h.keepAlive = true
	fields := event.FieldsOf(rest)
	for f, ok := fields.Next(); ok; f, ok = fields.Next() {
		switch string(f.Name) {
		case "nonce":
			h.nonce, _ = event.Text(f.Value)
		case "auth":
			h.auth, _ = event.Text(f.Value)
		case "keepalive":
			if on, _, err := msgp.ReadBoolBytes(f.Value); err == nil {
				h.keepAlive = on
			}
		}
	}
	if len(h.nonce) == 0 {
		return helo{}, errors.New("HELO has no nonce")
	}
	h.nonce, h.auth = append([]byte(nil), h.nonce...), append([]byte(nil), h.auth...) // the buffer is read into again
	return h, nil
}

// appendPing writes ["PING", hostname, salt, digest of the key, user, digest of the password]. A salt for the password does
// not mean that a user is asked for: Fluent Bit always sends one.
func appendPing(dst []byte, conf Config, h helo, salt string) []byte {
	user, password := "", ""
	if len(h.auth) > 0 && conf.User != "" {
		user, password = conf.User, digest(string(h.auth), conf.User, conf.Password)
	}
	dst = msgp.AppendArrayHeader(dst, 6)
	dst = msgp.AppendString(dst, "PING")
	dst = msgp.AppendString(dst, conf.Hostname)
	dst = msgp.AppendString(dst, salt)
	dst = msgp.AppendString(dst, digest(salt, conf.Hostname, string(h.nonce), conf.SharedKey))
	dst = msgp.AppendString(dst, user)
	return msgp.AppendString(dst, password)
}

// readPong reads ["PONG", accepted, reason, hostname, digest of the key].
func readPong(value []byte, salt string, nonce []byte, conf Config) error {
	kind, rest, n := readKind(value)
	if kind != "PONG" || n != 5 {
		return fmt.Errorf("the server answers with %q, expected PONG", kind)
	}
	accepted, rest, err := msgp.ReadBoolBytes(rest)
	if err != nil {
		return errors.New("PONG does not say whether we are accepted")
	}
	var texts [3]string
	for i := range texts {
		end, err := msgp.Skip(rest)
		if err != nil {
			return errors.New("PONG is cut short")
		}
		text, _ := event.Text(rest[:len(rest)-len(end)])
		texts[i], rest = string(text), end
	}
	if !accepted {
		return fmt.Errorf("the server refuses us: %s", texts[0])
	}
	if texts[1] == conf.Hostname {
		// Its digest would be the very one that we sent, and prove nothing.
		return fmt.Errorf("the server calls itself %q, as we do: set forward_hostname to another name", texts[1])
	}
	want := digest(salt, texts[1], string(nonce), conf.SharedKey)
	if subtle.ConstantTimeCompare([]byte(want), []byte(texts[2])) != 1 {
		return errors.New("the server does not hold the shared key")
	}
	return nil
}

// readKind returns the text that begins an array, what follows it, and how many items the array has.
func readKind(value []byte) (kind string, rest []byte, n uint32) {
	n, rest, err := msgp.ReadArrayHeaderBytes(value)
	if err != nil || n == 0 {
		return "", nil, 0
	}
	end, err := msgp.Skip(rest)
	if err != nil {
		return "", nil, 0
	}
	text, _ := event.Text(rest[:len(rest)-len(end)])
	return string(text), end, n
}

// readAck reads {"ack": id}.
func readAck(value []byte) (string, error) {
	if kind, _, _ := readKind(value); kind == "HELO" {
		return "", errors.New("the server asks for a handshake: set forward_shared_key")
	}
	id, ok := event.Text(event.Find(value, "ack"))
	if !ok {
		return "", errors.New("the answer acknowledges nothing")
	}
	return string(id), nil
}

func digest(parts ...string) string {
	h := sha512.New()
	for _, p := range parts {
		h.Write([]byte(p))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// nonce returns 32 random hexadecimal digits.
func nonce() string {
	var b [16]byte
	rand.Read(b[:]) //nolint:errcheck // never fails
	return hex.EncodeToString(b[:])
}
