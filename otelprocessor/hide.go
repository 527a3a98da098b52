package otelprocessor

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/cmtrail/cmtrail/internal/redact"
)

// hider puts pseudonyms into what goes on besides what the writer writes: what the receiver said of a record and its
// resource, and records that hold no line. A nil one changes nothing.
type hider struct {
	*redact.Redactor
	host    string // attribute that tells hosts apart
	message string // attribute that takes the message; "" is the body
}

// group hides what the records of a group have in common.
func (h *hider) group(g *group) {
	if h == nil {
		return
	}
	h.fields(g.resource.Attributes(), h.Field)
	h.fields(g.scope.Attributes(), h.Field)
}

// beside hides what came with a line, whose result has been redacted just now. The writer puts the message in its place.
func (h *hider) beside(lr plog.LogRecord) {
	h.fields(lr.Attributes(), h.Beside)
	if h.message != "" {
		h.value("", lr.Body(), h.Beside)
	}
}

// whole hides a record that holds no line.
func (h *hider) whole(lr plog.LogRecord) {
	if h == nil {
		return
	}
	h.fields(lr.Attributes(), h.Field)
	h.value("", lr.Body(), h.Field)
}

func (h *hider) fields(m pcommon.Map, field func(name, value string) string) {
	for name, v := range m.All() {
		h.value(name, v, field)
	}
}

func (h *hider) value(name string, v pcommon.Value, field func(name, value string) string) {
	if name == h.host {
		name = "host"
	}
	switch v.Type() {
	case pcommon.ValueTypeStr:
		if hidden := field(name, v.Str()); hidden != v.Str() {
			v.SetStr(hidden)
		}
	case pcommon.ValueTypeBytes:
		text := string(v.Bytes().AsRaw())
		if hidden := field(name, text); hidden != text {
			v.Bytes().FromRaw([]byte(hidden))
		}
	case pcommon.ValueTypeMap:
		h.fields(v.Map(), field)
	case pcommon.ValueTypeSlice:
		for _, item := range v.Slice().All() {
			h.value(name, item, field)
		}
	}
}
