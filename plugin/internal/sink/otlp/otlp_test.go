package otlp

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/tinylib/msgp/msgp"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.uber.org/goleak"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/cmtrail/cmtrail/plugin/internal/event"
	"github.com/cmtrail/cmtrail/plugin/internal/sink"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server keeps what it is sent and answers as it is told, over both transports.
type server struct {
	plogotlp.UnimplementedGRPCServer
	mu       sync.Mutex
	bodies   []string
	last     plog.Logs
	requests int
	fail     func(request int) error // of gRPC
	answer   func(request int, w http.ResponseWriter) bool
	reject   int64
}

func (s *server) take() (response plogotlp.ExportResponse, request int) {
	s.requests++
	return plogotlp.NewExportResponse(), s.requests
}

func (s *server) keep(r plogotlp.ExportRequest, response plogotlp.ExportResponse) {
	s.last = plog.NewLogs()
	r.Logs().CopyTo(s.last)
	for _, rl := range r.Logs().ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			for _, lr := range sl.LogRecords().All() {
				s.bodies = append(s.bodies, lr.Body().AsString())
			}
		}
	}
	if s.reject > 0 {
		response.PartialSuccess().SetRejectedLogRecords(s.reject)
		response.PartialSuccess().SetErrorMessage("too old")
	}
}

func (s *server) Export(_ context.Context, r plogotlp.ExportRequest) (plogotlp.ExportResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	response, request := s.take()
	if s.fail != nil {
		if err := s.fail(request); err != nil {
			return response, err
		}
	}
	s.keep(r, response)
	return response, nil
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var body io.Reader = r.Body
	if r.Header.Get("Content-Encoding") == "gzip" {
		body, _ = gzip.NewReader(r.Body)
	}
	data, err := io.ReadAll(body)
	request := plogotlp.NewExportRequest()
	if err == nil {
		err = request.UnmarshalProto(data)
	}
	if err != nil || r.URL.Path != "/v1/logs" || r.Header.Get("Content-Type") != "application/x-protobuf" || r.Header.Get("Authorization") != "Bearer x" {
		http.Error(w, fmt.Sprint("bad request: ", err, r.URL.Path, r.Header), http.StatusBadRequest)
		return
	}
	response, n := s.take()
	if s.answer != nil && s.answer(n, w) {
		return
	}
	s.keep(request, response)
	text, _ := response.MarshalProto()
	w.Header().Set("Content-Type", "application/x-protobuf")
	w.Write(text)
}

type lines struct{ text []string }

func (l *lines) Infof(format string, args ...any) {
	l.text = append(l.text, fmt.Sprintf(format, args...))
}
func (l *lines) Warnf(format string, args ...any)  { l.Infof(format, args...) }
func (l *lines) Errorf(format string, args ...any) { l.Infof(format, args...) }

// start returns a server and a sink for it.
func start(t testing.TB, transport string, change func(*Config)) (*server, *Sink, *lines) {
	t.Helper()
	s, log := &server{}, &lines{}
	c := Config{Headers: map[string]string{"Authorization": "Bearer x"}, Compression: "gzip", Timeout: 5 * time.Second, MaxBytes: 1 << 20,
		MessageKey: "log", HostKey: "host", PathKey: "path"}
	if transport == "grpc" {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		g := grpc.NewServer()
		plogotlp.RegisterGRPCServer(g, s)
		go g.Serve(listener)
		t.Cleanup(g.Stop)
		c.Endpoint = "grpc://" + listener.Addr().String()
	} else {
		h := httptest.NewServer(s)
		t.Cleanup(h.Close)
		c.Endpoint = h.URL
	}
	if change != nil {
		change(&c)
	}
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	to, err := New(c, "here/0", log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { to.Close() })
	return s, to, log
}

func add(b *sink.Batch, stamp []byte, body map[string]any) {
	b.Add(func(dst []byte) []byte {
		dst = event.AppendHead(dst, stamp, msgp.AppendMapHeader(nil, 0))
		dst, err := msgp.AppendMapStrIntf(dst, body)
		if err != nil {
			panic(err)
		}
		return dst
	})
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

func TestBothTransports(t *testing.T) {
	for _, transport := range []string{"http", "grpc"} {
		t.Run(transport, func(t *testing.T) {
			s, to, log := start(t, transport, func(c *Config) { c.MaxBytes = 100 })
			texts := []string{strings.Repeat("a", 60), strings.Repeat("b", 60), "c", "d", strings.Repeat("e", 500), "f"}
			if n, err := to.Send(context.Background(), batch(texts...)); n != 6 || err != nil {
				t.Fatalf("sent %d, %v", n, err)
			}
			if diff := cmp.Diff(texts, s.bodies); diff != "" || s.requests != 5 {
				t.Errorf("%d requests, bodies (-want +got):\n%s", s.requests, diff)
			}
			s.reject = 2
			for range 2 {
				if n, err := to.Send(context.Background(), batch("x")); n != 1 || err != nil {
					t.Errorf("partial success: sent %d, %v", n, err)
				}
			}
			if to.Rejected() != 4 || len(log.text) != 1 || !strings.Contains(log.text[0], "too old") {
				t.Errorf("rejected %d, logged %q", to.Rejected(), log.text)
			}
		})
	}
}

func TestAnswers(t *testing.T) {
	wait := func(code codes.Code) error {
		s, err := status.New(code, "later").WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(time.Minute)})
		if err != nil {
			t.Fatal(err)
		}
		return s.Err()
	}
	for _, tt := range []struct {
		name   string
		status int
		header string
		err    error
		again  bool
		fast   bool // the window stays closed
	}{
		{name: "429", status: 429, again: true}, {name: "502", status: 502, again: true}, {name: "503", status: 503, header: "60", again: true, fast: true},
		{name: "504", status: 504, again: true}, {name: "400", status: 400}, {name: "401", status: 401}, {name: "500", status: 500}, {name: "redirect", status: 307},
		{name: "Unavailable", err: status.Error(codes.Unavailable, "x"), again: true}, {name: "Aborted", err: status.Error(codes.Aborted, "x"), again: true},
		{name: "ResourceExhausted", err: status.Error(codes.ResourceExhausted, "x")}, {name: "ResourceExhausted for a while", err: wait(codes.ResourceExhausted), again: true, fast: true},
		{name: "InvalidArgument", err: status.Error(codes.InvalidArgument, "x")}, {name: "Unauthenticated", err: status.Error(codes.Unauthenticated, "x")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			transport := "http"
			if tt.err != nil {
				transport = "grpc"
			}
			s, to, _ := start(t, transport, func(c *Config) { c.MaxBytes = 1; c.Compression = "none" })
			s.fail = func(n int) error {
				if n == 2 {
					return tt.err
				}
				return nil
			}
			s.answer = func(n int, w http.ResponseWriter) bool {
				if n == 2 {
					w.Header().Set("Retry-After", tt.header)
					w.Header().Set("Location", "/v1/logs")
					w.WriteHeader(tt.status)
				}
				return n == 2
			}
			b := batch("one", "two", "three")
			n, err := to.Send(context.Background(), b)
			var refused *sink.Refused
			if n != 1 || err == nil || errors.As(err, &refused) == tt.again {
				t.Fatalf("sent %d, %v, again %t", n, err, tt.again)
			}
			b.Advance(n)
			if refused != nil {
				if refused.Events != 1 {
					t.Errorf("%d events refused, want 1", refused.Events)
				}
				b.Advance(1)
			}
			n, err = to.Send(context.Background(), b)
			if tt.fast {
				if n != 0 || err == nil || !strings.Contains(err.Error(), "not tried again so soon") {
					t.Errorf("at once: sent %d, %v", n, err)
				}
				return
			}
			if err != nil || n != b.Len() {
				t.Fatalf("again: sent %d, %v", n, err)
			}
			want := []string{"one", "two", "three"}
			if !tt.again {
				want = []string{"one", "three"}
			}
			if diff := cmp.Diff(want, s.bodies); diff != "" {
				t.Errorf("bodies (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNobodyListens(t *testing.T) {
	for _, endpoint := range []string{"http://127.0.0.1:1", "grpc://127.0.0.1:1"} {
		to, err := New(Config{Endpoint: endpoint, Compression: "gzip", Timeout: 2 * time.Second, FailFast: time.Hour, MaxBytes: 1000}, "here/0", &lines{})
		if err != nil {
			t.Fatal(err)
		}
		var refused *sink.Refused
		for range 2 {
			if n, err := to.Send(context.Background(), batch("x")); n != 0 || err == nil || errors.As(err, &refused) {
				t.Errorf("%s: sent %d, %v", endpoint, n, err)
			}
		}
		to.Close()
	}
}

func TestMapping(t *testing.T) {
	s, to, _ := start(t, "http", nil)
	b := &sink.Batch{Tag: "raw.x"}
	stamp := event.AppendStamp(nil, time.Unix(1700000000, 5))
	group := func(sec byte, body map[string]any) { add(b, []byte{0xd7, 0, 0xff, 0xff, 0xff, sec, 0, 0, 0, 0}, body) }
	add(b, stamp, map[string]any{"log": "message"})
	group(0xff, map[string]any{"resource": map[string]any{"attributes": map[string]any{"service.name": "s"}}, "scope": map[string]any{"name": "n", "version": "1"}})
	b.Add(func(dst []byte) []byte {
		meta := msgp.AppendString(msgp.AppendString(msgp.AppendMapHeader(nil, 1), "m"), "1")
		dst = msgp.AppendMapHeader(event.AppendHead(dst, stamp, meta), 10)
		dst = msgp.AppendString(msgp.AppendString(dst, "log"), "in a group")
		dst = msgp.AppendString(msgp.AppendString(dst, "host"), "PC1")
		dst = msgp.AppendString(msgp.AppendString(dst, "path"), `C:\a.log`)
		dst = msgp.AppendString(msgp.AppendString(dst, "severity"), "error")
		dst = msgp.AppendString(msgp.AppendString(dst, "time"), "2026-06-05T09:00:03.000000004-05:00")
		dst = msgp.AppendBytes(msgp.AppendString(dst, "bin"), []byte{1})
		dst = msgp.AppendNil(msgp.AppendString(dst, "nil"))
		dst = msgp.AppendFloat64(msgp.AppendString(dst, "f"), 1.5)
		dst = msgp.AppendBool(msgp.AppendString(dst, "b"), true)
		return msgp.AppendInt(msgp.AppendArrayHeader(msgp.AppendString(dst, "list"), 1), 7)
	})
	group(0xfe, map[string]any{})
	if n, err := to.Send(context.Background(), b); n != 4 || err != nil {
		t.Fatalf("sent %d, %v", n, err)
	}
	text, err := (&plog.JSONMarshaler{}).MarshalLogs(s.last)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"resourceLogs":[{"resource":{},"scopeLogs":[{"scope":{},"logRecords":[{"timeUnixNano":"1700000000000000005","observedTimeUnixNano":"1700000000000000005","body":{"stringValue":"message"},"attributes":[{"key":"cmtrail.instance","value":{"stringValue":"here/0"}},{"key":"fluent.tag","value":{"stringValue":"raw.x"}}]}]}]},` +
		`{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"s"}},{"key":"host.name","value":{"stringValue":"PC1"}}]},"scopeLogs":[{"scope":{"name":"n","version":"1"},"logRecords":[{"timeUnixNano":"1780668003000000004","observedTimeUnixNano":"1700000000000000005","severityNumber":17,"severityText":"error","body":{"stringValue":"in a group"},"attributes":[{"key":"log.file.path","value":{"stringValue":"C:\\a.log"}},{"key":"bin","value":{"bytesValue":"AQ=="}},{"key":"nil","value":{}},{"key":"f","value":{"doubleValue":1.5}},{"key":"b","value":{"boolValue":true}},{"key":"list","value":{"arrayValue":{"values":[{"intValue":"7"}]}}},{"key":"cmtrail.metadata","value":{"kvlistValue":{"values":[{"key":"m","value":{"stringValue":"1"}}]}}},{"key":"cmtrail.instance","value":{"stringValue":"here/0"}},{"key":"fluent.tag","value":{"stringValue":"raw.x"}}]}]}]}]}`
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
	b.Advance(2) // the group's marker is behind us and still holds
	if _, err := to.Send(context.Background(), b); err != nil {
		t.Fatal(err)
	}
	if v, ok := s.last.ResourceLogs().At(0).Resource().Attributes().Get("service.name"); !ok || v.Str() != "s" {
		t.Error("the rest of a group lost its resource")
	}
}

func TestValidate(t *testing.T) {
	for _, tt := range []struct{ endpoint, want string }{
		{"localhost:4318", "otlp_endpoint: "}, {"http://localhost", "otlp_endpoint: found"}, {"grpc://h:1/path", "otlp_endpoint: found"}, {"ftp://h:1", "otlp_endpoint: found"},
	} {
		err := Config{Endpoint: tt.endpoint, Compression: "gzip", Timeout: 1, MaxBytes: 1}.Validate()
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.endpoint, err)
		}
	}
	err := Config{Endpoint: "https://h:1", CAFile: "/nowhere"}.Validate()
	want := "otlp_timeout: must be above zero, is 0s\notlp_max_bytes: must be above zero, is 0\notlp_compression: found \"\", expected gzip or none\notlp_ca_file: open /nowhere: no such file or directory"
	if err == nil || err.Error() != want {
		t.Errorf("Validate() = %v", err)
	}
	for endpoint, want := range map[string]bool{"http://127.0.0.1:1": true, "grpc://localhost:1": true, "http://logs.contoso.com:1": false} {
		if got := (Config{Endpoint: endpoint}).Loopback(); got != want {
			t.Errorf("%s: loopback %t", endpoint, got)
		}
	}
}

func BenchmarkSend(b *testing.B) {
	for _, transport := range []string{"http", "grpc"} {
		b.Run(transport, func(b *testing.B) {
			_, to, _ := start(b, transport, func(c *Config) { c.Compression = "none" })
			texts := make([]string, 5000)
			for i := range texts {
				texts[i] = strings.Repeat("x", 240)
			}
			events := batch(texts...)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := to.Send(context.Background(), events); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*5000/b.Elapsed().Seconds(), "records/s")
		})
	}
}
