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
		out := t.fresh
		if from.kept {
			out = t.carried
		}
		t.untagged(out.add(from.group), from)
	})
}

// containWriting is deferred where a record is written.
func (t *tagger) containWriting(to plog.LogRecord, from *origin) {
	if what := recover(); what != nil {
		t.faults.Contained(fault.Output, what)
		t.untagged(to, from)
	}
}

// withheld stands in place of a record whose names could not be hidden.
const withheld = "withheld: its names could not be hidden"

// untagged writes a record as it came. One whose names cannot be hidden does not go on with them.
func (t *tagger) untagged(to plog.LogRecord, from *origin) {
	from.record.CopyTo(to)
	if !t.faults.Guard(fault.Output, func() { t.hider.whole(to) }) {
		plog.NewLogRecord().CopyTo(to)
		to.Body().SetStr(withheld)
	}
}
