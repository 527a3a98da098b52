// Package attribute names what is written about a record, so that every adapter writes the same. Where the OpenTelemetry
// semantic conventions have a name, it is theirs.
package attribute

// Prefix begins every name that the semantic conventions do not have.
const Prefix = "configmgr."

// The names.
const (
	FileName   = "log.file.name"
	FilePath   = "log.file.path"
	FileOffset = "log.file.record_offset"
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

	HostArch   = "host.arch"
	EventName  = "event.name"
	Cause      = "configmgr.issue.cause"
	Impact     = "configmgr.issue.impact"
	Fix        = "configmgr.issue.fix"
	LookNext   = "configmgr.issue.look_next"
	References = "configmgr.issue.references"

	FindingFirst   = "configmgr.finding.first"
	FindingLast    = "configmgr.finding.last"
	FindingMissing = "configmgr.finding.missing"
	FindingWithin  = "configmgr.finding.within"
	FindingCount   = "configmgr.finding.count"
	FindingRepeats = "configmgr.finding.repeats"

	JourneyID           = "configmgr.journey.id"
	JourneyState        = "configmgr.journey.state"
	JourneyAttempt      = "configmgr.journey.attempt"
	JourneyStarted      = "configmgr.journey.started"
	JourneyEnded        = "configmgr.journey.ended"
	JourneySteps        = "configmgr.journey.steps"
	JourneyAmbiguous    = "configmgr.journey.ambiguous"
	JourneySupersededBy = "configmgr.journey.superseded_by"
)

// The values of EventName.
const (
	EventFinding = "configmgr.finding"
	EventJourney = "configmgr.journey"
)
