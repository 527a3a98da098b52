package otelprocessor

import (
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"

	"github.com/cmtrail/cmtrail/internal/fault"
)

// tellPanic tells of a panic that was contained.
func (t *tagger) tellPanic(r fault.Report) {
	t.log.Error("Contained a panic", zap.Stringer("place", r.Place), zap.String("panic", r.What), zap.Uint64("more_since_last_report", r.Untold))
	t.log.Debug("Contained a panic", zap.String("stack", r.Stack))
}

// guarded calls f, which reads lines, and contains what breaks there.
func (t *tagger) guarded(f func()) {
	defer t.contain()
	f()
}

// contain is deferred where lines are read. When that breaks beyond a single stream, the lines that are held go on untagged
// and reading begins anew.
func (t *tagger) contain() {
	what := recover()
	if what == nil {
		return
	}
	t.faults.Contained(fault.Parser, what)
	t.table.Abandon(func(o any) {
		from := o.(*origin)
		if from.given {
			return
		}
		from.given = true
		if from.kept {
			t.untagged(t.carried.add(from.group), from)
			return
		}
		from.stays = true
		t.hide(from.record)
	})
}

// withheld stands in place of a record whose names could not be hidden.
const withheld = "withheld: its names could not be hidden"

// untagged writes a record as it came.
func (t *tagger) untagged(to plog.LogRecord, from *origin) {
	from.record.CopyTo(to)
	t.hide(to)
}

// hide hides the names of a record that goes on as it came. One whose names cannot be hidden does not go on with them.
func (t *tagger) hide(lr plog.LogRecord) {
	if !t.faults.Guard(fault.Output, func() { t.hider.whole(lr) }) {
		plog.NewLogRecord().CopyTo(lr)
		lr.Body().SetStr(withheld)
	}
}
