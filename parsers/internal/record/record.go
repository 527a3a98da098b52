// Package record holds what every log format yields: one Record for one or more physical lines.
// It exists so that the format packages and the stream reader share the type; everyone else reads it as parsers.Record.
package record

// Format names a log format. The names are the ones users write and read.
type Format string

// The formats, in the order in which one line is tested.
const (
	CCM       Format = "ccm"
	CCMLegacy Format = "ccm-legacy"
	RoleSetup Format = "role-setup"
	W3C       Format = "w3c"
	WSUS      Format = "wsus"
	WUATab    Format = "wua-tab"
	WUAETL    Format = "wua-etl"
	CBS       Format = "cbs"
	MSI       Format = "msi"
	Reporting Format = "reporting"
	Plain     Format = "plain"
)

// Severity is what the source says of a record's weight.
type Severity uint8

// Severities from the least to the greatest; Unset is the zero value.
const (
	Unset Severity = iota
	Trace
	Debug
	Info
	Warn
	Error
	Fatal
)

// Flags mark what was damaged, guessed or cut.
type Flags uint16

// The flags, as users read them through Flags.Names.
const (
	Unterminated Flags = 1 << iota
	TruncatedHead
	BadTime
	BadBias
	DoubleSignBias
	ZeroTime
	Undecoded
	AmbiguousDate
	ColumnMismatch
	NoFields
	Oversize
	Recovered
)

// Attr is one format-specific value. Str is always set (lists are joined by "\n");
// Int repeats it for numbers and List for lists, so that adapters can keep the type.
type Attr struct {
	Key  string
	Str  string
	Kind Kind
	Int  int64
	List []string
}

// Kind is the type of an Attr.
type Kind uint8

// The kinds of attribute values.
const (
	KindString Kind = iota
	KindInt
	KindBool // Int is 0 or 1
	KindList
)

// Stamp is a time as written: a wall clock and, where known, the offset that makes it an instant.
type Stamp struct {
	Wall      int64 // nanoseconds since 1970-01-01T00:00:00 of the wall clock as written, read as if it were UTC
	Offset    int16 // minutes east of Greenwich; meaningful only with HasOffset
	Digits    uint8 // fraction digits written, 0 to 9
	HasWall   bool
	HasOffset bool

	// A second, finer stamp of the same record, as the component store writes into CBS.log. With HasUTC it is the
	// instant, and the wall clock stays what stands at the head of the line.
	UTC       int64 // nanoseconds since 1970-01-01T00:00:00 UTC
	UTCDigits uint8
	HasUTC    bool
}

// Record is one log record. Its strings are views of the reader's buffers: they hold until the function that
// received the record returns. Clone makes a copy that stays.
type Record struct {
	Format     Format
	Stamp      Stamp
	Severity   Severity
	Component  string
	Context    string
	Thread     uint32
	PID        uint32
	HasThread  bool
	HasPID     bool
	SourceFile string
	SourceLine uint32 // 0 when the source writes none
	Message    string // physical lines joined by "\n"
	Tag        string // small format-specific class: START, FAILED, Change, action-ended
	Attrs      []Attr
	Flags      Flags
	Single     bool // Message is ASCII without control characters, and has no two spaces in a row but at its beginning; false says nothing

	// Where it stood. Lines count from 1 and bytes from 0, both of the stream since it began or was last reset.
	LineStart int
	LineEnd   int
	Offset    int64 // first byte, including lines before it that carry nothing of their own (blank, W3C directives)
	End       int64 // first byte after it

	// Original is the physical lines as decoded text, joined by "\n", including lead lines that carried nothing of
	// their own (W3C directives).
	Original string
}
