// Package otlp hands events to a Collector over OTLP, by HTTP or gRPC. A record looks there as if the Collector's own
// processor had tagged it.
package otlp

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
	Endpoint    string            // otlp_endpoint: http://, https://, grpc:// or grpcs://, host and port
	Headers     map[string]string // otlp_headers
	Compression string            // otlp_compression: gzip or none
	Timeout     time.Duration     // otlp_timeout: for one request
	FailFast    time.Duration     // otlp_fail_fast: how long not to try after a failure
	MaxBytes    int               // otlp_max_bytes: of the events of one request

	CAFile     string // otlp_ca_file
	CertFile   string // otlp_cert_file
	KeyFile    string // otlp_key_file
	ServerName string // otlp_server_name
	Insecure   bool   // otlp_tls_verify: off

	MessageKey string // the body's key that becomes the record's body
	HostKey    string // the body's key that becomes the resource's host.name
	PathKey    string // the body's key that becomes log.file.path
}

// endpoint is where to send.
type endpoint struct {
	grpc, tls bool
	host      string // host:port
	url       string // of HTTP
}

func (c Config) endpoint() (endpoint, error) {
	fail := fmt.Errorf("otlp_endpoint: found %q, expected http://, https://, grpc:// or grpcs:// with host and port", c.Endpoint)
	u, err := url.Parse(c.Endpoint)
	if err != nil {
		return endpoint{}, fmt.Errorf("otlp_endpoint: %w", err)
	}
	e := endpoint{host: u.Host}
	if _, port, err := net.SplitHostPort(u.Host); err != nil || port == "" {
		return endpoint{}, fail
	}
	switch u.Scheme {
	case "http", "https":
		e.tls = u.Scheme == "https"
		if u.Path == "" || u.Path == "/" {
			u.Path = "/v1/logs"
		}
		e.url = u.String()
	case "grpc", "grpcs":
		e.grpc, e.tls = true, u.Scheme == "grpcs"
		if u.Path != "" {
			return endpoint{}, fail
		}
	default:
		return endpoint{}, fail
	}
	return e, nil
}

// Validate returns everything that is wrong with the settings.
func (c Config) Validate() error {
	var errs []error
	e, err := c.endpoint()
	errs = append(errs, err)
	if c.Timeout <= 0 {
		errs = append(errs, fmt.Errorf("otlp_timeout: must be above zero, is %s", c.Timeout))
	}
	if c.MaxBytes <= 0 {
		errs = append(errs, fmt.Errorf("otlp_max_bytes: must be above zero, is %d", c.MaxBytes))
	}
	if c.Compression != "gzip" && c.Compression != "none" {
		errs = append(errs, fmt.Errorf("otlp_compression: found %q, expected gzip or none", c.Compression))
	}
	if e.tls {
		_, err := c.tls()
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// Loopback tells whether the server is on this machine.
func (c Config) Loopback() bool {
	e, err := c.endpoint()
	if err != nil {
		return false
	}
	host, _, _ := net.SplitHostPort(e.host)
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (c Config) tls() (*tls.Config, error) {
	conf := &tls.Config{ServerName: c.ServerName, InsecureSkipVerify: c.Insecure, MinVersion: tls.VersionTLS12}
	if c.CAFile != "" {
		pem, err := os.ReadFile(c.CAFile)
		if err != nil {
			return nil, fmt.Errorf("otlp_ca_file: %w", err)
		}
		conf.RootCAs = x509.NewCertPool()
		if !conf.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("otlp_ca_file: %s: no certificate in PEM found", c.CAFile)
		}
	}
	if c.CertFile != "" || c.KeyFile != "" {
		cert, err := tls.LoadX509KeyPair(c.CertFile, c.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("otlp_cert_file: %w", err)
		}
		conf.Certificates = []tls.Certificate{cert}
	}
	return conf, nil
}
