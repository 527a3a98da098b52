package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// Store keeps values by key across restarts.
type Store interface {
	Get(ctx context.Context, keys []string) (values [][]byte, err error) // nil for a key that it does not have
	Put(ctx context.Context, entries []Entry) error                      // all of them or none
}

// Entry is a value to be kept; nil forgets the key.
type Entry struct {
	Key   string
	Value []byte
}

// Shelves keep values of several kinds in one store. What is set on any of them is written together, so that a value never
// leaves one shelf without being on the other.
type Shelves struct {
	store Store
	next  []Entry
	place map[string]int // of a key in next
}

// NewShelves returns shelves in a store.
func NewShelves(store Store) *Shelves { return &Shelves{store: store, place: map[string]int{}} }

// Flush writes what has been set. What could not be written is tried again with the next Flush.
func (s *Shelves) Flush(ctx context.Context) error {
	if len(s.next) == 0 {
		return nil
	}
	if err := s.store.Put(ctx, s.next); err != nil {
		return fmt.Errorf("keeping what is pending: %w", err)
	}
	clear(s.next)
	clear(s.place)
	s.next = s.next[:0]
	return nil
}

func (s *Shelves) set(key string, value []byte) {
	if at, ok := s.place[key]; ok {
		s.next[at].Value = value
		return
	}
	s.place[key] = len(s.next)
	s.next = append(s.next, Entry{key, value})
}

// Shelf keeps values of one kind by name. A store cannot list its keys, so the names stand in pages of their own.
type Shelf struct {
	shelves *Shelves
	kind    string
	pages   [][]string      // names by page
	place   map[string]int  // name to page
	gone    map[string]bool // names on a page whose value is forgotten
}

// pageSize is the number of names on a page: a new name costs writing one page anew.
const pageSize = 128

// Open gives each value of a kind that the store holds, and returns the shelf of that kind. An error beside a shelf tells of pages that
// something else has written over, whose values nobody finds any more; without one, the store could not be read.
func (s *Shelves) Open(ctx context.Context, kind string, each func(name string, value []byte)) (*Shelf, error) {
	f := &Shelf{shelves: s, kind: kind, place: map[string]int{}, gone: map[string]bool{}}
	var faults []error
	for page := 0; ; page++ {
		values, err := s.store.Get(ctx, []string{f.pageKey(page)})
		if err != nil {
			return nil, fmt.Errorf("reading what was pending: %w", err)
		}
		if values[0] == nil {
			return f, errors.Join(faults...)
		}
		names, err := f.namesOn(page, values[0])
		if err != nil {
			faults = append(faults, err)
		}
		keys := make([]string, len(names))
		for i, name := range names {
			keys[i] = f.key(name)
		}
		if values, err = s.store.Get(ctx, keys); err != nil {
			return nil, fmt.Errorf("reading what was pending: %w", err)
		}
		for i, value := range values {
			if value == nil {
				f.gone[names[i]] = true
			} else {
				each(names[i], value)
			}
		}
	}
}

// namesOn takes up the names on a page, each once. A page that cannot be read is begun anew.
func (f *Shelf) namesOn(page int, value []byte) ([]string, error) {
	f.pages = append(f.pages, nil)
	var names []string
	if err := json.Unmarshal(value, &names); err != nil {
		f.shelves.set(f.pageKey(page), []byte("[]"))
		return nil, fmt.Errorf("page %d of %q cannot be read: %w", page, f.kind, err)
	}
	for _, name := range names {
		if _, twice := f.place[name]; !twice {
			f.place[name] = page
			f.pages[page] = append(f.pages[page], name)
		}
	}
	return f.pages[page], nil
}

func (f *Shelf) pageKey(page int) string { return f.kind + ".page." + strconv.Itoa(page) }

func (f *Shelf) key(name string) string { return f.kind + ".state." + name }

// Set keeps a value with the next Flush; nil forgets it.
func (f *Shelf) Set(name string, value []byte) {
	_, known := f.place[name]
	switch {
	case known && value == nil:
		f.gone[name] = true
	case known:
		delete(f.gone, name)
	case value == nil:
		return // was never there
	default:
		page := f.room()
		f.pages[page] = append(f.pages[page], name)
		f.place[name] = page
		names, err := json.Marshal(f.pages[page])
		if err != nil { // a list of texts can be written
			panic(err)
		}
		f.shelves.set(f.pageKey(page), names)
	}
	f.shelves.set(f.key(name), value)
}

// room returns a page that can take a name: the last one, where names that are gone make room before a new one begins.
func (f *Shelf) room() int {
	last := len(f.pages) - 1
	if last >= 0 && len(f.pages[last]) < pageSize {
		return last
	}
	for name := range f.gone {
		page := f.place[name]
		names := f.pages[page]
		for i, n := range names {
			if n == name {
				f.pages[page] = append(names[:i:i], names[i+1:]...)
				break
			}
		}
		delete(f.gone, name)
		delete(f.place, name)
		return page
	}
	f.pages = append(f.pages, nil)
	return len(f.pages) - 1
}
