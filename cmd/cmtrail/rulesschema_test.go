package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestSchemaToFile(t *testing.T) {
	want, _, _ := call("", "rules", "schema")
	file := filepath.Join(t.TempDir(), "rule-schema.json")
	out, errOut, status := call("", "rules", "schema", "--to", file)
	if out+errOut != "" || status != 0 {
		t.Errorf("status %d, output %q, errors %q", status, out, errOut)
	}
	got, err := os.ReadFile(file)
	if err != nil || string(got) != want || len(want) < 1000 {
		t.Errorf("%v; the file has %d bytes, standard output %d", err, len(got), len(want))
	}
	if _, errOut, status := call("", "rules", "schema", "--to", filepath.Join(t.TempDir(), "none", "s.json")); status != exitUsage || errOut == "" {
		t.Errorf("where no file can be: status %d, errors %q", status, errOut)
	}
}
