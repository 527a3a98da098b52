// Package ruleset reads rule files: types, YAML positions, lists, macros, parameters, overrides and faults. It yields
// compiled rules and runs none. It is the only room that imports yaml.
package ruleset

import (
	"regexp"
	"time"

	"github.com/cmtrail/cmtrail/internal/condition"
	"github.com/cmtrail/cmtrail/internal/sentence"
)

// Severity of an issue, in rising order.
type Severity uint8

// The severities; NoSeverity belongs to step rules.
const (
	NoSeverity Severity = iota
	Info
	Warning
	Error
	Critical
)

// Fault is one thing wrong in a rule file.
type Fault struct {
	File string
	Line int // from 1
	Col  int // in runes, from 1
	Rule string
	Text string
}

// Set is a whole, checked and compiled set of rules. It is immutable.
type Set struct {
	Packs    []Pack
	Steps    []*Step // in pipeline order: by flow as declared, then by id
	Rules    []*Rule // enabled rules first come first; disabled ones are kept, marked
	Events   []*Rule // what rules match for their own relation; their indexes follow those of Rules
	Journeys []*Journey
	Warnings []Fault   // what does not keep the set from running
	Expires  time.Time // when the first override ends, so that the set is to be loaded anew; zero: none does

	written *compiler // what the files say, for lint and mutants; nil unless Options.Keep
}

// Pack is a pack as loaded.
type Pack struct {
	Name    string
	Version string
	Files   []string
}

// Step is one step of a pipeline.
type Step struct {
	Index  int    // place in Set.Steps
	ID     string // scan.01.03
	Title  string
	RunsOn string
	Order  int // 103 for scan.01.03: configmgr.step.order
}

// Rule is one rule: a step rule (Step set, ID lower case) or an issue rule (ID CM-...).
type Rule struct {
	Index       int   // place in Set.Rules
	Owner       *Rule // of an event that a rule matches for its own relation; else nil
	ID          string
	Issue       bool
	Step        *Step // nil only for issues without a step
	AlsoSteps   []*Step
	Revision    int
	Status      string // testing | stable | deprecated
	ReplacedBy  string
	Evidence    string // documented | observed | derived
	Title       string
	Severity    Severity
	Tags        []string
	Generic     bool
	Aside       bool     // leaves no generic rule off
	Also        []string // ids of rules that show on the same records
	Once        *Once
	Enabled     bool     // status testing, an override's disable or a passed "until" leave a rule out
	Match       []*Match // alternatives: the rule shows when any holds; nil for correlation rules
	Correlation *Correlation
	About       About
	Tests       []Test
	Scan        string // "all" admits a rule without required literals
	Pack        string
	Shipped     bool // part of a shipped pack
	File        string
	Line        int
	Digest      uint64     // of its text and of the overrides that change it
	Overrides   []Override // what users changed of it, and what they no longer change
}

// Override is one change of a rule.
type Override struct {
	Where  Place
	Field  string // severity, title, status, disable or except; "" of one that is over
	Value  string // what was set; of an exception its condition
	Was    string // what stood before; "" of an exception
	Reason string
	Until  string // its last day; "" for ever
	Over   bool   // that day has passed: it changes nothing
}

// Match is one alternative: all that stands must hold.
type Match struct {
	Files    []string // log names, normalised by parsers.LogName; empty: any log
	Lines    []*sentence.Sentence
	Patterns []*regexp.Regexp // alternatives, like Lines
	Codes    []uint32
	When     *condition.Condition
	Except   []*condition.Condition // of overrides: none may hold
	Holes    []string               // names that Lines or Patterns fill, in one order for all of them
	Where    Place
}

// Place is where something stands in a file.
type Place struct {
	File      string
	Line, Col int
}

// Once reports an issue once a period and counts the rest.
type Once struct {
	By  []string
	Per time.Duration
}

// About is what a reader is told of an issue.
type About struct {
	Cause      string   `yaml:"cause"`
	Impact     string   `yaml:"impact"`
	Fix        []string `yaml:"fix"`
	LookNext   []string `yaml:"look_next"`
	References []string `yaml:"references"`
}

// Test is one test of a rule: raw lines by log name and what they must give.
type Test struct {
	Name      string
	Logs      []TestLog
	Expect    []Expect // empty: the rule must not show (a near miss)
	Undecided int
	Arch      string // processor architecture of the host
	Where     Place
}

// TestLog is one log's text in a test.
type TestLog struct {
	Name string
	Text string
}

// Expect is one record on which the rule must show.
type Expect struct {
	On   string // log:line, the line counted from 1
	Keys map[string]string
}
