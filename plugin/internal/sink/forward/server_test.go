package forward

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tinylib/msgp/msgp"
	"go.uber.org/goleak"

	"github.com/cmtrail/cmtrail/plugin/internal/event"
	"github.com/cmtrail/cmtrail/plugin/internal/sink"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// received is a message that a server has read.
type received struct {
	tag     string
	entries []byte
	size    int
	chunk   string
}

// peer is one connection as the server sees it.
type peer struct {
	net.Conn
	in *msgp.Reader
}

// receive reads a PackedForward message by the specification.
func (p *peer) receive() (m received, err error) {
	n, err := p.in.ReadArrayHeader()
	if err != nil {
		return m, err
	}
	if n != 3 {
		return m, msgp.ArrayError{Wanted: 3, Got: n}
	}
	if m.tag, err = p.in.ReadString(); err != nil {
		return m, err
	}
	if m.entries, err = p.in.ReadBytes(nil); err != nil {
		return m, err
	}
	options, err := p.in.ReadMapHeader()
	if err != nil {
		return m, err
	}
	for range options {
		key, err := p.in.ReadString()
		if err != nil {
			return m, err
		}
		switch key {
		case "size":
			m.size, err = p.in.ReadInt()
		case "chunk":
			m.chunk, err = p.in.ReadString()
		default:
			err = errors.New("unknown option " + key)
		}
		if err != nil {
			return m, err
		}
	}
	return m, nil
}

func (p *peer) ack(chunk string) error {
	b := msgp.AppendMapHeader(nil, 1)
	b = msgp.AppendString(b, "ack")
	_, err := p.Write(msgp.AppendString(b, chunk))
	return err
}

// testServer runs a script on each connection and closes it when the script ends.
type testServer struct {
	listener net.Listener
	mu       sync.Mutex
	open     map[net.Conn]bool
	dialled  int
	got      []received
	done     sync.WaitGroup
	ended    chan struct{} // closed when the server stops
}

func serve(t testing.TB, l net.Listener, script func(s *testServer, p *peer)) *testServer {
	s := &testServer{listener: l, open: map[net.Conn]bool{}, ended: make(chan struct{})}
	s.done.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.open[c] = true
			s.dialled++
			s.mu.Unlock()
			s.done.Go(func() {
				defer s.forget(c)
				script(s, &peer{Conn: c, in: msgp.NewReader(c)})
			})
		}
	})
	t.Cleanup(s.stop)
	return s
}

// stop ends the server and all its connections.
func (s *testServer) stop() {
	close(s.ended)
	s.listener.Close()
	s.mu.Lock()
	for c := range s.open {
		c.Close()
	}
	s.mu.Unlock()
	s.done.Wait()
}

func (s *testServer) forget(c net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.Close()
	delete(s.open, c)
}

func (s *testServer) keep(m received) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, m)
}

// messages returns what has been received so far, and how many connections there have been.
func (s *testServer) messages() (got []received, dialled int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.got), s.dialled
}

// good takes and acknowledges everything.
func good(s *testServer, p *peer) {
	for {
		m, err := p.receive()
		if err != nil {
			return
		}
		s.keep(m)
		if p.ack(m.chunk) != nil {
			return
		}
	}
}

// silent reads until the other side is gone, and answers nothing.
func silent(_ *testServer, p *peer) { io.Copy(io.Discard, p) }

func listenTCP(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func listenUnix(t testing.TB) (net.Listener, string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "fw") // paths of sockets are short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	return l, "unix://" + path
}

// authority makes a certificate that is its own authority, for server and client alike, and returns its files.
func authority(t testing.TB, name string) (pair tls.Certificate, certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{name}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Unix(0, 0), NotAfter: time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC),
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, block := range map[string]*pem.Block{
		certFile: {Type: "CERTIFICATE", Bytes: der},
		keyFile:  {Type: "PRIVATE KEY", Bytes: keyDER},
	} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pair, err = tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		t.Fatal(err)
	}
	return pair, certFile, keyFile
}

// config is complete but for what a test is about.
func config(address string) Config {
	return Config{Address: address, TagPrefix: "cmtrail.", MaxBytes: 1 << 20, Timeout: 5 * time.Second, FailFast: time.Minute}
}

func newSink(t testing.TB, c Config) *Sink {
	t.Helper()
	s, err := New(c, "srv1.contoso.com/0", reporter{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

type reporter struct{}

func (reporter) Infof(string, ...any)  {}
func (reporter) Warnf(string, ...any)  {}
func (reporter) Errorf(string, ...any) {}

var stamp = event.AppendStamp(nil, time.Unix(1_700_000_000, 123_456_789))

// batchOf makes a batch of events {"log": line}.
func batchOf(lines ...string) *sink.Batch {
	b := &sink.Batch{Tag: "ccm"}
	for _, line := range lines {
		b.Add(func(dst []byte) []byte {
			dst = event.AppendHead(dst, stamp, []byte{0x80})
			return appendMap(dst, nil, pair{"log", msgp.AppendString(nil, line)})
		})
	}
	return b
}

// linesOf returns the lines that messages brought, in their order.
func linesOf(t *testing.T, got []received) (lines []string) {
	t.Helper()
	for _, m := range got {
		count := 0
		for rest := m.entries; len(rest) > 0; count++ {
			ev, after, err := event.Next(rest)
			if err != nil {
				t.Fatal(err)
			}
			line, _ := event.Text(event.Find(ev.Body, "log"))
			lines = append(lines, string(line))
			rest = after
		}
		if count != m.size {
			t.Errorf("size = %d for %d events", m.size, count)
		}
	}
	return lines
}

// shortTimeout is waited for in full where a server does nothing.
const shortTimeout = 50 * time.Millisecond
