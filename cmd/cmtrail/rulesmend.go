package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/cmtrail/cmtrail/internal/ruleset"
	"github.com/cmtrail/cmtrail/rules"
)

// mend changes the files of what can be mended and tells the lines that change, as a diff that patch reads. It returns
// how many they are.
func mend(to io.Writer, advice []rules.Advice, dry bool) (changed int, err error) {
	var files []string
	for _, a := range advice {
		if a.Fixable() && !slices.Contains(files, a.File) {
			files = append(files, a.File)
		}
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			return changed, err
		}
		mended, changes, err := ruleset.Mend(name, data, advice)
		if err != nil {
			return changed, err
		}
		if len(changes) == 0 {
			continue
		}
		if !dry {
			if err := replace(name, mended); err != nil {
				return changed, err
			}
		}
		changed += len(changes)
		fmt.Fprintf(to, "--- %s\n+++ %s\n", name, name)
		for _, ch := range changes {
			fmt.Fprintf(to, "@@ -%d +%d @@\n-%s\n+%s\n", ch.Number, ch.Number, ch.Was, ch.Now)
		}
	}
	return changed, nil
}

// replace writes a file whole or not at all. A link stays one: what it points to is replaced.
func replace(name string, data []byte) error {
	name, err := filepath.EvalSymlinks(name)
	if err != nil {
		return err
	}
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*.tmp")
	if err != nil {
		return fmt.Errorf("mending %s: %w", name, err)
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(info.Mode().Perm()), f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("mending %s: %w", name, err), os.Remove(f.Name()))
	}
	return nil
}
