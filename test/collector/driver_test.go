package collector

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// driver appends records to the logs of a client. Each line carries its number, the number of its record's first line, and
// how many lines the record has: #line/record/length#.
type driver struct {
	folder string
	random *rand.Rand
	clock  time.Time // of the records, which runs fast: it is a week behind, as when the agent has been off
	asks   bool      // now and then asks for locations, which never come

	mu       sync.Mutex
	lines    int
	records  int
	requests []string
	written  int64 // bytes
}

func newDriver(folder string, seed uint64) *driver {
	return &driver{folder: folder, random: rand.New(rand.NewPCG(seed, seed)), clock: time.Now().UTC().Truncate(time.Second).AddDate(0, 0, -7)}
}

// line returns the mark of the next line of a record that began at first.
func (d *driver) mark(first, length int) string {
	d.lines++
	return fmt.Sprintf("#%d/%d/%d#", d.lines-1, first, length)
}

// record makes the next record, a text a line, and tells its log.
func (d *driver) record() (log string, lines []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.records++
	d.clock = d.clock.Add(2 * time.Second)
	first, length := d.lines, 1
	if d.random.IntN(3) == 0 {
		length = 2 + d.random.IntN(3)
	}
	if d.random.IntN(3) == 0 { // a log in which only the head of the next record ends a record
		for i := range length {
			head := ""
			if i == 0 {
				head = d.clock.Format("2006-01-02\t15:04:05:000") + "\t 1032\t1a2c\tAgent\t"
			}
			lines = append(lines, head+"  * The agent goes on "+d.mark(first, length))
		}
		return "WindowsUpdate.log", lines
	}
	log, message := "WUAHandler.log", "The handler goes on "
	if d.asks && d.records%100 == 0 {
		request := fmt.Sprintf("e07d41b9-2c58-4a63-b1f4-%012d", d.records)
		d.requests = append(d.requests, request)
		log, message, length = "LocationServices.log", sent(request)+" ", 1
	}
	for i := range length {
		text := d.mark(first, length)
		if i == 0 {
			text = "<![LOG[" + message + text
		}
		if i == length-1 {
			text += fmt.Sprintf(`]LOG]!><time="%s+0" date="%s" component="%s" context="" type="1" thread="5120" file="c.cpp:1">`,
				d.clock.Format("15:04:05.000"), d.clock.Format("01-02-2006"), log[:len(log)-len(".log")])
		}
		lines = append(lines, text)
	}
	return log, lines
}

// run appends until quit is closed, about so many records a second. One record in ten is written line by line, with pauses.
func (d *driver) run(t *testing.T, perSecond int, quit <-chan struct{}) {
	const rounds = 20 // a second
	files := map[string]*os.File{}
	defer func() {
		for _, f := range files {
			f.Close()
		}
	}()
	write := func(log string, text []byte) {
		f := files[log]
		if f == nil {
			var err error
			if f, err = os.OpenFile(filepath.Join(d.folder, log), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644); err != nil {
				t.Error(err)
				return
			}
			files[log] = f
		}
		n, err := f.Write(text)
		if err != nil {
			t.Error(err)
		}
		d.mu.Lock()
		d.written += int64(n)
		d.mu.Unlock()
	}
	tick := time.NewTicker(time.Second / rounds)
	defer tick.Stop()
	for left := 0; left < rounds; {
		select {
		case <-quit: // a last second, so that the last questions fall due
			left++
			d.quiet()
		default:
		}
		<-tick.C
		texts := map[string]*bytes.Buffer{}
		for range perSecond / rounds {
			log, lines := d.record()
			b := texts[log]
			if b == nil {
				b = &bytes.Buffer{}
				texts[log] = b
			}
			slow := d.random.IntN(10*perSecond/rounds) == 0
			for _, line := range lines {
				b.WriteString(line + "\r\n")
				if slow {
					write(log, b.Bytes())
					b.Reset()
					time.Sleep(time.Duration(d.random.IntN(150)) * time.Millisecond)
				}
			}
		}
		for log, b := range texts {
			write(log, b.Bytes())
		}
	}
}

// quiet ends the questions.
func (d *driver) quiet() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asks = false
}

// count returns how many lines and records have been made.
func (d *driver) count() (lines, records int, bytes int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.lines, d.records, d.written
}
