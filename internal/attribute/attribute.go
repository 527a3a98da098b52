// Package attribute names what is written about a record, so that every adapter writes the same. Where the OpenTelemetry
// semantic conventions have a name, it is theirs.
package attribute

// Prefix begins every name that the semantic conventions do not have.
const Prefix = "configmgr."

// The names.
const (
	FileName   = "log.file.name"
	FilePath   = "log.file.path"
	Original   = "log.record.original"
	Thread     = "thread.id"
	PID        = "process.pid"
	SourceFile = "code.file.path"
	SourceLine = "code.line.number"

	Format        = "configmgr.log.format"
	Flags         = "configmgr.log.flags"
	Component     = "configmgr.component"
	Context       = "configmgr.context"
	StepID        = "configmgr.step.id"
	StepIDs       = "configmgr.step.ids"
	StepTitle     = "configmgr.step.title"
	StepOrder     = "configmgr.step.order"
	IssueIDs      = "configmgr.issue.ids"
	IssueSeverity = "configmgr.issue.severity"
	IssueTitles   = "configmgr.issue.titles"
	ErrorCodes    = "configmgr.error.codes"
	ErrorNames    = "configmgr.error.names"
	RuleIDs       = "configmgr.rule.ids"
	KeyPrefix     = "configmgr.key."
)
