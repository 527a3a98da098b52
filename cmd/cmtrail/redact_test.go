package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const testRedactKey = "a key for tests, sixteen bytes or more"

func TestRedactGolden(t *testing.T) {
	t.Setenv(redactKey, testRedactKey)
	golden(t, map[string]commandLine{
		"redact-tag":              {"", []string{"tag", "--redact", "all", "testdata/redact/ccmsetup.log"}},
		"redact-tag-ip":           {"", []string{"tag", "--redact", "ip", "testdata/redact/ccmsetup.log"}},
		"redact-scan":             {"", []string{"scan", "--redact", "host,user", "--format", "markdown", "../../deploy/samples/client-gpo", "../../deploy/samples/site-server"}},
		"redact-unknown-class":    {"", []string{"tag", "--redact", "names", "testdata/redact/ccmsetup.log"}},
		"redact-missing-file":     {"", []string{"tag", "--redact", "all", "--redact-key-file", "testdata/redact/none", "testdata/redact/ccmsetup.log"}},
		"redact-file-for-nothing": {"", []string{"scan", "--redact-key-file", "testdata/redact/none", "testdata/redact/ccmsetup.log"}},
	})
	t.Setenv(redactKey, "")
	golden(t, map[string]commandLine{"redact-no-key": {"", []string{"tag", "--redact", "all", "testdata/redact/ccmsetup.log"}}})
	t.Setenv(redactKey, "short")
	golden(t, map[string]commandLine{"redact-short-key": {"", []string{"scan", "--redact", "all", "testdata/redact/ccmsetup.log"}}})
}

// No name of any sample is printed, by either command, and everything but names stands as it did.
func TestRedactSamples(t *testing.T) {
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte(testRedactKey+"\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	folders := []string{"../../deploy/samples"}
	if shared := os.Getenv("CMTRAIL_SHARED"); shared != "" {
		folders = append(folders, filepath.Join(shared, "samples"))
	}
	// What names somebody, as these logs write it. Versions, public hosts and well-known SIDs are none of it.
	names := regexp.MustCompile(`(?i)\b(?:[a-z0-9-]+\.)+(?:com|lan|dmz)\b|\bS-1-5-21-\d+-|\\\\?Users\\\\?[A-Za-z]+\\|[a-z]+domain\\\\[a-z]|\b10\.20\.\d+\.\d+\b|\b192\.168\.\d+\.\d+\b|\b22\.22\.22\.200\b|@[a-z]+\.[a-z]+`)
	public := regexp.MustCompile(`(?i)\.microsoft\.com$|\.windowsupdate\.com$|^microsoft\.com$|^scan\.\d`) // and ids of steps
	pseudonym := regexp.MustCompile(`\b(?:user|host|domain|sid|ip|email)-[0-9a-f]{12}\b`)
	for _, folder := range folders {
		for _, args := range [][]string{{"tag"}, {"scan"}, {"scan", "--format", "json"}} {
			clear, _, status := call("", append(args, "--quiet", folder)...)
			got, errOut, hidden := call("", append(args, "--quiet", "--redact", "all", "--redact-key-file", key, folder)...)
			if status != 0 || hidden != 0 {
				t.Fatalf("%v: status %d and %d: %s", args, status, hidden, errOut)
			}
			for _, name := range names.FindAllString(got, -1) {
				if !public.MatchString(name) {
					t.Errorf("%v of %s prints %q", args, folder, name)
				}
			}
			if args[0] == "tag" && !pseudonym.MatchString(got) {
				t.Errorf("%v of %s prints no pseudonym", args, folder)
			}
			if a, b := strings.Count(clear, "\n"), strings.Count(got, "\n"); a != b {
				t.Errorf("%v of %s prints %d lines, %d with names redacted", args, folder, a, b)
			}
		}
	}
}
