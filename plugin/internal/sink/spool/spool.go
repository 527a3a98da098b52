// Package spool keeps tagged events as JSON lines in a folder that a tail input of the same Fluent Bit reads, which hands
// them to any backend. The folder is bounded: what has been read is removed, and when what has not been read fills it, the
// caller is told to come again later.
//
// The spool is a sequence of segments. A segment is never renamed, as tail lets go of a renamed file after a while, read
// or not, and its name is never used twice, as tail remembers by name how far it read.
package spool

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/cmtrail/cmtrail/plugin/internal/sink"
)

// Config is what users set of a spool.
type Config struct {
	Path        string        // folder of the segments
	SegmentSize int64         // bytes after which a new segment begins
	MaxSize     int64         // bytes of all segments; beyond that events are refused until some have been read
	Keep        time.Duration // a segment nobody is known to have read is removed after so long; 0 = never
	Fsync       bool          // events count as kept once they are on the disk
}

// Validate returns everything that is wrong with the settings.
func (c Config) Validate() error {
	var errs []error
	if c.Path == "" {
		errs = append(errs, errors.New("spool_path: must not be empty"))
	}
	if c.SegmentSize < minSegment {
		errs = append(errs, fmt.Errorf("spool_segment_size: must be at least 64k, is %d bytes", c.SegmentSize))
	}
	if c.MaxSize < 2*c.SegmentSize {
		errs = append(errs, fmt.Errorf("spool_max_size: must be at least twice spool_segment_size, is %d bytes", c.MaxSize))
	}
	if c.Keep < 0 {
		errs = append(errs, fmt.Errorf("spool_keep: must not be negative, is %s", c.Keep))
	}
	return errors.Join(errs...)
}

const (
	minSegment = 64 << 10
	// settled is how long a segment has been read to its end before it goes, so that what read it has passed it on.
	settled = 10 * time.Second
	// pruneEvery is how often to look for segments that have been read.
	pruneEvery = time.Second
)

// Sink is a spool that is open for writing.
type Sink struct {
	config   Config
	id       string // in the names of the segments
	instance string
	log      sink.Reporter
	now      func() time.Time

	mu       sync.Mutex
	active   *os.File // nil until something is written
	size     int64    // of active
	others   int64    // bytes of the other segments, when last looked
	readAt   map[string]time.Time
	pruned   time.Time
	buf      []byte
	boundary []int // where each event of buf ends
}

var _ sink.Sink = (*Sink)(nil)

// New opens the spool of an instance and creates its folder and an empty segment, so that a tail input finds the one it
// is to read.
func New(c Config, id, instance string, log sink.Reporter, now func() time.Time) (*Sink, error) {
	if err := os.MkdirAll(c.Path, 0o700); err != nil {
		return nil, fmt.Errorf("spool_path: %w", err)
	}
	s := &Sink{config: c, id: id, instance: instance, log: log, now: now, readAt: map[string]time.Time{}}
	if err := s.begin(); err != nil {
		return nil, fmt.Errorf("spool_path: %w", err)
	}
	if err := s.prune(); err != nil {
		s.active.Close()
		return nil, fmt.Errorf("spool_path: %w", err)
	}
	return s, nil
}

// Send appends the events of a batch. What a failed write left in a segment stays there: its last line may be cut, and is
// written again whole in the next segment.
func (s *Sink) Send(_ context.Context, b *sink.Batch) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.encode(b)
	if err := s.room(int64(len(s.buf))); err != nil {
		return 0, err
	}
	if s.active == nil || s.size >= s.config.SegmentSize {
		if err := s.begin(); err != nil {
			return 0, err
		}
	}
	n, err := s.active.Write(s.buf)
	s.size += int64(n)
	if err == nil && s.config.Fsync {
		err = s.active.Sync()
		if err != nil {
			n = 0 // nobody knows how much of it is on the disk
		}
	}
	if err != nil {
		s.end()
		return s.whole(n), fmt.Errorf("spool: %w", err)
	}
	return b.Len(), nil
}

func (s *Sink) encode(b *sink.Batch) {
	s.buf, s.boundary = s.buf[:0], s.boundary[:0]
	for _, ev := range b.Events() {
		s.buf = append(sink.AppendJSON(s.buf, ev, s.instance), '\n')
		s.boundary = append(s.boundary, len(s.buf))
	}
}

// whole returns how many events lie in the first n bytes of the buffer.
func (s *Sink) whole(n int) int {
	for i, end := range s.boundary {
		if end > n {
			return i
		}
	}
	return len(s.boundary)
}

// room looks whether n more bytes fit, after removing what has been read.
func (s *Sink) room(n int64) error {
	over := s.others+s.size+n > s.config.MaxSize
	if over || s.others > 0 && s.now().Sub(s.pruned) >= pruneEvery {
		if err := s.prune(); err != nil {
			return fmt.Errorf("spool: %w", err)
		}
		over = s.others+s.size+n > s.config.MaxSize
	}
	if over {
		return fmt.Errorf("spool: %s is full: %d bytes wait to be read by a tail input, spool_max_size is %d",
			s.config.Path, s.others+s.size, s.config.MaxSize)
	}
	return nil
}

// begin starts a new segment.
func (s *Sink) begin() error {
	s.end()
	for {
		name := s.prefix() + s.now().UTC().Format("20060102T150405.000000000Z") + ending
		f, err := os.OpenFile(filepath.Join(s.config.Path, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if errors.Is(err, os.ErrExist) {
			continue // the clock has not moved since the last one
		}
		if err != nil {
			return err
		}
		s.active, s.size = f, 0
		if s.config.Fsync {
			return syncFolder(s.config.Path)
		}
		return nil
	}
}

// end closes the active segment, and removes it when nothing was written.
func (s *Sink) end() {
	if s.active == nil {
		return
	}
	name := s.active.Name()
	if err := s.active.Close(); err != nil {
		s.log.Warnf("spool: %v", err)
	}
	if s.size == 0 {
		os.Remove(name) //nolint:errcheck // an empty file that stays does no harm
	}
	s.others += s.size
	s.active, s.size = nil, 0
}

// Close ends the active segment.
func (s *Sink) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.end()
	return nil
}

const ending = ".jsonl"

// prefix tells the segments of this instance from those of others in the folder.
func (s *Sink) prefix() string { return "cmtrail-" + s.id + "-" }
