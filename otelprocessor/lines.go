package otelprocessor

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/cmtrail/cmtrail/internal/attribute"
	"github.com/cmtrail/cmtrail/internal/fault"
	"github.com/cmtrail/cmtrail/internal/pipeline"
)

// lines finds the line of a log record and where it comes from.
type lines struct {
	message string // attribute that holds the line; "" is the body
	host    string // attribute that tells hosts apart
}

// text returns the line of a record; ok is false when it has none, or when this processor has read or made it before.
func (l *lines) text(lr plog.LogRecord) (text string, ok bool) {
	attrs := lr.Attributes()
	if _, tagged := attrs.Get(attribute.Format); tagged || attribute.IsEvent(lr.EventName()) {
		return "", false
	}
	if name, named := attrs.Get(attribute.EventName); named && name.Type() == pcommon.ValueTypeStr && attribute.IsEvent(name.Str()) {
		return "", false
	}
	v := lr.Body()
	if l.message != "" {
		if v, ok = attrs.Get(l.message); !ok {
			return "", false
		}
	}
	switch v.Type() {
	case pcommon.ValueTypeStr:
		return v.Str(), true
	case pcommon.ValueTypeBytes:
		return string(v.Bytes().AsRaw()), true
	default:
		return "", false
	}
}

// source says where a record comes from. What the record says wins over what its resource says, which whole gives.
func (l *lines) source(lr plog.LogRecord, whole pipeline.Source) pipeline.Source {
	own := l.sourceOf(lr.Attributes())
	if own.Host == "" {
		own.Host = whole.Host
	}
	if own.Arch == "" {
		own.Arch = whole.Arch
	}
	if own.Path == "" && own.Name == "" {
		own.Path, own.Name = whole.Path, whole.Name
	}
	return own
}

func (l *lines) sourceOf(attrs pcommon.Map) (s pipeline.Source) {
	for name, v := range attrs.All() {
		switch name {
		case l.host:
			s.Host = nameOf(v)
		case attribute.HostArch:
			s.Arch = nameOf(v)
		case attribute.FilePath:
			s.Path = nameOf(v)
		case attribute.FileName:
			s.Name = nameOf(v)
		}
	}
	return s
}

// nameOf returns a value as a name. Maps and lists are none, and may be so deep that it takes long to write them out.
func nameOf(v pcommon.Value) string {
	switch v.Type() {
	case pcommon.ValueTypeMap, pcommon.ValueTypeSlice:
		return ""
	}
	return v.AsString()
}

// origin is the log record that a line came with.
type origin struct {
	group  *group
	record plog.LogRecord
	text   string // the line; "" when kept
	kept   bool   // came with an earlier batch; record is a copy
	given  bool   // its record has gone on
}

// keepOrigin copies what a held line came with, because its batch goes away.
func keepOrigin(o any) any {
	from := o.(*origin)
	own := &origin{group: from.group, record: plog.NewLogRecord(), kept: true}
	from.record.CopyTo(own.record)
	return own
}

// takeBatch gives the lines of a batch to the table, and moves what is no line to the output. It returns how many were
// moved.
func (t *tagger) takeBatch(batch plog.Logs) (passed int) {
	origins := make([]origin, 0, batch.LogRecordCount())
	for _, rl := range batch.ResourceLogs().All() {
		whole := t.lines.sourceOf(rl.Resource().Attributes())
		for _, sl := range rl.ScopeLogs().All() {
			g := t.groups.of(rl, sl)
			for _, lr := range sl.LogRecords().All() {
				text, ok := t.lines.text(lr)
				if !ok {
					to := t.fresh.add(g)
					lr.MoveTo(to)
					t.hider.whole(to)
					passed++
					continue
				}
				origins = append(origins, origin{group: g, record: lr, text: text})
				t.write(lr, whole, text, &origins[len(origins)-1])
			}
		}
	}
	return passed
}

// write gives a line to the table.
func (t *tagger) write(lr plog.LogRecord, whole pipeline.Source, text string, from *origin) {
	defer t.contain()
	src := t.lines.source(lr, whole)
	if at, known := lr.Attributes().Get(attribute.FileOffset); known && at.Type() == pcommon.ValueTypeInt {
		t.table.At(src, at.Int())
	}
	t.table.WriteLine(src, text, from)
}

// Room for the attributes that records get: most that no rule takes notice of, and most others.
const (
	attributesOfRecord  = 6
	attributesOfVerdict = 8
)

// room returns how many attributes a record is likely to get.
func room(res *pipeline.Result) int {
	if res.Verdict == nil {
		return attributesOfRecord
	}
	return attributesOfRecord + attributesOfVerdict
}

// take puts a record that the table gives out behind the others of its group.
func (t *tagger) take(res *pipeline.Result) {
	from := res.Origin.(*origin)
	out := t.fresh
	if from.kept {
		out = t.carried
	}
	to := out.add(from.group)
	from.given = true
	t.writeTo(to, from, res)
	if t.relater != nil {
		t.relater.take(from.group, res)
	}
}

// writeTo writes a record, which stays as it came when writing breaks.
func (t *tagger) writeTo(to plog.LogRecord, from *origin, res *pipeline.Result) {
	defer t.containWriting(to, from)
	if fault.Inject != nil {
		fault.Inject(fault.Output, res.Record.Message)
	}
	if !from.kept && len(res.Record.Original) >= len(from.text) { // no other record begins in the line
		from.record.MoveTo(to)
		to.Attributes().EnsureCapacity(to.Attributes().Len() + room(res))
	} else {
		to.Attributes().EnsureCapacity(from.record.Attributes().Len() + room(res))
		from.record.CopyTo(to)
	}
	t.writer.line = from.text
	if t.hider == nil {
		t.writer.write(to, res)
	} else {
		hidden := t.hider.Result(res)
		t.hider.beside(to)
		t.writer.write(to, hidden)
	}
}
