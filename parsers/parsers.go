// Package parsers turns the logs of ConfigMgr's software-update pipeline into records. A Stream reads one log file:
// it settles the encoding, cuts lines, finds out the format, puts the lines of a record together and reads them.
// Nothing that comes in is dropped: what no format claims becomes a plain record.
package parsers

import (
	"github.com/cmtrail/cmtrail/parsers/internal/bias"
	"github.com/cmtrail/cmtrail/parsers/internal/record"
)

// Format names a log format.
type Format = record.Format

// The formats.
const (
	CCM       = record.CCM
	CCMLegacy = record.CCMLegacy
	RoleSetup = record.RoleSetup
	W3C       = record.W3C
	WSUS      = record.WSUS
	WUATab    = record.WUATab
	WUAETL    = record.WUAETL
	CBS       = record.CBS
	MSI       = record.MSI
	Reporting = record.Reporting
	Plain     = record.Plain
)

// FormatNames returns the formats in the order in which a line is tested.
func FormatNames() []Format {
	return []Format{CCM, CCMLegacy, RoleSetup, W3C, WSUS, WUATab, WUAETL, CBS, MSI, Reporting, Plain}
}

// ParseFormat reads the name of a format. The empty name is ok and stands for detection.
func ParseFormat(s string) (Format, bool) {
	if s == "" {
		return "", true
	}
	for _, f := range FormatNames() {
		if string(f) == s {
			return f, true
		}
	}
	return "", false
}

// Record is one log record. Its strings hold until the function that received it returns; Clone makes a copy that stays.
type Record = record.Record

// Stamp is a time as written.
type Stamp = record.Stamp

// Attr is one format-specific value.
type Attr = record.Attr

// Kind is the type of an Attr.
type Kind = record.Kind

// The kinds of attribute values.
const (
	KindString = record.KindString
	KindInt    = record.KindInt
	KindBool   = record.KindBool
	KindList   = record.KindList
)

// Severity is what the source says of a record's weight.
type Severity = record.Severity

// Severities from the least to the greatest.
const (
	Unset = record.Unset
	Trace = record.Trace
	Debug = record.Debug
	Info  = record.Info
	Warn  = record.Warn
	Error = record.Error
	Fatal = record.Fatal
)

// Flags mark what was damaged, guessed or cut.
type Flags = record.Flags

// The flags.
const (
	Unterminated   = record.Unterminated
	TruncatedHead  = record.TruncatedHead
	BadTime        = record.BadTime
	BadBias        = record.BadBias
	DoubleSignBias = record.DoubleSignBias
	ZeroTime       = record.ZeroTime
	Undecoded      = record.Undecoded
	AmbiguousDate  = record.AmbiguousDate
	ColumnMismatch = record.ColumnMismatch
	NoFields       = record.NoFields
	Oversize       = record.Oversize
	Recovered      = record.Recovered
)

// BiasSense says how to read the number that ConfigMgr's own formats print behind the clock.
type BiasSense = bias.Sense

// The senses.
const (
	BiasWindows = bias.Windows // UTC is the wall clock plus the number: what ConfigMgr writes
	BiasISO     = bias.ISO     // UTC is the wall clock minus the number: what some scripts write
	BiasIgnore  = bias.Ignore  // the number says nothing: what deployment toolkit scripts write
)

// ParseBias reads the name of a sense: windows, iso or ignore. The empty name stands for windows.
func ParseBias(s string) (BiasSense, bool) {
	switch s {
	case "", "windows":
		return BiasWindows, true
	case "iso":
		return BiasISO, true
	case "ignore":
		return BiasIgnore, true
	}
	return BiasWindows, false
}
