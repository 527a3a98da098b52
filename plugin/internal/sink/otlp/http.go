package otlp

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
)

type overHTTP struct {
	client *http.Client
	url    string
	config Config
	zip    *gzip.Writer
}

func newHTTP(c Config, e endpoint) (client, error) {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, IdleConnTimeout: time.Minute}
	if e.tls {
		conf, err := c.tls()
		if err != nil {
			return nil, err
		}
		transport.TLSClientConfig = conf
	}
	return &overHTTP{
		client: &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		url:    e.url, config: c, zip: gzip.NewWriter(io.Discard),
	}, nil
}

// maxAnswer bounds what is read of an answer.
const maxAnswer = 64 << 10

func (h *overHTTP) export(ctx context.Context, request plogotlp.ExportRequest) (response plogotlp.ExportResponse, err error) {
	response = plogotlp.NewExportResponse()
	body, err := request.MarshalProto()
	if err != nil {
		return response, err
	}
	if h.config.Compression == "gzip" {
		var small bytes.Buffer
		h.zip.Reset(&small)
		if _, err := h.zip.Write(body); err != nil {
			return response, err
		}
		if err := h.zip.Close(); err != nil {
			return response, err
		}
		body = small.Bytes()
	}
	post, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url, bytes.NewReader(body))
	if err != nil {
		return response, err
	}
	post.Header.Set("Content-Type", "application/x-protobuf")
	if h.config.Compression == "gzip" {
		post.Header.Set("Content-Encoding", "gzip")
	}
	for name, value := range h.config.Headers {
		post.Header.Set(name, value)
	}
	answer, err := h.client.Do(post)
	if err != nil {
		return response, &later{err: err}
	}
	defer answer.Body.Close() //nolint:errcheck // it has been read
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	switch {
	case answer.StatusCode/100 == 2:
		if err == nil && strings.HasPrefix(answer.Header.Get("Content-Type"), "application/x-protobuf") {
			err = response.UnmarshalProto(text)
		}
		if err != nil { // the server has the records all the same
			response = plogotlp.NewExportResponse()
		}
		return response, nil
	case retryable(answer.StatusCode):
		return response, &later{err: refusal(answer.StatusCode, text), after: retryAfter(answer.Header.Get("Retry-After"))}
	}
	return response, refusal(answer.StatusCode, text)
}

func refusal(code int, text []byte) error {
	line, _, _ := strings.Cut(strings.ToValidUTF8(string(text), "?"), "\n")
	printable := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, line)
	if len(printable) > 200 {
		printable = printable[:200] + "..."
	}
	return errors.New(strings.TrimSpace(fmt.Sprintf("the server answers %d %s %s", code, http.StatusText(code), printable)))
}

// retryable tells the answers after which the specification has the same request sent again.
func retryable(code int) bool {
	switch code {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// maxAfter bounds what a server may ask for.
const maxAfter = 5 * time.Minute

func retryAfter(text string) time.Duration {
	if n, err := strconv.ParseUint(text, 10, 31); err == nil {
		return min(time.Duration(n)*time.Second, maxAfter)
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(time.Until(at), 0), maxAfter)
	}
	return 0
}

func (h *overHTTP) close() error {
	h.client.CloseIdleConnections()
	return nil
}
