package forward

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/cmtrail/cmtrail/plugin/internal/event"
	"github.com/cmtrail/cmtrail/plugin/internal/sink"
)

// benchBatch makes n tagged events of about 400 bytes.
func benchBatch(n int) *sink.Batch {
	b := &sink.Batch{Tag: "ccm"}
	for i := range n {
		body := mapOf("log", fmt.Sprintf("request %d: %s", i, strings.Repeat("x", 240)), "path", `C:\Windows\CCM\Logs\CcmExec.log`,
			"severity", "info", "time", "2026-05-04T08:00:00.123+02:00", "log.file.name", "CcmExec.log", "cmtrail.step.id", "client.start")
		b.Add(func(dst []byte) []byte { return append(event.AppendHead(dst, stamp, []byte{0x80}), body...) })
	}
	return b
}

// acknowledging reads as little of a message as it takes to acknowledge it, so that the client is what is measured.
func acknowledging(_ *testServer, p *peer) {
	for {
		if _, err := p.in.ReadArrayHeader(); err != nil {
			return
		}
		if p.in.Skip() != nil {
			return
		}
		n, err := p.in.ReadBytesHeader()
		if err != nil {
			return
		}
		if _, err := io.CopyN(io.Discard, p.in, int64(n)); err != nil {
			return
		}
		if _, err := p.in.ReadMapHeader(); err != nil || p.in.Skip() != nil || p.in.Skip() != nil || p.in.Skip() != nil {
			return
		}
		chunk, err := p.in.ReadString()
		if err != nil || p.ack(chunk) != nil {
			return
		}
	}
}

func BenchmarkSend(b *testing.B) {
	for _, metadata := range []bool{false, true} {
		for _, network := range []string{"tcp", "unix"} {
			b.Run(fmt.Sprintf("%s/metadata=%v", network, metadata), func(b *testing.B) {
				var l net.Listener
				var address string
				if network == "unix" {
					l, address = listenUnix(b)
				} else {
					l = listenTCP(b)
					address = l.Addr().String()
				}
				serve(b, l, acknowledging)
				c := config(address)
				c.Metadata = metadata
				s := newSink(b, c)
				batch := benchBatch(5000) // about 2 MB, as chunks of Fluent Bit are
				b.SetBytes(int64(batch.Size()))
				b.ReportAllocs()
				for b.Loop() {
					if n, err := s.Send(b.Context(), batch); n != batch.Len() || err != nil {
						b.Fatal(n, err)
					}
				}
				b.ReportMetric(float64(batch.Len()*b.N)/b.Elapsed().Seconds(), "records/s")
			})
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	s := newSink(b, config("127.0.0.1:1"))
	batch := benchBatch(1000)
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf, _ = s.encode(buf[:0], batch, 0, "id")
	}
	b.ReportMetric(float64(batch.Len()*b.N)/b.Elapsed().Seconds(), "records/s")
}
