package forward

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"path"
	"strconv"
	"strings"
	"time"
)

// Config is what users set of a forward sink. The table of settings knows the defaults; the zero value is not complete.
type Config struct {
	Address   string // tcp://host:port, tls://host:port, unix:///path, or host:port for tcp
	TagPrefix string // put in front of tags
	Metadata  bool   // metadata goes in its own place instead of the body
	MaxBytes  int    // payload of one message; an event that is longer goes alone

	SharedKey string // asks for the handshake, as does User
	User      string
	Password  string
	Hostname  string // of this machine, in the handshake; "" = what the system says

	Timeout  time.Duration // for connecting, for writing a message and for its acknowledgement, each
	FailFast time.Duration // how long to refuse after a failure

	CAFile     string // trusted certificates; "" = those of the system
	CertFile   string // client certificate
	KeyFile    string // its key
	ServerName string // name in the server's certificate; "" = host of Address
	Insecure   bool   // do not verify the server's certificate
}

// Validate returns everything that is wrong with the settings, each by the name that users know.
func (c Config) Validate() error {
	var errs []error
	fail := func(setting, format string, args ...any) {
		errs = append(errs, fmt.Errorf("forward_"+setting+": "+format, args...))
	}
	to, err := parseAddress(c.Address)
	if err != nil {
		fail("address", "%w", err)
	}
	if c.TagPrefix == "" {
		fail("tag_prefix", "must not be empty: by it the plugin knows its own output")
	}
	if c.MaxBytes <= 0 || c.MaxBytes > maxMaxBytes {
		fail("max_bytes", "must be above zero and at most 1G")
	}
	if c.Timeout <= 0 {
		fail("timeout", "must be above zero")
	}
	if c.FailFast < 0 {
		fail("fail_fast", "must not be below zero")
	}
	if c.User != "" && c.Password == "" {
		fail("password", "forward_user needs one")
	}
	if c.Password != "" && c.User == "" {
		fail("user", "forward_password needs one")
	}
	if c.Hostname != "" && !c.handshakes() {
		fail("hostname", "has a meaning in a handshake alone: set forward_shared_key")
	}
	if err != nil {
		return errors.Join(errs...) // whether to use TLS is not known
	}
	if to.secure {
		_, err := c.tls(to.host)
		return errors.Join(append(errs, err)...)
	}
	for _, s := range []struct {
		name string
		set  bool
	}{
		{"ca_file", c.CAFile != ""},
		{"cert_file", c.CertFile != ""},
		{"key_file", c.KeyFile != ""},
		{"server_name", c.ServerName != ""},
		{"tls_verify", c.Insecure},
	} {
		if s.set {
			fail(s.name, "needs a forward_address that begins with tls://")
		}
	}
	return errors.Join(errs...)
}

// maxMaxBytes keeps a message well below what the length of a msgpack value can say.
const maxMaxBytes = 1 << 30

// Loopback tells whether the address is on this machine, so that the server might be an input of this very process.
func (c Config) Loopback() bool {
	to, err := parseAddress(c.Address)
	if err != nil {
		return false
	}
	if to.network == "unix" || strings.EqualFold(to.host, "localhost") {
		return true
	}
	ip := net.ParseIP(to.host)
	return ip != nil && (ip.IsLoopback() || ip.IsUnspecified())
}

// handshakes tells whether the server is expected to begin with a handshake.
func (c Config) handshakes() bool { return c.SharedKey != "" || c.User != "" }

// address says where the server is.
type address struct {
	network string // tcp or unix
	dial    string // as net.Dial takes it
	host    string // of tcp
	secure  bool   // TLS
}

func parseAddress(s string) (address, error) {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		scheme, rest = "tcp", s
	}
	switch scheme {
	case "unix":
		if !path.IsAbs(rest) {
			return address{}, fmt.Errorf("found %q, expected a whole path such as unix:///run/forward.sock", s)
		}
		return address{network: "unix", dial: rest}, nil
	case "tcp", "tls":
		host, port, err := net.SplitHostPort(rest)
		n, notNumber := strconv.ParseUint(port, 10, 16)
		if err != nil || notNumber != nil || n == 0 || host == "" {
			return address{}, fmt.Errorf("found %q, expected a host and a port such as %s://logs.contoso.com:24224", s, scheme)
		}
		return address{network: "tcp", dial: rest, host: host, secure: scheme == "tls"}, nil
	}
	return address{}, fmt.Errorf("found %q, expected tcp://, tls:// or unix://", s)
}

// tls returns the settings of TLS for a host. Everything that is wrong is returned, by the name that users know.
func (c Config) tls(host string) (*tls.Config, error) {
	t := &tls.Config{ServerName: host, InsecureSkipVerify: c.Insecure} //nolint:gosec // users may ask for it, and are warned
	if c.ServerName != "" {
		t.ServerName = c.ServerName
	}
	var errs []error
	if c.CAFile != "" {
		pem, err := os.ReadFile(c.CAFile)
		t.RootCAs = x509.NewCertPool()
		if err != nil {
			errs = append(errs, fmt.Errorf("forward_ca_file: %w", err))
		} else if !t.RootCAs.AppendCertsFromPEM(pem) {
			errs = append(errs, fmt.Errorf("forward_ca_file: %s holds no certificate", c.CAFile))
		}
	}
	switch {
	case c.CertFile != "" && c.KeyFile == "":
		errs = append(errs, errors.New("forward_key_file: forward_cert_file needs one"))
	case c.CertFile == "" && c.KeyFile != "":
		errs = append(errs, errors.New("forward_cert_file: forward_key_file needs one"))
	case c.CertFile != "":
		pair, err := tls.LoadX509KeyPair(c.CertFile, c.KeyFile)
		if err != nil {
			errs = append(errs, fmt.Errorf("forward_cert_file, forward_key_file: %w", err))
		}
		t.Certificates = []tls.Certificate{pair}
	}
	return t, errors.Join(errs...)
}
