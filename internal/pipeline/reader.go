package pipeline

import (
	"bytes"
	"strings"

	"github.com/cmtrail/cmtrail/internal/fault"
	"github.com/cmtrail/cmtrail/parsers"
)

// reader is a parser that goes on when reading breaks: the lines it held, with the one on which it broke, come as plain
// records, and what follows is read by a parser made anew.
type reader struct {
	name   string
	opt    parsers.Options
	emit   func(*parsers.Record)
	faults *fault.Log
	parser *parsers.Stream

	lines int    // physical lines that parsers before this one took
	base  int64  // what its offsets lack
	from  int64  // where in the file it began
	last  int    // of this one's lines, the last in a record given out
	done  int64  // and of its bytes
	taken int64  // bytes given to this one
	tail  []byte // those of them that are in no record given out
	mark  []byte // the byte order mark of a file in UTF-16
	given bool   // a record is with emit: what breaks then is none of the parser's
}

func newReader(name string, opt parsers.Options, faults *fault.Log, emit func(*parsers.Record)) *reader {
	r := &reader{name: name, opt: opt, faults: faults, emit: emit}
	r.parser = parsers.NewStream(name, opt, r.take)
	return r
}

func (r *reader) take(rec *parsers.Record) {
	if fault.Inject != nil && rec.Format != parsers.Plain {
		fault.Inject(fault.Parser, rec.Message)
	}
	r.done, r.last = rec.End, max(rec.LineEnd, r.last)
	rec.LineStart, rec.LineEnd = rec.LineStart+r.lines, rec.LineEnd+r.lines
	rec.Offset, rec.End = max(rec.Offset+r.base, r.from), max(rec.End+r.base, r.from)
	r.given = true
	r.emit(rec)
	r.given = false
}

// count returns the physical lines taken.
func (r *reader) count() int { return r.lines + r.parser.Lines() }

// whole calls f, which reads, and tells whether reading went well. What breaks beyond the parser goes on breaking.
func (r *reader) whole(f func()) (ok bool) {
	defer func() {
		what := recover()
		if what == nil {
			return
		}
		if r.given {
			r.given = false
			panic(what)
		}
		r.faults.Contained(fault.Parser, what)
		ok = false
	}()
	f()
	return true
}

// Write takes the next bytes of a file.
func (r *reader) Write(p []byte) {
	if r.from == 0 && r.taken == 0 && (bytes.HasPrefix(p, []byte{0xFF, 0xFE}) || bytes.HasPrefix(p, []byte{0xFE, 0xFF})) {
		r.mark = bytes.Clone(p[:2])
	}
	for len(p) > 0 {
		ok := r.whole(func() { _, _ = r.parser.Write(p) }) // a stream takes all
		r.remember(p)
		if ok {
			return
		}
		p = r.rest(max(r.parser.Lines()-r.last, 1))
	}
}

// remember keeps the bytes that no record given out holds, p behind those of before.
func (r *reader) remember(p []byte) {
	from := r.taken
	r.taken += int64(len(p))
	if r.done >= from {
		r.tail = append(r.tail[:0], p[min(r.done-from, int64(len(p))):]...)
		return
	}
	if gone := r.done - (from - int64(len(r.tail))); gone > 0 {
		r.tail = r.tail[:copy(r.tail, r.tail[gone:])]
	}
	r.tail = append(r.tail, p...)
}

// rest gives the first n lines out as plain records, and returns the bytes behind them for another parser.
func (r *reader) rest(n int) []byte {
	held, end := bytes.Clone(r.tail), 0
	for ; n > 0 && end < len(held); n-- {
		at := bytes.IndexByte(held[end:], '\n')
		if at < 0 {
			end = len(held)
			break
		}
		end += at + 1
	}
	if len(r.mark) > 0 && r.mark[0] == 0xFF && end < len(held) {
		end++ // the high half of the line feed
	}
	at := r.base + r.done
	r.lines += r.last
	whole := held[:end]
	if at == 0 {
		whole = bytes.TrimPrefix(whole, r.mark) // it is written for each parser
	}
	r.plain(at+int64(end-len(whole)), func(s *parsers.Stream) { _, _ = s.Write(whole) })
	r.begin(r.opt, at+int64(end))
	return held[end:]
}

// plain has a parser of plain lines, which begins at a place of the file, give out what f writes to it.
func (r *reader) plain(at int64, f func(s *parsers.Stream)) {
	opt := r.opt
	opt.Format = parsers.Plain
	r.begin(opt, at)
	f(r.parser)
	r.parser.Flush()
	r.lines += r.parser.Lines()
}

// begin makes the parser anew, for what stands in the file from a place on.
func (r *reader) begin(opt parsers.Options, at int64) {
	r.parser = parsers.NewStream(r.name, opt, r.take)
	r.last, r.done, r.tail = 0, 0, r.tail[:0]
	r.from, r.base, r.taken = at, at-int64(len(r.mark)), int64(len(r.mark))
	_, _ = r.parser.Write(r.mark)
}

// end gives out what is held of bytes, as f does it.
func (r *reader) end(f func()) {
	if !r.whole(f) {
		r.rest(r.parser.Lines() + 1)
	}
}

// line takes a line; held are the texts that are not wholly given out, this one among them.
func (r *reader) line(text string, held *origins) {
	if !r.whole(func() { r.parser.WriteLine(text) }) {
		r.plainTexts(held)
	}
}

// endLines gives out what is held of lines, as f does it.
func (r *reader) endLines(f func(), held *origins) {
	if !r.whole(f) {
		r.plainTexts(held)
	}
}

func (r *reader) plainTexts(held *origins) {
	last := r.lines + r.last
	var texts []string
	first := 0
	for _, o := range held.queue {
		lines := strings.Split(o.text, "\n")
		if skip := last + 1 - o.line; skip > 0 {
			lines = lines[min(skip, len(lines)):]
		}
		if len(lines) > 0 && first == 0 {
			first = max(o.line, last+1)
		}
		texts = append(texts, lines...)
	}
	at := r.base + r.done
	r.lines = max(first, last+1) - 1
	r.plain(at, func(s *parsers.Stream) {
		for _, text := range texts {
			s.WriteLine(text)
		}
	})
	r.begin(r.opt, at+r.done)
}
