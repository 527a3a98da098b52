package otelprocessor

import (
	"encoding/binary"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

// group is a resource and a scope that log records came with. It is a copy, so that it may outlive its batch.
type group struct {
	resource       pcommon.Resource
	resourceSchema string
	scope          pcommon.InstrumentationScope
	scopeSchema    string
}

// in returns a new place for records of the group.
func (g *group) in(logs plog.Logs) plog.LogRecordSlice {
	rl := logs.ResourceLogs().AppendEmpty()
	g.resource.CopyTo(rl.Resource())
	rl.SetSchemaUrl(g.resourceSchema)
	sl := rl.ScopeLogs().AppendEmpty()
	g.scope.CopyTo(sl.Scope())
	sl.SetSchemaUrl(g.scopeSchema)
	return sl.LogRecords()
}

// groups keeps one group for each resource and scope, so that records held from an earlier batch go out together with
// those of the same origin. It forgets all when there are too many: equal groups are a matter of size, not of meaning.
type groups struct {
	known map[string]*group
	key   []byte
	hider *hider
}

const maxGroups = 4096

func (g *groups) of(rl plog.ResourceLogs, sl plog.ScopeLogs) *group {
	k := g.key[:0]
	k = appendText(k, rl.SchemaUrl())
	k = appendMap(k, rl.Resource().Attributes())
	k = appendText(k, sl.SchemaUrl())
	k = appendText(k, sl.Scope().Name())
	k = appendText(k, sl.Scope().Version())
	k = appendMap(k, sl.Scope().Attributes())
	g.key = k
	if known, ok := g.known[string(k)]; ok {
		return known
	}
	if g.known == nil || len(g.known) >= maxGroups {
		g.known = map[string]*group{}
	}
	n := &group{
		resource: pcommon.NewResource(), resourceSchema: rl.SchemaUrl(),
		scope: pcommon.NewInstrumentationScope(), scopeSchema: sl.SchemaUrl(),
	}
	rl.Resource().CopyTo(n.resource)
	sl.Scope().CopyTo(n.scope)
	g.hider.group(n)
	g.known[string(k)] = n
	return n
}

// appendText writes s behind its length, so that no two sequences of texts give the same key.
func appendText(k []byte, s string) []byte {
	return append(binary.AppendUvarint(k, uint64(len(s))), s...)
}

func appendMap(k []byte, m pcommon.Map) []byte {
	k = binary.AppendUvarint(k, uint64(m.Len()))
	for name, v := range m.All() {
		k = appendValue(appendText(k, name), v)
	}
	return k
}

func appendValue(k []byte, v pcommon.Value) []byte {
	k = append(k, byte(v.Type()))
	switch v.Type() {
	case pcommon.ValueTypeMap:
		return appendMap(k, v.Map())
	case pcommon.ValueTypeSlice:
		k = binary.AppendUvarint(k, uint64(v.Slice().Len()))
		for _, item := range v.Slice().All() {
			k = appendValue(k, item)
		}
		return k
	}
	return appendText(k, v.AsString())
}

// output gathers the records that go on together, by group.
type output struct {
	logs  plog.Logs
	parts map[*group]plog.LogRecordSlice // but the last
	last  *group
	part  plog.LogRecordSlice
	count int
}

func newOutput() *output { return &output{logs: plog.NewLogs()} }

// of returns the records of a group.
func (o *output) of(g *group) plog.LogRecordSlice {
	if g == o.last {
		return o.part
	}
	if o.last != nil {
		if o.parts == nil {
			o.parts = map[*group]plog.LogRecordSlice{}
		}
		o.parts[o.last] = o.part
	}
	part, ok := o.parts[g]
	if !ok {
		part = g.in(o.logs)
	}
	o.last, o.part = g, part
	return part
}

// add returns a new, empty record of the group.
func (o *output) add(g *group) plog.LogRecord {
	o.count++
	return o.of(g).AppendEmpty()
}

// addAll moves records of the group behind those that there are.
func (o *output) addAll(g *group, list plog.LogRecordSlice) {
	o.count += list.Len()
	list.MoveAndAppendTo(o.of(g))
}
