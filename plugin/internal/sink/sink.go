// Package sink is where tagged events leave the plugin. An output plugin cannot put events back into Fluent Bit, so each
// sink hands them to somebody who keeps them: a file, or a server that acknowledges.
package sink

import (
	"context"
	"time"

	"github.com/cmtrail/cmtrail/plugin/internal/event"
)

// Sink hands batches on. It is safe for concurrent use.
type Sink interface {
	// Send hands on the events of a batch, in order, and returns how many of the first ones the other side has for good.
	// When err is nil these are all. An error is a *Refused when sending the next event again would be of no use.
	// Send gives up when ctx ends.
	Send(ctx context.Context, b *Batch) (n int, err error)
	// Close lets go of connections and files. No Send is under way, and none follows.
	Close() error
}

// Refused says that the other side will never take the event after those it took.
type Refused struct {
	Events int // how many events, from that one on, it refuses
	Reason string
}

func (r *Refused) Error() string { return r.Reason }

// Origin names the instance that tagged an event, in the event's metadata, or in its body where the metadata stays behind.
// An instance that meets its own name has been fed its own output.
const Origin = "cmtrail.instance"

// OriginOf returns the instance that tagged an event: the one it names, so that an event that goes round through others
// is known where it began, else self.
func OriginOf(ev event.Event, self string) string {
	if origin, ok := event.Text(event.Find(ev.Meta, Origin)); ok {
		return string(origin)
	}
	if origin, ok := event.Text(event.Find(ev.Body, Origin)); ok {
		return string(origin)
	}
	return self
}

// Prefix begins every key that the plugin adds for itself.
const Prefix = "cmtrail."

// Keys of bodies that carry what the other side has no place for.
const (
	Metadata = "cmtrail.metadata" // the event's metadata, when it has any
	GroupKey = "cmtrail.group"    // "start" or "end" on the markers around a group of OTLP logs
)

// Reporter takes what is worth a line in the log. Per-event faults are counted instead.
type Reporter interface {
	Infof(format string, args ...any)
	Warnf(format string, args ...any)
	Errorf(format string, args ...any)
}

// FailFast refuses to try again for a while after a failure, so that a host that is about to stop is not held up by
// connecting to a server that is away. The zero value lets everything pass. It is for one goroutine at a time.
type FailFast struct {
	Window time.Duration
	until  time.Time
}

// Open tells whether trying is in order.
func (f *FailFast) Open(now time.Time) bool { return !now.Before(f.until) }

// Failed begins the window.
func (f *FailFast) Failed(now time.Time) { f.until = now.Add(f.Window) }
