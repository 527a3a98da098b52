package otlp

import (
	"time"

	"github.com/tinylib/msgp/msgp"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/cmtrail/cmtrail/internal/attribute"
	"github.com/cmtrail/cmtrail/plugin/internal/event"
	"github.com/cmtrail/cmtrail/plugin/internal/sink"
)

// attributeTag and attributeHost are names that receivers of the Collector use.
const (
	attributeTag  = "fluent.tag"
	attributeHost = "host.name"
)

// severities are OTLP's numbers for the texts. Each is the first of its range, as the sources grade no finer.
var severities = map[string]plog.SeverityNumber{
	"trace": plog.SeverityNumberTrace, "debug": plog.SeverityNumberDebug, "info": plog.SeverityNumberInfo,
	"warn": plog.SeverityNumberWarn, "error": plog.SeverityNumberError, "fatal": plog.SeverityNumberFatal,
}

// encode makes a request of the events from number first on that fit, and of one at least.
func (s *Sink) encode(b *sink.Batch, first int) (logs plog.Logs, events int) {
	logs = plog.NewLogs()
	to := output{logs: logs}
	to.group(b.Group(first))
	size := 0
	for i := first; i < b.Len(); i++ {
		size += len(b.Raw(i))
		if size > s.config.MaxBytes && events > 0 {
			break
		}
		events++
		ev, _, _ := event.Next(b.Raw(i))
		switch ev.Group() {
		case event.Start:
			to.group(ev.Body)
		case event.End:
			to.group(nil)
		default:
			host := pcommon.NewValueEmpty()
			record := plog.NewLogRecord()
			s.record(record, host, ev, b.Tag)
			record.MoveTo(to.scope(host.AsString()).AppendEmpty())
		}
	}
	return logs, events
}

// output puts records below their resource and scope.
type output struct {
	logs  plog.Logs
	body  []byte // of the marker that opened the group; nil outside of groups
	hosts map[string]plog.LogRecordSlice
}

// group begins a group of OTLP logs: body holds {"resource": {"attributes"}, "scope": {"name", "version", "attributes"}}.
func (o *output) group(body []byte) { o.body, o.hosts = body, map[string]plog.LogRecordSlice{} }

// scope returns where the records of a host go.
func (o *output) scope(host string) plog.LogRecordSlice {
	if records, ok := o.hosts[host]; ok {
		return records
	}
	rl := o.logs.ResourceLogs().AppendEmpty()
	sl := rl.ScopeLogs().AppendEmpty()
	if resource := event.Find(o.body, "resource"); resource != nil {
		attributes(rl.Resource().Attributes(), event.Find(resource, "attributes"))
	}
	if scope := event.Find(o.body, "scope"); scope != nil {
		attributes(sl.Scope().Attributes(), event.Find(scope, "attributes"))
		name, _ := event.Text(event.Find(scope, "name"))
		version, _ := event.Text(event.Find(scope, "version"))
		sl.Scope().SetName(string(name))
		sl.Scope().SetVersion(string(version))
	}
	if host != "" {
		rl.Resource().Attributes().PutStr(attributeHost, host)
	}
	o.hosts[host] = sl.LogRecords()
	return sl.LogRecords()
}

// record fills a log record with what an event says.
func (s *Sink) record(to plog.LogRecord, host pcommon.Value, ev event.Event, tag string) {
	attrs := to.Attributes()
	received := pcommon.NewTimestampFromTime(ev.Time())
	to.SetObservedTimestamp(received)
	to.SetTimestamp(received)
	fields := event.FieldsOf(ev.Body)
	for f, ok := fields.Next(); ok; f, ok = fields.Next() {
		text, isText := event.Text(f.Value)
		switch name := string(f.Name); {
		case name == s.config.MessageKey:
			value(to.Body(), f.Value)
		case name == s.config.HostKey && isText:
			host.SetStr(string(text))
		case name == s.config.PathKey && isText:
			attrs.PutStr(attribute.FilePath, string(text))
		case name == "severity" && severities[string(text)] != 0:
			to.SetSeverityNumber(severities[string(text)])
			to.SetSeverityText(string(text))
		case name == "time" && isText && setTime(to, string(text)):
		default:
			value(attrs.PutEmpty(name), f.Value)
		}
	}
	if meta := event.FieldsOf(ev.Meta); meta.Len() > 0 {
		value(attrs.PutEmpty(sink.Metadata), ev.Meta)
	}
	attrs.PutStr(sink.Origin, sink.OriginOf(ev, s.instance))
	attrs.PutStr(attributeTag, tag)
}

// setTime takes the record's own time.
func setTime(to plog.LogRecord, text string) bool {
	at, err := time.Parse(time.RFC3339Nano, text)
	if err == nil {
		to.SetTimestamp(pcommon.NewTimestampFromTime(at))
	}
	return err == nil
}

func attributes(to pcommon.Map, m []byte) {
	fields := event.FieldsOf(m)
	for f, ok := fields.Next(); ok; f, ok = fields.Next() {
		value(to.PutEmpty(string(f.Name)), f.Value)
	}
}

// value copies an encoded value with its type. An extension becomes its encoded bytes.
func value(to pcommon.Value, encoded []byte) {
	switch msgp.NextType(encoded) {
	case msgp.NilType:
	case msgp.BoolType:
		b, _, _ := msgp.ReadBoolBytes(encoded)
		to.SetBool(b)
	case msgp.IntType:
		i, _, _ := msgp.ReadInt64Bytes(encoded)
		to.SetInt(i)
	case msgp.UintType:
		u, _, _ := msgp.ReadUint64Bytes(encoded)
		to.SetInt(int64(u))
	case msgp.Float32Type, msgp.Float64Type:
		f, _, _ := msgp.ReadFloat64Bytes(encoded)
		to.SetDouble(f)
	case msgp.StrType:
		text, _ := event.Text(encoded)
		to.SetStr(string(text))
	case msgp.MapType:
		attributes(to.SetEmptyMap(), encoded)
	case msgp.ArrayType:
		items := to.SetEmptySlice()
		n, rest, _ := msgp.ReadArrayHeaderBytes(encoded)
		for range n {
			end, err := msgp.Skip(rest)
			if err != nil {
				return
			}
			value(items.AppendEmpty(), rest[:len(rest)-len(end)])
			rest = end
		}
	case msgp.BinType:
		b, _ := event.Text(encoded)
		to.SetEmptyBytes().FromRaw(b)
	default:
		to.SetEmptyBytes().FromRaw(encoded)
	}
}
