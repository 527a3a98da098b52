package measure

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cmtrail/cmtrail/bench/corpus"
)

// ripgrep searches the corpus, as one file, for the literals of the rules with another process.
func ripgrep(b *testing.B, n int) {
	b.Run(ruled("ripgrep", n), func(b *testing.B) {
		rg, err := exec.LookPath("rg")
		if err != nil {
			b.Skip("no rg on PATH, which is in Debian's package ripgrep")
		}
		c := mixed(b, n)
		dir := b.TempDir()
		var literals []string
		for _, r := range corpus.Rules(n) {
			literals = append(literals, r.Literal)
		}
		patterns, logs := filepath.Join(dir, "literals"), filepath.Join(dir, "all.log")
		write(b, patterns, []byte(strings.Join(literals, "\n")+"\n"))
		f, err := os.Create(logs)
		if err != nil {
			b.Fatal(err)
		}
		for _, chunk := range c.Chunks {
			if _, err := f.Write(chunk.Data); err != nil {
				b.Fatal(err)
			}
		}
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
		runs, spent := 0, time.Duration(0)
		for b.Loop() {
			cmd := exec.Command(rg, "-j1", "-a", "-c", "-F", "-f", patterns, logs)
			if err := cmd.Run(); err != nil {
				b.Fatal(err)
			}
			spent += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
			runs++
		}
		rate(b, runs*c.Lines, runs*c.Bytes, spent)
	})
}

func write(b *testing.B, path string, data []byte) {
	b.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		b.Fatal(err)
	}
}
