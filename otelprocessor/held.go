package otelprocessor

import (
	"crypto/sha256"
	"encoding/hex"
	"iter"

	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/cmtrail/cmtrail/internal/pipeline"
)

// streamName names a stream in the storage. It is a hash, as a path may be of any length and any bytes.
func streamName(src pipeline.Source) string {
	sum := sha256.Sum256([]byte(src.Host + "\x00" + src.Path + "\x00" + src.Stream + "\x00" + src.Name))
	return hex.EncodeToString(sum[:16])
}

// encodeLines writes the log records that a stream's held lines came with, in their order; nil when there are none.
func encodeLines(held iter.Seq[any]) []byte {
	logs := plog.NewLogs()
	var last *group
	var to plog.LogRecordSlice
	for what := range held {
		from := what.(*origin)
		if from.group != last {
			last, to = from.group, from.group.in(logs)
		}
		from.record.CopyTo(to.AppendEmpty())
	}
	if last == nil {
		return nil
	}
	return encode(logs)
}

// restoreLines reads lines that were held once more. Those that are no lines under the settings of today go on as they are.
func (t *tagger) restoreLines(value []byte) bool {
	logs, err := (&plog.ProtoUnmarshaler{}).UnmarshalLogs(value)
	if err != nil {
		return false
	}
	for _, rl := range logs.ResourceLogs().All() {
		whole := t.lines.sourceOf(rl.Resource().Attributes())
		for _, sl := range rl.ScopeLogs().All() {
			g := t.groups.of(rl, sl)
			for _, lr := range sl.LogRecords().All() {
				l, ok := t.lines.read(lr, &whole)
				if !ok {
					lr.CopyTo(t.carried.add(g))
					continue
				}
				t.write(&l, keepOrigin(&origin{group: g, record: lr}).(*origin))
			}
		}
	}
	t.table.Keep(func(o any) any { return o })
	return true
}

func encode(logs plog.Logs) []byte {
	value, err := (&plog.ProtoMarshaler{}).MarshalLogs(logs)
	if err != nil { // logs in memory can be written
		panic(err)
	}
	return value
}
