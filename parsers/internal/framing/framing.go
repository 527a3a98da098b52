// Package framing is the contract between the stream reader and a line-headed log format.
package framing

import "github.com/cmtrail/cmtrail/parsers/internal/record"

// Move says what one physical line means to a format.
type Move uint8

const (
	// Foreign lines are not the format's: they continue an open record and are plain otherwise.
	Foreign Move = iota
	// Starts begins a record, which ends where the next one starts.
	Starts
	// Whole is a record by itself, complete at once.
	Whole
	// Directive carries no record of its own and changes the format's state.
	Directive
)

// Confidence is how sure a single line makes us of its format.
type Confidence uint8

// Confidences in rising order.
const (
	None Confidence = iota
	Weak
	Likely
	Certain
)

// Format is one line-headed format's state in one stream. Implementations allocate nothing per line in the steady
// state, keep no reference to a line or text after returning, and never fail: what they cannot read stays in Message.
type Format interface {
	// Line says what the physical line (decoded UTF-8, no terminator) means. It may look at learned state but
	// changes it only for Directive lines.
	Line(line []byte) Move
	// Parse fills r from a record's physical lines joined by "\n". r is zeroed but for the place fields; the
	// strings put into it may be views of text or constants.
	Parse(text []byte, r *record.Record)
	// Reset forgets what was learned from the stream, as after a truncation.
	Reset()
}

// Options are the settings that reach a format.
type Options struct {
	TextSeverity bool // infer severity from words where the format has none
	DayFirst     bool // order of an ambiguous MSI date
	Preceding    int  // records kept before an MSI "Return value 3"
	LearnCSI     bool // take the offset that CSI stamps reveal for the whole CBS stream
}
