// Package forward hands events to a server of the Fluentd forward protocol: a Collector's fluentforward receiver, another
// Fluent Bit, or Fluentd. Each message is acknowledged before its events count as taken.
package forward

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"time"
)

// Config is what users set of the sink. The comments name the settings.
type Config struct {
	Address   string        // forward_address: tcp://host:port, tls://host:port or unix:///path
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
	tls     bool
}

func (c Config) target() (target, error) {
	u, err := url.Parse(c.Address)
	if err != nil {
		return target{}, fmt.Errorf("forward_address: %w", err)
	}
	switch u.Scheme {
	case "unix":
		if path := u.Host + u.Path; path != "" {
			return target{network: "unix", address: path}, nil
		}
	case "tcp", "tls":
		if _, port, err := net.SplitHostPort(u.Host); err == nil && port != "" && u.Path == "" {
			return target{network: "tcp", address: u.Host, tls: u.Scheme == "tls"}, nil
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
	if c.MaxBytes <= 0 {
		errs = append(errs, fmt.Errorf("forward_max_bytes: must be above zero, is %d", c.MaxBytes))
	}
	if (c.User == "") != (c.Password == "") {
		errs = append(errs, errors.New("forward_user: needs forward_password, and the other way round"))
	}
	if c.User != "" && c.SharedKey == "" {
		errs = append(errs, errors.New("forward_user: needs forward_shared_key: the server asks for both in one handshake"))
	}
	if t.tls {
		_, err := c.tls(t)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// Loopback tells whether the server is on this machine.
func (c Config) Loopback() bool {
	t, err := c.target()
	if err != nil {
		return false
	}
	if t.network == "unix" {
		return true
	}
	host, _, _ := net.SplitHostPort(t.address)
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (c Config) tls(t target) (*tls.Config, error) {
	conf := &tls.Config{ServerName: c.ServerName, InsecureSkipVerify: c.Insecure, MinVersion: tls.VersionTLS12}
	if conf.ServerName == "" {
		conf.ServerName, _, _ = net.SplitHostPort(t.address)
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
	if c.CertFile != "" || c.KeyFile != "" {
		cert, err := tls.LoadX509KeyPair(c.CertFile, c.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("forward_cert_file: %w", err)
		}
		conf.Certificates = []tls.Certificate{cert}
	}
	return conf, nil
}
