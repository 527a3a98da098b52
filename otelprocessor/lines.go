package otelprocessor

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/cmtrail/cmtrail/internal/attribute"
	"github.com/cmtrail/cmtrail/internal/pipeline"
)

// lines finds the line of a log record and where it comes from.
type lines struct {
	message string // attribute that holds the line; "" is the body
	host    string // attribute that tells hosts apart
}

// line is what a log record says of the line that it holds.
type line struct {
	text   string
	source pipeline.Source
	offset int64 // where it begins in its file
	placed bool  // offset is known
	bytes  bool  // it came as bytes
	marked bool  // the record has attributes under names that are written
}

// read returns the line of a record; ok is false when it has none, or when this processor has read or made it before. What
// the record says of its source wins over what its resource says, which whole gives.
func (l *lines) read(lr plog.LogRecord, whole *pipeline.Source) (found line, ok bool) {
	if attribute.IsEvent(lr.EventName()) {
		return line{}, false
	}
	attrs := lr.Attributes()
	v := lr.Body()
	if l.message != "" {
		if v, ok = attrs.Get(l.message); !ok {
			return line{}, false
		}
	}
	own := &found.source
	for name, value := range attrs.All() {
		switch name {
		case l.host:
			own.Host = nameOf(value)
		case attribute.HostArch:
			own.Arch = nameOf(value)
		case attribute.FilePath:
			own.Path = nameOf(value)
		case attribute.FileName:
			own.Name = nameOf(value)
		case attribute.FileOffset:
			if found.placed = value.Type() == pcommon.ValueTypeInt; found.placed {
				found.offset = value.Int()
			}
		case attribute.Format:
			return line{}, false
		case attribute.EventName:
			if value.Type() == pcommon.ValueTypeStr && attribute.IsEvent(value.Str()) {
				return line{}, false
			}
		case attribute.Original, attribute.Thread, attribute.PID, attribute.SourceFile, attribute.SourceLine:
			found.marked = true
		default:
			found.marked = found.marked || strings.HasPrefix(name, attribute.Prefix)
		}
	}
	switch v.Type() {
	case pcommon.ValueTypeStr:
		found.text = v.Str()
	case pcommon.ValueTypeBytes:
		found.text, found.bytes = string(v.Bytes().AsRaw()), true
	default:
		return line{}, false
	}
	if own.Host == "" {
		own.Host = whole.Host
	}
	if own.Arch == "" {
		own.Arch = whole.Arch
	}
	if own.Path == "" && own.Name == "" {
		own.Path, own.Name = whole.Path, whole.Name
	}
	return found, true
}

// sourceOf says where the records of a resource come from.
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
