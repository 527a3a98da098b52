package parsers_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/cmtrail/cmtrail/parsers"
)

// corpus returns whole logs: our own, our cases joined, and the shared samples where there are any.
func corpus(t testing.TB) map[string][]byte {
	t.Helper()
	logs := map[string][]byte{}
	add := func(pattern string) {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			logs[filepath.Base(file)] = data
		}
	}
	add("testdata/logs/*")
	if len(logs) == 0 {
		t.Fatal("no logs")
	}
	if dir, ok := shared(); ok {
		add(filepath.Join(dir, "samples", "*.log"))
		add(filepath.Join(dir, "samples", "iis", "*"))
	}
	return logs
}

func TestAnyChunking(t *testing.T) {
	for name, data := range corpus(t) {
		t.Run(name, func(t *testing.T) {
			if err := sameInAnyChunks(name, parsers.Options{}, data, 1); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestNothingIsLost(t *testing.T) {
	for name, data := range corpus(t) {
		t.Run(name, func(t *testing.T) {
			records := readBytes(name, parsers.Options{}, data, len(data))
			if err := partitions(data, records); err != nil {
				t.Error(err)
			}
			if err := repeats(data, records); err != nil {
				t.Error(err)
			}
		})
	}
}

// readBytes reads data in chunks of the given size, 0 for random ones.
func readBytes(name string, opt parsers.Options, data []byte, size int) []*parsers.Record {
	p := open(name, opt)
	rng := rand.New(rand.NewPCG(1, uint64(len(data))))
	for rest := data; len(rest) > 0; {
		n := size
		if n == 0 {
			n = 1 + rng.IntN(200)
		}
		n = min(n, len(rest))
		// A buffer of its own, overwritten afterwards, so that a view that outlives its time is found out.
		chunk := bytes.Clone(rest[:n])
		_, _ = p.Write(chunk)
		for i := range chunk {
			chunk[i] = '?'
		}
		rest = rest[n:]
	}
	p.Flush()
	return p.records
}

// byLine reads data as a receiver would hand it over that splits lines and leaves carriage returns.
func byLine(name string, opt parsers.Options, data []byte) []*parsers.Record {
	p := open(name, opt)
	for line := range strings.Lines(string(data)) {
		p.WriteLine(strings.TrimSuffix(line, "\n"))
	}
	p.Flush()
	for _, r := range p.records {
		r.End = min(r.End, int64(len(data)))
	}
	return p.records
}

func sameInAnyChunks(name string, opt parsers.Options, data []byte, smallest int) error {
	want := readBytes(name, opt, data, len(data))
	for _, size := range []int{smallest, 7, 4096, 0} {
		if diff := cmp.Diff(want, readBytes(name, opt, data, size)); diff != "" {
			return fmt.Errorf("chunks of %d (-whole +chunked):\n%s", size, diff)
		}
	}
	if !eightBit(data) {
		return nil
	}
	if diff := cmp.Diff(want, byLine(name, opt, data)); diff != "" {
		return fmt.Errorf("line by line (-whole +lines):\n%s", diff)
	}
	return nil
}

// eightBit reports whether a receiver that knows nothing of encodings could split the data into lines.
func eightBit(data []byte) bool {
	return !bytes.Contains(data, []byte{0}) && !bytes.HasPrefix(data, []byte("\xff\xfe")) &&
		!bytes.HasPrefix(data, []byte("\xfe\xff"))
}

// rollover is the mark at a change of files, which says nothing.
var rollover = regexp.MustCompile(`(?m)^(\x{FEFF})*ROLLOVER[ \t\r]*$`)

// partitions checks that the records take up the input without gap or overlap, bar blank lines at the end, and that
// their lines follow one another.
func partitions(data []byte, records []*parsers.Record) error {
	var at int64
	last := 0
	for i, r := range records {
		switch {
		case r.Offset != at:
			return fmt.Errorf("record %d begins at byte %d, the one before ended at %d", i, r.Offset, at)
		case r.End <= r.Offset || r.End > int64(len(data)):
			return fmt.Errorf("record %d ends at byte %d, began at %d of %d", i, r.End, r.Offset, len(data))
		case r.LineStart < last || r.LineEnd < r.LineStart:
			return fmt.Errorf("record %d has lines %d to %d after line %d", i, r.LineStart, r.LineEnd, last)
		}
		at, last = r.End, r.LineEnd
	}
	rest := bytes.ReplaceAll(data[at:], []byte{0}, nil)
	rest = rollover.ReplaceAll(rest, nil)
	if rest = bytes.Trim(rest, " \t\r\n\v\f\ufeff\xff\xfe"); len(rest) > 0 && eightBit(data) {
		return fmt.Errorf("bytes from %d are in no record: %q", at, rest)
	}
	return nil
}

// repeats checks that each record's original text is what stands at its place in the file.
func repeats(data []byte, records []*parsers.Record) error {
	if !eightBit(data) || !utf8.Valid(data) {
		return nil
	}
	for i, r := range records {
		span := string(data[r.Offset:r.End])
		if squeeze(span) != squeeze(r.Original) {
			return fmt.Errorf("record %d: bytes %q but original %q", i, span, r.Original)
		}
	}
	return nil
}

var (
	blankLine = regexp.MustCompile(`(?m)^[ \t]+$`)
	lineEnd   = regexp.MustCompile(`\r+\n`) // a line may end in carriage returns of its own
)

// squeeze drops what lies between lines: marks of a change of files, line ends, byte order marks, the blank lines before and after, and the blanks
// of blank lines, which count as empty.
func squeeze(s string) string {
	s = lineEnd.ReplaceAllString(strings.ReplaceAll(s, "\ufeff", ""), "\n")
	s = string(rollover.ReplaceAll([]byte(s), nil))
	return strings.TrimSpace(blankLine.ReplaceAllString(s, ""))
}
