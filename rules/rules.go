// Package rules is the public face of cmtrail's rules: it loads the shipped packs and the user's files and gives the
// engine that tags records.
package rules

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cmtrail/cmtrail/internal/correlate"
	"github.com/cmtrail/cmtrail/internal/errorcode"
	"github.com/cmtrail/cmtrail/internal/match"
	"github.com/cmtrail/cmtrail/internal/ruleset"
	"github.com/cmtrail/cmtrail/parsers"
)

//go:embed packs
var packs embed.FS

// The types of the rooms behind this face.
type (
	Set     = ruleset.Set     // a checked and compiled set of rules
	Rule    = ruleset.Rule    // one rule
	Step    = ruleset.Step    // one step of a pipeline
	Fault   = ruleset.Fault   // one thing wrong in a rule file
	Advice  = ruleset.Advice  // one thing that a rule lacks, or that is wrong with it
	Engine  = match.Engine    // rules made ready for records
	Matcher = match.Matcher   // an engine's evaluation, for one goroutine
	Verdict = match.Verdict   // what the rules say of one record
	Key     = match.Key       // a caught field
	Entry   = errorcode.Entry // a known error code
)

// LintOptions say what to lint.
type LintOptions = ruleset.LintOptions

// The types of what relates records.
type (
	Correlator         = correlate.Correlator // relates the records of hosts
	CorrelatorOptions  = correlate.Options    // bounds of a correlator
	CorrelatorInput    = correlate.Input      // one record, for a correlator
	CorrelatorCounters = correlate.Counters   // counts what a correlator did
	CorrelatorOutput   = correlate.Output     // receives what a correlator finds
	Finding            = correlate.Finding    // what several records say together
	Journey            = correlate.Journey    // one run from its first request on
	Undecided          = correlate.Undecided  // a question that the records do not answer
	Reference          = correlate.Reference  // names a record
)

// Options say which rules to load.
type Options struct {
	Paths     []string  // files, folders or glob patterns of the user's rule files
	NoDefault bool      // leave the shipped packs out
	Today     time.Time // decides whether an override's "until" has passed; zero: none has
	Keep      bool      // keep what the files say beside what it means, for Lint and mutants; it costs memory
}

// Load reads the shipped packs and the user's files as one set. Faults are what is wrong inside the files, all of them;
// an error means that a path could not be read. The set is nil in both cases.
func Load(opt Options) (*Set, []Fault, error) {
	var sources []ruleset.Source
	if !opt.NoDefault {
		shipped, err := readFS(packs, "packs")
		if err != nil {
			return nil, nil, err
		}
		sources = shipped
	}
	for _, p := range opt.Paths {
		files, err := expand(p)
		if err != nil {
			return nil, nil, err
		}
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				return nil, nil, err
			}
			sources = append(sources, ruleset.Source{Name: name, Data: data})
		}
	}
	set, faults := ruleset.Load(sources, ruleset.Options{Codes: ErrorCodes(), LogName: parsers.LogName, Logs: parsers.Logs, Today: opt.Today, Keep: opt.Keep})
	return set, faults, nil
}

// LoadEngine is Load and NewEngine in one, for those who can do no more about faults than to tell them: its error names
// them all, a line each.
func LoadEngine(opt Options) (*Engine, error) {
	set, faults, err := Load(opt)
	if err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	if len(faults) == 0 {
		return NewEngine(set), nil
	}
	errs := make([]error, 0, len(faults))
	for _, f := range faults {
		errs = append(errs, fmt.Errorf("%s:%d:%d: %s", f.File, f.Line, f.Col, f.Text))
	}
	return nil, fmt.Errorf("rules:\n%w", errors.Join(errs...))
}

// NewEngine makes a set ready for records.
func NewEngine(set *Set) *Engine { return match.New(set, ErrorCodes()) }

// The defaults of CorrelatorOptions.
const (
	DefaultLateness = correlate.DefaultLateness
	DefaultMaxOpen  = correlate.DefaultMaxOpen
	DefaultMaxTotal = correlate.DefaultMaxTotal
)

// NewCorrelator makes the relations and journeys of a set ready for records.
func NewCorrelator(set *Set, opt CorrelatorOptions, out CorrelatorOutput) *Correlator {
	return correlate.New(set, opt, out)
}

// Lint looks for what makes the rules of a set hard to trust. The set must have been loaded with Keep.
func Lint(set *Set, opt LintOptions) []Advice { return ruleset.Lint(set, opt) }

// Schema returns the JSON Schema of rule files.
func Schema() []byte { return ruleset.Schema() }

// FormatCode writes an error code as 0x and eight upper-case digits.
func FormatCode(code uint32) string { return errorcode.Format(code) }

// ErrorCodes returns the table of known error codes.
var ErrorCodes = sync.OnceValue(func() *errorcode.Table {
	data, err := packs.ReadFile("packs/error-codes.tsv")
	if err == nil {
		var t *errorcode.Table
		if t, err = errorcode.Parse(data); err == nil {
			return t
		}
	}
	// The table is part of the program and read by every test.
	panic(fmt.Sprintf("embedded error codes: %v", err))
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

// expand turns a path into the rule files it stands for, sorted.
func expand(path string) ([]string, error) {
	names := []string{path}
	if _, err := os.Stat(path); err != nil {
		matches, globErr := filepath.Glob(path)
		if globErr != nil || len(matches) == 0 {
			return nil, fmt.Errorf("rule path %q: %w", path, err)
		}
		names = matches
	}
	var files []string
	for _, name := range names {
		err := filepath.WalkDir(name, func(p string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && (p == name || isRuleFile(p)) {
				files = append(files, p)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("rule path %q holds no .yaml file", path)
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}
