// Package corpus makes the bytes that the benchmarks read: logs as ConfigMgr writes them, whose every byte follows from a
// seed. The sentences are made up; the forms of records and the lengths of lines are those of real clients and servers.
package corpus

import (
	"math/rand/v2"
	"slices"
	"strings"
	"unsafe"
)

// Options say what to make.
type Options struct {
	Bytes int    // how much, at least
	Rules []Rule // whose sentences the tagged records say, each as often as the others
	Tag   int    // one record in so many is tagged, of the logs that have rules or lines the more; 0: none
	Lines []Line // said in place of the rules' sentences
}

// Line is one framed line of a log.
type Line struct{ Log, Text string }

// Corpus is what was made.
type Corpus struct {
	Chunks  []*Chunk
	Bytes   int
	Lines   int
	Records int
	Want    []Tag // what the rules must find, in the order of the records
}

// Tag says that a record is tagged by a rule.
type Tag struct {
	Record int
	Rule   string
}

// Chunk is some records that follow each other in one log.
type Chunk struct {
	Log     *Log
	Data    []byte   // all of it, lines end with CR LF; never changed
	Text    string   // the same, a view of it
	Lines   []string // without their ends
	Records []string // without their ends, some of two lines or more
	First   int      // number of the first record, counted through the corpus
}

// ChunkRecords is how many records a chunk has.
const ChunkRecords = 1000

// New makes a corpus.
func New(opt Options) *Corpus {
	m := &maker{Options: opt, writer: writer{Rand: rand.New(rand.NewPCG(2026, 6))}, corpus: &Corpus{}, byLog: map[*Log][]int{}, linesOf: map[string][]string{}}
	for i := range opt.Rules {
		m.byLog[opt.Rules[i].Log] = append(m.byLog[opt.Rules[i].Log], i)
	}
	for _, l := range opt.Lines {
		m.linesOf[l.Log] = append(m.linesOf[l.Log], l.Text)
	}
	covered := 0
	for _, l := range drawn {
		if len(m.byLog[l])+len(m.linesOf[l.Name]) > 0 {
			covered++
		}
	}
	if opt.Tag > 0 {
		m.odds = float64(len(drawn)) / float64(covered*opt.Tag)
	}
	for m.corpus.Bytes < opt.Bytes {
		m.chunk(drawn[m.IntN(len(drawn))])
	}
	return m.corpus
}

type maker struct {
	Options
	writer
	corpus  *Corpus
	byLog   map[*Log][]int
	linesOf map[string][]string
	odds    float64 // that a record of a covered log is tagged
	ms      int     // time of the log, in milliseconds since its first day
}

func (m *maker) chunk(log *Log) {
	c := &Chunk{Log: log, First: m.corpus.Records}
	ends := make([]int, 0, ChunkRecords)
	m.buf = m.buf[:0]
	for i := range ChunkRecords {
		m.record(log, c.First+i)
		ends = append(ends, len(m.buf))
		m.str("\r\n")
	}
	c.Data = slices.Clone(m.buf)
	c.Text = unsafe.String(unsafe.SliceData(c.Data), len(c.Data))
	from := 0
	for _, to := range ends {
		c.Records = append(c.Records, c.Text[from:to])
		from = to + 2
	}
	c.Lines = strings.Split(strings.TrimSuffix(c.Text, "\r\n"), "\r\n")
	m.corpus.Chunks = append(m.corpus.Chunks, c)
	m.corpus.Bytes += len(c.Text)
	m.corpus.Lines += len(c.Lines)
	m.corpus.Records += len(c.Records)
}

func (m *maker) record(log *Log, number int) {
	tagged := m.odds > 0 && m.Float64() < m.odds
	if lines := m.linesOf[log.Name]; tagged && len(lines) > 0 {
		m.str(lines[m.IntN(len(lines))])
		return
	}
	m.ms += m.IntN(900)
	if !log.Legacy {
		m.str("<![LOG[")
	}
	if rules := m.byLog[log]; tagged && len(rules) > 0 {
		r := &m.Rules[rules[m.IntN(len(rules))]]
		m.hit(r)
		m.corpus.Want = append(m.corpus.Want, Tag{number, r.ID})
	} else {
		m.idle(log)
	}
	if log.Legacy {
		m.legacyEnd(log)
	} else {
		m.ccmEnd(log)
	}
}

// idle appends a message that no rule asks for: one in twenty names what a rule names, one in a hundred and thirty is long, one in two
// hundred has several lines.
func (m *maker) idle(log *Log) {
	switch n := m.IntN(400); {
	case n < 20:
		m.text(log, near[n%len(near)])
	case n < 23:
		for range 6 + m.IntN(14) {
			m.text(log, noise[m.IntN(len(noise))])
			m.str("; ")
		}
		m.str("all done")
	case n < 25 && !log.Legacy:
		for range 1 + m.IntN(4) {
			m.text(log, noise[m.IntN(len(noise))])
			m.str("\r\n")
		}
		m.text(log, noise[m.IntN(len(noise))])
	default:
		m.text(log, noise[n%len(noise)])
	}
}

func (m *maker) clock() {
	s := m.ms / 1000
	m.digits(s/3600%24, 2)
	m.str(":")
	m.digits(s/60%60, 2)
	m.str(":")
	m.digits(s%60, 2)
	m.str(".")
	m.digits(m.ms%1000, 3)
}

func (m *maker) date() {
	day := m.ms / 86_400_000
	m.digits(1+day/28%12, 2)
	m.str("-")
	m.digits(1+day%28, 2)
	m.str("-2026")
}

func (m *maker) ccmEnd(log *Log) {
	m.str(`]LOG]!><time="`)
	m.clock()
	m.str(`+300" date="`)
	m.date()
	m.str(`" component="`)
	m.str(log.Component)
	m.str(`" context="`)
	if m.IntN(20) == 0 {
		m.str(`NT AUTHORITY\SYSTEM`)
	}
	m.str(`" type="`)
	m.int([]int{1, 1, 1, 1, 1, 1, 1, 0, 2, 3}[m.IntN(10)])
	m.str(`" thread="`)
	m.int(1000 + m.IntN(30)*404)
	m.str(`" file="`)
	m.str(log.Source)
	m.str(":")
	m.int(30 + m.IntN(90)*37)
	m.str(`">`)
}

func (m *maker) legacyEnd(log *Log) {
	m.str("  $$<")
	m.str(log.Component)
	m.str("><")
	m.date()
	m.str(" ")
	m.clock()
	m.str("+300><thread=")
	thread := 1000 + m.IntN(30)*404
	m.int(thread)
	m.str(" (0x")
	for shift := 12; shift >= 0; shift -= 4 {
		m.buf = append(m.buf, "0123456789ABCDEF"[thread>>shift&15])
	}
	m.str(")>")
}
