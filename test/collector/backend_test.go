package collector

import (
	"context"
	"net"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"testing"

	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"google.golang.org/grpc"
	_ "google.golang.org/grpc/encoding/gzip" // the exporter compresses
)

// backend is a real OTLP receiver on this machine. It counts the numbered lines that come.
type backend struct {
	plogotlp.UnimplementedGRPCServer
	address string
	server  *grpc.Server // nil while it is away

	mu       sync.Mutex
	seen     map[int]int    // how often each line came
	whole    map[int]bool   // records that came whole, by their first line
	mixed    []string       // bodies with lines of more than one record
	findings map[string]int // by issue and location request
	records  int
	runs     []int // before which line each run of the agent began that kept pace, and has ended
	first    int   // all lines before it have come
	stale    int   // of a line that came again: how many such runs had begun after it was written, at most
}

// newBackend returns a backend that listens until the test ends.
func newBackend(t *testing.T) *backend {
	t.Helper()
	b := &backend{address: "127.0.0.1:" + freePort(t), seen: map[int]int{}, whole: map[int]bool{}, findings: map[string]int{}}
	b.comeBack(t)
	t.Cleanup(b.goAway)
	return b
}

// comeBack listens, at the same address each time.
func (b *backend) comeBack(t *testing.T) {
	t.Helper()
	l, err := net.Listen("tcp", b.address)
	if err != nil {
		t.Fatal(err)
	}
	b.server = grpc.NewServer(grpc.MaxRecvMsgSize(64 << 20))
	plogotlp.RegisterGRPCServer(b.server, b)
	go b.server.Serve(l)
}

// goAway closes the listener and every connection.
func (b *backend) goAway() {
	if b.server != nil {
		b.server.Stop()
		b.server = nil
	}
}

// numbered finds the number of a line and of the record it belongs to, which is that of the record's first line.
var numbered = regexp.MustCompile(`#(\d+)/(\d+)/(\d+)#`)

// Export takes a request.
func (b *backend) Export(_ context.Context, req plogotlp.ExportRequest) (plogotlp.ExportResponse, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range flatten(req.Logs(), "no folder") {
		if r.Event == "configmgr.finding" {
			request, _ := r.Attributes["configmgr.key.location_request_id"].(string)
			b.findings[request]++
			continue
		}
		b.records++
		b.take(r.Body)
	}
	return plogotlp.NewExportResponse(), nil
}

func (b *backend) take(body string) {
	marks := numbered.FindAllStringSubmatch(body, -1)
	first, length := 0, 0
	for i, m := range marks {
		line, _ := strconv.Atoi(m[1])
		record, _ := strconv.Atoi(m[2])
		if b.seen[line]++; b.seen[line] > 1 {
			at, _ := slices.BinarySearch(b.runs, line+1)
			b.stale = max(b.stale, len(b.runs)-at)
		}
		if i == 0 {
			first = record
			length, _ = strconv.Atoi(m[3])
		} else if record != first {
			b.mixed = append(b.mixed, body)
			return
		}
	}
	if len(marks) > 0 && len(marks) == length {
		b.whole[first] = true
	}
}

// has tells whether all lines before one have come.
func (b *backend) has(line int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.seen[b.first] > 0 {
		b.first++
	}
	return b.first >= line
}

// ended notes that a run of the agent has ended that kept pace, and before which line it began.
func (b *backend) ended(line int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.runs = append(b.runs, line)
}

// tally is what has come so far.
type tally struct{ lines, whole, twice, mixed, records, stale int }

func (b *backend) tally() (t tally) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t = tally{lines: len(b.seen), whole: len(b.whole), mixed: len(b.mixed), records: b.records, stale: b.stale}
	for _, n := range b.seen {
		t.twice += n - 1
	}
	return t
}

// missing returns lines that have not come, at most ten.
func (b *backend) missing(lines int) (list []int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for n := range lines {
		if b.seen[n] == 0 && len(list) < 10 {
			list = append(list, n)
		}
	}
	return list
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return port
}
