package conformance

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tinylib/msgp/msgp"

	"github.com/cmtrail/cmtrail/plugin/internal/event"
	"github.com/cmtrail/cmtrail/plugin/internal/instance"
)

// shelf is what Fluent Bit does with chunks on the disk: it comes with each again until it is told that it is safe.
type shelf struct {
	chunks [][]byte
	tries  int
}

func (s *shelf) flush(t *testing.T, i *instance.Instance) {
	t.Helper()
	var left [][]byte
	for _, c := range s.chunks {
		s.tries++
		switch answer := i.Flush("raw.log", c); answer {
		case 1:
		case 2:
			left = append(left, c)
		default:
			t.Fatalf("flush answers %d, expected 1 (FLB_OK) or 2 (FLB_RETRY)", answer)
		}
	}
	s.chunks = left
}

// The plugin in this process, handing on by the forward protocol to a peer of changing mood. Chunks end in the middle of a
// record, and the instance ends in the middle of the flow. Nothing that was said to be safe is lost.
func TestNothingIsLostToAPeer(t *testing.T) {
	for _, tt := range []struct {
		name  string
		moods []mood // one after the other
		ends  bool   // the instance is closed and made anew with each
	}{
		{"it is away and comes back", []mood{well, away, well}, false},
		{"it is slow", []mood{slow, well}, false},
		{"it drops the connection", []mood{drops, drops, well}, false},
		{"the plugin ends in mid flow", []mood{well, well, well}, true},
		{"the plugin ends while it is away", []mood{well, away, away, well}, true},
		{"the plugin ends while it is slow", []mood{well, slow, well}, true},
		{"the plugin ends while it drops the connection", []mood{drops, drops, well}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPeer(t)
			properties := map[string]string{
				"sink": "forward", "forward_address": "tcp://" + p.address, "forward_timeout": "1s", "forward_fail_fast": "100ms",
				"state_path": filepath.Join(t.TempDir(), "state"), "fsync": "off", "plugin_log_level": "off", "idle_timeout": "1h", "stream_timeout": "1h",
			}
			plugin := instance.NewPlugin()
			open := func() *instance.Instance {
				i, err := plugin.Make(func(name string) string { return properties[name] })
				if err != nil {
					t.Fatal(err)
				}
				return i
			}
			var s shelf
			i := open()
			n := 0
			for at, mood := range tt.moods {
				p.become(mood)
				for range 8 {
					s.chunks = append(s.chunks, searches(n, 25)...)
					n += 25
					s.flush(t, i)
					if mood == slow {
						break // each attempt takes its time
					}
				}
				if tt.ends && at < len(tt.moods)-1 {
					i.Close()
					i = open()
				}
			}
			defer func() { i.Close() }()
			for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
				s.flush(t, i)
				got := p.came()
				if got.whole == n && len(s.chunks) == 0 {
					t.Logf("%d records of two lines in %d attempts, %d of them came again", n, s.tries, got.again)
					return
				}
				if time.Now().After(end) {
					t.Fatalf("%d of %d records came, and %d chunks are still tried", got.whole, n, len(s.chunks))
				}
			}
		})
	}
}

// searches returns records of two lines, an event a line, in two chunks that are cut in the middle of one.
func searches(from, n int) [][]byte {
	var chunks [2][]byte
	at := 0
	add := func(text string) {
		c := event.AppendHead(chunks[at], event.AppendStamp(nil, time.Now()), msgp.AppendMapHeader(nil, 0))
		c = msgp.AppendMapHeader(c, 2)
		c = msgp.AppendString(msgp.AppendString(c, "path"), "/logs/WUAHandler.log")
		chunks[at] = msgp.AppendString(msgp.AppendString(c, "log"), text)
	}
	for i := range n {
		head, rest, _ := strings.Cut(numbered(from+i), "\r\n")
		add(head)
		if i == n/2 {
			at = 1
		}
		add(strings.TrimSuffix(rest, "\r\n"))
	}
	return chunks[:]
}

// numbered is a record of two lines with a number.
func numbered(n int) string {
	return fmt.Sprintf("<![LOG[Search number %d.\r\nEnd of search %d.]LOG]!><time=\"10:02:00.037+360\" date=\"11-10-2026\" component=\"WUAHandler\" context=\"\" type=\"1\" thread=\"4120\" file=\"wuahandler.cpp:107\">\r\n", n, n)
}

// handover is a configuration that follows one log and hands on to a peer. The fields are what makes it safe.
type handover struct {
	storage, retries, state string
	cut                     int // bytes of the last record that are written later than the rest
}

// safe loses nothing. The last record is cut between its lines.
var safe = handover{"filesystem", "no_limits", "build/state", len(numbered(1000)) - strings.Index(numbered(1000), "End")}

func (h handover) write(t *testing.T, home string, p *peer) string {
	t.Helper()
	text := fmt.Sprintf(`service:
  flush: 0.2
  grace: 5
  log_level: info
  storage.path: build/storage
  scheduler.base: 1
  scheduler.cap: 2
plugins:
  - build/out_cmtrail.so
pipeline:
  inputs:
    - name: tail
      tag: raw.*
      path: deploy/samples/*/*.log
      path_key: path
      read_from_head: true
      refresh_interval: 1
      db: build/logs.db
      db.compare_filename: true
      buffer_chunk_size: 64k
      buffer_max_size: 4M
      skip_empty_lines: false
      storage.type: %s
  outputs:
    - name: cmtrail
      match: raw.*
      retry_limit: %s
      sink: forward
      forward_address: tcp://%s
      forward_timeout: 1s
      forward_fail_fast: 500ms
      idle_timeout: 10s
      state_path: %s
`, h.storage, h.retries, p.address, h.state)
	path := filepath.Join(home, "deploy/fluentbit/handover.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return "handover.yaml"
}

// moment is what happens while the log grows for a second.
type moment struct {
	mood   mood
	signal syscall.Signal // sent at its end; 0: none
}

// The real Fluent Bit with the plugin, handing on to another process: with chunks on the disk, retries without a limit, a
// state and acknowledgements nothing is lost.
func TestRealFluentBitLosesNothingToAPeer(t *testing.T) {
	needFluentBit(t)
	for _, tt := range []struct {
		name    string
		moments []moment
		whole   bool // every record comes as one
	}{
		{"it is away and comes back", []moment{{well, 0}, {away, 0}, {away, 0}, {well, 0}}, true},
		{"it is slow", []moment{{slow, 0}, {slow, 0}, {well, 0}}, true},
		{"it drops the connection", []moment{{drops, 0}, {drops, 0}, {drops, 0}, {well, 0}}, true},
		{"stopped in mid flow", []moment{{well, syscall.SIGTERM}, {well, syscall.SIGTERM}, {well, 0}}, true},
		{"killed in mid flow", []moment{{well, syscall.SIGKILL}, {well, syscall.SIGKILL}, {well, 0}}, false},
		{"reloaded in mid flow", []moment{{well, syscall.SIGHUP}, {well, syscall.SIGHUP}, {well, 0}}, true},
		{"stopped while it is away", []moment{{well, 0}, {away, syscall.SIGTERM}, {well, 0}}, false},
		{"killed while it is slow", []moment{{well, 0}, {slow, syscall.SIGKILL}, {well, 0}}, false},
		{"killed while it drops the connection", []moment{{drops, syscall.SIGKILL}, {drops, syscall.SIGKILL}, {well, 0}}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			records, got := handOver(t, safe, tt.moments)
			if got.lines != 2*records {
				t.Errorf("%d of %d lines came", got.lines, 2*records)
			}
			// When it starts with chunks on the disk, Fluent Bit flushes what it reads anew before them, and a record that
			// was cut comes in two parts.
			if got.whole != records && tt.whole {
				t.Errorf("%d of %d records came whole", got.whole, records)
			}
			t.Logf("%d records of two lines, %d of them in two parts, %d of them came again", records, records-got.whole, got.again)
		})
	}
}

// patience is how long nothing must have come before the rest is taken for lost: longer than any retry waits, and than a record
// is held.
const patience = 20 * time.Second

// TestWhatWeakerSettingsLose tells what it costs to leave out one of the settings.
func TestWhatWeakerSettingsLose(t *testing.T) {
	needFluentBit(t)
	if os.Getenv("CMTRAIL_RELIABILITY") != "long" {
		t.Skip("figures for the documentation; make reliability prints them")
	}
	memory, once, stateless, inLine := safe, safe, safe, safe
	inLine.cut = 60
	memory.storage, once.retries, stateless.state = "memory", "1", "off"
	killed := []moment{{well, 0}, {slow, syscall.SIGKILL}, {slow, syscall.SIGKILL}, {well, 0}}
	flowing := []moment{{well, syscall.SIGKILL}, {well, syscall.SIGKILL}, {well, syscall.SIGKILL}, {well, 0}}
	away := []moment{{well, 0}, {away, 0}, {away, 0}, {away, 0}, {away, 0}, {away, 0}, {away, 0}, {away, 0}, {well, 0}}
	for _, tt := range []struct {
		name    string
		config  handover
		moments []moment
	}{
		{"killed, all settings", safe, killed},
		{"killed, chunks in memory", memory, killed},
		{"killed, no state_path", stateless, flowing},
		{"killed, the last line not complete", inLine, flowing},
		{"away, all settings", safe, away},
		{"away, retry_limit 1", once, away},
	} {
		t.Run(tt.name, func(t *testing.T) {
			records, got := handOver(t, tt.config, tt.moments)
			if lost := 2*records - got.lines; tt.config == safe && lost > 0 {
				t.Errorf("%d of %d lines are lost", lost, 2*records)
			}
			t.Logf("%d of %d lines lost, %d records not whole, %d came again", 2*records-got.lines, 2*records, records-got.whole, got.again)
		})
	}
}

// handOver runs Fluent Bit through the moments while a log grows, and returns how many records were written and came.
func handOver(t *testing.T, config handover, moments []moment) (written int, got count) {
	t.Helper()
	home := homeOf(t)
	logs := filepath.Join(home, "deploy/samples")
	if err := os.RemoveAll(logs); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(logs, "PC1"), 0o700); err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(filepath.Join(logs, "PC1", "WUAHandler.log"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	write := func(text string) {
		if _, err := file.WriteString(text); err != nil {
			t.Fatal(err)
		}
	}
	grow := func() { // for a second
		for range 10 {
			var text strings.Builder
			for range 200 {
				text.WriteString(numbered(written))
				written++
			}
			whole := text.String()
			cut := len(whole) - config.cut // the last record is not complete when it is read
			for _, part := range []string{whole[:cut], whole[cut:]} {
				write(part)
				time.Sleep(50 * time.Millisecond)
			}
		}
	}
	p := newPeer(t)
	name := config.write(t, home, p)
	f := run(t, home, name)
	for _, m := range moments {
		p.become(m.mood)
		grow()
		if m.signal == 0 {
			continue
		}
		last := numbered(written)
		written++
		write(last[:len(last)-config.cut])
		time.Sleep(600 * time.Millisecond) // until it has been flushed, when the peer is well
		if m.signal == syscall.SIGHUP {
			f.signal(t, m.signal)
		} else {
			f.stop(t, m.signal)
			f = run(t, home, name)
		}
		write(last[len(last)-config.cut:])
	}
	p.become(well)
	for end, last := time.Now().Add(patience), 0; time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if got = p.came(); got.lines != last {
			last, end = got.lines, time.Now().Add(patience)
		}
		if got.lines == 2*written {
			break
		}
	}
	f.stop(t, syscall.SIGTERM)
	for _, lines := range p.missing(written) {
		t.Log(lines)
	}
	return written, p.came()
}
