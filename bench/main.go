// Command bench measures cmtrail, its peers and the limits in the same rounds on the same bytes, and writes the table
// into docs/performance.md. `make bench-peers` builds what it needs and runs it.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/cmtrail/cmtrail/bench/table"
)

type options struct {
	rounds    int
	benchtime string
	only      string
	build     string
	doc       string
	render    bool
	short     bool
	tags      string
}

func main() {
	opt := options{short: os.Getenv("BENCH_SHORT") != ""}
	flag.IntVar(&opt.rounds, "rounds", 5, "how often everything is measured")
	flag.StringVar(&opt.benchtime, "benchtime", "1s", "how long each benchmark runs in each round")
	flag.StringVar(&opt.only, "only", "", "measure the benchmarks that match alone, and write no document")
	flag.StringVar(&opt.build, "build", "../build/bench", "folder of what is built and measured")
	flag.StringVar(&opt.doc, "doc", "../docs/performance.md", "document that takes the table")
	flag.BoolVar(&opt.render, "render", false, "measure nothing: write the table of the last results again")
	flag.StringVar(&opt.tags, "tags", "", "build tags of the benchmarks: hyperscan")
	flag.Parse()
	if opt.short {
		opt.rounds, opt.benchtime = 2, "20ms"
	}
	if err := run(&opt); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(opt *options) error {
	results := filepath.Join(opt.build, "results.txt")
	if opt.short || opt.only != "" { // the last full results stay
		results = filepath.Join(opt.build, "results-tried.txt")
	}
	if !opt.render {
		if err := measure(opt, results); err != nil {
			return err
		}
	}
	f, err := os.Open(results)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := table.Read(f, results)
	if err != nil {
		return err
	}
	part := r.Render()
	if opt.short || opt.only != "" {
		fmt.Print(part)
		return nil
	}
	doc, err := os.ReadFile(opt.doc)
	if err != nil {
		return err
	}
	text, err := table.Replace(string(doc), part)
	if err != nil {
		return fmt.Errorf("%s: %w", opt.doc, err)
	}
	return os.WriteFile(opt.doc, []byte(text), 0o644)
}

// measure runs all rounds and leaves what they print in the file results.
func measure(opt *options, results string) error {
	binary := filepath.Join(opt.build, "measure.test")
	if err := command("go", "test", "-c", "-tags", opt.tags, "-o", binary, "./measure").Run(); err != nil {
		return fmt.Errorf("go test -c: %w", err)
	}
	if err := os.MkdirAll(opt.build, 0o755); err != nil {
		return err
	}
	f, err := os.Create(results)
	if err != nil {
		return err
	}
	defer f.Close()
	facts(opt, f)
	out := io.MultiWriter(f, os.Stdout)
	for round := range opt.rounds {
		fmt.Fprintf(os.Stderr, "round %d of %d\n", round+1, opt.rounds)
		for _, part := range parts(opt) {
			c := command(abs(binary), "-test.run", "^$", "-test.bench", part.pattern, "-test.benchtime", part.benchtime, "-test.cpu", "1", "-test.timeout", "1h")
			c.Dir, c.Stdout = "measure", out
			if err := c.Run(); err != nil {
				return fmt.Errorf("round %d: %w", round+1, err)
			}
		}
	}
	return f.Close()
}

type part struct{ pattern, benchtime string }

// parts are what a round runs. A whole process runs once a round.
func parts(opt *options) []part {
	if opt.only != "" {
		return []part{{opt.only, opt.benchtime}}
	}
	return []part{
		{"^Benchmark(Rules|Growth|Corpus|Packs|Load|Open)$", opt.benchtime},
		{"^Benchmark(Command|Collector|FluentBit)$", "1x"},
	}
}

func abs(path string) string {
	if a, err := filepath.Abs(path); err == nil {
		return a
	}
	return path
}

func command(name string, args ...string) *exec.Cmd {
	c := exec.Command(name, args...)
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	return c
}

// facts writes what the table's head says of machine, versions and corpus, as lines of the benchmark format.
func facts(opt *options, to io.Writer) {
	say := func(key, value string) {
		if value != "" {
			fmt.Fprintf(to, "%s: %s\n", key, value)
		}
	}
	say("cores", fmt.Sprint(runtime.NumCPU()))
	say("system", runtime.GOOS+"/"+runtime.GOARCH)
	say("go", runtime.Version())
	say("commit", first("git", "describe", "--always", "--dirty", "--exclude", "*"))
	say("when", time.Now().UTC().Format("2 January 2006"))
	say("rounds", fmt.Sprint(opt.rounds))
	say("corpus", "64 MiB of made-up logs, 20 files, 16 of the client's format and 4 of the server's; one record in 50 tagged, one in 500 with an issue")
	versions := []string{
		"Collector contrib " + first("go", "list", "-m", "-f", "{{.Version}}", "github.com/open-telemetry/opentelemetry-collector-contrib/processor/transformprocessor"),
		"expr " + first("go", "list", "-m", "-f", "{{.Version}}", "github.com/expr-lang/expr"),
		"elastic/go-grok " + first("go", "list", "-m", "-f", "{{.Version}}", "github.com/elastic/go-grok"),
	}
	var remarks []string
	for _, tool := range []struct{ version, name, remark string }{
		{hyperscan(opt), "Hyperscan (libhs)", "Hyperscan, for which Debian's libhyperscan-dev or libvectorscan-dev is needed, with pkg-config and a C compiler"},
		{first("rg", "--version"), "", "ripgrep, which is in Debian's package ripgrep"},
		{first("fluent-bit", "--version"), "", "Fluent Bit, as no fluent-bit is on PATH"},
	} {
		if tool.version == "" {
			remarks = append(remarks, tool.remark)
			fmt.Fprintln(os.Stderr, "left out:", tool.remark)
			continue
		}
		versions = append(versions, strings.TrimSpace(tool.name+" "+tool.version))
	}
	say("versions", strings.Join(versions, ", "))
	say("remarks", strings.Join(remarks, "; "))
}

func hyperscan(opt *options) string {
	if !strings.Contains(opt.tags, "hyperscan") {
		return ""
	}
	return first("pkg-config", "--modversion", "libhs")
}

// first returns the first line that a command prints; "" when there is no such command, or when it fails.
func first(name string, args ...string) string {
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(string(out), "\n")
	return strings.TrimSpace(line)
}
