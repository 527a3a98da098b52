package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// appended is a client whose scan runs out of memory while the demo looks on.
var appended = []struct {
	log  string
	line func(message string, now time.Time) string
	text string
}{
	{"LocationServices.log", ccm, "Created and Sent Location Request '{6D1F0B52-93C4-4E7A-8A15-2C7E40B9D3F6}' for package {C2D17964-BBDD-4339-B9F3-12D7205B39CC}"},
	{"WUAHandler.log", ccm, "Async searching of updates using WUAgent started."},
	{"WindowsUpdate.log", wua, "WARNING: ISusInternal::GetUpdateMetadata2 failed, hr=8007000E"},
	{"WUAHandler.log", ccm, "OnSearchComplete - Failed to end search job. Error = 0x8007000e."},
}

// ccm is a record as a ConfigMgr client writes it.
func ccm(message string, now time.Time) string {
	return fmt.Sprintf(`<![LOG[%s]LOG]!><time="%s+000" date="%s" component="Demo" context="" type="1" thread="4812" file="demo.cpp:42">`,
		message, now.Format("15:04:05.000"), now.Format("01-02-2006"))
}

// wua is a record as Windows 7 writes it to WindowsUpdate.log.
func wua(message string, now time.Time) string {
	clock := strings.Replace(now.Format("15:04:05.000"), ".", ":", 1)
	return fmt.Sprintf("%s\t%s\t 912\t1a40\tCOMAPI\t%s", now.Format("2006-01-02"), clock, message)
}

// appendLines writes the lines to the logs of a host of their own, as they would be written at the given time.
func appendLines(logs string, now time.Time) error {
	folder := filepath.Join(logs, "client-live")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	now = now.UTC()
	for _, a := range appended {
		if err := appendLine(filepath.Join(folder, a.log), a.line(a.text, now)); err != nil {
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
