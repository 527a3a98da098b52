package main

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/parsers"
)

// maxEntry bounds one log of a .zip, and maxArchive all of them: a small file can unpack to any size.
const (
	maxEntry   = 2 << 30
	maxArchive = 8 << 30
)

// gathered are the logs that a report is made of.
type gathered struct {
	all     []pipeline.File
	inputs  []input // beside all, for progress
	closers []io.Closer
	passed  int // files in folders and archives that are no logs
}

func (g *gathered) close() {
	for _, c := range g.closers {
		_ = c.Close() // read only: closing loses nothing
	}
}

// counted returns the files, whose reading the progress follows.
func (g *gathered) counted(p *progress) []pipeline.File {
	files := slices.Clone(g.all)
	for i := range files {
		open, in := files[i].Open, g.inputs[i]
		files[i].Open = func() (io.ReadCloser, error) {
			r, err := open()
			if err != nil {
				return nil, err
			}
			return struct {
				io.Reader
				io.Closer
			}{p.reader(r, in), r}, nil
		}
	}
	return files
}

// gather finds the logs of the paths. host is the machine of all of them, "" when their folders tell.
func gather(stdin io.Reader, paths []string, host string) (g *gathered, unread []error, err error) {
	g = &gathered{}
	for _, p := range paths {
		from := len(g.all)
		if strings.EqualFold(path.Ext(p), ".zip") {
			refused, err := g.archive(p)
			if err != nil {
				unread = append(unread, fmt.Errorf("%s: %w", p, withoutPath(err)))
			}
			unread = append(unread, refused...)
		} else {
			inputs, faults := find([]string{p})
			unread = append(unread, faults...)
			for _, in := range inputs {
				if len(inputs) > 1 && !isLog(in.name) { // one that was named is read whatever it is
					g.passed++
					continue
				}
				g.add(in, func() (io.ReadCloser, error) {
					if in.path == "-" {
						return io.NopCloser(stdin), nil
					}
					return os.Open(in.path)
				})
			}
		}
		assign(g.all[from:], host)
	}
	return g, unread, nil
}

func (g *gathered) add(in input, open func() (io.ReadCloser, error)) {
	g.inputs = append(g.inputs, in)
	g.all = append(g.all, pipeline.File{Source: in.source(), Name: in.name, Open: open})
}

// archive adds the logs of a .zip. An entry that would unpack to too much is refused.
func (g *gathered) archive(name string) (refused []error, err error) {
	z, err := zip.OpenReader(name)
	if err != nil {
		return nil, err
	}
	g.closers = append(g.closers, z)
	var entries []input
	files := map[string]*zip.File{}
	var total uint64
	for _, f := range z.File {
		if f.FileInfo().IsDir() || !f.Mode().IsRegular() {
			continue
		}
		in := input{path: name + "!" + f.Name, name: strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(f.Name, `\`, "/")), "/"), size: int64(min(f.UncompressedSize64, maxEntry))}
		if !isLog(in.name) {
			g.passed++
			continue
		}
		switch total += f.UncompressedSize64; {
		case f.UncompressedSize64 > maxEntry:
			refused = append(refused, fmt.Errorf("%s: unpacks to %d MiB, more than %d MiB are not read", in.path, f.UncompressedSize64>>20, maxEntry>>20))
			total -= f.UncompressedSize64
		case total > maxArchive:
			refused = append(refused, fmt.Errorf("%s: the archive unpacks to more than %d MiB, the rest is not read", in.path, maxArchive>>20))
			total -= f.UncompressedSize64
		default:
			entries = append(entries, in)
			files[in.path] = f
		}
	}
	slices.SortStableFunc(entries, inOrder)
	for _, in := range entries {
		g.add(in, func() (io.ReadCloser, error) { return files[in.path].Open() })
	}
	return refused, nil
}

// isLog tells by its name whether a file is a log or a rolled-over copy of one.
func isLog(name string) bool {
	lower := strings.ToLower(name)
	if _, rotated := parsers.IsRotated(lower); rotated {
		return true
	}
	switch path.Ext(lower) {
	case ".log", ".lo_", ".txt":
		return true
	}
	return false
}

// assign says which machine each file is from: one for all, unless two folders hold the same log.
func assign(files []pipeline.File, host string) {
	if host == "" && machines(files) {
		for i := range files {
			folder, _, inside := strings.Cut(files[i].Name, "/")
			if inside {
				files[i].Source.Host = folder
			}
		}
		return
	}
	for i := range files {
		files[i].Source.Host = host
	}
}

// machines tells whether two folders hold the same log, as those of two machines do.
func machines(files []pipeline.File) bool {
	holder := map[string]string{}
	for _, f := range files {
		folder, name, inside := strings.Cut(f.Name, "/")
		if _, old := parsers.IsRotated(name); !inside || old {
			continue
		}
		log := parsers.LogName(name)
		if other, ok := holder[log]; ok && other != folder {
			return true
		}
		holder[log] = folder
	}
	return false
}
