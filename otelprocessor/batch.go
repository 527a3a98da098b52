package otelprocessor

import (
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/cmtrail/cmtrail/internal/fault"
	"github.com/cmtrail/cmtrail/internal/pipeline"
)

// origin is the log record that a line came with.
type origin struct {
	group  *group
	record plog.LogRecord
	text   string // the line; "" when kept
	copied bool   // what is made of it is made of a copy
	kept   bool   // came with an earlier batch; record is a copy
	given  bool   // its record has gone on
	stays  bool   // and stands where it stood
}

// keepOrigin copies what a held line came with, because its batch goes away.
func keepOrigin(o any) any {
	from := o.(*origin)
	own := &origin{group: from.group, record: plog.NewLogRecord(), kept: true}
	from.record.CopyTo(own.record)
	return own
}

// passage is a batch under way. Nearly every record is a line that becomes a record: it is written where it stands.
type passage struct {
	origins []origin                     // of each record, in the order of the batch
	others  map[*origin][]plog.LogRecord // that begin in a text of several lines, in front of the record that stands
	passed  int                          // records that hold no line
}

// maxOrigins is for how many records of a batch room is kept for the next.
const maxOrigins = 8192

// end forgets the batch, and keeps the room for the next.
func (p *passage) end() {
	origins := p.origins
	*p = passage{}
	if cap(origins) <= maxOrigins {
		clear(origins)
		p.origins = origins[:0]
	}
}

// takeBatch gives the lines of a batch to the table, which has their records written.
func (t *tagger) takeBatch(batch plog.Logs) {
	p := &t.passage
	if n := batch.LogRecordCount(); n > cap(p.origins) {
		p.origins = make([]origin, 0, n) // the table is given their places
	}
	for _, rl := range batch.ResourceLogs().All() {
		whole := t.lines.sourceOf(rl.Resource().Attributes())
		for _, sl := range rl.ScopeLogs().All() {
			g := t.groups.of(rl, sl)
			for _, lr := range sl.LogRecords().All() {
				l, ok := t.lines.read(lr, &whole)
				p.origins = append(p.origins, origin{group: g, record: lr, text: l.text, copied: l.bytes || l.marked, stays: !ok})
				if ok {
					t.write(&l, &p.origins[len(p.origins)-1])
					if len(t.quiet) >= quietAtOnce {
						t.writeQuiet()
					}
					continue
				}
				t.hider.whole(lr)
				p.passed++
			}
		}
	}
	t.writeQuiet()
	clear(t.quiet[:min(cap(t.quiet), len(p.origins))]) // each is of one of them
}

// handOver moves the records of a batch to the output, behind each other as their lines were.
func (t *tagger) handOver(batch plog.Logs) {
	p := &t.passage
	origins := p.origins
	for _, rl := range batch.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			list := sl.LogRecords()
			own := origins[:list.Len()]
			origins = origins[len(own):]
			if len(p.others) > 0 {
				p.merge(own, t.fresh)
				continue
			}
			at := -1
			list.RemoveIf(func(plog.LogRecord) bool {
				at++
				return !own[at].stays
			})
			if list.Len() > 0 {
				t.fresh.addAll(own[0].group, list)
			}
		}
	}
}

// merge moves records to the output, each behind the others that begin in its text.
func (p *passage) merge(own []origin, out *output) {
	for i := range own {
		from := &own[i]
		for _, lr := range p.others[from] {
			lr.MoveTo(out.add(from.group))
		}
		if from.stays {
			from.record.MoveTo(out.add(from.group))
		}
	}
}

// write gives a line to the table.
func (t *tagger) write(l *line, from *origin) {
	defer t.contain()
	if l.placed {
		t.table.At(l.source, l.offset)
	}
	t.table.WriteLine(l.source, l.text, from)
}

// take writes a record that the table gives out.
func (t *tagger) take(res *pipeline.Result) {
	from := res.Origin.(*origin)
	from.given = true
	switch {
	case from.kept:
		t.writeCopy(t.carried.add(from.group), from, res)
	case from.copied || from.stays || len(res.Record.Original) < len(from.text): // others may begin in the text
		to := plog.NewLogRecord()
		if t.passage.others == nil {
			t.passage.others = map[*origin][]plog.LogRecord{}
		}
		t.passage.others[from] = append(t.passage.others[from], to)
		t.writeCopy(to, from, res)
	default:
		from.stays = true
		if !t.later(from, res) {
			t.writeInPlace(from, res, res.Codes())
		}
	}
	if t.relater != nil {
		t.relater.take(from.group, res)
	}
}

// writeCopy writes a record into a copy of what came, which stays as it came when writing breaks.
func (t *tagger) writeCopy(to plog.LogRecord, from *origin, res *pipeline.Result) {
	defer func() {
		if what := recover(); what != nil {
			t.faults.Contained(fault.Output, what)
			t.untagged(to, from)
		}
	}()
	from.record.CopyTo(to)
	t.writeTo(to, from, res, res.Codes())
}

// writeInPlace writes a record into the one that came. What the writer has put there before it broke is taken away again.
func (t *tagger) writeInPlace(from *origin, res *pipeline.Result, codes []uint32) {
	came := from.record.Attributes().Len()
	defer func() {
		if what := recover(); what != nil {
			t.faults.Contained(fault.Output, what)
			t.writer.undo(from.record, from.text, came)
			t.hide(from.record)
		}
	}()
	t.writeTo(from.record, from, res, codes)
}

func (t *tagger) writeTo(to plog.LogRecord, from *origin, res *pipeline.Result, codes []uint32) {
	if fault.Inject != nil {
		fault.Inject(fault.Output, res.Record.Message)
	}
	t.writer.line = from.text
	if t.hider != nil {
		res = t.hider.Result(res)
		t.hider.beside(to)
	}
	t.writer.write(to, res, codes)
}
