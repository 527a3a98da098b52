package forward

import (
	"bytes"
	"io"
	"net"
	"strings"
	"testing"
	"testing/iotest"
)

// answers makes a connection out of what a server answers.
type answers struct {
	net.Conn
	io.Reader
}

func (a answers) Read(b []byte) (int, error) { return a.Reader.Read(b) }

// FuzzAnswers reads what a server may send as each of the answers, whole and byte by byte.
func FuzzAnswers(f *testing.F) {
	f.Add([]byte("\x81\xa3ack\xa2id"))
	f.Add([]byte("\x81\xa3ack\xc4\x02id\x80"))
	f.Add(appendHelo("nonce", "salt", false))
	f.Add(appendPong(true, "", "server", digest("salt", "server", "nonce", "key")))
	f.Add(appendPong(false, "no", "", ""))
	f.Add([]byte("\xdf\xff\xff\xff\xff"))
	f.Add([]byte(strings.Repeat("\x91", maxAnswer)))
	f.Add([]byte{0xc1})
	f.Fuzz(func(t *testing.T, data []byte) {
		data = data[:min(len(data), 2*maxAnswer)] // nothing beyond the longest answer is read
		whole := valuesOf(t, bytes.NewReader(data))
		parts := valuesOf(t, iotest.OneByteReader(bytes.NewReader(data)))
		if !bytes.Equal(bytes.Join(whole, nil), bytes.Join(parts, nil)) || len(whole) != len(parts) {
			t.Fatalf("%d answers at once, %d byte by byte", len(whole), len(parts))
		}
		for _, value := range whole {
			if id, err := readAck(value); err == nil && !bytes.Contains(value, []byte(id)) {
				t.Errorf("acknowledged %q in %q", id, value)
			}
			if h, err := readHelo(value); err == nil && len(h.nonce) == 0 {
				t.Errorf("a HELO without a nonce: %q", value)
			}
			proof := digest("salt", "server", "nonce", "key")
			err := readPong(value, "salt", []byte("nonce"), Config{Hostname: "client", SharedKey: "key"})
			if err == nil && !bytes.Contains(value, []byte(proof)) && !bytes.Contains(value, []byte("PONG")) {
				t.Errorf("trusted without a proof: %q", value)
			}
		}
	})
}

// valuesOf returns the answers that come before the first fault. The values are copies.
func valuesOf(t *testing.T, from io.Reader) (values [][]byte) {
	c := &conn{Conn: answers{Reader: from}}
	for {
		value, err := c.next()
		if err != nil {
			return values
		}
		if len(value) == 0 {
			t.Fatal("an answer of no bytes")
		}
		values = append(values, bytes.Clone(value))
	}
}
