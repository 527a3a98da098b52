// Package stdout prints events as JSON lines, for trying out.
package stdout

import (
	"context"
	"io"
	"sync"

	"github.com/cmtrail/cmtrail/plugin/internal/sink"
)

// Sink prints to a writer.
type Sink struct {
	mu       sync.Mutex
	to       io.Writer
	instance string
	buf      []byte
}

var _ sink.Sink = (*Sink)(nil)

// New returns a sink that prints to w in the name of an instance.
func New(w io.Writer, instance string) *Sink { return &Sink{to: w, instance: instance} }

// Send prints a batch in one write.
func (s *Sink) Send(_ context.Context, b *sink.Batch) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.buf = s.buf[:0]
	for _, ev := range b.Events() {
		s.buf = append(sink.AppendJSON(s.buf, ev, s.instance), '\n')
	}
	if _, err := s.to.Write(s.buf); err != nil {
		return 0, err
	}
	return b.Len(), nil
}

// Close does nothing: the writer is not ours.
func (s *Sink) Close() error { return nil }
