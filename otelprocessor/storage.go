package otelprocessor

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.opentelemetry.io/collector/featuregate"
	"go.uber.org/zap"

	"github.com/cmtrail/cmtrail/internal/pipeline"
)

// kept is what the processor keeps in a storage: the lines that it holds, the records that the next component has still to
// take, and what correlation has pending. It is all written together, so that whatever a receiver was told is taken is in
// the storage, or in the hands of the next component, at any moment. The tagger's lock guards it.
type kept struct {
	client  storage.Client
	shelves *pipeline.Shelves
	lines   *pipeline.Shelf // by stream
	rounds  *pipeline.Shelf // by number
	unsafe  bool            // the last attempt to write failed
}

// openStorage returns the client of the storage extension that the settings name.
func openStorage(ctx context.Context, host component.Host, extension, id component.ID) (storage.Client, error) {
	ext, ok := host.GetExtensions()[extension]
	if !ok {
		return nil, fmt.Errorf("storage: extension %q is not configured", extension)
	}
	s, ok := ext.(storage.Extension)
	if !ok {
		return nil, fmt.Errorf("storage: extension %q is no storage", extension)
	}
	client, err := s.GetClient(ctx, component.KindProcessor, id, "")
	if err != nil {
		return nil, fmt.Errorf("storage: %w", err)
	}
	return client, nil
}

// restore takes back all that was kept when the Collector stopped or was killed.
func (t *tagger) restore(ctx context.Context, client storage.Client) (err error) {
	k := &kept{client: client, shelves: pipeline.NewShelves(store{client})}
	// What cannot be read is told once, and forgotten.
	open := func(kind string, take func(name string, value []byte) bool) (*pipeline.Shelf, error) {
		var bad []string
		shelf, err := k.shelves.Open(ctx, kind, func(name string, value []byte) {
			if !take(name, value) {
				bad = append(bad, name)
			}
		})
		if shelf == nil {
			return nil, err
		}
		if err != nil || len(bad) > 0 {
			t.log.Error("Some of what was kept could not be read and is given up", zap.String("kind", kind), zap.Int("values", len(bad)), zap.Error(err))
		}
		for _, name := range bad {
			shelf.Set(name, nil)
		}
		return shelf, nil
	}
	if k.rounds, err = open("waiting", t.restoreRound); err != nil {
		return err
	}
	t.waiting.sort()
	t.begin() // narrower bounds than before let go of what is taken back, which is told
	if t.relater != nil {
		if err := t.relater.restore(ctx, k.shelves, t.log); err != nil {
			return err
		}
	}
	var held []string
	k.lines, err = open("held", func(name string, value []byte) bool {
		held = append(held, name)
		return t.restoreLines(value)
	})
	if err != nil {
		return err
	}
	for _, name := range held {
		k.lines.Set(name, nil) // what is still held is written with the same save, under the name of its log today
	}
	t.kept = k
	t.keep(t.newRound(t.carried))
	t.log.Info("Held lines and records are taken up", zap.Int64("lines", t.table.Held()), zap.Int("records", t.waiting.count))
	return nil
}

// save writes what is held and has changed. With all, it also writes what correlation saves only now and then, as that may
// be much. A failure is told once, and tried again with the next call.
func (t *tagger) save(ctx context.Context, all bool) error {
	k := t.kept
	if k == nil {
		return nil
	}
	t.table.Changed(func(src pipeline.Source, held iter.Seq[any]) bool {
		k.lines.Set(streamName(src), encodeLines(held))
		return true
	})
	write := k.shelves.Flush
	if t.relater != nil {
		write = t.relater.keeper.Save
		if all {
			write = t.relater.keeper.SaveRest
		}
	}
	err := write(ctx)
	switch {
	case err != nil && !k.unsafe:
		t.log.Error("What is held cannot be written to the storage; no more is taken until it can", zap.Error(err))
	case err == nil && k.unsafe:
		t.log.Info("What is held is in the storage again")
		defer t.tell()
	}
	k.unsafe = err != nil
	return err
}

// close writes everything and lets go of the storage.
func (k *kept) close(ctx context.Context, r *relater) error {
	var err error
	if r != nil {
		err = r.keeper.SaveAll(ctx)
	} else {
		err = k.shelves.Flush(ctx)
	}
	return errors.Join(err, k.client.Close(ctx))
}

// store makes a storage client what the pipeline asks for.
type store struct{ client storage.Client }

func (s store) Get(ctx context.Context, keys []string) ([][]byte, error) {
	ops := make([]*storage.Operation, len(keys))
	for i, k := range keys {
		ops[i] = storage.GetOperation(k)
	}
	if err := s.client.Batch(ctx, ops...); err != nil {
		return nil, err
	}
	values := make([][]byte, len(keys))
	for i, op := range ops {
		values[i] = op.Value
	}
	return values, nil
}

func (s store) Put(ctx context.Context, entries []pipeline.Entry) error {
	ops := make([]*storage.Operation, len(entries))
	for i, e := range entries {
		if e.Value == nil {
			ops[i] = storage.DeleteOperation(e.Key)
		} else {
			ops[i] = storage.SetOperation(e.Key, e.Value)
		}
	}
	return s.client.Batch(ctx, ops...)
}

// synchronous is the feature gate that makes file_log hand a line on before it notes that it has read it.
const synchronous = "stanza.synchronousLogEmitter"

// adviseSynchronous tells once when that gate is off. The receiver then gathers lines in memory, beyond what this processor
// can keep.
func adviseSynchronous(log *zap.Logger) {
	featuregate.GlobalRegistry().VisitAll(func(g *featuregate.Gate) {
		if g.ID() == synchronous && !g.IsEnabled() {
			log.Warn("A Collector that is killed loses the lines that file_log has read and not handed on; start it with --feature-gates=" + synchronous)
		}
	})
}
