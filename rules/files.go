package rules

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cmtrail/cmtrail/internal/ruleset"
	"github.com/cmtrail/cmtrail/parsers"
)

// Files are rule files as they were read, not yet looked into.
type Files struct {
	sources  []ruleset.Source
	warnings []Fault
	keep     bool
}

// Read reads the shipped packs and the user's files. An error means that a path could not be read.
func Read(opt Options) (*Files, error) {
	f := &Files{keep: opt.Keep}
	if !opt.NoDefault {
		shipped, err := readFS(packs, "packs")
		if err != nil {
			return nil, err
		}
		f.sources = shipped
	}
	var seen seenFiles
	for _, s := range opt.Texts {
		seen.add(s.Name)
	}
	for _, p := range opt.Paths {
		names, err := expand(p)
		if err != nil {
			return nil, err
		}
		if len(names) == 0 { // yet: a file may come while the rules run
			f.warnings = append(f.warnings, Fault{File: p, Text: "no rule file is there"})
		}
		for _, name := range names {
			if !seen.add(name) {
				continue
			}
			data, err := readRules(name)
			if err != nil {
				return nil, err
			}
			f.sources = append(f.sources, ruleset.Source{Name: name, Data: data})
		}
	}
	f.sources = append(f.sources, opt.Texts...)
	return f, nil
}

// readRules reads a rule file, of one that is too large no more than loading needs to refuse it.
func readRules(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // read only: closing loses nothing
	return io.ReadAll(io.LimitReader(f, ruleset.MaxFile+1))
}

// seenFiles are files that have been read: two paths may lead to one.
type seenFiles []fs.FileInfo

// add notes a file and tells whether it is new. One that cannot be looked at is, and reading it will tell why.
func (s *seenFiles) add(name string) bool {
	info, err := os.Stat(name)
	if err != nil {
		return true
	}
	if slices.ContainsFunc(*s, func(other fs.FileInfo) bool { return os.SameFile(info, other) }) {
		return false
	}
	*s = append(*s, info)
	return true
}

// Same tells whether the files have the names and texts of other.
func (f *Files) Same(other *Files) bool {
	return other != nil && slices.EqualFunc(f.sources, other.sources, func(a, b ruleset.Source) bool {
		return a.Name == b.Name && bytes.Equal(a.Data, b.Data)
	})
}

// Load makes one set of the files. Today decides whether an override's "until" has passed; zero: none has.
func (f *Files) Load(today time.Time) (*Set, []Fault) {
	if f.shippedAlone() && !f.keep {
		set := *shipped() // several instances of a plugin or processor share the rules
		set.Warnings = slices.Concat(set.Warnings, f.warnings)
		return &set, nil
	}
	set, faults := ruleset.Load(f.sources, ruleset.Options{Codes: ErrorCodes(), LogName: parsers.LogName, Logs: parsers.Logs, Today: today, Keep: f.keep})
	if set != nil {
		set.Warnings = append(set.Warnings, f.warnings...)
	}
	return set, faults
}

// LoadEngine is Load and NewEngine in one. Its error names all faults, a line each.
func (f *Files) LoadEngine(today time.Time) (*Engine, error) {
	set, faults := f.Load(today)
	if len(faults) == 0 {
		return NewEngine(set), nil
	}
	errs := make([]error, 0, len(faults))
	for _, fault := range faults {
		errs = append(errs, errors.New(fault.String()))
	}
	return nil, fmt.Errorf("rules:\n%w", errors.Join(errs...))
}

// shippedAlone tells whether there is nothing but the shipped packs.
func (f *Files) shippedAlone() bool {
	return len(f.sources) > 0 && !slices.ContainsFunc(f.sources, func(s ruleset.Source) bool { return !s.Shipped })
}

// shipped returns the set of the shipped packs.
var shipped = sync.OnceValue(func() *Set {
	sources, err := readFS(packs, "packs")
	if err == nil {
		set, faults := ruleset.Load(sources, ruleset.Options{Codes: ErrorCodes(), LogName: parsers.LogName, Logs: parsers.Logs})
		if len(faults) == 0 {
			return set
		}
		err = errors.New(faults[0].String())
	}
	// The packs are part of the program and read by every test.
	panic(fmt.Sprintf("embedded packs: %v", err))
})

func isRuleFile(name string) bool {
	ext := strings.ToLower(filepath.Ext(name))
	return ext == ".yaml" || ext == ".yml"
}

func readFS(fsys fs.FS, root string) ([]ruleset.Source, error) {
	var all []ruleset.Source
	err := fs.WalkDir(fsys, root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !isRuleFile(name) {
			return err
		}
		data, err := fs.ReadFile(fsys, name)
		all = append(all, ruleset.Source{Name: strings.TrimPrefix(name, root+"/"), Data: data, Shipped: true})
		return err
	})
	return all, err
}

// expand turns a path into the rule files it stands for, sorted: none for an empty folder and for a pattern that nothing
// matches.
func expand(path string) ([]string, error) {
	names := []string{path}
	if _, err := os.Stat(path); err != nil {
		matches, globErr := filepath.Glob(path)
		if globErr != nil {
			return nil, fmt.Errorf("rule path %q: %w", path, globErr)
		}
		if len(matches) == 0 && !strings.ContainsAny(path, "*?[") {
			return nil, fmt.Errorf("rule path %q: %w", path, err)
		}
		names = matches
	}
	var files []string
	for _, name := range names {
		root, err := filepath.EvalSymlinks(name) // of a link to a folder, which WalkDir would not enter
		if err != nil {
			return nil, err
		}
		if info, err := os.Stat(root); err != nil || !info.IsDir() {
			files = append(files, name)
			continue
		}
		err = filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !isRuleFile(p) {
				return err
			}
			if d.Type()&fs.ModeSymlink != 0 && !leadsInto(root, p) {
				return fmt.Errorf("rule path %q: %s is a link out of the folder; name what it leads to", path, p)
			}
			if info, err := os.Stat(p); err == nil && !info.Mode().IsRegular() {
				return fmt.Errorf("rule path %q: %s is no file", path, p) // a pipe or device could be read for ever
			}
			rel, err := filepath.Rel(root, p)
			files = append(files, filepath.Join(name, rel))
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}

// leadsInto tells whether a link ends below the folder that it was found in. What leads nowhere is left for reading it to tell.
func leadsInto(folder, link string) bool {
	target, err := filepath.EvalSymlinks(link)
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	rel, err := filepath.Rel(folder, target)
	return err == nil && filepath.IsLocal(rel)
}
