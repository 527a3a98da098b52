package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cmtrail/cmtrail/internal/fault"
)

// Wherever the command breaks on a record, it goes on, tells so at the end and exits with status 1.
func TestPanicsAreTold(t *testing.T) {
	line := func(text string) string {
		return `<![LOG[` + text + `]LOG]!><time="08:00:00.417+000" date="03-12-2026" component="WUAHandler" context="" type="1" thread="5120" file="source.cpp:210">` + "\n"
	}
	file := filepath.Join(t.TempDir(), "WUAHandler.log")
	log := line("Scan failed with error = 0x8024ffff.") + line("poison") + line("Async searching completed.")
	if err := os.WriteFile(file, []byte(log), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"tag", "scan"} {
		for _, at := range []fault.Place{fault.Parser, fault.Rules, fault.Correlation} {
			t.Run(command+" "+at.String(), func(t *testing.T) {
				fault.Inject = func(place fault.Place, text string) {
					if place == at && strings.Contains(text, "poison") {
						panic("broken on \x1b[31mpoison")
					}
				}
				t.Cleanup(func() { fault.Inject = nil })
				var out, errOut bytes.Buffer
				if status := run([]string{command, file}, nil, &out, &errOut); status != exitUnread {
					t.Errorf("status %d, want %d", status, exitUnread)
				}
				for _, want := range []string{
					"contained a panic (" + at.String() + `): "broken on \x1b[31mpoison"`,
					"faults of its own were contained (1 in " + at.String() + ")",
				} {
					if !strings.Contains(errOut.String(), want) {
						t.Errorf("standard error lacks %q:\n%s", want, errOut.String())
					}
				}
				if command == "tag" {
					for _, want := range []string{"0x8024ffff", "poison", "Async searching completed"} {
						if !strings.Contains(out.String(), want) {
							t.Errorf("output lacks %q:\n%s", want, out.String())
						}
					}
				} else if !strings.Contains(out.String(), "0x8024ffff") {
					t.Errorf("the report lacks the issue:\n%s", out.String())
				}
			})
		}
	}
}
