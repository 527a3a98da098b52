package spool

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// prune measures the other segments of this instance and removes those that have been read for long enough, or are too
// old to be kept.
func (s *Sink) prune() error {
	now := s.now()
	s.pruned = now
	entries, err := os.ReadDir(s.config.Path)
	if err != nil {
		return err
	}
	positions := readerPositions(s.config.Path)
	s.others = 0
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasPrefix(name, s.prefix()) || !strings.HasSuffix(name, ending) {
			continue
		}
		path := filepath.Join(s.config.Path, name)
		if s.active != nil && path == s.active.Name() {
			continue
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		position, open := positions[name]
		switch {
		case open && position >= info.Size():
			since, known := s.readAt[name]
			if !known {
				since = now
				s.readAt[name] = now
			}
			if now.Sub(since) >= settled && s.remove(path, name) {
				continue
			}
		case s.config.Keep > 0 && now.Sub(info.ModTime()) >= s.config.Keep:
			if !open && info.Size() > 0 {
				s.log.Warnf("spool: removed %s after spool_keep, %s; nobody is known to have read it", name, s.config.Keep)
			}
			if s.remove(path, name) {
				continue
			}
		default:
			delete(s.readAt, name)
		}
		s.others += info.Size()
	}
	return nil
}

func (s *Sink) remove(path, name string) bool {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.log.Warnf("spool: %v", err)
		return false
	}
	delete(s.readAt, name)
	return true
}
