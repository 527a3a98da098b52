package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// The editor's tasks call commands that are there, and find what these print where they say it is.
func TestVSCodeTasks(t *testing.T) {
	var file struct {
		Tasks []struct {
			Label, Command string
			Args           []string
			ProblemMatcher struct {
				Pattern struct{ Regexp string }
			}
		}
	}
	decodeStrictly(t, "../../deploy/vscode/tasks.json", &file)
	prints := map[string]struct{ rules, line string }{ // a line of the output, with the file's name in place of FILE
		"lint": {"testdata/untested.yaml", "4"}, "test": {"testdata/wrong.yaml", "9"}, "fmt": {"testdata/bad.yaml", ""},
	}
	if len(file.Tasks) != len(prints) {
		t.Fatalf("%d tasks, expected %d", len(file.Tasks), len(prints))
	}
	for _, task := range file.Tasks {
		want, ok := prints[task.Args[1]]
		if task.Command != "cmtrail" || !ok {
			t.Errorf("%s calls %s %v", task.Label, task.Command, task.Args)
			continue
		}
		args := append([]string{}, task.Args[:len(task.Args)-1]...)
		if task.Args[1] == "fmt" {
			broken := filepath.Join(t.TempDir(), "broken.yaml")
			if err := os.WriteFile(broken, []byte("schema: 1\nrules: [\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			want.rules, want.line = broken, "2"
			args = append(args, broken)
		} else {
			args = append(args, want.rules, "--no-default-rules")
		}
		out, errOut, _ := call("", args...)
		form := regexp.MustCompile("(?m)" + task.ProblemMatcher.Pattern.Regexp)
		found := form.FindStringSubmatch(out + errOut)
		if found == nil || found[1] != want.rules || found[2] != want.line || found[4] == "" {
			t.Errorf("%s: found %q in %s%s, expected %s:%s", task.Label, found, out, errOut, want.rules, want.line)
		}
	}
}

func TestVSCodeSettings(t *testing.T) {
	var settings struct {
		Schemas map[string][]string `json:"yaml.schemas"`
		Format  *bool               `json:"yaml.format.enable"`
	}
	decodeStrictly(t, "../../deploy/vscode/settings.json", &settings)
	if len(settings.Schemas["./rule-schema.json"]) == 0 || settings.Format == nil || *settings.Format {
		t.Errorf("settings are %+v", settings)
	}
	var extensions struct{ Recommendations []string }
	decodeStrictly(t, "../../deploy/vscode/extensions.json", &extensions)
	if len(extensions.Recommendations) == 0 {
		t.Error("nothing is recommended")
	}
}

// decodeStrictly reads JSON as editors do who take no comments.
func decodeStrictly(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}
