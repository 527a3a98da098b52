package forward

import (
	"errors"
	"fmt"

	"github.com/tinylib/msgp/msgp"

	"github.com/cmtrail/cmtrail/plugin/internal/event"
)

// checkAck tells whether an answer acknowledges a chunk.
func checkAck(answer []byte, chunk string) error {
	if _, err := readHelo(answer); err == nil {
		return errors.New("the server asks for a handshake: set forward_shared_key")
	}
	ack, ok := event.Text(event.Find(answer, "ack"))
	if !ok {
		return errors.New("the answer is not an acknowledgement")
	}
	if string(ack) != chunk {
		return fmt.Errorf("the acknowledgement is for %q, expected %q", ack, chunk)
	}
	return nil
}

// helo is how a server begins a handshake. Its fields are views of the answer.
type helo struct {
	nonce     []byte
	auth      []byte // salt of the password; empty when no user is asked for
	keepAlive bool   // the connection may be used for more than one message
}

// readHelo reads ["HELO", {"nonce": ..., "auth": ..., "keepalive": ...}].
func readHelo(answer []byte) (helo, error) {
	values := elements(answer, "HELO", 2)
	if values == nil {
		return helo{}, errors.New("the server did not begin the handshake with a HELO")
	}
	h := helo{keepAlive: true}
	var ok bool
	if h.nonce, ok = event.Text(event.Find(values[1], "nonce")); !ok || len(h.nonce) == 0 {
		return helo{}, errors.New("the server's HELO has no nonce")
	}
	h.auth, _ = event.Text(event.Find(values[1], "auth"))
	if keep := event.Find(values[1], "keepalive"); keep != nil {
		if on, _, err := msgp.ReadBoolBytes(keep); err == nil {
			h.keepAlive = on
		}
	}
	return h, nil
}

// pong is how a server ends a handshake. Its fields are views of the answer.
type pong struct {
	ok       bool
	reason   []byte
	hostname []byte
	digest   []byte
}

// readPong reads ["PONG", ok, reason, hostname, digest].
func readPong(answer []byte) (pong, error) {
	values := elements(answer, "PONG", 5)
	if values == nil {
		return pong{}, errors.New("the server did not answer with a PONG")
	}
	accepted, _, err := msgp.ReadBoolBytes(values[1])
	if err != nil {
		return pong{}, errors.New("the server's PONG does not say whether it accepts")
	}
	p := pong{ok: accepted}
	p.reason, _ = event.Text(values[2])
	p.hostname, _ = event.Text(values[3])
	p.digest, _ = event.Text(values[4])
	return p, nil
}

// elements returns the values of an array of n that begins with a word; nil when the answer is something else.
func elements(answer []byte, word string, n uint32) (values [][]byte) {
	size, rest, err := msgp.ReadArrayHeaderBytes(answer)
	if err != nil || size != n {
		return nil
	}
	for range n {
		after, err := msgp.Skip(rest)
		if err != nil {
			return nil
		}
		values = append(values, rest[:len(rest)-len(after)])
		rest = after
	}
	if first, ok := event.Text(values[0]); !ok || string(first) != word {
		return nil
	}
	return values
}
