package measure

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/cmtrail/cmtrail/bench/corpus"
	"github.com/cmtrail/cmtrail/bench/peers"
)

// BenchmarkCommand is `cmtrail tag` on a folder, on one core and on two.
func BenchmarkCommand(b *testing.B) {
	c := mixed(b, 100)
	dir := folder(b, c)
	rules, err := peers.WriteRules(dir, corpus.Rules(100))
	if err != nil {
		b.Fatal(err)
	}
	for _, procs := range []int{1, 2} {
		b.Run(fmt.Sprintf("tag/cores=%d", procs), func(b *testing.B) {
			w := process{
				program: built(b, "cmtrail"), args: []string{"tag", "--quiet", "--no-default-rules", "--rules", rules, "logs"},
				env: []string{fmt.Sprintf("GOMAXPROCS=%d", procs)}, out: "tagged.jsonl", prints: true,
				records: `"kind":"record"`, tags: `"rules":["`, expect: func() int { return c.Records },
			}
			w.measure(b, dir, c)
		})
	}
}

// BenchmarkCollector is a whole Collector that reads a folder and writes a file, on one core.
func BenchmarkCollector(b *testing.B) {
	c := mixed(b, 100)
	dir := folder(b, c)
	set := corpus.Rules(100)
	rules, err := peers.WriteRules(dir, set)
	if err != nil {
		b.Fatal(err)
	}
	lines, records := func() int { return c.Lines }, func() int { return c.Records }
	for _, way := range []struct {
		name   string
		config map[string]any
		tags   string
		expect func() int
	}{
		{"without", collector(nil, receiver(nil, nil)), "", lines},
		{"with", collector(map[string]any{"cmtrail": map[string]any{"default_rules": false, "rules": []any{rules}}}, receiver(nil, nil)), `"` + peers.RuleAttribute + `"`, records},
		{"packs", collector(map[string]any{"cmtrail": map[string]any{}}, receiver(nil, nil)), "", records},
		{"grouped", collector(map[string]any{"transform": peers.Transform(set, true)}, operators(true), operators(false)), `"` + peers.RuleAttribute + `"`, records},
	} {
		b.Run("collector/way="+way.name, func(b *testing.B) {
			config := filepath.Join(dir, way.name+".yaml")
			text, err := yaml.Marshal(way.config)
			if err != nil {
				b.Fatal(err)
			}
			write(b, config, text)
			w := process{
				program: built(b, "collector/otelcol-bench"), args: []string{"--config", config}, env: []string{"GOMAXPROCS=1"},
				records: `"body":{`, tags: way.tags, out: "out.json", stays: true, quiet: 1500 * time.Millisecond, expect: way.expect,
			}
			w.measure(b, dir, c)
		})
	}
}

func collector(processors map[string]any, receivers ...map[string]any) map[string]any {
	in, names := map[string]any{}, []any{}
	for i, r := range receivers {
		name := fmt.Sprintf("file_log/%d", i)
		in[name], names = r, append(names, name)
	}
	through := []any{}
	for name := range processors {
		through = append(through, name)
	}
	config := map[string]any{
		"receivers": in,
		"exporters": map[string]any{"file": map[string]any{"path": "out.json", "flush_interval": "100ms"}},
		"service": map[string]any{
			"telemetry": map[string]any{"metrics": map[string]any{"level": "none"}, "logs": map[string]any{"level": "warn"}},
			"pipelines": map[string]any{"logs": map[string]any{"receivers": names, "processors": through, "exporters": []any{"file"}}},
		},
	}
	if processors != nil {
		config["processors"] = processors
	}
	return config
}

// receiver is file_log for the logs that are named, or for all.
func receiver(logs []any, more map[string]any) map[string]any {
	if logs == nil {
		logs = []any{"logs/*.log"}
	}
	r := map[string]any{"include": logs, "start_at": "beginning", "poll_interval": "100ms", "max_log_size": "4MiB"}
	for k, v := range more {
		r[k] = v
	}
	return r
}

// operators is file_log with what it takes to read the logs of clients, or those of site servers.
func operators(client bool) map[string]any {
	var logs []any
	for _, l := range corpus.Logs {
		if l.Legacy != client {
			logs = append(logs, "logs/"+l.Name)
		}
	}
	ccm, legacy := peers.Operators()
	if !client {
		return receiver(logs, map[string]any{"operators": legacy})
	}
	return receiver(logs, map[string]any{"operators": ccm, "multiline": map[string]any{"line_end_pattern": `" file="[^"]*">\r?\n?`}})
}

// BenchmarkFluentBit is a whole Fluent Bit that tails a folder: into nothing, into a file, and through the plugin into
// its spool.
func BenchmarkFluentBit(b *testing.B) {
	program, err := exec.LookPath("fluent-bit")
	if err != nil {
		b.Skip("no fluent-bit on PATH")
	}
	c := mixed(b, 100)
	dir := folder(b, c)
	rules, err := peers.WriteRules(dir, corpus.Rules(100))
	if err != nil {
		b.Fatal(err)
	}
	for _, way := range []struct {
		process
		name   string
		output map[string]any
	}{
		{process{}, "null", map[string]any{"name": "null"}},
		{process{out: "out", records: `{"path":`, expect: func() int { return c.Lines }}, "file", map[string]any{"name": "file", "path": "out", "mkdir": true}},
		{
			process{out: "spool", records: `"configmgr.log.format"`, tags: `"` + peers.RuleAttribute + `"`, expect: func() int { return c.Records }},
			"plugin", map[string]any{"name": "cmtrail", "default_rules": "off", "rules": rules, "spool_path": "spool", "state_path": "state"},
		},
	} {
		b.Run("fluentbit/way="+way.name, func(b *testing.B) {
			input := map[string]any{"name": "tail", "tag": "raw.*", "path": "logs/*.log", "path_key": "path", "read_from_head": true, "refresh_interval": 1, "buffer_chunk_size": "64k", "buffer_max_size": "4M", "skip_empty_lines": false}
			way.output["match"] = "*"
			config := map[string]any{
				"service":  map[string]any{"flush": 1, "grace": 30, "log_level": "error"},
				"pipeline": map[string]any{"inputs": []any{input}, "outputs": []any{way.output}},
			}
			if way.name == "plugin" {
				config["plugins"] = []any{built(b, "out_cmtrail.so")}
			}
			text, err := yaml.Marshal(config)
			if err != nil {
				b.Fatal(err)
			}
			path := filepath.Join(dir, way.name+".yaml")
			write(b, path, text)
			w := way.process
			w.program, w.args, w.env, w.stays, w.quiet = program, []string{"-c", path}, []string{"GOMAXPROCS=1"}, true, 4*time.Second
			w.measure(b, dir, c)
		})
	}
}
