package pipeline

import (
	"context"
	"errors"
)

// Keeper keeps what is pending on a shelf, a value for each host.
type Keeper struct {
	live    *Live
	shelves *Shelves
	shelf   *Shelf
}

// keptSmall is the number of pending things beyond which a host is saved once a while, not with each batch.
const keptSmall = 256

// NewKeeper takes back what the store holds, and keeps in it what live has pending from here on. An error beside a keeper
// tells of states that could not be read; without one, the store itself could not.
func NewKeeper(ctx context.Context, shelves *Shelves, live *Live) (*Keeper, error) {
	k := &Keeper{live: live, shelves: shelves}
	live.correlator.Track()
	var faults []error
	var bad []string
	var err error
	k.shelf, err = shelves.Open(ctx, "correlation", func(name string, state []byte) {
		if err := live.correlator.Restore(name, state); err != nil {
			faults, bad = append(faults, err), append(bad, name) // of this host; the others are well
		}
	})
	if k.shelf == nil {
		return nil, err
	}
	if err != nil {
		faults = append(faults, err)
	}
	for _, name := range bad {
		k.shelf.Set(name, nil)
	}
	now := live.clock.Now()
	for _, h := range live.correlator.HostNames() {
		restored := &liveHost{name: h, heard: now, since: now} // what came last before the restart may still wait
		live.hosts[h], live.active[restored] = restored, struct{}{}
	}
	return k, errors.Join(faults...)
}

// Save writes what has changed, with all that has been set on the other shelves. Hosts and relations across
// hosts with very much pending are left for SaveRest.
func (k *Keeper) Save(ctx context.Context) error { return k.save(ctx, keptSmall) }

// SaveRest writes all that has changed.
func (k *Keeper) SaveRest(ctx context.Context) error { return k.save(ctx, 0) }

// SaveAll writes everything, how far each log has been read as well. It is for the end.
func (k *Keeper) SaveAll(ctx context.Context) error {
	return errors.Join(k.live.correlator.SaveAll(k.set), k.shelves.Flush(ctx))
}

func (k *Keeper) save(ctx context.Context, limit int) error {
	return errors.Join(k.live.correlator.Save(limit, k.set), k.shelves.Flush(ctx))
}

func (k *Keeper) set(name string, state []byte) error {
	k.shelf.Set(name, state)
	return nil
}
