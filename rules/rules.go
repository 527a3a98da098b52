// Package rules is the public face of cmtrail's rules: it loads the shipped packs and the user's files and gives the
// engine that tags records.
package rules

import (
	"embed"
	"fmt"
	"sync"
	"time"

	"github.com/cmtrail/cmtrail/internal/correlate"
	"github.com/cmtrail/cmtrail/internal/errorcode"
	"github.com/cmtrail/cmtrail/internal/match"
	"github.com/cmtrail/cmtrail/internal/ruleset"
)

//go:embed packs
var packs embed.FS

// The types of the rooms behind this face.
type (
	Set         = ruleset.Set         // a checked and compiled set of rules
	Rule        = ruleset.Rule        // one rule
	Step        = ruleset.Step        // one step of a pipeline
	Fault       = ruleset.Fault       // one thing wrong in a rule file
	Advice      = ruleset.Advice      // one thing that a rule lacks, or that is wrong with it
	Change      = ruleset.Change      // how one set differs from another
	Source      = ruleset.Source      // the text of one rule file
	Draft       = ruleset.Draft       // a rule to be written
	Engine      = match.Engine        // rules made ready for records
	Matcher     = match.Matcher       // an engine's evaluation, for one goroutine
	Verdict     = match.Verdict       // what the rules say of one record
	Key         = match.Key           // a caught field
	Entry       = errorcode.Entry     // a known error code
	Correlation = ruleset.Correlation // what relates several records
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
	Moment             = correlate.Moment     // one moment in the life of an instance or a run
)

// Options say which rules to load.
type Options struct {
	Paths     []string  // files, folders or glob patterns of the user's rule files
	Texts     []Source  // rule files that are not on the disk yet; a file of Paths that one is to replace is not read
	NoDefault bool      // leave the shipped packs out
	Today     time.Time // decides whether an override's "until" has passed; zero: none has
	Keep      bool      // keep what the files say beside what it means, for Lint and mutants; it costs memory
}

// Load reads the shipped packs and the user's files as one set. Faults are what is wrong inside the files, all of them;
// an error means that a path could not be read. The set is nil in both cases.
func Load(opt Options) (*Set, []Fault, error) {
	files, err := Read(opt)
	if err != nil {
		return nil, nil, err
	}
	set, faults := files.Load(opt.Today)
	return set, faults, nil
}

// LoadEngine is Load and NewEngine in one, for those who can do no more about faults than to tell them.
func LoadEngine(opt Options) (*Engine, error) {
	files, err := Read(opt)
	if err != nil {
		return nil, err
	}
	return files.LoadEngine(opt.Today)
}

// NewEngine makes a set ready for records.
func NewEngine(set *Set) *Engine { return match.New(set, ErrorCodes()) }

// The defaults of CorrelatorOptions.
const (
	DefaultLateness = correlate.DefaultLateness
	DefaultMaxOpen  = correlate.DefaultMaxOpen
	DefaultMaxTotal = correlate.DefaultMaxTotal
	DefaultMaxHosts = correlate.DefaultMaxHosts
)

// NewCorrelator makes the relations and journeys of a set ready for records.
func NewCorrelator(set *Set, opt CorrelatorOptions, out CorrelatorOutput) *Correlator {
	return correlate.New(set, opt, out)
}

// Compare tells what is different in now.
func Compare(before, now *Set) Change { return ruleset.Compare(before, now) }

// Lint looks for what makes the rules of a set hard to trust. The set must have been loaded with Keep.
func Lint(set *Set, opt LintOptions) []Advice { return ruleset.Lint(set, opt) }

// Schema returns the JSON Schema of rule files.
func Schema() []byte { return ruleset.Schema() }

// Format lays a rule file out. There are faults and no text when that cannot be done without changing what it says.
func Format(name string, data []byte) ([]byte, []Fault) {
	return ruleset.Format(ruleset.Source{Name: name, Data: data})
}

// NewFile returns a rule file with a draft in it; schema is where the JSON Schema is found.
func NewFile(pack, schema string, d *Draft) []byte { return ruleset.NewFile(pack, schema, d) }

// AddRule returns a rule file with a draft after its last rule.
func AddRule(name string, data []byte, d *Draft) ([]byte, []Fault) {
	return ruleset.AddRule(Source{Name: name, Data: data}, d)
}

// Expand returns the rule files that a path stands for: a file, a folder or a glob pattern.
func Expand(path string) ([]string, error) { return expand(path) }

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
