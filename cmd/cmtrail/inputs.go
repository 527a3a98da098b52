package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/parsers"
)

// input is one file to read.
type input struct {
	path string
	name string // relative to the folder that was asked for, with forward slashes
	size int64
}

// log returns the file's own name; "" for standard input without one.
func (in input) log() string {
	if in.name == "-" {
		return ""
	}
	return in.name[strings.LastIndexByte(in.name, '/')+1:]
}

// source says where its lines come from. Nothing is known of standard input without a name, so that each record is taken
// to be of the log its component writes.
func (in input) source() pipeline.Source {
	if in.name == "-" {
		return pipeline.Source{}
	}
	return pipeline.Source{Path: in.path, Name: in.log()}
}

// find walks the paths. Rotated files come before their current file, since their records do. What cannot be read is
// returned beside what can.
func find(paths []string) (inputs []input, unread []error) {
	for _, path := range paths {
		if path == "-" {
			inputs = append(inputs, input{path: "-", name: "-"})
			continue
		}
		info, err := os.Stat(path)
		if err != nil {
			unread = append(unread, fmt.Errorf("%s: %w", path, withoutPath(err)))
			continue
		}
		if !info.IsDir() {
			inputs = append(inputs, input{path: path, name: filepath.Base(path), size: info.Size()})
			continue
		}
		var folder []input
		// A link to a folder is followed where the user named it; WalkDir would not enter it.
		root, err := filepath.EvalSymlinks(path)
		if err != nil {
			unread = append(unread, fmt.Errorf("%s: %w", path, withoutPath(err)))
			continue
		}
		err = filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
			if err != nil {
				unread = append(unread, fmt.Errorf("%s: %w", p, withoutPath(err)))
				return nil
			}
			if d.IsDir() {
				return nil
			}
			if d.Type()&fs.ModeSymlink != 0 && !leadsInto(root, p) {
				unread = append(unread, fmt.Errorf("%s: a link out of the folder is not followed; name what it leads to", p))
				return nil
			}
			info, err := os.Stat(p) // of what a link leads to
			if err != nil {
				unread = append(unread, fmt.Errorf("%s: %w", p, withoutPath(err)))
				return nil
			}
			if info.IsDir() {
				unread = append(unread, fmt.Errorf("%s: a link to another folder is not entered; name that folder too", p))
				return nil
			}
			if !info.Mode().IsRegular() {
				return nil // a pipe or device could be read for ever
			}
			rel, err := filepath.Rel(root, p)
			if err != nil {
				return err
			}
			in := input{path: p, name: filepath.ToSlash(rel), size: info.Size()}
			folder = append(folder, in)
			return nil
		})
		if err != nil {
			unread = append(unread, fmt.Errorf("%s: %w", path, err))
		}
		slices.SortStableFunc(folder, inOrder)
		inputs = append(inputs, folder...)
	}
	return inputs, unread
}

// leadsInto tells whether a link ends below the folder that it was found in. A folder of logs may be a stranger's: its links
// are not to show what else is on this machine. What leads nowhere is left for opening it to tell.
func leadsInto(folder, link string) bool {
	target, err := filepath.EvalSymlinks(link)
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	rel, err := filepath.Rel(folder, target)
	return err == nil && filepath.IsLocal(rel)
}

// inOrder sorts by folder, then by log, then rotated copies by name before the current file.
func inOrder(a, b input) int {
	if c := strings.Compare(filepath.Dir(a.name), filepath.Dir(b.name)); c != 0 {
		return c
	}
	if c := strings.Compare(parsers.LogName(a.name), parsers.LogName(b.name)); c != 0 {
		return c
	}
	_, oldA := parsers.IsRotated(a.name)
	_, oldB := parsers.IsRotated(b.name)
	if oldA != oldB {
		if oldA {
			return -1
		}
		return 1
	}
	return strings.Compare(a.name, b.name)
}
