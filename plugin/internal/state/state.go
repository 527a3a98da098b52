// Package state keeps on the disk what an instance of the plugin holds for Fluent Bit: the lines of records that are not
// complete, and records that the sink has not taken. bbolt does the keeping: it survives being killed at any moment,
// writes only what changed, and locks the file against a second instance.
package state

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/cmtrail/cmtrail/internal/pipeline"
)

// Store is the file of one instance.
type Store struct {
	db   *bbolt.DB
	name string
}

// Item is a kept value under its key.
type Item struct {
	Key, Value []byte
}

// Change is what one Save writes. A nil value deletes its key.
type Change struct {
	Held    []Item // by stream
	Waiting []Item // by sequence number, see Sequence
}

// Empty tells whether there is nothing to write.
func (c *Change) Empty() bool { return len(c.Held) == 0 && len(c.Waiting) == 0 }

var (
	bucketHeld    = []byte("held")
	bucketWaiting = []byte("waiting")
	bucketSelf    = []byte("instance")
	bucketPending = []byte("pending")
	keyName       = []byte("name")
)

// lockTimeout is how long an instance that is going may take to let go of its file.
const lockTimeout = 2 * time.Second

// ErrLocked is returned when another instance, here or in another process, uses the file.
var ErrLocked = errors.New("in use by another instance")

// Open opens or creates the file of the instance with the given id in a folder. A file that cannot be read is put aside
// under another name, which damaged returns. Without fsync, a power cut may take the latest changes.
func Open(folder, id string, fsync bool) (s *Store, damaged string, err error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, "", err
	}
	path := filepath.Join(folder, "cmtrail-"+id+".db")
	s, err = open(path, fsync)
	if err == nil {
		return s, "", nil
	}
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, "", fmt.Errorf("%s: %w", path, ErrLocked)
	}
	var perm *os.PathError
	if errors.As(err, &perm) {
		return nil, "", err
	}
	damaged = path + time.Now().UTC().Format(".damaged-20060102T150405.000000000Z")
	if err := os.Rename(path, damaged); err != nil {
		return nil, "", err
	}
	s, err = open(path, fsync)
	return s, damaged, err
}

func open(path string, fsync bool) (s *Store, err error) {
	defer func() {
		if r := recover(); r != nil { // how bbolt tells of pages that make no sense
			err = fmt.Errorf("%s: %v", path, r)
		}
	}()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: lockTimeout, NoSync: !fsync, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		return nil, err
	}
	s = &Store{db: db}
	if err := db.Update(s.prepare); err != nil {
		db.Close() //nolint:errcheck // the other error is the one to tell
		return nil, err
	}
	return s, nil
}

// prepare makes the buckets and gives the instance a name of its own, for good.
func (s *Store) prepare(tx *bbolt.Tx) error {
	for _, name := range [][]byte{bucketHeld, bucketWaiting, bucketSelf, bucketPending} {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	self := tx.Bucket(bucketSelf)
	name := self.Get(keyName)
	if name == nil {
		var random [6]byte
		rand.Read(random[:]) //nolint:errcheck // never fails
		name = []byte(hex.EncodeToString(random[:]))
		if err := self.Put(keyName, name); err != nil {
			return err
		}
	}
	s.name = string(name)
	return nil
}

// Name returns a random name that stays with the file.
func (s *Store) Name() string { return s.name }

// Load gives what is kept: held first, then waiting, each in the order of its keys. Items hold until their function returns.
func (s *Store) Load(held, waiting func(Item)) (err error) {
	defer contain(s, &err)
	return s.db.View(func(tx *bbolt.Tx) error {
		each := func(bucket []byte, f func(Item)) error {
			return tx.Bucket(bucket).ForEach(func(k, v []byte) error {
				if v != nil { // a bucket, which nobody here has made
					f(Item{k, v})
				}
				return nil
			})
		}
		if err := each(bucketHeld, held); err != nil {
			return err
		}
		return each(bucketWaiting, waiting)
	})
}

// Save writes a change, whole or not at all.
func (s *Store) Save(c Change) (err error) {
	if c.Empty() {
		return nil
	}
	defer contain(s, &err)
	return s.db.Update(func(tx *bbolt.Tx) error {
		if err := apply(tx.Bucket(bucketHeld), c.Held); err != nil {
			return err
		}
		return apply(tx.Bucket(bucketWaiting), c.Waiting)
	})
}

func apply(bucket *bbolt.Bucket, items []Item) error {
	for _, item := range items {
		var err error
		if item.Value == nil {
			err = bucket.Delete(item.Key)
		} else {
			err = bucket.Put(item.Key, item.Value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Pending is what correlation has pending, as the pipeline keeps it.
type Pending struct{ store *Store }

// Pending returns the part of the file that is correlation's.
func (s *Store) Pending() Pending { return Pending{s} }

// Get returns the values of keys; nil for those that are not there.
func (p Pending) Get(_ context.Context, keys []string) (values [][]byte, err error) {
	defer contain(p.store, &err)
	values = make([][]byte, len(keys))
	err = p.store.db.View(func(tx *bbolt.Tx) error {
		for i, k := range keys {
			values[i] = bytes.Clone(tx.Bucket(bucketPending).Get([]byte(k)))
		}
		return nil
	})
	return values, err
}

// Put writes entries, all of them or none. A nil value deletes its key.
func (p Pending) Put(_ context.Context, entries []pipeline.Entry) (err error) {
	defer contain(p.store, &err)
	items := make([]Item, len(entries))
	for i, e := range entries {
		items[i] = Item{[]byte(e.Key), e.Value}
	}
	return p.store.db.Update(func(tx *bbolt.Tx) error { return apply(tx.Bucket(bucketPending), items) })
}

// contain makes an error of how bbolt tells of pages that make no sense.
func contain(s *Store, err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("%s: %v", s.db.Path(), r)
	}
}

// Close lets go of the file.
func (s *Store) Close() error { return s.db.Close() }

// Sequence returns the key of the n-th thing, so that keys sort as numbers do.
func Sequence(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// Number reads a key that Sequence made; 0 when it is no such key.
func Number(key []byte) uint64 {
	if len(key) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64(key)
}
