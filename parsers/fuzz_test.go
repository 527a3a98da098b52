package parsers_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/cmtrail/cmtrail/parsers"
)

func FuzzCCM(f *testing.F)       { fuzz(f, parsers.CCM, "ScanAgent.log", "ansi.log", "mixed.log") }
func FuzzLegacy(f *testing.F)    { fuzz(f, parsers.CCMLegacy, "wsyncmgr.log", "mixed.log") }
func FuzzRoleSetup(f *testing.F) { fuzz(f, parsers.RoleSetup, "SUPSetup.log") }
func FuzzWUATab(f *testing.F)    { fuzz(f, parsers.WUATab, "WindowsUpdate.log") }
func FuzzWUAETL(f *testing.F)    { fuzz(f, parsers.WUAETL, "WindowsUpdate-converted.log") }
func FuzzWSUS(f *testing.F)      { fuzz(f, parsers.WSUS, "SoftwareDistribution.log") }
func FuzzCBS(f *testing.F)       { fuzz(f, parsers.CBS, "CBS.log") }
func FuzzMSI(f *testing.F)       { fuzz(f, parsers.MSI, "contoso-reader.msi.log") }
func FuzzW3C(f *testing.F)       { fuzz(f, parsers.W3C, "u_ex260401.log") }
func FuzzReporting(f *testing.F) { fuzz(f, parsers.Reporting, "ReportingEvents.log") }
func FuzzPlain(f *testing.F)     { fuzz(f, parsers.Plain, "notes.log") }
func FuzzStream(f *testing.F)    { fuzz(f, "", "notes.log") }

// fuzz reads any bytes as one format, under bounds small enough to be met, and checks what holds for every input. The
// seeds are the first lines of our own logs, and the lines of our cases.
func fuzz(f *testing.F, format parsers.Format, logs ...string) {
	all := corpus(f)
	for _, name := range logs {
		for _, chunk := range bytes.SplitAfterN(all[name], []byte("\n"), 12) {
			f.Add(chunk, uint8(0))
		}
		f.Add(all[name][:min(len(all[name]), 1500)], uint8(3))
	}
	for _, tc := range readCases(f, "testdata/cases/parsers.json") {
		if format == "" || tc.Format == string(format) {
			f.Add([]byte(strings.Join(tc.Input, "\r\n")), uint8(1))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, bounds uint8) {
		opt := parsers.Options{Format: format, Bias: parsers.BiasSense(bounds >> 6)}
		if bounds&1 != 0 {
			opt.MaxLine = 16 + int(bounds&0x0e)<<3
		}
		if bounds&0x10 != 0 {
			opt.MaxRecord, opt.MaxLines = 256, 4
		}
		if bounds&0x20 != 0 {
			opt.ContinuationLines, opt.ContinuationBytes = 2, 64
		}
		if err := sameInAnyChunks("", opt, data, 1); err != nil {
			t.Fatal(err)
		}
		records := readBytes("", opt, data, len(data))
		if err := partitions(data, records); err != nil {
			t.Fatal(err)
		}
		if opt.MaxLine == 0 {
			if err := repeats(data, records); err != nil {
				t.Fatal(err)
			}
		}
		idle := open("", opt)
		for i := 0; i < len(data); i += 5 {
			idle.write(string(data[i:min(i+5, len(data))]))
			idle.Idle()
		}
		idle.Flush()
		if err := partitions(data, idle.records); err != nil {
			t.Fatalf("with idle flushes: %v", err)
		}
		if n := idle.Held(); n != 0 {
			t.Fatalf("%d lines held after a flush", n)
		}
	})
}
