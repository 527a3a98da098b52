package parsers

import (
	"time"

	"golang.org/x/text/encoding/charmap"

	"github.com/cmtrail/cmtrail/parsers/ccm"
	"github.com/cmtrail/cmtrail/parsers/internal/framing"
)

// Options are the settings of one stream. The zero value is ready to use.
type Options struct {
	Format         Format         // "" = find it out
	Zone           *time.Location // of stamps that print no offset; nil leaves them without an instant
	Bias           BiasSense      // how to read the bias of ccm and ccm-legacy
	NoTextSeverity bool           // do not guess a severity from words
	DayFirst       bool           // read an ambiguous date of a Windows Installer log as day, month
	Preceding      int            // records kept before an installer failure; 0 = 20, negative = none
	LearnCSI       bool           // take the offset that component store stamps reveal for the rest of a cbs stream

	// CodePage reads lines that are no UTF-8; nil = Windows-1252.
	CodePage *charmap.Charmap

	// Bounds. 0 takes the default.
	MaxLine           int // bytes of a physical line: 1 MiB
	MaxRecord         int // bytes of a record: 4 MiB
	MaxLines          int // physical lines of a record: 10 000
	ContinuationLines int // lines that may follow the first of a line-headed record: 500
	ContinuationBytes int // bytes that may follow the first line of a line-headed record: 256 KiB
}

// smallestLine keeps a character of any encoding in one piece.
const smallestLine = 16

func (o Options) withDefaults() Options {
	if o.CodePage == nil {
		o.CodePage = charmap.Windows1252
	}
	if o.Preceding == 0 {
		o.Preceding = 20
	}
	for _, d := range []struct {
		to *int
		as int
	}{
		{&o.MaxLine, 1 << 20}, {&o.MaxRecord, 4 << 20}, {&o.MaxLines, 10_000},
		{&o.ContinuationLines, 500}, {&o.ContinuationBytes, 256 << 10},
	} {
		if *d.to <= 0 {
			*d.to = d.as
		}
	}
	o.Preceding = max(o.Preceding, 0)
	o.MaxLine = max(o.MaxLine, smallestLine)
	o.MaxRecord = max(o.MaxRecord, o.MaxLine)
	return o
}

func (o Options) framing() framing.Options {
	return framing.Options{
		TextSeverity: !o.NoTextSeverity, DayFirst: o.DayFirst, Preceding: o.Preceding, LearnCSI: o.LearnCSI,
	}
}

func (o Options) ccm() ccm.Options {
	return ccm.Options{Sense: o.Bias, TextSeverity: !o.NoTextSeverity}
}
