// Package forward hands events to a server of the Fluentd forward protocol: a Collector's fluentforward receiver, another
// Fluent Bit, or Fluentd. Each message is acknowledged before its events count as taken.
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

// Config is what users set of the sink. The comments name the settings.
type Config struct {
	Address   string        // forward_address: tcp://host:port, tls://host:port, unix:///path, or host:port for tcp
	TagPrefix string        // forward_tag_prefix: in front of each tag
	Metadata  bool          // forward_metadata: send metadata in its own place, which Fluent Bit alone takes
	Timeout   time.Duration // forward_timeout: for connecting, each write and each acknowledgement
	FailFast  time.Duration // forward_fail_fast: how long not to try after a failure
	MaxBytes  int           // forward_max_bytes: of the events of one message

	SharedKey string // forward_shared_key
	User      string // forward_user
	Password  string // forward_password
	Hostname  string // forward_hostname: this machine's name in the handshake; "" asks the system

	CAFile     string // forward_ca_file
	CertFile   string // forward_cert_file
	KeyFile    string // forward_key_file
	ServerName string // forward_server_name
	Insecure   bool   // forward_tls_verify: off
}

// target is where to connect.
type target struct {
	network string // tcp or unix
	address string
	host    string // of tcp
	tls     bool
}

func (c Config) target() (target, error) {
	scheme, rest, ok := strings.Cut(c.Address, "://")
	if !ok {
		scheme, rest = "tcp", c.Address
	}
	switch scheme {
	case "unix":
		if path.IsAbs(rest) {
			return target{network: "unix", address: rest}, nil
		}
	case "tcp", "tls":
		host, port, err := net.SplitHostPort(rest)
		n, notNumber := strconv.ParseUint(port, 10, 16)
		if err == nil && notNumber == nil && n > 0 && host != "" && !strings.ContainsAny(rest, "/@? ") {
			return target{network: "tcp", address: rest, host: host, tls: scheme == "tls"}, nil
		}
	}
	return target{}, fmt.Errorf("forward_address: found %q, expected tcp://host:port, tls://host:port or unix:///path", c.Address)
}

// Validate returns everything that is wrong with the settings.
func (c Config) Validate() error {
	var errs []error
	t, err := c.target()
	errs = append(errs, err)
	if c.TagPrefix == "" {
		errs = append(errs, errors.New("forward_tag_prefix: must not be empty: it is what tells our own output when it is routed back"))
	}
	if c.Timeout <= 0 {
		errs = append(errs, fmt.Errorf("forward_timeout: must be above zero, is %s", c.Timeout))
	}
	if c.FailFast < 0 {
		errs = append(errs, fmt.Errorf("forward_fail_fast: must not be below zero, is %s", c.FailFast))
	}
	if c.MaxBytes <= 0 || c.MaxBytes > maxMaxBytes {
		errs = append(errs, fmt.Errorf("forward_max_bytes: must be above zero and at most 1G, is %d", c.MaxBytes))
	}
	if c.User != "" && c.Password == "" {
		errs = append(errs, errors.New("forward_password: forward_user needs one"))
	}
	if c.Password != "" && c.User == "" {
		errs = append(errs, errors.New("forward_user: forward_password needs one"))
	}
	if c.Hostname != "" && c.SharedKey == "" {
		errs = append(errs, errors.New("forward_hostname: has a meaning in the handshake alone: set forward_shared_key"))
	}
	if c.User != "" && c.SharedKey == "" {
		errs = append(errs, errors.New("forward_user: needs forward_shared_key: the server asks for both in one handshake"))
	}
	switch {
	case t.tls:
		_, err := c.tls(t)
		errs = append(errs, err)
	case err == nil:
		errs = append(errs, c.idle()...)
	}
	return errors.Join(errs...)
}

// maxMaxBytes keeps a message well below what the length of a msgpack value can say.
const maxMaxBytes = 1 << 30

// idle returns a fault for each setting of TLS, lest somebody takes a connection without it for a safe one.
func (c Config) idle() (errs []error) {
	for _, s := range []struct {
		name string
		set  bool
	}{
		{"forward_ca_file", c.CAFile != ""},
		{"forward_cert_file", c.CertFile != ""},
		{"forward_key_file", c.KeyFile != ""},
		{"forward_server_name", c.ServerName != ""},
		{"forward_tls_verify", c.Insecure},
	} {
		if s.set {
			errs = append(errs, fmt.Errorf("%s: needs a forward_address that begins with tls://", s.name))
		}
	}
	return errs
}

// Loopback tells whether the server is on this machine.
func (c Config) Loopback() bool {
	t, err := c.target()
	if err != nil {
		return false
	}
	if t.network == "unix" || strings.EqualFold(t.host, "localhost") {
		return true
	}
	ip := net.ParseIP(t.host)
	return ip != nil && (ip.IsLoopback() || ip.IsUnspecified()) // dialling 0.0.0.0 reaches this machine
}

func (c Config) tls(t target) (*tls.Config, error) {
	conf := &tls.Config{ServerName: c.ServerName, InsecureSkipVerify: c.Insecure, MinVersion: tls.VersionTLS12}
	if conf.ServerName == "" {
		conf.ServerName = t.host
	}
	if c.CAFile != "" {
		pem, err := os.ReadFile(c.CAFile)
		if err != nil {
			return nil, fmt.Errorf("forward_ca_file: %w", err)
		}
		conf.RootCAs = x509.NewCertPool()
		if !conf.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("forward_ca_file: %s: no certificate in PEM found", c.CAFile)
		}
	}
	switch {
	case c.CertFile != "" && c.KeyFile == "":
		return nil, errors.New("forward_key_file: forward_cert_file needs one")
	case c.CertFile == "" && c.KeyFile != "":
		return nil, errors.New("forward_cert_file: forward_key_file needs one")
	case c.CertFile != "":
		cert, err := tls.LoadX509KeyPair(c.CertFile, c.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("forward_cert_file, forward_key_file: %w", err)
		}
		conf.Certificates = []tls.Certificate{cert}
	}
	return conf, nil
}
