package output

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/tinylib/msgp/msgp"

	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/internal/redact"
	"github.com/cmtrail/cmtrail/plugin/internal/event"
)

func hiding(t *testing.T) func(*Config) {
	r, err := redact.Settings{Classes: []string{"all"}, Key: "a key for tests, sixteen bytes or more"}.Redactor()
	if err != nil {
		t.Fatal(err)
	}
	return func(c *Config) { c.Redact = r }
}

// told makes an event of a line, with a host and a nested key that name somebody.
func told(line string) []byte {
	c := event.AppendHead(nil, event.AppendStamp(nil, time.Unix(1700000000, 0)), msgp.AppendString(msgp.AppendString(msgp.AppendMapHeader(nil, 1), "from"), "10.20.4.51"))
	c = msgp.AppendMapHeader(c, 4)
	c = msgp.AppendString(msgp.AppendString(c, "path"), `C:\Users\berta\WUAHandler.log`)
	c = msgp.AppendString(msgp.AppendString(c, "host"), "LAB-07")
	c = msgp.AppendArrayHeader(msgp.AppendString(c, "more"), 2)
	c = msgp.AppendInt(c, 7)
	c = msgp.AppendString(msgp.AppendString(msgp.AppendMapHeader(c, 1), "user_name"), "berta")
	return msgp.AppendString(msgp.AppendString(c, "log"), line)
}

// wantHidden reads what the sink took, and fails when it holds a name.
func wantHidden(t *testing.T, f *fixture, events int) {
	t.Helper()
	for rest := f.sink.raw; len(rest) > 0; events-- {
		var err error
		if _, rest, err = event.Next(rest); err != nil {
			t.Fatalf("an event cannot be read: %v", err)
		}
	}
	if events != 0 {
		t.Errorf("%d events less than wanted", events)
	}
	for _, name := range []string{"LAB-07", "lab-07", "berta", "10.20.4.51", "contoso", "sup01"} {
		if at := bytes.Index(f.sink.raw, []byte(name)); at >= 0 {
			t.Errorf("%q goes on, in %q", name, f.sink.raw[max(0, at-60):min(len(f.sink.raw), at+40)])
		}
	}
	f.sink.raw = nil
}

func TestNamesAreHidden(t *testing.T) {
	f := newFixture(t, "", 1<<20, hiding(t), func(c *Config) {
		c.KeepOriginal = true
		c.Relate = &pipeline.LiveOptions{}
	})
	defer f.close(t)
	line := strings.Replace(whole, "Done with it", `Done with it: http://sup01.contoso.com as CONTOSO\berta on LAB-07`, 1)
	f.flush(t, OK, "raw", told(line))
	tagged := f.sink.raw
	wantHidden(t, f, 1)
	if !bytes.Contains(tagged, []byte("scan.04.done")) || bytes.Count(tagged, []byte("host-")) < 4 {
		t.Errorf("the rule did not match, or names are gone altogether: %q", tagged)
	}

	// An event that holds no line, one that is none, and bytes that are nothing.
	without := bytes.Replace(told("at 10.20.4.51"), []byte("\xa3log"), []byte("\xa3lgo"), 1)
	f.flush(t, OK, "raw", without)
	wantHidden(t, f, 1)
	f.flush(t, OK, "raw", msgp.AppendString(nil, "berta@contoso.com"))
	wantHidden(t, f, 1)
	f.flush(t, OK, "raw", append([]byte{0xc1}, "at sup01.contoso.com"...))
	wantHidden(t, f, 1)
}

// What was kept in clear text, by a run that hid nothing, is hidden by the next.
func TestNamesThatWereKeptAreHidden(t *testing.T) {
	folder := t.TempDir()
	f := newFixture(t, folder, 1<<20)
	f.flush(t, OK, "raw", told(opens+" of sup01.contoso.com"))
	f.sink.room = 0
	f.clock.forward(time.Minute)
	f.tick()
	f.close(t)
	f = newFixture(t, folder, 1<<20, hiding(t))
	defer f.close(t)
	f.tick()
	wantHidden(t, f, 1)
}

// When reading breaks, the lines go on untagged, and hidden all the same.
func TestNamesAreHiddenWhenReadingBreaks(t *testing.T) {
	f := newFixture(t, "", 1<<20, hiding(t))
	defer f.close(t)
	f.clock.breakAfter(0)
	f.flush(t, OK, "raw", told("at sup01.contoso.com"))
	wantHidden(t, f, 1)
}
