package otlp

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/pdata/plog/plogotlp"

	"github.com/cmtrail/cmtrail/plugin/internal/sink"
)

// Sink is a client of one Collector.
type Sink struct {
	config   Config
	instance string
	log      sink.Reporter
	client   client
	rejected atomic.Uint64

	mu   sync.Mutex // one request at a time, so that the events of one log stay in their order
	fast sink.FailFast
	last error // what the window was opened by
}

// client sends one request, which the server answers for.
type client interface {
	export(ctx context.Context, request plogotlp.ExportRequest) (plogotlp.ExportResponse, error)
	close() error
}

// later says that the server may take the same request at another time.
type later struct {
	err   error
	after time.Duration // as the server asks; 0 when it does not
}

func (l *later) Error() string { return l.err.Error() }

func (l *later) Unwrap() error { return l.err }

var _ sink.Sink = (*Sink)(nil)

// New returns a sink that connects when there is something to send. instance is the value of sink.Origin.
func New(c Config, instance string, log sink.Reporter) (*Sink, error) {
	e, err := c.endpoint()
	if err != nil {
		return nil, err
	}
	s := &Sink{config: c, instance: instance, log: log, fast: sink.FailFast{Window: c.FailFast}}
	if e.grpc {
		s.client, err = newGRPC(c, e)
	} else {
		s.client, err = newHTTP(c, e)
	}
	return s, err
}

// Rejected returns how many records servers have taken requests without.
func (s *Sink) Rejected() uint64 { return s.rejected.Load() }

// Send hands on a batch in requests of at most MaxBytes, and returns the number of events whose request was answered for.
func (s *Sink) Send(ctx context.Context, b *sink.Batch) (n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.fast.Open(time.Now()) {
		return 0, fmt.Errorf("otlp: not tried again so soon after: %w", s.last)
	}
	for n < b.Len() {
		logs, events := s.encode(b, n)
		if logs.LogRecordCount() > 0 { // else they are markers around records of other requests
			if err := s.export(ctx, plogotlp.NewExportRequestFromLogs(logs)); err != nil {
				return n, s.failed(err, events)
			}
		}
		n += events
	}
	return n, nil
}

func (s *Sink) export(ctx context.Context, request plogotlp.ExportRequest) error {
	ctx, cancel := context.WithTimeout(ctx, s.config.Timeout)
	defer cancel()
	response, err := s.client.export(ctx, request)
	if err != nil {
		return err
	}
	if p := response.PartialSuccess(); p.RejectedLogRecords() > 0 {
		if s.rejected.Add(uint64(p.RejectedLogRecords())) == uint64(p.RejectedLogRecords()) {
			s.log.Warnf("otlp: %s rejects %d records, which are not sent again; more are counted: %s",
				s.config.Endpoint, p.RejectedLogRecords(), p.ErrorMessage())
		}
	}
	return nil
}

// failed turns what went wrong with a request of so many events into an answer for the caller.
func (s *Sink) failed(err error, events int) error {
	var l *later
	if !errors.As(err, &l) {
		return &sink.Refused{Events: events, Reason: fmt.Sprintf("otlp: %s: %v", s.config.Endpoint, err)}
	}
	now := time.Now()
	fast := sink.FailFast{Window: max(s.config.FailFast, l.after)}
	fast.Failed(now)
	fast.Window = s.config.FailFast
	s.fast, s.last = fast, err
	return fmt.Errorf("otlp: %s: %w", s.config.Endpoint, err)
}

// Close ends the connections.
func (s *Sink) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.client.close()
}
