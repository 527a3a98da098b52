package forward

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestValidate(t *testing.T) {
	_, cert, key := authority(t, "logs.contoso.com")
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		change func(c *Config)
		want   []string
	}{
		{"good", func(*Config) {}, nil},
		{"good tls", func(c *Config) {
			c.Address, c.CAFile, c.CertFile, c.KeyFile, c.ServerName, c.Insecure = "tls://logs.contoso.com:24224", cert, cert, key, "x", true
		}, nil},
		{"good handshake", func(c *Config) { c.SharedKey, c.User, c.Password, c.Hostname = "k", "u", "p", "h" }, nil},
		{"nothing", func(c *Config) { *c = Config{} }, []string{
			`forward_address: found "", expected tcp://host:port, tls://host:port or unix:///path`,
			"forward_tag_prefix: must not be empty: it is what tells our own output when it is routed back",
			"forward_timeout: must be above zero, is 0s",
			"forward_max_bytes: must be above zero and at most 1G, is 0",
		}},
		{"bounds", func(c *Config) { c.FailFast, c.MaxBytes = -1, 1<<30+1 }, []string{
			"forward_fail_fast: must not be below zero, is -1ns",
			"forward_max_bytes: must be above zero and at most 1G, is 1073741825",
		}},
		{"user alone", func(c *Config) { c.SharedKey, c.User = "k", "u" }, []string{"forward_password: forward_user needs one"}},
		{"password alone", func(c *Config) { c.SharedKey, c.Password = "k", "p" }, []string{"forward_user: forward_password needs one"}},
		{"no key", func(c *Config) { c.User, c.Password, c.Hostname = "u", "p", "h" }, []string{
			"forward_hostname: has a meaning in the handshake alone: set forward_shared_key",
			"forward_user: needs forward_shared_key: the server asks for both in one handshake",
		}},
		{"tls settings without tls", func(c *Config) {
			c.CAFile, c.CertFile, c.KeyFile, c.ServerName, c.Insecure = cert, cert, key, "x", true
		}, []string{
			"forward_ca_file: needs a forward_address that begins with tls://",
			"forward_cert_file: needs a forward_address that begins with tls://",
			"forward_key_file: needs a forward_address that begins with tls://",
			"forward_server_name: needs a forward_address that begins with tls://",
			"forward_tls_verify: needs a forward_address that begins with tls://",
		}},
		{"no certificate", func(c *Config) { c.Address, c.CAFile = "tls://h:1", empty }, []string{"forward_ca_file: " + empty + ": no certificate in PEM found"}},
		{"no key file", func(c *Config) { c.Address, c.CertFile = "tls://h:1", cert }, []string{"forward_key_file: forward_cert_file needs one"}},
		{"no certificate file", func(c *Config) { c.Address, c.KeyFile = "tls://h:1", key }, []string{"forward_cert_file: forward_key_file needs one"}},
		{"bad pair", func(c *Config) { c.Address, c.CertFile, c.KeyFile = "tls://h:1", empty, key }, []string{
			"forward_cert_file, forward_key_file: tls: failed to find any PEM data in certificate input"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := config("tcp://logs.contoso.com:24224")
			tt.change(&c)
			var got []string
			err := c.Validate()
			if err != nil {
				got = strings.Split(err.Error(), "\n")
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if _, made := New(c, "i", reporter{}); (made == nil) != (err == nil) {
				t.Errorf("New returns %v", made)
			}
		})
	}
}

func TestAddress(t *testing.T) {
	for _, tt := range []struct {
		in       string
		ok       bool
		loopback bool
	}{
		{"tcp://logs.contoso.com:24224", true, false},
		{"tls://10.0.0.1:24224", true, false},
		{"logs.contoso.com:24224", true, false},
		{"localhost:24224", true, true},
		{"tcp://LOCALHOST:24224", true, true},
		{"tls://127.0.0.2:24224", true, true},
		{"tcp://[::1]:24224", true, true},
		{"0.0.0.0:24224", true, true},
		{"unix:///run/forward.sock", true, true},
		{"", false, false},
		{"localhost", false, false},
		{"tcp://localhost", false, false},
		{":24224", false, false},
		{"tcp://localhost:0", false, false},
		{"tcp://localhost:70000", false, false},
		{"tcp://localhost:http", false, false},
		{"tcp://localhost:1/path", false, false},
		{"tcp://user@localhost:1", false, false},
		{"unix://run/forward.sock", false, false},
		{"unix://", false, false},
		{"http://localhost:24224", false, false},
	} {
		c := Config{Address: tt.in}
		if _, err := c.target(); (err == nil) != tt.ok {
			t.Errorf("%q: %v", tt.in, err)
		}
		if got := c.Loopback(); got != tt.loopback {
			t.Errorf("%q: Loopback = %v", tt.in, got)
		}
	}
}
