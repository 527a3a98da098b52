package forward

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cmtrail/cmtrail/plugin/internal/sink"
)

func TestSend(t *testing.T) {
	for _, tt := range []struct {
		name  string
		begin func(t *testing.T) (net.Listener, Config)
	}{
		{"tcp", func(t *testing.T) (net.Listener, Config) {
			l := listenTCP(t)
			return l, config("tcp://" + l.Addr().String())
		}},
		{"no scheme", func(t *testing.T) (net.Listener, Config) {
			l := listenTCP(t)
			return l, config(l.Addr().String())
		}},
		{"unix", func(t *testing.T) (net.Listener, Config) {
			l, address := listenUnix(t)
			return l, config(address)
		}},
		{"tls with a client certificate", func(t *testing.T) (net.Listener, Config) {
			pair, cert, key := authority(t, "logs.contoso.com")
			l := listenTCP(t)
			c := config("tls://" + l.Addr().String())
			c.CAFile, c.CertFile, c.KeyFile, c.ServerName = cert, cert, key, "logs.contoso.com"
			clients := x509.NewCertPool()
			clients.AddCert(pair.Leaf)
			return tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: clients}), c
		}},
		{"tls unverified", func(t *testing.T) (net.Listener, Config) {
			pair, _, _ := authority(t, "logs.contoso.com")
			l := listenTCP(t)
			c := config("tls://" + l.Addr().String())
			c.Insecure = true
			return tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{pair}}), c
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l, c := tt.begin(t)
			server := serve(t, l, good)
			s := newSink(t, c)
			for _, lines := range [][]string{{"one", "two"}, nil, {"three"}} {
				if n, err := s.Send(t.Context(), batchOf(lines...)); n != len(lines) || err != nil {
					t.Fatalf("Send = %d, %v, want %d", n, err, len(lines))
				}
			}
			got, dialled := server.messages()
			if diff := cmp.Diff([]string{"one", "two", "three"}, linesOf(t, got)); diff != "" {
				t.Error(diff)
			}
			if len(got) != 2 || got[0].tag != "cmtrail.ccm" || got[0].chunk == got[1].chunk || dialled != 1 {
				t.Errorf("%d messages over %d connections, the first of tag %q", len(got), dialled, got[0].tag)
			}
		})
	}
}

func TestSplit(t *testing.T) {
	l := listenTCP(t)
	server := serve(t, l, good)
	c := config(l.Addr().String())
	c.MaxBytes = 1000
	s := newSink(t, c)
	var want []string
	for _, size := range []int{100, 100, 700, 100, 2500, 10, 990, 10} {
		want = append(want, strings.Repeat("x", size))
	}
	b := batchOf(want...)
	if n, err := s.Send(t.Context(), b); n != len(want) || err != nil {
		t.Fatalf("Send = %d, %v", n, err)
	}
	got, _ := server.messages()
	if diff := cmp.Diff(want, linesOf(t, got)); diff != "" {
		t.Error(diff)
	}
	var sizes []int
	for _, m := range got {
		sizes = append(sizes, m.size)
		if len(m.entries) > c.MaxBytes && m.size > 1 {
			t.Errorf("%d events in %d bytes", m.size, len(m.entries))
		}
	}
	if diff := cmp.Diff([]int{2, 2, 1, 1, 1, 1}, sizes); diff != "" {
		t.Error(diff)
	}
	if cap(s.buf) > 4*c.MaxBytes {
		t.Errorf("%d bytes are kept for messages of %d", cap(s.buf), c.MaxBytes)
	}
}

// TestHalfWay has a server fail at the third message, and the caller come again with what is left.
func TestHalfWay(t *testing.T) {
	l := listenTCP(t)
	server := serve(t, l, func(s *testServer, p *peer) {
		for {
			m, err := p.receive()
			if err != nil {
				return
			}
			if got, dialled := s.messages(); len(got) == 2 && dialled == 1 {
				return
			}
			s.keep(m)
			p.ack(m.chunk)
		}
	})
	c := config(l.Addr().String())
	c.MaxBytes = 1
	s := newSink(t, c)
	now := time.Unix(0, 0)
	s.now = func() time.Time { return now }
	b := batchOf("one", "two", "three", "four")
	n, err := s.Send(t.Context(), b)
	if n != 2 || err == nil {
		t.Fatalf("Send = %d, %v, want 2 and an error", n, err)
	}
	b.Advance(n)
	if n, err := s.Send(t.Context(), b); n != 0 || err == nil || !strings.Contains(err.Error(), "not tried again within 1m0s") {
		t.Fatalf("Send in the window = %d, %v", n, err)
	}
	now = now.Add(c.FailFast)
	if n, err := s.Send(t.Context(), b); n != 2 || err != nil {
		t.Fatalf("Send after the window = %d, %v", n, err)
	}
	got, dialled := server.messages()
	if diff := cmp.Diff([]string{"one", "two", "three", "four"}, linesOf(t, got)); diff != "" {
		t.Error(diff)
	}
	if dialled != 2 {
		t.Errorf("%d connections", dialled)
	}
}

func TestFailures(t *testing.T) {
	for _, tt := range []struct {
		name   string
		script func(s *testServer, p *peer)
		want   string
	}{
		{"stalled", func(s *testServer, p *peer) { p.Read(make([]byte, 1)); <-s.ended }, "the server did nothing within 50ms"},
		{"no acknowledgement", silent, "no acknowledgement: the server did nothing within 50ms"},
		{"closed", func(_ *testServer, p *peer) { p.receive() }, "the server closed the connection"},
		{"reset", func(_ *testServer, p *peer) { p.receive(); p.Conn.(*net.TCPConn).SetLinger(0) }, "reset"},
		{"wrong chunk", func(_ *testServer, p *peer) { p.receive(); p.ack("else"); silent(nil, p) }, `the server acknowledged "else", expected "`},
		{"no chunk", func(_ *testServer, p *peer) { p.receive(); p.Write([]byte{0x80}); silent(nil, p) }, "the answer acknowledges nothing"},
		{"half an acknowledgement", func(_ *testServer, p *peer) { p.receive(); p.Write([]byte{0x81, 0xa3, 'a', 'c'}); silent(nil, p) }, "the server did nothing within 50ms"},
		{"no msgpack", func(_ *testServer, p *peer) { p.receive(); p.Write([]byte{0xc1}); silent(nil, p) }, "the answer is not msgpack"},
		{"endless answer", func(_ *testServer, p *peer) {
			p.receive()
			p.Write(append([]byte{0xdb, 0, 8, 0, 0}, make([]byte, 2*maxAnswer)...))
			silent(nil, p)
		}, "the answer is too long"},
		{"unexpected handshake", func(_ *testServer, p *peer) { p.Write(appendHelo("nonce", "", true)); silent(nil, p) }, "the server asks for a handshake: set forward_shared_key"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := listenTCP(t)
			serve(t, l, tt.script)
			c := config(l.Addr().String())
			c.Timeout = shortTimeout
			if !strings.Contains(tt.want, "50ms") {
				c.Timeout = 5 * time.Second
			}
			c.MaxBytes = 64 << 20
			s := newSink(t, c)
			b := batchOf("one")
			if tt.name == "stalled" {
				b = batchOf(strings.Repeat("x", 32<<20)) // more than sockets hold
			}
			n, err := s.Send(t.Context(), b)
			if n != 0 || err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Send = %d, %v, want %s", n, err, tt.want)
			}
			if s.conn != nil {
				t.Error("the connection is kept")
			}
			if _, again := s.Send(t.Context(), b); again == nil || !strings.Contains(again.Error(), "not tried again") {
				t.Errorf("the second Send returns %v", again)
			}
		})
	}
}

func TestRefusedConnection(t *testing.T) {
	l := listenTCP(t)
	l.Close()
	s := newSink(t, config(l.Addr().String()))
	now := time.Unix(0, 0)
	s.now = func() time.Time { return now }
	_, first := s.Send(t.Context(), batchOf("one"))
	if first == nil || strings.Contains(first.Error(), "not tried again") {
		t.Fatalf("first = %v", first)
	}
	now = now.Add(time.Minute - 1)
	_, second := s.Send(t.Context(), batchOf("one"))
	if second == nil || !strings.Contains(second.Error(), "not tried again within 1m0s of a failure: dial tcp") {
		t.Errorf("second = %v", second)
	}
	now = now.Add(1)
	if _, third := s.Send(t.Context(), batchOf("one")); third == nil || strings.Contains(third.Error(), "not tried again") {
		t.Errorf("third = %v", third)
	}
}

func TestUnknownAuthority(t *testing.T) {
	pair, _, _ := authority(t, "logs.contoso.com")
	_, other, _ := authority(t, "logs.contoso.com")
	l := listenTCP(t)
	serve(t, tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{pair}}), good)
	c := config("tls://" + l.Addr().String())
	c.CAFile, c.ServerName = other, "logs.contoso.com"
	if _, err := newSink(t, c).Send(t.Context(), batchOf("one")); err == nil || !strings.Contains(err.Error(), "tls: ") {
		t.Errorf("Send returns %v", err)
	}
}

// TestCancel ends the context while a server is awaited. That is not held against the server.
func TestCancel(t *testing.T) {
	l := listenTCP(t)
	ctx, cancel := context.WithCancel(t.Context())
	var first sync.Once
	serve(t, l, func(s *testServer, p *peer) {
		here := false
		first.Do(func() { here = true })
		if !here {
			good(s, p)
			return
		}
		p.receive()
		cancel()
		silent(s, p)
	})
	c := config(l.Addr().String())
	c.Timeout = time.Hour
	s := newSink(t, c)
	if n, err := s.Send(ctx, batchOf("one")); n != 0 || !errors.Is(err, context.Canceled) {
		t.Fatalf("Send = %d, %v", n, err)
	}
	if n, err := s.Send(ctx, batchOf("one")); n != 0 || !errors.Is(err, context.Canceled) {
		t.Fatalf("Send with an ended context = %d, %v", n, err)
	}
	if n, err := s.Send(t.Context(), batchOf("one")); n != 1 || err != nil {
		t.Fatalf("Send after that = %d, %v", n, err)
	}
}

// TestCancelWhileWaiting ends the context of a Send whose turn has not come.
func TestCancelWhileWaiting(t *testing.T) {
	s := newSink(t, config("127.0.0.1:1"))
	s.turn <- struct{}{}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := s.Send(ctx, batchOf("one")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Send returns %v", err)
	}
	<-s.turn
}

func TestConcurrentSends(t *testing.T) {
	l := listenTCP(t)
	server := serve(t, l, good)
	c := config(l.Addr().String())
	c.MaxBytes = 300
	s := newSink(t, c)
	const senders, rounds = 8, 20
	var all sync.WaitGroup
	for i := range senders {
		all.Go(func() {
			for j := range rounds {
				b := batchOf(fmt.Sprint(i, " ", j, " a"), fmt.Sprint(i, " ", j, " b"), fmt.Sprint(i, " ", j, " c"), fmt.Sprint(i, " ", j, " d"))
				if n, err := s.Send(t.Context(), b); n != b.Len() || err != nil {
					t.Errorf("Send = %d, %v", n, err)
				}
			}
		})
	}
	all.Wait()
	got, dialled := server.messages()
	next := map[string]int{}
	for _, line := range linesOf(t, got) {
		var i, j int
		var part string
		fmt.Sscan(line, &i, &j, &part)
		key := fmt.Sprint(i)
		if want := next[key]; want != j*4+int(part[0]-'a') {
			t.Fatalf("sender %d: line %q came as number %d", i, line, want)
		}
		next[key]++
	}
	for i := range senders {
		if next[fmt.Sprint(i)] != rounds*4 {
			t.Errorf("sender %d: %d lines", i, next[fmt.Sprint(i)])
		}
	}
	if dialled != 1 {
		t.Errorf("%d connections", dialled)
	}
}

var _ sink.Reporter = reporter{}
