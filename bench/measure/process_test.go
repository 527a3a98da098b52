package measure

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cmtrail/cmtrail/bench/corpus"
)

// process is a program that reads a folder of logs.
type process struct {
	program string
	args    []string
	env     []string
	records string               // what a record that came out has in it; "" when nothing comes out
	tags    string               // what a tagged record has in it; "" when nothing tags
	out     string               // file or folder that it writes, below the folder
	prints  bool                 // out is what it prints
	stays   bool                 // it follows its logs and has to be told to end
	quiet   time.Duration        // how long nothing has to come of it before it has read all
	expect  func() (records int) // how many come out
}

// measure runs the process in the folder and reports its processor time, user and system, of wait4.
func (w *process) measure(b *testing.B, dir string, c *corpus.Corpus) {
	var cpu, spent time.Duration
	runs := 0
	for b.Loop() {
		if w.out != "" {
			if err := os.RemoveAll(filepath.Join(dir, w.out)); err != nil {
				b.Fatal(err)
			}
		}
		usage, took := w.run(b, dir)
		w.check(b, dir, c)
		cpu += time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
		spent += took
		runs++
	}
	lines := float64(runs * c.Lines)
	b.ReportMetric(cpu.Seconds()/float64(runs), "cpu-s")
	b.ReportMetric(spent.Seconds()/float64(runs), "wall-s")
	b.ReportMetric(lines/spent.Seconds(), "lines/s")
	b.ReportMetric(lines/cpu.Seconds(), "lines/cpu-s")
}

// run runs the process once. The time is that from its start to the last that came of it.
func (w *process) run(b *testing.B, dir string) (*syscall.Rusage, time.Duration) {
	cmd := exec.Command(w.program, w.args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), w.env...)
	var said bytes.Buffer
	cmd.Stderr = &said
	if w.stays {
		cmd.Stdout = &said
	}
	if w.prints {
		f, err := os.Create(filepath.Join(dir, w.out))
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		cmd.Stdout = f
	}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	took := time.Duration(0)
	if w.stays {
		took = w.follow(b, cmd.Process, dir, start, ended)
		_ = cmd.Process.Signal(syscall.SIGTERM) // one that has ended is told of below
	}
	if err := <-ended; err != nil {
		b.Fatalf("%v: %s", err, said.Bytes())
	}
	if !w.stays {
		took = time.Since(start)
	}
	return cmd.ProcessState.SysUsage().(*syscall.Rusage), took
}

// follow waits until nothing comes of the process any more.
func (w *process) follow(b *testing.B, p *os.Process, dir string, start time.Time, ended chan error) time.Duration {
	last, changed := int64(0), start
	for {
		select {
		case err := <-ended:
			ended <- errors.Join(err, errors.New("it ended by itself"))
			return 0
		case <-time.After(20 * time.Millisecond):
		}
		now := w.progress(b, p, dir)
		if now != last {
			last, changed = now, time.Now()
		}
		if last > 0 && time.Since(changed) > w.quiet {
			return changed.Sub(start)
		}
		if time.Since(start) > 2*time.Minute {
			_ = p.Kill()
			b.Fatal("it has not come to an end in two minutes")
		}
	}
}

// progress is the size of what the process has written; of one that writes nothing, its processor time in twentieths
// of a second.
func (w *process) progress(b *testing.B, p *os.Process, dir string) (n int64) {
	if w.out == "" {
		stat, err := os.ReadFile("/proc/" + strconv.Itoa(p.Pid) + "/stat")
		if err != nil {
			b.Fatal(err)
		}
		f := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		for _, ticks := range f[11:13] { // user and system time, a hundred ticks a second
			v, err := strconv.ParseInt(ticks, 10, 64)
			if err != nil {
				b.Fatal(err)
			}
			n += v
		}
		return n / 5
	}
	err := filepath.WalkDir(filepath.Join(dir, w.out), func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			n += info.Size()
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // files of a spool come and go
		b.Fatal(err)
	}
	return n
}

// check counts what came out: a process that loses records would be fast.
func (w *process) check(b *testing.B, dir string, c *corpus.Corpus) {
	if w.out == "" {
		return
	}
	records, tags := 0, 0
	err := filepath.WalkDir(filepath.Join(dir, w.out), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		records += bytes.Count(data, []byte(w.records))
		if w.tags != "" {
			tags += bytes.Count(data, []byte(w.tags))
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	if want := w.expect(); records != want {
		b.Fatalf("%d records came out, expected %d", records, want)
	}
	if w.tags != "" && tags != len(c.Want) {
		b.Fatalf("%d records are tagged, expected %d", tags, len(c.Want))
	}
}

// folder writes the corpus as its logs into a new folder.
func folder(b *testing.B, c *corpus.Corpus) string {
	dir := b.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "logs"), 0o700); err != nil {
		b.Fatal(err)
	}
	files := map[*corpus.Log]*os.File{}
	for _, chunk := range c.Chunks {
		f := files[chunk.Log]
		if f == nil {
			var err error
			if f, err = os.Create(filepath.Join(dir, "logs", chunk.Log.Name)); err != nil {
				b.Fatal(err)
			}
			files[chunk.Log] = f
		}
		if _, err := f.Write(chunk.Data); err != nil {
			b.Fatal(err)
		}
	}
	for _, f := range files {
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
	}
	return dir
}
