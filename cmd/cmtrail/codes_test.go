package main

import "testing"

// Every code is on its record with its name; one that the table does not have is there too, and the report lists it.
func TestErrorCodes(t *testing.T) {
	const log = "Scan failed with error = 0x80244017 (WU), then -2147024882\n" +
		"Group policy conflict 0x87d00692, which has a meaning and no name\n" +
		"Something new failed with error 0x8ABCDEF1\n" +
		"It did again, hr=8abcdef1\n"
	golden(t, map[string]commandLine{
		"codes-tag":       {in: log, args: []string{"tag", "-"}},
		"codes-scan":      {in: log, args: []string{"scan", "-"}},
		"codes-scan-json": {in: log, args: []string{"scan", "--format", "json", "-"}},
	})
}
