package ccm

import (
	"bytes"

	"github.com/cmtrail/cmtrail/parsers/internal/bias"
	"github.com/cmtrail/cmtrail/parsers/internal/record"
	"github.com/cmtrail/cmtrail/parsers/internal/scan"
)

// Options are the settings that reach this format.
type Options struct {
	Sense        bias.Sense
	TextSeverity bool
}

// Fill puts a message and what is known of its tail into r.
func Fill(r *record.Record, message []byte, t *Tail, opt Options) {
	r.Format = record.CCM
	r.Message = scan.View(message)
	r.Component = scan.View(t.component)
	r.Context = scan.View(t.context)
	if len(t.time) > 0 && len(t.date) > 0 {
		bias.Time(t.time, t.date, opt.Sense, &r.Stamp, &r.Flags)
	}
	if thread, ok := scan.ParseUint(t.thread); ok {
		r.Thread, r.HasThread = thread, true
	}
	r.SourceFile, r.SourceLine = source(t.file)
	severity(r, t.kind, opt)
}

// source splits "file.cpp:12" at a last colon that has only digits behind it.
func source(file []byte) (string, uint32) {
	if i := bytes.LastIndexByte(file, ':'); i >= 0 {
		if line, ok := scan.ParseUint(file[i+1:]); ok {
			return scan.View(file[:i]), line
		}
	}
	return scan.View(file), 0
}

// severity reads the type attribute. The number stays beside it where it says more: some scripts write 0 for success.
func severity(r *record.Record, kind []byte, opt Options) {
	n, ok := scan.ParseUint(kind)
	switch {
	case !ok:
		if opt.TextSeverity {
			r.Severity = scan.TextSeverity(r.Message)
		}
		return
	case n == 0:
		r.Severity = record.Debug
	case n == 2:
		r.Severity = record.Warn
	case n == 3:
		r.Severity = record.Error
	default:
		r.Severity = record.Info
	}
	if n == 0 || n > 3 {
		r.Attrs = append(r.Attrs, record.Attr{Key: "type", Str: scan.View(kind), Kind: record.KindInt, Int: int64(n)})
	}
}
