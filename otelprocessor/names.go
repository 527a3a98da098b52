package otelprocessor

// Attributes that come from the receiver or go to the backend. Where the semantic conventions have a name, it is theirs.
const (
	attrFileName   = "log.file.name"
	attrFilePath   = "log.file.path"
	attrOriginal   = "log.record.original"
	attrThread     = "thread.id"
	attrPID        = "process.pid"
	attrSourceFile = "code.file.path"
	attrSourceLine = "code.line.number"

	attrFormat        = "configmgr.log.format"
	attrFlags         = "configmgr.log.flags"
	attrComponent     = "configmgr.component"
	attrContext       = "configmgr.context"
	attrStepID        = "configmgr.step.id"
	attrStepIDs       = "configmgr.step.ids"
	attrStepTitle     = "configmgr.step.title"
	attrStepOrder     = "configmgr.step.order"
	attrIssueIDs      = "configmgr.issue.ids"
	attrIssueSeverity = "configmgr.issue.severity"
	attrIssueTitles   = "configmgr.issue.titles"
	attrErrorCodes    = "configmgr.error.codes"
	attrErrorNames    = "configmgr.error.names"
	attrRuleIDs       = "configmgr.rule.ids"
	attrKeyPrefix     = "configmgr.key."
)
