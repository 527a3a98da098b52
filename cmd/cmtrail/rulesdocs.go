package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cmtrail/cmtrail/internal/rulebook"
	"github.com/cmtrail/cmtrail/internal/sentence"
	"github.com/cmtrail/cmtrail/rules"
)

func newDocs() *cobra.Command {
	var flags ruleFlags
	var to string
	c := &cobra.Command{
		Use:   "docs [RULE|STEP...]",
		Short: "Write a page of Markdown for each step and issue",
		Long: "Docs writes the pages into a folder: index.md, steps/scan.01.03.md, issues/CM-SCAN-8007000E.md, with links between them.\n" +
			"With the ids of issues, steps or rules that mark steps it prints their pages. It overwrites its own pages alone, and\n" +
			"names those of an earlier run that no step or issue has any more.",
		Example:           "  cmtrail rules docs --to wiki --rules our-rules\n  cmtrail rules docs CM-SCAN-8007000E",
		ValidArgsFunction: pageIDs,
		RunE: func(c *cobra.Command, args []string) error {
			if (to == "") == (len(args) == 0) {
				return &exitError{exitUsage, "name a rule or step, or a folder with --to; expected one of both"}
			}
			set, err := flags.load(c)
			if err != nil {
				return err
			}
			book := rulebook.New(set)
			if to == "" {
				return printPages(c, book, set, args)
			}
			return writePages(c, book, to)
		},
	}
	flags.add(c)
	c.Flags().StringVar(&to, "to", "", "folder for the pages of all steps and issues; it is made when it is not there")
	// It fails only for a flag that does not exist.
	_ = c.MarkFlagDirname("to")
	return c
}

// pageIDs completes what has a page.
func pageIDs(c *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
	all, directive := ruleIDs(c, args, prefix)
	set := completionSet(c)
	if set == nil {
		return all, directive
	}
	for _, s := range set.Steps {
		if begins(s.ID, prefix) {
			all = append(all, s.ID+"\t"+s.Title)
		}
	}
	return all, directive
}

func printPages(c *cobra.Command, book *rulebook.Book, set *rules.Set, ids []string) error {
	var pages []string
	for _, id := range ids {
		page, ok := book.Page(id)
		if !ok {
			var known []string
			for _, r := range set.Rules {
				known = append(known, r.ID)
			}
			for _, s := range set.Steps {
				known = append(known, s.ID)
			}
			what := fmt.Sprintf("unknown rule or step %q", id)
			if near := sentence.Nearest(id, known); near != "" {
				what += fmt.Sprintf(", did you mean %q?", near)
			}
			return &exitError{exitUsage, what}
		}
		pages = append(pages, page)
	}
	c.Print(strings.Join(pages, "\n"))
	return nil
}

// writePages writes the book into a folder. Nothing is written when something that would be overwritten is no page of an
// earlier run, and nothing is deleted.
func writePages(c *cobra.Command, book *rulebook.Book, dir string) error {
	pages := book.Pages()
	own := map[string]bool{}
	for _, p := range pages {
		name := filepath.Join(dir, filepath.FromSlash(p.Path))
		own[name] = true
		switch data, err := os.ReadFile(name); {
		case os.IsNotExist(err):
		case err != nil:
			return &exitError{exitUnread, err.Error()}
		case !strings.HasPrefix(string(data), rulebook.Mark):
			return &exitError{exitUsage, name + " is no page that cmtrail wrote, and stays; nothing was written"}
		}
	}
	for _, sub := range []string{"steps", "issues"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return &exitError{exitUnread, err.Error()}
		}
	}
	for _, p := range pages {
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(p.Path)), []byte(p.Text), 0o644); err != nil {
			return &exitError{exitUnread, err.Error()}
		}
	}
	stale, err := stalePages(dir, own)
	if err != nil {
		return &exitError{exitUnread, err.Error()}
	}
	for _, name := range stale {
		c.PrintErrln("stale: " + name + " is of no step or issue any more; delete it")
	}
	c.Printf("%d pages in %s\n", len(pages), dir)
	return nil
}

// stalePages finds the pages of earlier runs that are not among those of this one.
func stalePages(dir string, own map[string]bool) ([]string, error) {
	var stale []string
	for _, sub := range []string{"steps", "issues"} {
		err := filepath.WalkDir(filepath.Join(dir, sub), func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(name) != ".md" || own[name] {
				return err
			}
			data, err := os.ReadFile(name)
			if err == nil && strings.HasPrefix(string(data), rulebook.Mark) {
				stale = append(stale, name)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(stale)
	return stale, nil
}
