package parsers_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/cmtrail/cmtrail/parsers"
)

// timing names each format's log. What allocates are not records: each change of W3C columns, and the failure point of
// an installation, which keeps copies of what came before it.
var timing = []struct {
	name, file string
	spare      float64
}{
	{"ccm", "ScanAgent.log", 0},
	{"ccm-legacy", "wsyncmgr.log", 0},
	{"role-setup", "SUPSetup.log", 0},
	{"w3c", "u_ex260401.log", 4},
	{"wsus", "SoftwareDistribution.log", 0},
	{"wua-tab", "WindowsUpdate.log", 0},
	{"wua-etl", "WindowsUpdate-converted.log", 0},
	{"cbs", "CBS.log", 0},
	{"msi", "contoso-reader.msi.log", 20},
	{"reporting", "ReportingEvents.log", 0},
	{"plain", "notes.log", 0},
}

func TestNoAllocationPerRecord(t *testing.T) {
	for _, tt := range timing {
		t.Run(tt.name, func(t *testing.T) {
			data, err := os.ReadFile("testdata/logs/" + tt.file)
			if err != nil {
				t.Fatal(err)
			}
			count := 0
			s := parsers.NewStream(tt.file, parsers.Options{Format: parsers.Format(tt.name)}, func(r *parsers.Record) {
				_, _ = r.Time()
				count++
			})
			read := func() {
				_, _ = s.Write(data)
				s.Flush()
			}
			read() // learns the encoding and grows the buffers
			count = 0
			allocs := testing.AllocsPerRun(20, read)
			if allocs > tt.spare {
				t.Errorf("%v allocations for %d records, %v are accounted for", allocs, count/21, tt.spare)
			}
		})
	}
}

func TestNoAllocationPerLine(t *testing.T) {
	s := parsers.NewStream("ScanAgent.log", parsers.Options{}, func(*parsers.Record) {})
	read := func() {
		s.WriteLine(ccmLine)
		s.WriteLine("<![LOG[a message")
		s.WriteLine("of two lines" + ccmTail)
		s.Idle()
	}
	read()
	if allocs := testing.AllocsPerRun(100, read); allocs > 0 {
		t.Errorf("%v allocations", allocs)
	}
}

const ccmTail = `]LOG]!><time="08:52:46.657+240" date="07-14-2026" component="ScanAgent" context="" type="1" thread="10472" file="scan.cpp:31">`

func BenchmarkStream(b *testing.B) {
	for _, bb := range timing {
		b.Run(bb.name, func(b *testing.B) {
			data, err := os.ReadFile("testdata/logs/" + bb.file)
			if err != nil {
				b.Fatal(err)
			}
			if bb.name != "msi" && bb.name != "reporting" {
				data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
			}
			records := 0
			s := parsers.NewStream(bb.file, parsers.Options{Format: parsers.Format(bb.name)}, func(*parsers.Record) { records++ })
			_, _ = s.Write(data)
			records = 0
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				_, _ = s.Write(data)
				s.Flush()
			}
			b.ReportMetric(float64(records)/b.Elapsed().Seconds(), "records/s")
		})
	}
}
