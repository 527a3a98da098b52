package explain

import (
	"fmt"
	"io"

	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/parsers"
)

// NoRecord says that no record stands at a line.
type NoRecord struct{ Text string }

func (e *NoRecord) Error() string { return e.Text }

// locate returns the first line of the record that a line belongs to. Where one record ends on the line on which another
// begins, it is the latter's.
func locate(f *pipeline.File, opt parsers.Options, line int) (int, error) {
	from, err := f.Open()
	if err != nil {
		return 0, err
	}
	defer func() { _ = from.Close() }() // read only: closing loses nothing
	found, next, records := 0, 0, 0
	s := parsers.NewStream(f.Source.Base(), opt, func(r *parsers.Record) {
		records++
		switch {
		case r.LineStart <= line && line <= r.LineEnd && (found == 0 || r.LineStart == line):
			found = r.LineStart
		case r.LineStart > line && next == 0:
			next = r.LineStart
		}
	})
	if _, err := io.Copy(s, from); err != nil {
		return 0, err
	}
	s.Flush()
	switch lines := s.Lines(); {
	case found > 0:
		return found, nil
	case records == 0:
		return 0, &NoRecord{fmt.Sprintf("%s holds no record", f.Name)}
	case line > lines:
		return 0, &NoRecord{fmt.Sprintf("%s has %s, no line %d", f.Name, count(lines, "line"), line)}
	case next > 0:
		return 0, &NoRecord{fmt.Sprintf("line %d of %s is blank or a heading, and in no record; the next record begins on line %d", line, f.Name, next)}
	}
	return 0, &NoRecord{fmt.Sprintf("line %d of %s is blank or a heading, and in no record", line, f.Name)}
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
