package correlate_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cmtrail/cmtrail/internal/correlate"
)

const scanRules = `
steps:
  - {id: s.01, title: Policy}
  - {id: s.02, title: Request}
  - {id: s.03, title: Message}
  - {id: s.04, title: Locations}
  - {id: s.05, title: Search}
  - {id: s.06, title: Result}
  - {id: s.07, title: State}
rules:
  - {id: s.01.policy, step: s.01, match: {file: ScanAgent.log, line: 'policy'}}
  - {id: s.02.job, step: s.02, match: {file: ScanAgent.log, line: 'job <job:word>'}}
  - {id: s.02.requested, step: s.02, match: {file: ScanAgent.log, line: 'requested <request:word> for <job:word>'}}
  - {id: s.02.sent, step: s.02, match: {file: LocationServices.log, line: 'sent <request:word>'}}
  - {id: s.03.sending, step: s.03, match: {file: CcmMessaging.log, line: 'sending <message:word>'}}
  - {id: s.03.reply, step: s.03, match: {file: CcmMessaging.log, line: 'reply to <message:word>'}}
  - {id: s.04.located, step: s.04, match: {file: ScanAgent.log, line: 'located <request:word>'}}
  - {id: s.05.search, step: s.05, match: {file: WUAHandler.log, line: 'search'}}
  - {id: s.05.agent, step: s.05, match: {file: WindowsUpdate.log, line: 'agent'}}
  - {id: s.06.done, step: s.06, match: {file: WUAHandler.log, line: 'done'}}
  - {id: CM-S-FAILED, step: s.06, title: t, severity: error, match: {file: WUAHandler.log, line: 'failed'}}
  - {id: CM-S-NO-ANSWER, step: s.04, title: t, severity: error, absence: {after: s.02.requested, expect: s.04.located, by: request, within: 10m}}
  - {id: s.07.state, step: s.07, match: {file: StateMessage.log, line: 'state'}}
journeys:
  - id: scan
    title: Scan
    starts: [s.01.policy, s.02.job]
    ends: {completed: [s.06.done], failed: [CM-S-FAILED]}
    keys: [job, request, message]
    near: {ScanAgent.log: 60s, CcmMessaging.log: 5s, WUAHandler.log: 60s, WindowsUpdate.log: 60s, StateMessage.log: 20m}
    stalled_after: 30m
`

const wholeScan = `
	08:00:00 ScanAgent.log policy
	08:00:01 ScanAgent.log policy
	08:00:02 ScanAgent.log job a
	08:00:03 LocationServices.log sent r
	08:00:04 CcmMessaging.log sending m
	08:00:05 ScanAgent.log requested r for a
	08:00:09 CcmMessaging.log reply to m
	08:00:10 ScanAgent.log located r
	08:00:40 WUAHandler.log search
	08:00:41 WindowsUpdate.log! agent
	08:15:00 WUAHandler.log done
	08:20:00 StateMessage.log state`

func TestJourneys(t *testing.T) {
	tests := map[string]struct{ lines, want string }{
		"a whole scan": {wholeScan, `
			journey scan - completed #1 job=a request=r message=m [s.01@ScanAgent.log:1+2s s.02@ScanAgent.log:3+2s s.03@CcmMessaging.log:1+6s s.04@ScanAgent.log:5+30s s.05@WUAHandler.log:1+14m20s s.06@WUAHandler.log:2+5m0s s.07@StateMessage.log:1+0s] issues[] maybe[] by`},
		"two interleaved on one host": {`
			08:00:00 ScanAgent.log job a
			08:00:01 ScanAgent.log job b
			08:00:02 ScanAgent.log requested r1 for a
			08:00:03 ScanAgent.log requested r2 for b
			08:00:04 ScanAgent.log located r2
			08:00:05 ScanAgent.log located r1
			08:00:10 WUAHandler.log search
			08:00:20 WUAHandler.log done
			08:01:00 ScanAgent.log hello`, `
			journey scan - open #1 job=a request=r1 [s.02@ScanAgent.log:1+5s s.04@ScanAgent.log:6+0s] issues[] maybe[s.05 s.06] by
			journey scan - open #1 job=b request=r2 [s.02@ScanAgent.log:2+3s s.04@ScanAgent.log:5+0s] issues[] maybe[s.05 s.06] by`},
		"the next has only begun while the first is searched for": {`
			08:00:00 ScanAgent.log job a
			08:00:01 ScanAgent.log requested r1 for a
			08:00:05 ScanAgent.log located r1
			08:00:10 WUAHandler.log search
			08:00:15 ScanAgent.log job b
			08:00:20 WUAHandler.log done`, `
			journey scan - completed #1 job=a request=r1 [s.02@ScanAgent.log:1+5s s.04@ScanAgent.log:3+5s s.05@WUAHandler.log:1+10s s.06@WUAHandler.log:2+0s] issues[] maybe[] by
			journey scan - open #1 job=b [s.02@ScanAgent.log:4+0s] issues[] maybe[] by`},
		"superseded by the next": {`
			08:00:00 ScanAgent.log job a
			08:00:02 ScanAgent.log requested r1 for a
			08:05:00 ScanAgent.log job b
			08:05:02 ScanAgent.log requested r2 for b
			08:05:04 ScanAgent.log located r2
			08:05:10 WUAHandler.log search
			08:05:20 WUAHandler.log done
			08:11:00 ScanAgent.log hello`, `
			finding CM-S-NO-ANSWER - 08:10:02 ScanAgent.log:2-ScanAgent.log:2 request=r1 job=a
			journey scan - completed #1 job=b request=r2 [s.02@ScanAgent.log:3+4s s.04@ScanAgent.log:5+6s s.05@WUAHandler.log:1+10s s.06@WUAHandler.log:2+0s] issues[] maybe[] by
			journey scan - stalled #1 job=a request=r1 [s.02@ScanAgent.log:1+2s] issues[] maybe[] by job=b request=r2`},
		"failed and tried again": {`
			08:00:00 ScanAgent.log job a
			08:00:02 ScanAgent.log requested r1 for a
			08:00:04 ScanAgent.log located r1
			08:00:10 WUAHandler.log search
			08:00:20 WUAHandler.log failed
			08:30:20 WUAHandler.log search
			08:30:30 WUAHandler.log done`, `
			journey scan - completed #2 job=a request=r1 [s.05@WUAHandler.log:3+10s s.06@WUAHandler.log:4+0s] issues[] maybe[] by
			journey scan - failed #1 job=a request=r1 [s.02@ScanAgent.log:1+4s s.04@ScanAgent.log:3+6s s.05@WUAHandler.log:1+10s s.06@WUAHandler.log:2+0s] issues[CM-S-FAILED] maybe[] by`},
		"stuck, with the issue that tells": {`
			08:00:00 ScanAgent.log job a
			08:00:02 ScanAgent.log requested r1 for a
			08:31:00 ScanAgent.log hello`, `
			finding CM-S-NO-ANSWER - 08:10:02 ScanAgent.log:2-ScanAgent.log:2 request=r1 job=a
			journey scan - stalled #1 job=a request=r1 [s.02@ScanAgent.log:1+2s] issues[CM-S-NO-ANSWER] maybe[] by`},
		"the machine is switched off": {`
			08:00:00 ScanAgent.log job a
			08:00:02 ScanAgent.log requested r1 for a
			08:31:00 other/ScanAgent.log hello`, `
			journey scan - open #1 job=a request=r1 [s.02@ScanAgent.log:1+2s] issues[] maybe[] by
			undecided CM-S-NO-ANSWER - ScanAgent.log:2: the logs end before the answer was due []`},
		"a request that is known before its job": {`
			08:00:00 ScanAgent.log job a
			08:00:00 ScanAgent.log job b
			08:00:03 LocationServices.log sent r
			08:00:05 ScanAgent.log requested r for b`, `
			journey scan - open #1 job=a [s.02@ScanAgent.log:1+0s] issues[] maybe[] by
			journey scan - open #1 job=b request=r [s.02@ScanAgent.log:2+5s] issues[] maybe[] by
			undecided CM-S-NO-ANSWER - ScanAgent.log:3: the logs end before the answer was due []`},
		"the machine sleeps in mid-scan, and scans anew in the morning": {`
			08:00:00 ScanAgent.log job a
			08:00:02 ScanAgent.log requested r1 for a
			08:00:04 ScanAgent.log located r1
			08:00:10 WUAHandler.log search
			18:00:00 ScanAgent.log job b
			18:00:02 ScanAgent.log requested r2 for b
			18:00:04 ScanAgent.log located r2
			18:00:10 WUAHandler.log search
			18:00:20 WUAHandler.log done`, `
			journey scan - completed #1 job=b request=r2 [s.02@ScanAgent.log:4+4s s.04@ScanAgent.log:6+6s s.05@WUAHandler.log:2+10s s.06@WUAHandler.log:3+0s] issues[] maybe[] by
			journey scan - stalled #1 job=a request=r1 [s.02@ScanAgent.log:1+4s s.04@ScanAgent.log:3+6s s.05@WUAHandler.log:1+0s] issues[] maybe[] by job=b request=r2`},
		"failed and tried again from the policy on": {`
			08:00:00 ScanAgent.log policy
			08:00:01 ScanAgent.log job a
			08:00:10 WUAHandler.log search
			08:00:20 WUAHandler.log failed
			08:30:00 ScanAgent.log policy
			08:30:01 ScanAgent.log job a
			08:30:10 WUAHandler.log search
			08:30:20 WUAHandler.log done`, `
			journey scan - completed #2 job=a [s.01@ScanAgent.log:3+1s s.02@ScanAgent.log:4+9s s.05@WUAHandler.log:3+10s s.06@WUAHandler.log:4+0s] issues[] maybe[] by
			journey scan - failed #1 job=a [s.01@ScanAgent.log:1+1s s.02@ScanAgent.log:2+9s s.05@WUAHandler.log:1+10s s.06@WUAHandler.log:2+0s] issues[CM-S-FAILED] maybe[] by`},
		"a search of fifty minutes": {`
			08:00:00 ScanAgent.log job a
			08:00:10 WUAHandler.log search
			08:31:00 ScanAgent.log hello
			08:50:00 WUAHandler.log done`, `
			journey scan - completed #1 job=a [s.02@ScanAgent.log:1+10s s.05@WUAHandler.log:1+49m50s s.06@WUAHandler.log:2+0s] issues[] maybe[] by
			journey scan - stalled #1 job=a [s.02@ScanAgent.log:1+10s s.05@WUAHandler.log:1+0s] issues[] maybe[] by`},
		"two that cannot be told apart are not called stuck": {`
			08:00:00 ScanAgent.log job a
			08:00:01 ScanAgent.log job b
			08:00:10 WUAHandler.log search
			08:00:20 WUAHandler.log done
			09:30:00 ScanAgent.log hello`, `
			journey scan - open #1 job=a [s.02@ScanAgent.log:1+0s] issues[] maybe[s.05 s.06] by
			journey scan - open #1 job=b [s.02@ScanAgent.log:2+0s] issues[] maybe[s.05 s.06] by`},
		"what never begins is no journey": {`
			08:00:03 LocationServices.log sent r
			08:00:05 WUAHandler.log done`, ``},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, scanRules, correlate.Options{})
			w.replay(parse(t, test.lines))
			if diff := cmp.Diff(split(test.want), w.sorted()); diff != "" {
				t.Error(diff)
			}
			if w.Open() != 0 {
				t.Errorf("%d instances are left", w.Open())
			}
		})
	}
}

// TestFortyHosts runs a scan on each of forty hosts in one stream, a second apart.
func TestFortyHosts(t *testing.T) {
	w := newWorld(t, scanRules, correlate.Options{})
	var all []line
	for i := range 40 {
		for _, l := range parse(t, wholeScan) {
			l.host = string(rune('A' + i))
			l.at = l.at.Add(seconds(i))
			all = append(all, l)
		}
	}
	slices.SortStableFunc(all, func(a, b line) int { return a.at.Compare(b.at) })
	w.replay(all)
	single := newWorld(t, scanRules, correlate.Options{})
	single.replay(parse(t, wholeScan))
	var want []string
	for i := range 40 {
		want = append(want, replaceHost(single.out[0], string(rune('A'+i))))
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, w.sorted()); diff != "" {
		t.Error(diff)
	}
}
