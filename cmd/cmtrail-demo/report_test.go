package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const written = `{"resourceLogs":[{"resource":{},"scopeLogs":[{"logRecords":[` +
	`{"body":{"stringValue":"asked"},"attributes":[{"key":"log.file.path","value":{"stringValue":"LOGS/pc1/ScanAgent.log"}},{"key":"configmgr.step.id","value":{"stringValue":"scan.01.02"}},{"key":"configmgr.step.title","value":{"stringValue":"A scan is asked for"}}]},` +
	`{"body":{"stringValue":"failed\nmore"},"attributes":[{"key":"log.file.path","value":{"stringValue":"LOGS/pc1/WUAHandler.log"}},{"key":"configmgr.issue.ids","value":{"arrayValue":{"values":[{"stringValue":"CM-A"},{"stringValue":"CM-B"}]}}}]},` +
	`{"body":{"stringValue":"nothing"},"attributes":[{"key":"log.file.path","value":{"stringValue":"LOGS/pc1/WUAHandler.log"}}]}` +
	`]}]}]}` + "\n" +
	`{"resourceLogs":[{"resource":{},"scopeLogs":[{"logRecords":[{"body":{"stringValue":"Scan failed after 3s."},"attributes":[{"key":"event.name","value":{"stringValue":"configmgr.journey"}},{"key":"configmgr.issue.ids","value":{"arrayValue":{"values":[{"stringValue":"CM-A"}]}}}]}]}]}]}` + "\n"

func TestReport(t *testing.T) {
	out := filepath.Join(t.TempDir(), "tagged.json")
	logs := t.TempDir()
	text := strings.ReplaceAll(written, "LOGS/", strings.ReplaceAll(logs+string(filepath.Separator), `\`, `\\`))
	if err := os.WriteFile(out, []byte(text+text), 0o600); err != nil {
		t.Fatal(err)
	}
	records, err := readRecords(out, logs)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if !report(&b, records) {
		t.Error("report says that nothing was tagged")
	}
	want := `
FILE                STEP        RECORDS  ISSUE      TITLE
pc1/ScanAgent.log   scan.01.02  2                   A scan is asked for
pc1/WUAHandler.log              2        CM-A CM-B  

What is wrong:
  CM-A CM-B  pc1/WUAHandler.log
      failed
  CM-A CM-B  pc1/WUAHandler.log
      failed

How far each run came:
  Scan failed after 3s.
  Scan failed after 3s.

6 records, 4 of them tagged
`
	if got := b.String(); got != want {
		t.Errorf("report = %q\nwant %q", got, want)
	}
}

func TestReportOfNothingTagged(t *testing.T) {
	var b strings.Builder
	if report(&b, []record{{file: "pc1/a.log", body: "nothing"}}) {
		t.Error("report says that something was tagged")
	}
}
