package main

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A link out of the folder is told and not followed: a folder that came from elsewhere reads nothing of this machine.
func TestLinksOutOfTheFolder(t *testing.T) {
	outside := t.TempDir()
	secret := filepath.Join(outside, "secret.log")
	if err := os.WriteFile(secret, []byte("password=hunter2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	inside := filepath.Join(folder, "WUAHandler.log")
	if err := os.WriteFile(inside, []byte("a line of its own\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{
		"ScanAgent.log": secret, "CAS.log": "../" + filepath.Base(outside) + "/secret.log", "here.log": "WUAHandler.log", "sub": outside,
	} {
		if err := os.Symlink(target, filepath.Join(folder, name)); err != nil {
			t.Skip("this system makes no links:", err)
		}
	}
	for _, command := range []string{"tag", "scan"} {
		out, errOut, status := call("", command, folder)
		if status != exitUnread || strings.Contains(out, "hunter2") {
			t.Errorf("%s: status %d, output %s", command, status, out)
		}
		for _, name := range []string{"ScanAgent.log", "CAS.log"} {
			if !strings.Contains(errOut, filepath.Join(folder, name)+": a link out of the folder is not followed; name what it leads to") {
				t.Errorf("%s does not tell of %s: %s", command, name, errOut)
			}
		}
		if !strings.Contains(errOut, "sub: a link out of the folder is not followed") {
			t.Errorf("%s does not tell of the folder: %s", command, errOut)
		}
	}
	if out, _, _ := call("", "tag", folder); !strings.Contains(out, `"file":"here.log"`) {
		t.Errorf("a link within the folder was not read: %s", out)
	}
	if out, _, status := call("", "tag", filepath.Join(folder, "ScanAgent.log")); status != 0 || !strings.Contains(out, "hunter2") {
		t.Errorf("a link that was named was not read: %d %s", status, out)
	}
	if _, errOut, _ := call("", "explain", inside+":1"); strings.Contains(errOut, "hunter2") {
		t.Errorf("explain: %s", errOut)
	}
}

// What a .zip says of its sizes is not believed: no more is read of an entry than it names, and what names too much is told.
func TestZipBombs(t *testing.T) {
	pack := func(name string, write func(z *zip.Writer)) string {
		t.Helper()
		file := filepath.Join(t.TempDir(), name)
		f, err := os.Create(file)
		if err != nil {
			t.Fatal(err)
		}
		z := zip.NewWriter(f)
		write(z)
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		return file
	}
	entry := func(z *zip.Writer, name string, size int, fill byte) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(bytes.Repeat([]byte{fill}, size)); err != nil {
			t.Fatal(err)
		}
	}
	good := func(z *zip.Writer) {
		w, err := z.Create("good.log")
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, "Scan failed with error = 0x80244022.\n")
	}
	// An entry that says it is small and is not: the header of another one stands before its data.
	liar := pack("liar.zip", func(z *zip.Writer) { entry(z, "liar.log", 8<<20, 'a'); good(z) })
	data, err := os.ReadFile(liar)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(data, []byte("PK\x01\x02")) // the directory; the first entry of it is the liar's
	copy(data[at+24:], []byte{16, 0, 0, 0})
	if err := os.WriteFile(liar, data, 0o644); err != nil {
		t.Fatal(err)
	}
	nested := pack("nested.zip", func(z *zip.Writer) {
		w, err := z.Create("inner.zip")
		if err != nil {
			t.Fatal(err)
		}
		w.Write(data)
		good(z)
	})
	links := pack("links.zip", func(z *zip.Writer) {
		h := &zip.FileHeader{Name: "link.log"}
		h.SetMode(os.ModeSymlink | 0o777)
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, "/etc/passwd")
		good(z)
	})
	for _, tt := range []struct {
		name, file string
		status     int
		tells      string
	}{
		{"more than it says", liar, exitUnread, "liar.log: zip: not a valid zip file"},
		{"an archive in an archive", nested, 0, "1 log"},
		{"a link", links, 0, "1 log"},
	} {
		out, errOut, status := call("", "scan", tt.file)
		if status != tt.status || !strings.Contains(out+errOut, tt.tells) {
			t.Errorf("%s: status %d, want %d and %q:\n%s%s", tt.name, status, tt.status, tt.tells, out, errOut)
		}
	}
}
