package state

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func load(t *testing.T, s *Store) (got []string) {
	t.Helper()
	note := func(kind string) func(Item) {
		return func(i Item) { got = append(got, kind+" "+string(i.Key)+"="+string(i.Value)) }
	}
	if err := s.Load(note("held"), note("waiting")); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestWhatIsSavedIsThereAgain(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "state")
	s, damaged, err := Open(folder, "0", true)
	if err != nil || damaged != "" {
		t.Fatal(damaged, err)
	}
	for _, c := range []Change{
		{Held: []Item{{[]byte("a"), []byte("1")}, {[]byte("b"), []byte("2")}}, Waiting: []Item{{Sequence(300), []byte("x")}, {Sequence(2), []byte("y")}}},
		{Held: []Item{{[]byte("a"), nil}, {[]byte("b"), []byte("3")}}, Waiting: []Item{{Sequence(300), nil}}},
		{},
	} {
		if err := s.Save(c); err != nil {
			t.Fatal(err)
		}
	}
	name := s.Name()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, _, err = Open(folder, "0", true); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if diff := cmp.Diff([]string{"held b=3", "waiting " + string(Sequence(2)) + "=y"}, load(t, s)); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
	if s.Name() != name || len(name) != 12 {
		t.Errorf("name %q, was %q", s.Name(), name)
	}
}

func TestASecondInstanceIsToldSo(t *testing.T) {
	folder := t.TempDir()
	s, _, err := Open(folder, "0", false)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, _, err := Open(folder, "0", false); !errors.Is(err, ErrLocked) {
		t.Errorf("second: %v", err)
	}
	other, _, err := Open(folder, "1", false)
	if err != nil {
		t.Fatal(err)
	}
	other.Close()
}

func TestADamagedFileIsPutAside(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "cmtrail-0.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("no database ", 2000)), 0o600); err != nil {
		t.Fatal(err)
	}
	s, damaged, err := Open(folder, "0", false)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if data, err := os.ReadFile(damaged); err != nil || !strings.HasPrefix(string(data), "no database") {
		t.Errorf("%s: %v", damaged, err)
	}
	if got := load(t, s); len(got) != 0 {
		t.Errorf("kept %q", got)
	}
}
