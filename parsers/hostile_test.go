package parsers_test

import (
	"bytes"
	"math"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/cmtrail/cmtrail/parsers"
)

// endless is how many bytes the tests of input without an end read: 1 GiB with HOSTILE=full, which takes a while.
func endless(t *testing.T) int {
	switch {
	case os.Getenv("HOSTILE") == "full":
		return 1 << 30
	case testing.Short():
		return 8 << 20
	}
	return 64 << 20
}

// heap returns the bytes that are live.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// A line without an end takes no more memory than its pieces, and what becomes of each byte of it is told: bytes are in a
// record, whose flag says that it was cut, or are those of a ConfigMgr record above its 4 MiB, whose flag says so.
func TestALineWithoutAnEnd(t *testing.T) {
	const room = 40 << 20 // live at any time: of pieces, records and what is held of both
	cbs := "2026-11-10 10:00:00, Error                 CBS    "
	for _, tt := range []struct {
		name, begin, fill string
		text              string // what fill is once it is read; "" = fill
		cut               bool   // the record is cut, and not gone on with
	}{
		{name: "text", fill: "never a line break "},
		{name: "one character", fill: "\xe6\x9b\xb4"},
		{name: "no UTF-8", fill: "\xff\x80\xe9", text: "ÿ€é"},
		{name: "NUL bytes", fill: "x\x00\x00\x00", text: "x"},
		{name: "UTF-16", begin: "\xff\xfe", fill: "a\x00", text: "a"},
		{name: "carriage returns", fill: "line\r"},
		{name: "a line-headed record", begin: cbs, fill: "goes on "},
		{name: "attributes of a ConfigMgr record", begin: "<![LOG[x]LOG]!><time=\"", fill: "08:03", cut: true},
		{name: "columns", begin: "#Fields: ", fill: "s-ip "},
		{name: "a ConfigMgr record", begin: "<![LOG[", fill: "goes on ", cut: true},
		{name: "openers", fill: "<![LOG[", cut: true},
		{name: "closers", fill: "]LOG]!>"},
		{name: "closers that count", fill: "]LOG]!><time=\""},
		{name: "trailers", fill: "$$<SMS><03-12-2026 08:03:35.417+000><thread="},
	} {
		t.Run(tt.name, func(t *testing.T) {
			size := endless(t)
			var records, marked int
			var bytesIn, end int64
			s := parsers.NewStream("WUAHandler.log", parsers.Options{}, func(r *parsers.Record) {
				records++
				if r.Offset != end {
					t.Fatalf("record %d begins at %d, and the one before it ended at %d", records, r.Offset, end)
				}
				end = r.End
				bytesIn += int64(len(r.Original))
				if r.Flags&parsers.Oversize != 0 {
					marked++
				}
				if r.LineStart != 1 || r.LineEnd != 1 {
					t.Fatalf("record %d stands in lines %d to %d", records, r.LineStart, r.LineEnd)
				}
				if len(r.Original) > 5<<20 {
					t.Fatalf("record %d has %d bytes", records, len(r.Original))
				}
			})
			before := heap()
			chunk := []byte(strings.Repeat(tt.fill, 64<<10/len(tt.fill)))
			s.Write([]byte(tt.begin))
			written, looks := len(tt.begin), 0
			for written < size {
				s.Write(chunk)
				written += len(chunk)
				if looks++; looks%256 == 0 {
					if now := heap(); now > before+room {
						t.Fatalf("%d MiB live after %d MiB", (now-before)>>20, written>>20)
					}
				}
			}
			s.Flush()
			if end != int64(written) {
				t.Errorf("the records end at %d of %d bytes", end, written)
			}
			if tt.cut {
				if marked != records {
					t.Errorf("%d of %d records are marked", marked, records)
				}
				return
			}
			if tt.text == "" {
				tt.text = tt.fill
			}
			// A byte order mark and a last carriage return are no text.
			if want := int64((written - len(tt.begin)) / len(tt.fill) * len(tt.text)); bytesIn < want-1 {
				t.Errorf("%d bytes of text are in records, want %d", bytesIn, want)
			}
		})
	}
}

// Lines that hold nothing take no memory while they wait for one that tells the format.
func TestBlankLinesWithoutEnd(t *testing.T) {
	s := parsers.NewStream("", parsers.Options{}, func(*parsers.Record) {})
	before := heap()
	chunk := bytes.Repeat([]byte("\r\n"), 32<<10)
	for range 8 << 20 / len(chunk) {
		s.Write(chunk)
	}
	if now := heap(); now > before+4<<20 {
		t.Errorf("%d KiB live", (now-before)>>10)
	}
	runtime.KeepAlive(s)
}

// A stream that is quiet keeps nothing of the lines that it was given, whatever their format: the text of a receiver's batch may
// hang on any part of one.
func TestQuietStreamsPinNoLine(t *testing.T) {
	const size = 1 << 20
	streams := 32
	if testing.Short() {
		streams = 8
	}
	fill := func(text string, n int) string { return strings.Repeat(text, n/len(text)) }
	for _, tt := range []struct {
		name  string
		lines []string // a long one in place of LONG
	}{
		{"WUAHandler.log", []string{"<![LOG[LONG]LOG]!><time=\"08:03:35.417+000\" date=\"03-12-2026\" component=\"W\" context=\"\" type=\"3\" thread=\"5120\" file=\"c.cpp:210\">"}},
		{"WUAHandler.log", []string{"<![LOG[x]LOG]!><time=\"08:03:35.417+000\" date=\"03-12-2026\" component=\"LONG\" context=\"\" type=\"3\" thread=\"5120\" file=\"c.cpp:210\">"}},
		{"wsyncmgr.log", []string{"LONG  $$<SMS_WSUS><03-12-2026 08:03:35.417+000><thread=1 (0x1)>"}},
		{"u_ex260401.log", []string{"#Fields: date time s-ip cs-uri-stem", "2026-04-01 08:00:00 10.0.0.1 /LONG"}},
		{"u_ex260401.log", []string{"#Fields: date time s-ip LONG", "2026-04-01 08:00:00 10.0.0.1 x"}},
		{"u_ex260401.log", []string{"#Fields: date time s-ip cs-uri-stem", "COLUMNS"}},
		{"u_ex260401.log", []string{"#Fields: COLUMNS", "COLUMNS"}},
		{"CBS.log", []string{"2026-11-10 10:00:00, Error                 CBS    LONG"}},
		{"WindowsUpdate.log", []string{"2026-04-01\t08:00:00:100\t 900\tab4\tAgent\tLONG"}},
		{"SoftwareDistribution.log", []string{"2026-04-01 08:00:00.100 UTC\tWarning\tw3wp.6\tSoapUtilities.LONG\tLONG"}},
		{"ReportingEvents.log", []string{"{8C1F7A52-3D0E-4B6C-9F21-5A7E60D4C381}\t2026-04-01 08:00:00:100+0100\t1\t147\t101\t{00000000-0000-0000-0000-000000000000}\t0\t0\tLONG\tSuccess\tSoftware Synchronization\tLONG"}},
		{"a.msi.log", []string{"MSI (s) (A4:64) [10:02:05:123]: Doing action: LONG", "Action start 10:02:05: LONG.", "Property(S): LONG = LONG", "Product: LONG -- Error 1722. LONG"}},
		{"SUPSetup.log", []string{"<04/01/26 08:00:00> LONG"}},
		{"notes.log", []string{"LONG"}},
	} {
		all := make([]*parsers.Stream, streams)
		before := heap()
		for i := range all {
			all[i] = parsers.NewStream(tt.name, parsers.Options{}, func(*parsers.Record) {})
			for range 2 {
				for _, line := range tt.lines {
					line = strings.Replace(line, "LONG", fill("x", size), 1)
					line = strings.ReplaceAll(line, "LONG", "x")
					all[i].WriteLine(strings.Replace(line, "COLUMNS", fill("c ", size), 1))
				}
			}
			all[i].Idle()
		}
		if kept := int(heap()) - int(before); kept > streams*size/4 {
			t.Errorf("%s %.40q: %d quiet streams keep %d KiB each", tt.name, tt.lines, streams, kept/streams>>10)
		}
		runtime.KeepAlive(all)
	}
}

// What takes long to read takes so in proportion to its length: no text makes the reader go over it again and again. Four
// times the text takes four times as long, and would take sixteen times if it did. What is read in no time is not looked at.
func TestNoTextTakesLong(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector takes out of proportion")
	}
	const size = 2 << 20
	full := "]LOG]!><time=\"08:03:35.417+000\" date=\"03-12-2026\" component=\"W\" context=\"\" type=\"3\" thread=\"5120\" file=\"c.cpp:210\">"
	for _, tt := range []struct{ name, begin, fill string }{
		{"closers whose quotes hold the next", "", "]LOG]!><time=\""},
		{"closers without an end", "<![LOG[x", "]LOG]!><time=\"08:03:35.417+000\" date=\"03-12-2026\" "},
		{"records without a head in one line", "", full},
		{"records in one line", "", "<![LOG[x" + full},
		{"records in one line of another encoding", "\xe9", "<![LOG[x" + full},
		{"records in one line of NUL bytes", "\x00", "x\x00" + full},
		{"attributes over blank lines", "<![LOG[x", "]LOG]!><time=1 " + strings.Repeat("\n", 9000) + "<![LOG[x"},
		{"attributes over lines", "<![LOG[x", "]LOG]!><time=1 " + strings.Repeat("a\n", 8000) + "<![LOG[x"},
		{"openers", "", "<![LOG["},
		{"openers on lines", "", "<![LOG[\n"},
		{"blank lines", "", "\n"},
		{"trailers", "", "x $$<"},
		{"trailers on lines", "x  $$<SMS><03-12-2026 08:03:35.417+000><thread=1 (0x1)>\n", "$$<SMS><03-12-2026 08:03:35.417+000><thread=\n"},
		{"columns", "#Fields: date time s-ip\n", "#Fields: date\n"},
		{"codes", "", "0x8007000e "},
		{"actions", "MSI (s) (A4:64) [10:02:05:123]: Doing action: X\n", "Action start 10:02:05: A.\n"},
	} {
		for _, utf16 := range []bool{false, true} {
			var short, whole time.Duration
			for range 8 { // a machine that is busy with other things takes its time, but not again and again
				short, whole = timeToRead(tt.begin, tt.fill, size/4, utf16), timeToRead(tt.begin, tt.fill, size, utf16)
				if whole < 300*time.Millisecond || whole < 10*short {
					break
				}
			}
			if whole > 300*time.Millisecond && whole > 10*short {
				t.Errorf("%s (UTF-16 %v): %v for %d KiB and %v for %d KiB", tt.name, utf16, short, size/4>>10, whole, size>>10)
			}
		}
	}
}

// timeToRead returns how long a text takes to read, the quickest of two times.
func timeToRead(begin, fill string, size int, utf16 bool) time.Duration {
	text := []byte(begin + strings.Repeat(fill, size/len(fill)))
	if utf16 {
		wide := make([]byte, 0, 2*len(text)+2)
		wide = append(wide, 0xff, 0xfe)
		for _, c := range text {
			wide = append(wide, c, 0)
		}
		text = wide
	}
	took := time.Duration(math.MaxInt64)
	for range 2 {
		began := time.Now()
		s := parsers.NewStream("", parsers.Options{}, func(*parsers.Record) {})
		_, _ = s.Write(text) // a stream takes all
		s.Flush()
		took = min(took, time.Since(began))
	}
	return took
}
