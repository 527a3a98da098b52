package correlate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cmtrail/cmtrail/internal/correlate"
)

const rulesOfAll = `
steps:
  - {id: a.01, title: First}
  - {id: a.02, title: Second}
  - {id: a.03, title: Third}
rules:
  - {id: a.01.asked, step: a.01, match: {file: Ask.log, line: 'asked <id:word>'}}
  - {id: a.02.answered, step: a.02, match: {file: Answer.log, line: 'answered <id:word>'}}
  - {id: a.02.off, step: a.02, match: {file: Ask.log, line: 'called off <id:word>'}}
  - {id: a.02.stopped, step: a.02, match: {file: Ask.log, line: 'service stopped'}}
  - {id: a.03.failed, step: a.03, match: {file: Ask.log, line: 'failed <code:word> at <server:word>'}}
  - {id: a.03.uses, step: a.03, match: {file: Ask.log, line: 'uses <server:word>'}}
  - {id: a.03.begin, step: a.03, match: {file: Run.log, line: 'begin'}}
  - {id: a.03.end, step: a.03, match: {file: Run.log, line: 'end'}}
  - {id: a.03.progress, step: a.03, match: {file: Run.log, line: 'processed <done:int>'}}
  - {id: a.03.version, step: a.03, match: {file: Ask.log, line: 'version <v:int>'}}
  - {id: a.03.wanted, step: a.03, match: {file: Ask.log, line: 'wanted <want:int>'}}
  - {id: a.03.given, step: a.03, match: {file: Answer.log, line: 'given <got:int>'}}
`

const issue = ", title: t, severity: error, step: a.03}\n"

func relation(text string) string { return rulesOfAll + "  - {id: CM-T-ONE, " + text + issue }

func TestRelations(t *testing.T) {
	absence := relation("absence: {after: a.01.asked, expect: a.02.answered, by: id, within: 10m, unless: [a.02.off, a.02.stopped]}")
	tests := map[string]struct{ rules, lines, want string }{
		"absence: unanswered, the answering log read on": {absence, `
			08:00:00 Ask.log asked x
			08:00:01 Answer.log hello
			08:10:01 Answer.log hello`,
			"finding CM-T-ONE - 08:10:00 Ask.log:1-Ask.log:1 id=x"},
		"absence: unanswered, the answering log quiet and another well past": {absence, `
			08:00:00 Ask.log asked x
			08:00:01 Answer.log hello
			08:11:00 Ask.log hello`,
			"finding CM-T-ONE - 08:10:00 Ask.log:1-Ask.log:1 id=x"},
		"absence: answered": {absence, `
			08:00:00 Ask.log asked x
			08:10:00 Answer.log answered X
			08:30:00 Ask.log hello`, ""},
		"absence: answered too late": {absence, `
			08:00:00 Ask.log asked x
			08:10:01 Answer.log answered x`,
			"finding CM-T-ONE - 08:10:00 Ask.log:1-Ask.log:1 id=x"},
		"absence: undecided, the logs end first": {absence, `
			08:00:00 Ask.log asked x
			08:00:01 Answer.log hello
			08:09:59 Ask.log hello`,
			"undecided CM-T-ONE - Ask.log:1: the logs end before the answer was due []"},
		"absence: undecided, another log only just past": {absence, `
			08:00:00 Ask.log asked x
			08:00:01 Answer.log hello
			08:10:59 Ask.log hello`,
			"undecided CM-T-ONE - Ask.log:1: the logs end before the answer was due []"},
		"absence: undecided, the answering log is not collected": {absence, `
			08:00:00 Ask.log asked x
			08:30:00 Ask.log hello`,
			"undecided CM-T-ONE - Ask.log:1: no log that can carry the answer was read [answer.log]"},
		"absence: undecided, the machine was off": {absence, `
			08:00:00 Ask.log asked x
			08:00:01 Answer.log hello
			16:00:00 Answer.log hello`,
			"undecided CM-T-ONE - Ask.log:1: the host was silent []"},
		"absence: another host going on says nothing": {absence, `
			08:00:00 h/Ask.log asked x
			08:00:01 h/Answer.log hello
			08:30:00 i/Answer.log hello`,
			"undecided CM-T-ONE h Ask.log:1: the logs end before the answer was due []"},
		"absence: the first question stands, and the next begins after it": {absence, `
			08:00:00 Ask.log asked x
			08:05:00 Ask.log asked x
			08:00:01 Answer.log hello
			08:10:30 Ask.log asked x
			08:12:00 Answer.log answered x`,
			"finding CM-T-ONE - 08:10:00 Ask.log:1-Ask.log:2 id=x"},
		"absence: called off": {absence, `
			08:00:00 Ask.log asked x
			08:00:00 Ask.log asked y
			08:01:00 Ask.log called off x
			08:11:00 Answer.log hello`,
			"finding CM-T-ONE - 08:10:00 Ask.log:2-Ask.log:2 id=y"},
		"absence: all called off": {absence, `
			08:00:00 Ask.log asked x
			08:00:00 Ask.log asked y
			08:01:00 Ask.log service stopped
			08:11:00 Answer.log hello`, ""},
		"absence: an answer of the same instant in a log that sorts first": {absence, `
			08:00:00 Answer.log answered x
			08:00:00 Ask.log asked x
			08:30:00 Answer.log hello`, ""},
		"absence: the same after more answers of the instant than are remembered": {absence,
			manyAnswers + `
			08:00:00 Answer.log answered x
			08:00:00 Ask.log asked answer-0
			08:00:00 Ask.log asked x
			08:30:00 Answer.log hello`,
			"finding CM-T-ONE - 08:10:00 Ask.log:1-Ask.log:1 id=answer-0"},
		"absence: an event that answers and asks": {relation("absence: {after: a.03.begin, expect: a.03.begin, within: 1h}"), `
			08:00:00 Run.log begin
			08:50:00 Run.log begin
			09:30:00 Run.log begin
			10:31:00 Run.log hello`,
			"finding CM-T-ONE - 10:30:00 Run.log:3-Run.log:3"},
		"sequence": {relation("sequence: {steps: [a.01.asked, a.02.answered], by: id, within: 5s}"), `
			08:00:00 Ask.log asked x
			08:00:05 Answer.log answered x
			08:00:06 Answer.log answered x
			08:01:00 Ask.log asked y
			08:01:06 Answer.log answered y
			08:02:00 Answer.log answered z
			08:02:01 Ask.log asked z`,
			"finding CM-T-ONE - 08:00:05 Ask.log:1-Answer.log:1 id=x"},
		"sequence: equal times count as in order": {relation("sequence: {steps: [a.01.asked, a.02.answered], by: id, within: 5s}"), `
			08:00:00 Answer.log answered x
			08:00:00 Ask.log asked x`,
			"finding CM-T-ONE - 08:00:00 Ask.log:1-Answer.log:1 id=x"},
		"sequence: three steps and what calls it off": {relation("sequence: {steps: [a.03.begin, a.03.progress, a.03.end], within: 1m, unless: [a.02.stopped]}"), `
			08:00:00 Run.log begin
			08:00:05 Run.log processed 3
			08:00:09 Run.log end
			09:00:00 Run.log begin
			09:00:05 Run.log end
			10:00:00 Run.log begin
			10:00:05 Run.log processed 3
			10:00:06 Ask.log service stopped
			10:00:09 Run.log end`,
			"finding CM-T-ONE - 08:00:09 Run.log:1-Run.log:3 done=3"},
		"sequence: in any order": {relation("sequence: {steps: [a.01.asked, a.02.answered], any_order: true, by: id, within: 1m}"), `
			08:00:00 Answer.log answered x
			08:00:30 Ask.log asked x
			08:05:00 Ask.log asked y
			08:07:00 Answer.log answered y`,
			"finding CM-T-ONE - 08:00:30 Answer.log:1-Ask.log:1 id=x"},
		"sequence: a condition over all of it": {relation("sequence: {steps: [a.03.wanted, a.03.given], within: 1m, when: int(got) < int(want)}"), `
			08:00:00 Ask.log wanted 5
			08:00:10 Answer.log given 5
			08:00:20 Answer.log given 4`,
			"finding CM-T-ONE - 08:00:20 Ask.log:1-Answer.log:2 want=5 got=4"},
		"sequence: the condition must hold with every beginning": {relation("sequence: {steps: [a.03.wanted, a.03.given], within: 1m, when: got != want}"), `
			08:00:00 Ask.log wanted 5
			08:00:01 Ask.log wanted 6
			08:00:10 Answer.log given 5
			08:00:20 Answer.log given 7`,
			"finding CM-T-ONE - 08:00:20 Ask.log:2-Answer.log:2 want=6 got=7"},
		"threshold": {relation("threshold: {of: a.03.failed, at_least: 3, within: 1m, by: code}"), `
			08:00:00 Ask.log failed 5 at s
			08:00:30 Ask.log failed 6 at s
			08:00:40 Ask.log failed 5 at s
			08:01:10 Ask.log failed 5 at s
			08:01:20 Ask.log failed 5 at s
			08:01:30 Ask.log failed 5 at s
			08:01:35 Ask.log failed 5 at s`,
			"finding CM-T-ONE - 08:01:20 Ask.log:3-Ask.log:5 code=5 count=3"},
		"threshold: distinct hosts": {relation("threshold: {of: a.03.failed, distinct: host, at_least: 2, within: 1h, by: code, across: hosts}"), `
			08:00:00 h/Ask.log failed 5 at s
			08:00:01 h/Ask.log failed 5 at s
			08:20:00 i/Ask.log failed 5 at s`,
			"finding CM-T-ONE - 08:20:00 Ask.log:2-Ask.log:1 code=5 count=2"},
		"change": {relation("change: {of: a.03.uses, value: server}"), `
			08:00:00 Ask.log uses one
			08:00:01 Ask.log uses ONE
			08:00:02 Ask.log uses two
			08:00:03 Ask.log uses two`,
			"finding CM-T-ONE - 08:00:02 Ask.log:2-Ask.log:3 previous=ONE server=two"},
		"change: with a condition": {relation("change: {of: a.03.version, value: v, when: int(v) < int(previous)}"), `
			08:00:00 Ask.log version 4
			08:00:01 Ask.log version 5
			08:00:02 Ask.log version 3`,
			"finding CM-T-ONE - 08:00:02 Ask.log:2-Ask.log:3 previous=5 v=3"},
		"duration": {relation("duration: {from: a.03.begin, to: a.03.end, longer_than: 15m}"), `
			08:00:00 Run.log begin
			08:15:00 Run.log end
			09:00:00 Run.log begin
			09:15:01 Run.log end
			10:00:00 Run.log end`,
			"finding CM-T-ONE - 09:15:01 Run.log:3-Run.log:4"},
		"silence": {relation("silence: {during: {from: a.03.begin, to: a.03.end}, longer_than: 5m, by: thread}"), `
			08:00:00 Run.log#7 begin
			08:04:00 Run.log#7 hello
			08:08:00 Run.log#7 hello
			08:10:00 Run.log#8 hello
			08:13:01 Run.log#7 hello
			08:14:00 Run.log#7 end
			08:40:00 Run.log#7 hello`,
			"finding CM-T-ONE - 08:13:00 Run.log:1-Run.log:3"},
		"silence: the host goes on": {relation("silence: {during: {from: a.03.begin, to: a.03.end}, longer_than: 5m}"), `
			08:00:00 Run.log begin
			08:06:00 Ask.log hello`,
			"finding CM-T-ONE - 08:05:00 Run.log:1-Run.log:1"},
		"silence: nothing tells": {relation("silence: {during: {from: a.03.begin, to: a.03.end}, longer_than: 5m}"), `
			08:00:00 Run.log begin
			08:05:30 Ask.log hello`, ""},
		"silence: a count that stands still": {relation("silence: {of: a.03.progress, value: done, during: {from: a.03.begin, to: a.03.end}, longer_than: 30m}"), `
			08:00:00 Run.log begin
			08:20:00 Run.log processed 10
			08:40:00 Run.log processed 20
			09:00:00 Run.log processed 20
			09:11:00 Run.log processed 20
			09:20:00 Run.log end`,
			"finding CM-T-ONE - 09:10:00 Run.log:1-Run.log:3"},
		"once": {relation("once: {by: [host], per: 1h}, change: {of: a.03.uses, value: server}"), `
			08:00:00 Ask.log uses one
			08:00:01 Ask.log uses two
			08:00:02 Ask.log uses one
			08:00:03 Ask.log uses two
			09:10:00 Ask.log uses one`,
			`finding CM-T-ONE - 08:00:01 Ask.log:1-Ask.log:2 previous=one server=two
			finding CM-T-ONE - 08:00:03 Ask.log:1-Ask.log:4 previous=one server=two repeats=2
			finding CM-T-ONE - 09:10:00 Ask.log:4-Ask.log:5 previous=two server=one`},
		"a relation of a relation": {rulesOfAll + `
  - {id: a.03.moved, step: a.03, change: {of: a.03.uses, value: server}}
  - {id: CM-T-ONE, threshold: {of: a.03.moved, at_least: 2, within: 1h}` + issue, `
			08:00:00 Ask.log uses one
			08:00:01 Ask.log uses two
			08:00:02 Ask.log uses one`,
			`finding CM-T-ONE - 08:00:02 Ask.log:2-Ask.log:3 count=2
			step a.03.moved - 08:00:01 Ask.log:1-Ask.log:2 previous=one server=two
			step a.03.moved - 08:00:02 Ask.log:2-Ask.log:3 previous=two server=one`},
		"a log without an offset takes that of the others": {absence, `
			08:00:00 Answer.log! hello
			08:00:00 Ask.log asked x
			08:05:00 Answer.log! answered x
			08:30:00 Ask.log hello`, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, test.rules, correlate.Options{})
			lines := parse(t, test.lines)
			slices.SortStableFunc(lines, func(a, b line) int { return a.at.Compare(b.at) })
			w.replay(lines)
			if diff := cmp.Diff(split(test.want), w.sorted()); diff != "" {
				t.Error(diff)
			}
			if w.Open() != 0 && !strings.Contains(test.rules, "change") && !strings.Contains(test.rules, "silence") && !strings.Contains(test.rules, "duration") {
				t.Errorf("%d instances are left", w.Open())
			}
		})
	}
}

func split(want string) []string {
	out := []string{}
	for l := range strings.Lines(want) {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	slices.Sort(out)
	return out
}

// TestBounds floods the correlator with made-up keys and hosts: what is kept stays below the bounds, and what is let go of
// is undecided and counted.
func TestBounds(t *testing.T) {
	rules := rulesOfAll + "  - {id: CM-T-ONE, absence: {after: a.01.asked, expect: a.02.answered, by: id, within: 10m, max_open: 50}" + issue
	w := newWorld(t, rules, correlate.Options{MaxTotal: 200, MaxHosts: 30})
	const asked = 5000
	for i := range asked {
		host := "h"
		if i%2 == 0 {
			host = fmt.Sprint("made-up-", i)
		}
		l := line{at: midnight.Add(time.Duration(i) * 10 * time.Millisecond), host: host, log: "Ask.log", n: i, zone: true, text: fmt.Sprint("asked k", i)}
		w.take(l)
		w.AdvanceAll(l.at)
		if w.Open() > 50 || w.Hosts() > 31 {
			t.Fatalf("%d are open on %d hosts", w.Open(), w.Hosts())
		}
	}
	w.End()
	if n := w.Counters().Undecided["CM-T-ONE"]; n != asked {
		t.Errorf("%d are undecided, expected every one of %d", n, asked)
	}
}

// manyAnswers are of one instant, and to nothing.
var manyAnswers = func() string {
	var b strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&b, "08:00:00 Answer.log answered answer-%d\n", i)
	}
	return b.String()
}()
