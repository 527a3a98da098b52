package forward

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tinylib/msgp/msgp"
)

func appendHelo(nonce, auth string, keepAlive bool) []byte {
	b := msgp.AppendArrayHeader(nil, 2)
	b = msgp.AppendString(b, "HELO")
	b = msgp.AppendMapHeader(b, 3)
	b = msgp.AppendString(msgp.AppendString(b, "nonce"), nonce)
	b = msgp.AppendBytes(msgp.AppendString(b, "auth"), []byte(auth))
	return msgp.AppendBool(msgp.AppendString(b, "keepalive"), keepAlive)
}

func appendPong(ok bool, reason, hostname, digest string) []byte {
	b := msgp.AppendArrayHeader(nil, 5)
	b = msgp.AppendBool(msgp.AppendString(b, "PONG"), ok)
	for _, text := range []string{reason, hostname, digest} {
		b = msgp.AppendString(b, text)
	}
	return b
}

// TestDigest holds the digest to one worked out with other tools: printf saltclientnoncekey | sha512sum.
func TestDigest(t *testing.T) {
	const want = "3e248aa088bb87580dd4d9dadb22c4a0335df68b0741d007d17ec8005aeb9998e843e2a85c37bd98d796ff5e2bd5e616e2c5fa1c72deb0a074e05ece1705ecba"
	if got := digest("salt", "client", "nonce", "key"); got != want {
		t.Errorf("digest = %s", got)
	}
}

// guarded is a server that shakes hands by the specification before it takes messages.
type guarded struct {
	key, hostname, auth, user, password string
	keepAlive                           bool
	pong                                func(salt, nonce, client string) []byte // instead of the right one
}

func (g guarded) run(s *testServer, p *peer) {
	const nonce = "\x00\xffserver's nonce"
	p.Write(appendHelo(nonce, g.auth, g.keepAlive))
	if n, err := p.in.ReadArrayHeader(); err != nil || n != 6 {
		return
	}
	var ping [6]string
	for i := range ping {
		var err error
		if ping[i], err = p.in.ReadString(); err != nil {
			return
		}
	}
	client, salt := ping[1], ping[2]
	switch {
	case g.pong != nil:
		p.Write(g.pong(salt, nonce, client))
	case ping[0] != "PING" || ping[3] != digest(salt, client, nonce, g.key):
		p.Write(appendPong(false, "shared_key mismatch", "", ""))
	case g.user != "" && (ping[4] != g.user || ping[5] != digest(g.auth, g.user, g.password)):
		p.Write(appendPong(false, "username/password mismatch", "", ""))
	case g.user == "" && ping[4]+ping[5] != "":
		p.Write(appendPong(false, "a user nobody asked for", "", ""))
	default:
		p.Write(appendPong(true, "", g.hostname, digest(salt, g.hostname, nonce, g.key)))
	}
	if g.keepAlive {
		good(s, p)
		return
	}
	if m, err := p.receive(); err == nil {
		s.keep(m)
		p.ack(m.chunk)
		silent(s, p)
	}
}

func TestHandshake(t *testing.T) {
	right := guarded{key: "key", hostname: "server", keepAlive: true}
	with := func(change func(g *guarded)) guarded {
		g := right
		change(&g)
		return g
	}
	for _, tt := range []struct {
		name           string
		server         guarded
		user, password string
		want           string // error; "" = none
	}{
		{name: "good key", server: right},
		{name: "salt though no user is asked for", server: with(func(g *guarded) { g.auth = "salt" })},
		{name: "good user", server: with(func(g *guarded) { g.auth, g.user, g.password = "\x00salt", "contoso", "secret" }), user: "contoso", password: "secret"},
		{name: "user that nobody asks for", server: right, user: "contoso", password: "secret"},
		{name: "wrong key", server: with(func(g *guarded) { g.key = "other" }), want: "the server refuses us: shared_key mismatch"},
		{name: "wrong password", server: with(func(g *guarded) { g.auth, g.user, g.password = "salt", "contoso", "other" }), user: "contoso", password: "secret",
			want: "the server refuses us: username/password mismatch"},
		{name: "no user", server: with(func(g *guarded) { g.auth, g.user = "salt", "contoso" }), want: "the server refuses us: username/password mismatch"},
		{name: "server without the key", server: with(func(g *guarded) {
			g.pong = func(salt, nonce, _ string) []byte {
				return appendPong(true, "", "server", digest(salt, "server", nonce, "guess"))
			}
		}), want: "the server does not hold the shared key"},
		{name: "server that repeats our proof", server: with(func(g *guarded) {
			g.pong = func(salt, nonce, client string) []byte {
				return appendPong(true, "", client, digest(salt, client, nonce, "key"))
			}
		}), want: `the server calls itself "client", as we do: set forward_hostname to another name`},
		{name: "no digest", server: with(func(g *guarded) {
			g.pong = func(string, string, string) []byte { return appendPong(true, "", "server", "") }
		}), want: "the server does not hold the shared key"},
		{name: "no PONG", server: with(func(g *guarded) { g.pong = func(string, string, string) []byte { return []byte{0x80} } }),
			want: `the server answers with "", expected PONG`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := listenTCP(t)
			server := serve(t, l, tt.server.run)
			c := config(l.Addr().String())
			c.SharedKey, c.Hostname, c.User, c.Password = "key", "client", tt.user, tt.password
			n, err := newSink(t, c).Send(t.Context(), batchOf("one"))
			got, _ := server.messages()
			if tt.want == "" {
				if n != 1 || err != nil || len(got) != 1 {
					t.Errorf("Send = %d, %v", n, err)
				}
				return
			}
			if n != 0 || err == nil || !strings.HasSuffix(err.Error(), tt.want) {
				t.Errorf("Send = %d, %v, want %s", n, err, tt.want)
			}
			if len(got) != 0 {
				t.Error("events went to a server that was not trusted")
			}
		})
	}
}

func TestNoKeepAlive(t *testing.T) {
	l := listenTCP(t)
	server := serve(t, l, guarded{key: "key", hostname: "server"}.run)
	c := config(l.Addr().String())
	c.SharedKey, c.Hostname, c.MaxBytes = "key", "client", 1
	if n, err := newSink(t, c).Send(t.Context(), batchOf("one", "two", "three")); n != 3 || err != nil {
		t.Fatalf("Send = %d, %v", n, err)
	}
	got, dialled := server.messages()
	if diff := cmp.Diff([]string{"one", "two", "three"}, linesOf(t, got)); diff != "" {
		t.Error(diff)
	}
	if dialled != 3 {
		t.Errorf("%d connections for 3 messages", dialled)
	}
}

// TestNoGreeting has a server that knows of no handshake, and waits for a message.
func TestNoGreeting(t *testing.T) {
	l := listenTCP(t)
	serve(t, l, silent)
	c := config(l.Addr().String())
	c.SharedKey, c.Hostname, c.Timeout = "key", "client", shortTimeout
	_, err := newSink(t, c).Send(t.Context(), batchOf("one"))
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("handshake: HELO: the server did nothing within %s", shortTimeout)) {
		t.Errorf("Send returns %v", err)
	}
}

func TestReadHelo(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"no array", "\x80", `the server greets with "", expected HELO: does it have a shared key?`},
		{"another word", "\x92\xa4PONG\x80", `the server greets with "PONG", expected HELO: does it have a shared key?`},
		{"no nonce", "\x92\xa4HELO\x80", "HELO has no nonce"},
		{"nil for options", "\x92\xa4HELO\xc0", "HELO has no nonce"},
		{"a number for nonce", "\x92\xa4HELO\x81\xa5nonce\x01", "HELO has no nonce"},
	} {
		if _, err := readHelo([]byte(tt.in)); err == nil || err.Error() != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
	h, err := readHelo([]byte("\x92\xa4HELO\x81\xa5nonce\xc4\x02\x00\xff"))
	if err != nil || string(h.nonce) != "\x00\xff" || !h.keepAlive {
		t.Errorf("readHelo = %q, %v, %v; without a word the connection is kept", h.nonce, h.keepAlive, err)
	}
}
