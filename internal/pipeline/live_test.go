package pipeline_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cmtrail/cmtrail/internal/fault"
	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// hand is a clock that is moved by hand.
type hand struct{ now time.Time }

func (h *hand) Now() time.Time { return h.now }

func (h *hand) Ticker(time.Duration) (<-chan time.Time, func()) { return nil, func() {} }

// memory is a store that lasts as long as the test.
type memory map[string][]byte

func (m memory) Get(_ context.Context, keys []string) ([][]byte, error) {
	values := make([][]byte, len(keys))
	for i, k := range keys {
		values[i] = m[k]
	}
	return values, nil
}

func (m memory) Put(_ context.Context, entries []pipeline.Entry) error {
	for _, e := range entries {
		if e.Value == nil {
			delete(m, e.Key)
		} else {
			m[e.Key] = slices.Clone(e.Value)
		}
	}
	return nil
}

const request = "Created and Sent Location Request '{e07d41b9-2c58-4a63-b1f4-90ce6a8d3f15}' for package {5b2a9e14-77c3-4f0d-8e65-1d9c3b0fa742}"

const answer = "Calling back with locations for WSUS request {e07d41b9-2c58-4a63-b1f4-90ce6a8d3f15}"

// watched is a host whose logs are followed.
type watched struct {
	t      *testing.T
	clock  *hand
	table  *pipeline.Table
	live   *pipeline.Live
	keeper *pipeline.Keeper
	out    []string
	count  map[string]int
}

func watch(t *testing.T, clock *hand, store memory) *watched {
	t.Helper()
	engine, err := rules.LoadEngine(rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := &watched{t: t, clock: clock, count: map[string]int{}}
	w.live = pipeline.NewLive(engine.Set(), pipeline.LiveOptions{SilentAfter: time.Hour}, clock, &fault.Log{}, rules.CorrelatorOutput{
		Finding:   func(f *rules.Finding) { w.out = append(w.out, "finding "+f.Rule.ID+" "+f.Host) },
		Undecided: func(u *rules.Undecided) { w.out = append(w.out, "undecided "+u.Rule.ID+" "+u.Host) },
	})
	w.table = pipeline.New(engine).NewTable(parsers.Options{}, pipeline.Bounds{}, clock, w.live.Take)
	if store != nil {
		if w.keeper, err = pipeline.NewKeeper(context.Background(), pipeline.NewShelves(store), w.live); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// write follows a record; clock is what the record prints, on 12 March 2026 in UTC.
func (w *watched) write(host, log, clock, message string) {
	w.table.WriteLine(pipeline.Source{Host: host, Path: "/" + host + "/" + log}, fmt.Sprintf(
		`<![LOG[%s]LOG]!><time="%s.000+0" date="03-12-2026" component="%s" context="" type="1" thread="7" file="c.cpp:1">`, message, clock, strings.TrimSuffix(log, ".log")), nil)
	w.table.Keep(func(any) any { return nil })
	if w.keeper != nil {
		if err := w.keeper.Save(context.Background()); err != nil {
			w.t.Error(err)
		}
	}
}

// pass lets wall-clock time pass.
func (w *watched) pass(d time.Duration) {
	w.clock.now = w.clock.now.Add(d)
	w.live.Tick()
	if w.keeper != nil {
		if err := w.keeper.SaveRest(context.Background()); err != nil {
			w.t.Error(err)
		}
	}
}

func at(clock string) *hand {
	now, err := time.Parse(time.DateTime, "2026-03-12 "+clock)
	if err != nil {
		panic(err)
	}
	return &hand{now}
}

const noLocation = "CM-LOC-LS-NO-LOCATION LAB-01"

func TestLive(t *testing.T) {
	for name, tt := range map[string]struct {
		run  func(w *watched)
		want []string
	}{
		"unanswered while the host goes on": {func(w *watched) {
			w.write("LAB-01", "LocationServices.log", "08:00:00", request)
			w.pass(11*time.Minute + time.Second)
			w.write("LAB-01", "StateMessage.log", "08:11:01", "hello")
			w.pass(6 * time.Second)
		}, []string{"finding " + noLocation}},
		"answered": {func(w *watched) {
			w.write("LAB-01", "LocationServices.log", "08:00:00", request)
			w.pass(time.Second)
			w.write("LAB-01", "LocationServices.log", "08:00:01", answer)
			w.pass(20 * time.Minute)
			w.write("LAB-01", "LocationServices.log", "08:20:00", "hello")
			w.pass(time.Minute)
		}, nil},
		"switched off": {func(w *watched) {
			w.write("LAB-01", "LocationServices.log", "08:00:00", request)
			w.pass(30 * time.Minute)
			w.write("LAB-02", "LocationServices.log", "08:30:00", "hello")
			w.pass(2 * time.Hour)
		}, []string{"undecided " + noLocation}},
		"caught up on, log by log": {func(w *watched) {
			w.write("LAB-01", "LocationServices.log", "06:00:00", request)
			w.write("LAB-01", "LocationServices.log", "07:30:00", "hello")
			w.pass(time.Second)
			w.write("LAB-01", "ScanAgent.log", "06:00:00", "Locations requested for ScanJobID={8c1f7a52-3d0e-4b6c-9f21-5a7e60d4c381} (LocationRequestID={e07d41b9-2c58-4a63-b1f4-90ce6a8d3f15})")
			w.write("LAB-01", "ScanAgent.log", "06:00:05", "WSUSLocationUpdate received for location request guid={e07d41b9-2c58-4a63-b1f4-90ce6a8d3f15}")
			w.write("LAB-01", "ScanAgent.log", "07:30:00", "hello")
			w.pass(time.Minute)
		}, []string{"finding " + noLocation}},
	} {
		t.Run(name, func(t *testing.T) {
			w := watch(t, at("08:00:00"), nil)
			tt.run(w)
			var got []string
			for _, o := range w.out {
				if strings.Contains(o, "CM-LOC-LS") || strings.Contains(o, "CM-LOC-SCANAGENT") {
					got = append(got, o)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestKeeper stops and starts between the request and its deadline, with more hosts than a page of the store has names.
func TestKeeper(t *testing.T) {
	const hosts = 300
	store, clock := memory{}, at("08:00:00")
	var out []string
	for round := range 3 {
		w := watch(t, clock, store)
		for i := range hosts {
			host := fmt.Sprintf("LAB-%03d", i)
			switch round {
			case 0:
				w.write(host, "LocationServices.log", "08:00:00", request)
			case 1:
				w.write(host, "LocationServices.log", "08:12:00", "hello")
			}
		}
		w.pass(time.Minute)
		out = append(out, w.out...)
	}
	slices.Sort(out)
	var want []string
	for i := range hosts {
		want = append(want, fmt.Sprintf("finding CM-LOC-LS-NO-LOCATION LAB-%03d", i))
	}
	if diff := cmp.Diff(want, out); diff != "" {
		t.Error(diff)
	}
}

// TestLiveGivesWhatReplayGives follows the logs of a few hosts line by line, in whatever order the files are polled, and
// compares with a replay of the same files.
func TestLiveGivesWhatReplayGives(t *testing.T) {
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 7))
		guid := func(n int) string { return fmt.Sprintf("e07d41b9-2c58-4a63-b1f4-90ce6a8d3f%02x", n) }
		messages := []func() (string, string){
			func() (string, string) {
				return "LocationServices.log", "Created and Sent Location Request '{" + guid(r.IntN(4)) + "}' for package {5b2a9e14-77c3-4f0d-8e65-1d9c3b0fa742}"
			},
			func() (string, string) {
				return "LocationServices.log", "Calling back with locations for WSUS request {" + guid(r.IntN(4)) + "}"
			},
			func() (string, string) { return "WUAHandler.log", "Async searching of updates using WUAgent started." },
			func() (string, string) { return "WUAHandler.log", "Async searching completed." },
			func() (string, string) { return "WUAHandler.log", "Successfully completed scan." },
			func() (string, string) { return "WUAHandler.log", "Scan failed with error = 0x80244022." },
			func() (string, string) { return "StateMessage.log", "Nothing" },
			func() (string, string) { return "ScanAgent.log", "Inside CScanAgent::ProcessScanRequest()" },
		}
		clock := at("08:00:00")
		live := watch(t, clock, nil)
		files := map[string]*strings.Builder{}
		var pending []func()
		for range 150 {
			clock.now = clock.now.Add(time.Duration(r.IntN(200_000)) * time.Millisecond)
			log, message := messages[r.IntN(len(messages))]()
			host := fmt.Sprintf("LAB-%d", r.IntN(3))
			stamp := clock.now.Format("15:04:05.000")
			if clock.now.Day() != 12 {
				break
			}
			name := host + "/" + log
			if files[name] == nil {
				files[name] = &strings.Builder{}
			}
			line := fmt.Sprintf(`<![LOG[%s]LOG]!><time="%s+0" date="03-12-2026" component="%s" context="" type="1" thread="7" file="c.cpp:1">`, message, stamp, strings.TrimSuffix(log, ".log"))
			files[name].WriteString(line + "\n")
			pending = append(pending, func() {
				live.table.WriteLine(pipeline.Source{Host: host, Path: log}, line, nil)
				live.table.Keep(func(any) any { return nil })
			})
			if r.IntN(3) == 0 { // the files are polled
				for _, write := range pending {
					write()
				}
				pending = nil
				live.live.Tick()
			}
		}
		for _, write := range pending {
			write()
		}
		live.live.Tick()
		live.live.End()

		engine, err := rules.LoadEngine(rules.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var replayed []string
		correlator := rules.NewCorrelator(engine.Set(), rules.CorrelatorOptions{}, rules.CorrelatorOutput{
			Finding:   func(f *rules.Finding) { replayed = append(replayed, "finding "+f.Rule.ID+" "+f.Host) },
			Undecided: func(u *rules.Undecided) { replayed = append(replayed, "undecided "+u.Rule.ID+" "+u.Host) },
		})
		var list []pipeline.File
		for name, text := range files {
			host, log, _ := strings.Cut(name, "/")
			list = append(list, pipeline.File{Source: pipeline.Source{Host: host, Name: log}, Name: log, Open: func() (io.ReadCloser, error) {
				return io.NopCloser(strings.NewReader(text.String())), nil
			}})
		}
		slices.SortFunc(list, func(a, b pipeline.File) int { return strings.Compare(a.Source.Host+a.Name, b.Source.Host+b.Name) })
		pipeline.New(engine).NewReplay(parsers.Options{}, correlator, nil).Run(list, func(int, error) {})
		slices.Sort(replayed)
		slices.Sort(live.out)
		if diff := cmp.Diff(replayed, live.out); diff != "" {
			t.Fatalf("seed %d (-replay +live):\n%s", seed, diff)
		}
		if len(replayed) == 0 {
			t.Errorf("seed %d: nothing was found", seed)
		}
	}
}
