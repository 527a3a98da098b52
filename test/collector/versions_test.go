package collector

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"golang.org/x/mod/modfile"
)

// The one set of Collector versions that everything here is built with. Core modules carry the one or the other.
const (
	unstable = "v0.159.0"
	stable   = "v1.65.0"
)

// TestVersions holds every Collector module in the repository to one set of versions. The go command would lift them
// without a word, as soon as one import is not pinned.
func TestVersions(t *testing.T) {
	seen := 0
	for _, name := range []string{"go.mod", "internal/tools/go.mod", "test/collector/go.mod", "bench/go.mod"} {
		path := filepath.Join(root, name)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		file, err := modfile.Parse(name, data, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range file.Require {
			if !ofCollector(r.Mod.Path) {
				continue
			}
			seen++
			if !pinned(r.Mod.Path, r.Mod.Version) {
				t.Errorf("%s:%d: %s %s is of neither %s nor %s", name, r.Syntax.Start.Line, r.Mod.Path, r.Mod.Version, unstable, stable)
			}
		}
	}
	for _, name := range []string{"deploy/otelcol/builder-config.yaml", "bench/builder-config.yaml"} {
		for _, gomod := range manifest(t, name) {
			path, version, _ := strings.Cut(gomod, " ")
			if !ofCollector(path) {
				continue
			}
			seen++
			if !pinned(path, version) {
				t.Errorf("%s: %s %s is of neither %s nor %s", name, path, version, unstable, stable)
			}
		}
	}
	if seen < 50 {
		t.Errorf("only %d Collector modules were seen", seen)
	}
}

func TestPinned(t *testing.T) {
	for _, tt := range []struct {
		path, version string
		want          bool
	}{
		{"go.opentelemetry.io/collector/pdata", "v1.65.0", true},
		{"go.opentelemetry.io/collector/pdata", "v1.71.0", false},
		{"go.opentelemetry.io/collector/service", "v0.159.0", true},
		{"github.com/open-telemetry/opentelemetry-collector-contrib/receiver/filelogreceiver", "v0.159.0", true},
		{"github.com/open-telemetry/opentelemetry-collector-contrib/receiver/filelogreceiver", "v0.165.0", false},
		{"github.com/open-telemetry/opentelemetry-collector-contrib/receiver/filelogreceiver", "v1.65.0", false},
	} {
		if got := pinned(tt.path, tt.version); got != tt.want {
			t.Errorf("pinned(%q, %q) = %t, want %t", tt.path, tt.version, got, tt.want)
		}
	}
}

const contrib = "github.com/open-telemetry/opentelemetry-collector-contrib/"

func ofCollector(path string) bool {
	return strings.HasPrefix(path, "go.opentelemetry.io/collector") || strings.HasPrefix(path, contrib)
}

func pinned(path, version string) bool {
	return version == unstable || version == stable && !strings.HasPrefix(path, contrib)
}

// manifest returns the modules that the builder is told to take.
func manifest(t *testing.T, name string) (gomods []string) {
	data, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	type component struct {
		Gomod string `yaml:"gomod"`
	}
	var m struct {
		Receivers, Processors, Exporters, Extensions, Connectors, Providers []component
	}
	if err := yaml.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	for _, list := range [][]component{m.Receivers, m.Processors, m.Exporters, m.Extensions, m.Connectors, m.Providers} {
		for _, c := range list {
			gomods = append(gomods, c.Gomod)
		}
	}
	return gomods
}
