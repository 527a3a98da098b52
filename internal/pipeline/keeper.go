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

// Keeper keeps what is pending in a store, a value for each host. A store cannot list its keys, so their names stand in
// pages of their own.
type Keeper struct {
	store Store
	live  *Live
	pages [][]string      // names by page
	place map[string]int  // name to page
	gone  map[string]bool // names on a page whose value is forgotten
	next  []Entry
}

// pageSize is the number of names on a page: a new host costs writing one page anew.
const pageSize = 128

// keptSmall is the number of pending things beyond which a host is saved once a while, not with each batch.
const keptSmall = 256

// NewKeeper takes back what the store holds, and keeps in it what live has pending from here on. An error beside a keeper
// tells of states that could not be read; without one, the store itself could not.
func NewKeeper(ctx context.Context, store Store, live *Live) (*Keeper, error) {
	k := &Keeper{store: store, live: live, place: map[string]int{}, gone: map[string]bool{}}
	live.correlator.Track()
	var faults []error
	for page := 0; ; page++ {
		values, err := store.Get(ctx, []string{pageKey(page)})
		if err != nil {
			return nil, fmt.Errorf("reading what was pending: %w", err)
		}
		if values[0] == nil {
			break
		}
		var names []string
		if err := json.Unmarshal(values[0], &names); err != nil {
			return nil, fmt.Errorf("page %d of what was pending: %w", page, err)
		}
		for _, name := range names {
			k.place[name] = page
		}
		k.pages = append(k.pages, names)
		states, err := store.Get(ctx, keysOf(names))
		if err != nil {
			return nil, fmt.Errorf("reading what was pending: %w", err)
		}
		for i, state := range states {
			if state == nil {
				k.gone[names[i]] = true
				continue
			}
			if err := live.correlator.Restore(names[i], state); err != nil {
				faults = append(faults, err) // of this host; the others are well
			}
		}
	}
	now := live.clock.Now()
	for _, h := range live.correlator.HostNames() {
		restored := &liveHost{name: h, heard: now, since: now} // what came last before the restart may still wait
		live.hosts[h], live.active[restored] = restored, struct{}{}
	}
	return k, errors.Join(faults...)
}

func pageKey(page int) string { return "correlation.page." + strconv.Itoa(page) }

func stateKey(name string) string { return "correlation.state." + name }

func keysOf(names []string) []string {
	keys := make([]string, len(names))
	for i, n := range names {
		keys[i] = stateKey(n)
	}
	return keys
}

// Save writes what has changed. Hosts with very much pending, and the relations across hosts, are left for SaveRest.
func (k *Keeper) Save(ctx context.Context) error { return k.save(ctx, keptSmall) }

// SaveRest writes all that has changed.
func (k *Keeper) SaveRest(ctx context.Context) error { return k.save(ctx, 0) }

// SaveAll writes everything, how far each log has been read as well. It is for the end.
func (k *Keeper) SaveAll(ctx context.Context) error {
	k.next = k.next[:0]
	err := k.live.correlator.SaveAll(k.note)
	return errors.Join(err, k.flush(ctx))
}

func (k *Keeper) save(ctx context.Context, limit int) error {
	err := k.live.correlator.Save(limit, k.note)
	return errors.Join(err, k.flush(ctx))
}

// note takes one state. It cannot fail: what could not be written is kept for the next time.
func (k *Keeper) note(name string, state []byte) error {
	k.next = append(k.next, Entry{stateKey(name), state})
	_, known := k.place[name]
	switch {
	case known && state == nil:
		k.gone[name] = true
	case known:
		delete(k.gone, name)
	case state != nil:
		page := k.room()
		k.pages[page] = append(k.pages[page], name)
		k.place[name] = page
		names, err := json.Marshal(k.pages[page])
		if err != nil {
			return fmt.Errorf("page %d: %w", page, err)
		}
		k.next = append(k.next, Entry{pageKey(page), names})
	}
	return nil
}

// room returns a page that can take a name: the last one, where names that are gone make room before a new one begins.
func (k *Keeper) room() int {
	last := len(k.pages) - 1
	if last >= 0 && len(k.pages[last]) < pageSize {
		return last
	}
	for name := range k.gone {
		page := k.place[name]
		names := k.pages[page]
		for i, n := range names {
			if n == name {
				k.pages[page] = append(names[:i:i], names[i+1:]...)
				break
			}
		}
		delete(k.gone, name)
		delete(k.place, name)
		return page
	}
	k.pages = append(k.pages, nil)
	return len(k.pages) - 1
}

func (k *Keeper) flush(ctx context.Context) error {
	if len(k.next) == 0 {
		return nil
	}
	if err := k.store.Put(ctx, k.next); err != nil {
		return fmt.Errorf("keeping what is pending: %w", err)
	}
	clear(k.next)
	k.next = k.next[:0]
	return nil
}
