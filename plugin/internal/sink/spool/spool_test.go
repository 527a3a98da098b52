package spool

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/tinylib/msgp/msgp"

	"github.com/cmtrail/cmtrail/plugin/internal/event"
	"github.com/cmtrail/cmtrail/plugin/internal/sink"
)

type clock struct{ now time.Time }

func (c *clock) read() time.Time {
	c.now = c.now.Add(time.Nanosecond) // segments are named after the time
	return c.now
}

type lines struct{ text []string }

func (l *lines) Infof(format string, args ...any) {
	l.text = append(l.text, fmt.Sprintf(format, args...))
}
func (l *lines) Warnf(format string, args ...any) {
	l.text = append(l.text, fmt.Sprintf(format, args...))
}
func (l *lines) Errorf(format string, args ...any) {
	l.text = append(l.text, fmt.Sprintf(format, args...))
}

func batch(texts ...string) *sink.Batch {
	b := &sink.Batch{Tag: "raw"}
	for _, text := range texts {
		b.Add(func(dst []byte) []byte {
			dst = event.AppendHead(dst, event.AppendStamp(nil, time.Unix(1700000000, 5)), msgp.AppendMapHeader(nil, 0))
			return msgp.AppendString(msgp.AppendString(msgp.AppendMapHeader(dst, 1), "log"), text)
		})
	}
	return b
}

func open(t *testing.T, c Config) (*Sink, *clock) {
	t.Helper()
	now := &clock{time.Date(2026, 11, 10, 9, 0, 0, 0, time.UTC)}
	s, err := New(c, "0", "here/0", &lines{}, now.read)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, now
}

func send(t *testing.T, s *Sink, texts ...string) {
	t.Helper()
	if n, err := s.Send(context.Background(), batch(texts...)); n != len(texts) || err != nil {
		t.Fatalf("sent %d, %v", n, err)
	}
}

func segments(t *testing.T, folder string) (contents []string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		contents = append(contents, string(data))
	}
	return contents
}

func TestLines(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "spool")
	s, _ := open(t, Config{Path: folder, SegmentSize: 1 << 20, MaxSize: 1 << 30, Fsync: true})
	send(t, s, "first", "second")
	want := `{"cmtrail.time":"2023-11-14T22:13:20.000000005Z","log":"first","cmtrail.instance":"here/0"}` + "\n" +
		`{"cmtrail.time":"2023-11-14T22:13:20.000000005Z","log":"second","cmtrail.instance":"here/0"}` + "\n"
	if diff := cmp.Diff([]string{want}, segments(t, folder)); diff != "" {
		t.Errorf("segments (-want +got):\n%s", diff)
	}
	info, err := os.Stat(folder)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o700 {
		t.Errorf("folder: %v, %v", info.Mode(), err)
	}
}

// A segment that was begun before is not written to again: a killed process may have left half a line in it.
func TestARestartBeginsANewSegment(t *testing.T) {
	folder := t.TempDir()
	c := Config{Path: folder, SegmentSize: 1 << 20, MaxSize: 1 << 30}
	for range 3 {
		s, now := open(t, c)
		now.now = now.now.Add(time.Duration(len(segments(t, folder))) * time.Second)
		send(t, s, "line")
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(segments(t, folder)); n != 3 {
		t.Errorf("%d segments, want 3", n)
	}
	s, _ := open(t, c)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if n := len(segments(t, folder)); n != 3 {
		t.Errorf("%d segments after one that stayed empty, want 3", n)
	}
}

// The bound holds; what a reader in this process has read to its end makes room, and what it has not read stays.
func TestTheBoundAndTheReader(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells how far a file has been read")
	}
	folder := t.TempDir()
	line := strings.Repeat("x", 30<<10)
	s, now := open(t, Config{Path: folder, SegmentSize: minSegment, MaxSize: 2 * minSegment})
	for range 4 {
		send(t, s, line)
	}
	if n, err := s.Send(context.Background(), batch(line)); n != 0 || err == nil || !strings.Contains(err.Error(), "is full") {
		t.Fatalf("beyond the bound: sent %d, %v", n, err)
	}
	names, err := filepath.Glob(filepath.Join(folder, "*.jsonl"))
	if err != nil || len(names) != 2 {
		t.Fatal(names, err)
	}
	reader, err := os.Open(names[0])
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	refused := func(why string) {
		t.Helper()
		now.now = now.now.Add(time.Minute)
		if _, err := s.Send(context.Background(), batch(line)); err == nil {
			t.Fatalf("%s: taken", why)
		}
	}
	refused("the reader has not begun")
	if _, err := io.CopyN(io.Discard, reader, 1000); err != nil {
		t.Fatal(err)
	}
	refused("the reader is half way")
	if _, err := io.Copy(io.Discard, reader); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Send(context.Background(), batch(line)); err == nil {
		t.Fatal("taken before what was read has settled")
	}
	now.now = now.now.Add(settled)
	send(t, s, line)
	if _, err := os.Stat(names[0]); !os.IsNotExist(err) {
		t.Errorf("the segment that was read is still there: %v", err)
	}
}

func TestOldSegmentsGo(t *testing.T) {
	folder := t.TempDir()
	old := filepath.Join(folder, "cmtrail-0-20260101T000000.000000000Z.jsonl")
	other := filepath.Join(folder, "cmtrail-1-20260101T000000.000000000Z.jsonl")
	for _, name := range []string{old, other} {
		if err := os.WriteFile(name, []byte("{}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		then := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		if err := os.Chtimes(name, then, then); err != nil {
			t.Fatal(err)
		}
	}
	open(t, Config{Path: folder, SegmentSize: minSegment, MaxSize: 2 * minSegment, Keep: time.Hour})
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Errorf("the old segment is still there: %v", err)
	}
	if _, err := os.Stat(other); err != nil {
		t.Errorf("another instance's segment: %v", err)
	}
}

func TestAFailedWriteGoesOnInTheNextSegment(t *testing.T) {
	folder := t.TempDir()
	s, _ := open(t, Config{Path: folder, SegmentSize: 1 << 20, MaxSize: 1 << 30})
	send(t, s, "first")
	if err := s.active.Close(); err != nil { // as a disk that went away
		t.Fatal(err)
	}
	if n, err := s.Send(context.Background(), batch("second")); n != 0 || err == nil {
		t.Fatalf("sent %d, %v", n, err)
	}
	send(t, s, "second")
	if got := segments(t, folder); len(got) != 2 || !strings.Contains(got[1], "second") || bytes.Count([]byte(got[0]), []byte("\n")) != 1 {
		t.Errorf("segments %q", got)
	}
}

func TestValidate(t *testing.T) {
	err := Config{SegmentSize: 1, MaxSize: 1, Keep: -1}.Validate()
	want := "spool_path: must not be empty\nspool_segment_size: must be at least 64k, is 1 bytes\n" +
		"spool_max_size: must be at least twice spool_segment_size, is 1 bytes\nspool_keep: must not be negative, is -1ns"
	if err == nil || err.Error() != want {
		t.Errorf("Validate() = %v", err)
	}
}

func BenchmarkSend(b *testing.B) {
	s, err := New(Config{Path: b.TempDir(), SegmentSize: 16 << 20, MaxSize: 1 << 40}, "0", "here/0", &lines{}, (&clock{time.Now()}).read)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	texts := make([]string, 5000)
	for i := range texts {
		texts[i] = strings.Repeat("x", 240)
	}
	events := batch(texts...)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Send(context.Background(), events); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*5000/b.Elapsed().Seconds(), "records/s")
}
