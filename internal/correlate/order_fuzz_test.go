package correlate_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cmtrail/cmtrail/internal/correlate"
)

// FuzzOrder has a story told in any order that stays within the lateness, with a restart and other rules in its midst: what is
// found is what is found in plain order. With narrow bounds less may be found, and no more is kept than they allow.
func FuzzOrder(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("\x05\x03\x00\x07\x01\x00\x00\x00\x02\x00\x00\x00\x40\x10\x08\xff\x02"))
	f.Add([]byte("\x0a\x01\x01\x01" + strings.Repeat("\x00\x01\xff\x30\x00\x02\x00\x10", 20)))
	f.Add([]byte("\x20\x10\x02\x04" + strings.Repeat("\x17\x02\x00\x30\x17\x06\x80\x31\x07\x17\xf0\x80\x07\x27\x10\x81\x0a\x17\x00\x33\x09\x27\x00\x34", 6)))
	f.Fuzz(func(t *testing.T, data []byte) {
		came := arrivalOf(data)
		want := newWorld(t, relations(), correlate.Options{})
		want.replay(came.lines)
		got := newWorld(t, relations(), correlate.Options{})
		got.receive(&came)
		if diff := cmp.Diff(withoutIssues(want.sorted()), withoutIssues(got.sorted())); diff != "" {
			t.Errorf("%s\n%s", came.String(), diff)
		}
		opt := correlate.Options{MaxOpen: 3, MaxTotal: 5, MaxHosts: 2}
		narrow := newWorld(t, relations(), opt)
		came.after = func() {
			if narrow.Open() > opt.MaxTotal || narrow.Hosts() > opt.MaxHosts {
				t.Fatalf("%d are open on %d hosts, allowed are %d on %d\n%s", narrow.Open(), narrow.Hosts(), opt.MaxTotal, opt.MaxHosts, came.String())
			}
		}
		narrow.receive(&came)
	})
}

// arrivalOf reads a story out of bytes: two for the restart, one for the rules, one for how time is moved on, and four for each
// record. A story is short, so that the host still knows each of its events again after the restart.
func arrivalOf(data []byte) (a arrival) {
	next := func() (b byte) {
		if len(data) > 0 {
			b, data = data[0], data[1:]
		}
		return b
	}
	cut, how, reload, often := int(next()), next(), int(next()), int(next())
	at, count, told := midnight.Add(8*time.Hour), map[string]int{}, map[string]time.Time{}
	for len(data) > 0 && len(a.lines) < 100 {
		what, who, step, behind := next(), next(), next(), next()
		text := storyTexts[int(what)%len(storyTexts)]
		for strings.Contains(text, "%d") {
			text = strings.Replace(text, "%d", fmt.Sprint(who%3), 1)
			who /= 3
		}
		log, message, _ := strings.Cut(text, " ")
		host := string(rune('a' + who%3))
		at = at.Add(time.Duration(step) * time.Duration(step) * 5 * time.Millisecond) // so that no host is ever silent for two hours
		// After a restart, two records that say the same in one instant are one that comes again.
		l := line{at: at, host: host, log: log, zone: true, text: message}
		if last, ok := told[host+text]; ok && !last.Before(at) {
			l.at = last.Add(time.Nanosecond)
			at = l.at
		}
		told[host+text] = l.at
		count[host+log]++
		l.n = count[host+log]
		a.lines = append(a.lines, l)
		a.behind = append(a.behind, time.Duration(behind)*(correlate.DefaultLateness-1)/255)
	}
	before := len(a.lines)
	// How far a log has been read may be lost with a kill, until its next record tells.
	for _, host := range []string{"a", "b", "c"} {
		for _, log := range []string{"ScanAgent.log", "LocationServices.log", "CcmMessaging.log", "WUAHandler.log", "WindowsUpdate.log", "StateMessage.log"} {
			count[host+log]++
			a.lines = append(a.lines, line{at: at.Add(time.Second), host: host, log: log, n: count[host+log], zone: true, text: "hello"})
			a.behind = append(a.behind, correlate.DefaultLateness-1)
		}
	}
	a.killed, a.often = how%2 == 0, 1+often%16
	a.cut, a.reload = cut%max(before, 1), reload%len(a.lines)
	return a
}

// String tells the story.
func (a *arrival) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "cut behind %d, killed %v, other rules behind %d, time moved on each %d\n", a.cut, a.killed, a.reload, a.often)
	for i, l := range a.lines {
		fmt.Fprintf(&b, "%s + %s %s/%s %s\n", l.at.Format("15:04:05.999999999"), a.behind[i], l.host, l.log, l.text)
	}
	return b.String()
}
