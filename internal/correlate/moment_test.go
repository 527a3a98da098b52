package correlate_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cmtrail/cmtrail/internal/correlate"
)

// trail writes the moments of a script, one a line.
func trail(t *testing.T, rules, script string, opt correlate.Options) string {
	t.Helper()
	w := newWorld(t, rules, opt)
	var out []string
	w.trace = func(m *correlate.Moment) {
		s := fmt.Sprintf("%d %s", m.ID, m.Kind)
		if m.Ref.Line > 0 {
			s += fmt.Sprintf(" %s:%d", m.Ref.File, m.Ref.Line)
		}
		if m.Event != "" {
			s += " " + m.Event
		}
		s += keys(m.Keys)
		if !m.Until.IsZero() {
			s += " until " + clock(m.Until)
		}
		if m.Count > 0 {
			s += fmt.Sprintf(" count %d", m.Count)
		}
		for _, l := range m.Logs {
			s += " " + l.Log + " read to "
			if l.Read.IsZero() {
				s += "-"
			} else {
				s += clock(l.Read)
			}
		}
		if m.Why != "" {
			s += ": " + m.Why
		}
		out = append(out, s)
	}
	w.restart()
	w.replay(parse(t, script))
	return strings.Join(out, "\n")
}

func TestMoments(t *testing.T) {
	absence := relation("absence: {after: a.01.asked, expect: a.02.answered, by: id, within: 10m, unless: [a.02.off, a.02.stopped]}")
	for name, tt := range map[string]struct {
		rules, lines string
		opt          correlate.Options
		want         string
	}{
		"answered": {absence, `
			08:00:00 Ask.log asked x
			08:01:00 Ask.log asked x
			08:05:00 Answer.log answered y
			08:06:00 Answer.log answered x`, correlate.Options{}, `
			1 opened Ask.log:1 a.01.asked id=x until 08:10:00
			1 again Ask.log:2 a.01.asked id=x until 08:10:00
			0 no part Answer.log:1 a.02.answered id=y: nothing is open under its keys
			1 answered Answer.log:2 a.02.answered id=x until 08:10:00`},
		"unanswered": {absence, `
			08:00:00 Ask.log asked x
			08:30:00 Answer.log hello
			08:31:00 Answer.log answered x`, correlate.Options{}, `
			1 opened Ask.log:1 a.01.asked id=x until 08:10:00
			1 found id=x until 08:10:00 answer.log read to 08:30:00
			0 no part Answer.log:2 a.02.answered id=x: nothing is open under its keys`},
		"undecided": {absence, `
			08:00:00 Ask.log asked x
			08:11:30 Ask.log hello
			08:20:00 Ask.log hello`, correlate.Options{}, `
			1 opened Ask.log:1 a.01.asked id=x until 08:10:00
			1 waits id=x until 08:10:00 answer.log read to -
			1 undecided id=x until 08:10:00 answer.log read to -: no log that can carry the answer was read`},
		"called off": {absence, `
			08:00:00 Ask.log asked x
			08:00:01 Ask.log asked y
			08:00:02 Ask.log called off x
			08:00:03 Ask.log service stopped`, correlate.Options{}, `
			1 opened Ask.log:1 a.01.asked id=x until 08:10:00
			2 opened Ask.log:2 a.01.asked id=y until 08:10:01
			1 called off Ask.log:3 a.02.off id=x until 08:10:00
			2 called off Ask.log:4 a.02.stopped id=y until 08:10:01: it names none, and calls off all of its host`},
		"late and evicted": {absence, `
			08:00:00 Ask.log asked x
			08:00:01 Ask.log asked y
			08:02:00 Ask.log hello
			08:01:00 Ask.log asked z`, correlate.Options{MaxOpen: 1}, `
			1 opened Ask.log:1 a.01.asked id=x until 08:10:00
			1 undecided id=x until 08:10:00 answer.log read to -: too many were pending at a time
			2 opened Ask.log:2 a.01.asked id=y until 08:10:01
			0 no part Ask.log:4 a.01.asked id=z: it came late: a record this much older than the newest of its log opens nothing
			2 undecided id=y until 08:10:01 answer.log read to -: no log that can carry the answer was read`},
		"sequence": {relation("sequence: {steps: [a.01.asked, a.02.answered], by: id, within: 10m}"), `
			08:00:00 Ask.log asked x
			08:00:01 Answer.log answered x
			08:20:00 Ask.log asked x`, correlate.Options{}, `
			1 opened Ask.log:1 a.01.asked id=x until 08:10:00
			1 found Answer.log:1 id=x until 08:10:00
			2 opened Ask.log:2 a.01.asked id=x until 08:30:00
			2 expired id=x until 08:30:00 count 1`},
		"threshold": {relation("threshold: {of: a.03.failed, by: server, at_least: 2, within: 10m}"), `
			08:00:00 Ask.log failed 5 at s
			08:00:01 Ask.log failed 6 at s
			08:00:02 Ask.log failed 7 at s`, correlate.Options{}, `
			1 opened Ask.log:1 a.03.failed server=s until 08:10:00 count 1
			1 continued Ask.log:2 a.03.failed server=s until 08:10:01 count 2
			1 found Ask.log:2 server=s until 08:10:01 count 2
			2 opened Ask.log:3 a.03.failed server=s until 08:10:02 count 1
			2 expired server=s until 08:10:02 count 1`},
		"change": {relation("change: {of: a.03.version, value: v}"), `
			08:00:00 Ask.log version 1
			08:00:01 Ask.log version 1
			08:00:02 Ask.log version 2`, correlate.Options{}, `
			1 opened Ask.log:1 a.03.version v=1: its value is the first
			1 continued Ask.log:2 a.03.version v=1: its value is the same as before
			1 found Ask.log:3 v=1`},
		"silence": {relation("silence: {during: {from: a.03.begin, to: a.03.end}, longer_than: 5m}"), `
			08:00:00 Run.log begin
			08:01:00 Run.log hello
			08:10:00 Run.log end`, correlate.Options{}, `
			1 opened Run.log:1 a.03.begin until 08:05:00
			1 continued Run.log:2 until 08:06:00
			1 found
			1 answered Run.log:3 a.03.end`},
		"duration": {relation("duration: {from: a.03.begin, to: a.03.end, longer_than: 5m}"), `
			08:00:00 Run.log end
			08:01:00 Run.log begin
			08:02:00 Run.log end
			08:03:00 Run.log begin
			08:10:00 Run.log end`, correlate.Options{}, `
			0 no part Run.log:1 a.03.end: nothing is open under its keys
			1 opened Run.log:2 a.03.begin
			1 answered Run.log:3 a.03.end: it did not take too long
			2 opened Run.log:4 a.03.begin
			2 found Run.log:5`},
		"once": {strings.Replace(relation("threshold: {of: a.03.failed, by: server, at_least: 1, within: 10m}"), "CM-T-ONE,", "CM-T-ONE, once: {by: [server], per: 1h},", 1), `
			08:00:00 Ask.log failed 5 at s
			08:00:01 Ask.log failed 6 at s`, correlate.Options{}, `
			1 opened Ask.log:1 a.03.failed server=s until 08:10:00 count 1
			1 found Ask.log:1 server=s until 08:10:00 count 1
			2 opened Ask.log:2 a.03.failed server=s until 08:10:01 count 1
			2 folded Ask.log:2 server=s until 08:10:01 count 1`},
		"a run": {scanRules, `
			08:00:00 ScanAgent.log policy
			08:00:02 ScanAgent.log job a
			08:00:04 CcmMessaging.log sending m
			08:00:05 ScanAgent.log requested r for a
			08:00:40 WUAHandler.log search
			08:01:00 WUAHandler.log done`, correlate.Options{}, `
			1 joined ScanAgent.log:1 s.01.policy until 08:30:00: it begins a run
			1 joined ScanAgent.log:2 s.02.job job=a until 08:30:02: it is of the beginning of a run that has no name yet
			1 joined CcmMessaging.log:1 s.03.sending job=a message=m until 08:30:04: it holds no key that is known, and this is the only run near it
			1 joined ScanAgent.log:3 s.02.requested job=a request=r message=m until 08:30:05: it holds a key of the run
			2 opened ScanAgent.log:3 s.02.requested request=r job=a until 08:10:05
			1 joined WUAHandler.log:1 s.05.search job=a request=r message=m until 08:30:40: it holds no key that is known, and this is the only run near it
			1 joined WUAHandler.log:2 s.06.done job=a request=r message=m until 08:21:00: it holds no key that is known, and this is the only run near it
			2 undecided request=r job=a until 08:10:05 scanagent.log read to 08:00:05: the logs end before the answer was due
			1 reported job=a request=r message=m until 08:21:00: completed`},
		"two runs": {scanRules, `
			08:00:00 ScanAgent.log job a
			08:00:01 ScanAgent.log job b
			08:00:02 LocationServices.log sent r
			08:00:04 ScanAgent.log requested r for a
			08:00:30 WUAHandler.log search
			12:00:00 WindowsUpdate.log agent`, correlate.Options{}, `
			1 joined ScanAgent.log:1 s.02.job job=a until 08:30:00: it begins a run
			2 joined ScanAgent.log:2 s.02.job job=b until 08:30:01: it begins a run
			3 joined LocationServices.log:1 s.02.sent request=r until 08:30:02: its keys are of no run, and may yet be joined to one
			3 merged request=r
			1 joined ScanAgent.log:3 s.02.requested job=a request=r until 08:30:04: it holds a key of the run
			4 opened ScanAgent.log:3 s.02.requested request=r job=a until 08:10:04
			1 no part WUAHandler.log:1 s.05.search job=a request=r until 08:30:04: it is ambiguous: several runs can have it, and it holds the key of none
			2 no part WUAHandler.log:1 s.05.search job=b until 08:30:01: it is ambiguous: several runs can have it, and it holds the key of none
			0 no part WUAHandler.log:1 s.05.search: it is ambiguous: several runs can have it, and it holds the key of none
			4 undecided request=r job=a until 08:10:04 scanagent.log read to 08:00:04: the host was silent
			0 no part WindowsUpdate.log:1 s.05.agent: it holds no key, and no run is near it that can have it
			1 reported job=a request=r until 12:30:00: open
			2 reported job=b until 12:30:00: open`},
	} {
		got := trail(t, tt.rules, tt.lines, tt.opt)
		var want []string
		for l := range strings.Lines(tt.want) {
			if l = strings.TrimSpace(l); l != "" {
				want = append(want, l)
			}
		}
		if d := cmp.Diff(strings.Join(want, "\n"), got); d != "" {
			t.Errorf("%s, -want +got:\n%s", name, d)
		}
	}
}

// Tracing changes nothing of what is found, and what is found is in the trace.
func TestMomentsTellAll(t *testing.T) {
	for seed := range uint64(40) {
		lines := story(rand.New(rand.NewPCG(seed, 2)))
		plain := newWorld(t, relations(), correlate.Options{})
		plain.replay(lines)
		traced := newWorld(t, relations(), correlate.Options{})
		told, over := map[string]int{}, map[int]string{}
		begun := map[int]bool{}
		traced.trace = func(m *correlate.Moment) {
			told[m.Kind]++
			if m.Journey != nil || m.ID == 0 {
				return
			}
			if m.Kind == correlate.Opened == begun[m.ID] {
				t.Errorf("seed %d: %d of %s %s and has begun: %t", seed, m.ID, m.Rule.ID, m.Kind, begun[m.ID])
			}
			begun[m.ID] = true
			if how := over[m.ID]; how != "" && m.Kind != correlate.Found {
				t.Errorf("seed %d: %d of %s %s after it was %s", seed, m.ID, m.Rule.ID, m.Kind, how)
			}
			switch m.Kind {
			case correlate.Answered, correlate.CalledOff, correlate.Dropped, correlate.Expired, correlate.Evicted:
				over[m.ID] = m.Kind
			}
		}
		traced.restart()
		traced.replay(lines)
		if d := cmp.Diff(plain.out, traced.out); d != "" {
			t.Fatalf("seed %d, -plain +traced:\n%s", seed, d)
		}
		want := map[string]int{}
		for _, line := range plain.out {
			what, _, _ := strings.Cut(line, " ")
			want[what]++
		}
		if got := []int{told[correlate.Found], told[correlate.Dropped], told[correlate.Reported]}; !slices.Equal(got, []int{want["finding"], want["undecided"], want["journey"]}) {
			t.Errorf("seed %d: the trace tells of %v findings, undecided and journeys, of %v", seed, got, want)
		}
	}
}
