package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// appended is a client whose scan runs out of memory while the demo looks on.
var appended = []struct{ log, line string }{
	{"ScanAgent.log", ccm("ScanAgent", 1, "*****ScanByUpdates request received with ForceReScan=0, ScanOptions=0x00000008,  WSUSLocationTimeout = 604800")},
	{"LocationServices.log", ccm("LocationServices", 1, "Created and Sent Location Request '{6D1F0B52-93C4-4E7A-8A15-2C7E40B9D3F6}' for package {C2D17964-BBDD-4339-B9F3-12D7205B39CC}")},
	{"WUAHandler.log", ccm("WUAHandler", 1, "Async searching of updates using WUAgent started.")},
	{"WUAHandler.log", ccm("WUAHandler", 3, "OnSearchComplete - Failed to end search job. Error = 0x8007000e.")},
	{"ScanAgent.log", ccm("ScanAgent", 3, "ScanJob({0B7C21E9-5A48-4D36-9F10-6E3D82A4C57B}): CScanJob::OnScanComplete -Scan Failed with Error=0x8007000e")},
}

// ccm is a record as a ConfigMgr client writes it, but for the clock and the date.
func ccm(component string, kind int, message string) string {
	return fmt.Sprintf(`<![LOG[%s]LOG]!><time="%%s" date="%%s" component="%s" context="" type="%d" thread="4812" file="demo.cpp:42">`,
		message, component, kind)
}

// appendLines writes the lines to the logs of a host of their own, as they would be written at the given time.
func appendLines(logs string, now time.Time) error {
	folder := filepath.Join(logs, "client-live")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	now = now.UTC()
	for _, a := range appended {
		line := fmt.Sprintf(a.line, now.Format("15:04:05.000")+"+000", now.Format("01-02-2006"))
		if err := appendLine(filepath.Join(folder, a.log), line); err != nil {
			return err
		}
	}
	return nil
}

func appendLine(path, line string) (err error) {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(line + "\r\n")
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}
