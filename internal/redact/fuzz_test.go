package redact

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// corpus are lines of our own samples and of the shared ones, where there are any.
func corpus(t testing.TB) []string {
	t.Helper()
	folders := []string{"../../deploy/samples"}
	if shared := os.Getenv("CMTRAIL_SHARED"); shared != "" {
		folders = append(folders, filepath.Join(shared, "samples"))
	}
	var lines []string
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".log" {
				return err
			}
			data, err := os.ReadFile(path)
			for line := range strings.Lines(strings.ReplaceAll(string(data), "\x00", "")) {
				lines = append(lines, strings.TrimRight(line, "\r\n"))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(lines) < 100 {
		t.Fatalf("%d lines of samples", len(lines))
	}
	return lines
}

// FuzzText holds the reader to what it promises of any text: it does not fail, what it has redacted stays as it is, and
// nothing but names changes.
func FuzzText(f *testing.F) {
	for _, s := range []string{
		`http://ina:x@SUP01.contoso.com:8530/ \\SUP01\x CONTOSO\ina C:\Users\ina\x S-1-5-21-1-2-3-4 ina@contoso.com fe80::1 10.20.4.51`,
		`User "CONTOSO\Ina Berg" from version 7.1.0.2 to 7.1.0.3, 10.1.2.3-10.1.2.9`, `::ffff:1.2.3.4:::1 a.com\b@c.de\\d.com\e`, `SYS=A.B.COM MachineName: 'x y'`,
	} {
		f.Add(s, "LAB-01", uint8(31))
	}
	f.Fuzz(func(t *testing.T, s, host string, classes uint8) {
		r := New(nil, []byte(testKey))
		for c := range classNames {
			if classes&(1<<c) != 0 {
				r = New([]Class{Class(c)}, []byte(testKey))
			}
		}
		all := New([]Class{User, Host, SID, IP, Email}, []byte(testKey))
		for _, r := range []*Redactor{r, all} {
			r.know(Host, host)
			once := r.scan(s, r.known)
			if twice := r.scan(once, r.known); twice != once {
				t.Errorf("%q with %q\ngives %q\n then %q", s, host, once, twice)
			}
			if !subsequence(rest(once), s) {
				t.Errorf("%q gives %q, which is not the text with names left out", s, once)
			}
		}
	})
}

// rest returns a text without its pseudonyms.
func rest(s string) string {
	s = shape(s)
	for _, p := range prefixes {
		s = strings.ReplaceAll(s, "<"+p+">", "")
	}
	return s
}

// subsequence tells whether part is left when bytes of s are left out.
func subsequence(part, s string) bool {
	for i := 0; i < len(s) && part != ""; i++ {
		if s[i] == part[0] {
			part = part[1:]
		}
	}
	return part == ""
}

func TestIdempotentOnSamples(t *testing.T) {
	r := newRedactor(t)
	changed := 0
	for _, line := range corpus(t) {
		once := r.Text(line)
		if once != line {
			changed++
		}
		if twice := r.Text(once); twice != once {
			t.Errorf("%q\ngives %q\n then %q", line, once, twice)
		}
	}
	if changed == 0 {
		t.Error("the samples name nobody")
	}
}

// A line that names nobody costs no allocation and comes back as it is.
func TestNothingToReplace(t *testing.T) {
	r := newRedactor(t)
	for _, line := range corpus(t) {
		if r.Text(line) != line {
			continue
		}
		if n := testing.AllocsPerRun(1, func() { r.Text(line) }); n > 0 {
			t.Errorf("%v allocations for %q", n, line)
		}
	}
}
