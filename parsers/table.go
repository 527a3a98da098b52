package parsers

import (
	"strings"

	"github.com/cmtrail/cmtrail/parsers/internal/record"
)

// logEntry is what is known of a log file: its format and the component its records print, or would.
type logEntry struct {
	format    Format
	component string
}

// logs is keyed by the file's name without ending, in lower case.
var logs = map[string]logEntry{}

// logOf leads from a component, in lower case, to its log.
var logOf = map[string]string{
	"cbs": "cbs.log", "csi": "cbs.log", "dism": "dism.log",
	"policyagent_policydownload": "policyagent.log", "policyagent_replyassignments": "policyagent.log",
	"policyagent_requestassignments": "policyagent.log",
}

func init() {
	for _, t := range []struct {
		format Format
		table  string
	}{
		{record.CCM, clientLogs}, {record.CCMLegacy, serverLogs}, {record.RoleSetup, setupLogs},
	} {
		for line := range strings.Lines(t.table) {
			file, component, _ := strings.Cut(strings.TrimSpace(line), " ")
			if file == "" {
				continue
			}
			logs[strings.ToLower(file)] = logEntry{format: t.format, component: component}
			if key := strings.ToLower(component); component != "" && logOf[key] == "" {
				logOf[key] = strings.ToLower(file) + ".log"
			}
		}
	}
}

// LogOf returns the normalised name of the log that a record stands in, told by its format and component where the name
// of the file is not known; "" when they do not tell.
func LogOf(r *Record) string {
	switch r.Format {
	case record.WUATab, record.WUAETL:
		return "windowsupdate.log" // its components are parts of the agent
	case record.WSUS:
		return "softwaredistribution.log" // its components are methods
	}
	return LogOfComponent(r.Component)
}

// Logs returns the names of the known logs as their products write them.
func Logs() []string {
	var all []string
	for _, table := range []string{clientLogs, serverLogs, setupLogs} {
		for line := range strings.Lines(table) {
			if file, _, _ := strings.Cut(strings.TrimSpace(line), " "); file != "" {
				all = append(all, file+".log")
			}
		}
	}
	return all
}

// LogOfComponent returns the normalised name of the log that a component writes to, "" when it is not known.
func LogOfComponent(component string) string {
	var room [64]byte
	if component == "" || len(component) > len(room) {
		return ""
	}
	key := room[:len(component)]
	for i := range key {
		c := component[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		key[i] = c
	}
	if name, ok := logOf[string(key)]; ok {
		return name
	}
	if strings.HasPrefix(string(key), "policyagent_") {
		return "policyagent.log"
	}
	return ""
}

// Logs of clients and management points, each with its component. The first log of a component is the one it leads to.
const clientLogs = `
ScanAgent ScanAgent
LocationServices LocationServices
CcmMessaging CcmMessaging
MP_Location MP_LocationManager
WUAHandler WUAHandler
UpdatesStore UpdatesStore
StateMessage StateMessage
UpdatesDeployment UpdatesDeploymentAgent
UpdatesHandler UpdatesHandler
RebootCoordinator RebootCoordinator
ServiceWindowManager ServiceWindowManager
MaintenanceCoordinator MaintenanceCoordinator
PolicyAgent PolicyAgent
PolicyEvaluator PolicyAgent_PolicyEvaluator
PolicyAgentProvider PolicyAgentProvider
CIAgent CIAgent
CIDownloader CIDownloader
CIStore CIStore
CIStateStore CIStateStore
CITaskMgr CITaskManager
SdmAgent SdmAgent
DCMAgent DCMAgent
DCMReporting DCMReporting
CAS ContentAccess
ContentTransferManager ContentTransferManager
DataTransferService DataTransferService
DeltaDownload DeltaDownload
LocationCache LocationCache
StateMessageProvider StateMessageProvider
StatusAgent StatusAgent
AlternateHandler AlternateHandler
CcmExec CcmExec
Scheduler Scheduler
ClientLocation ClientLocation
ClientIDManagerStartup ClientIDManagerStartup
ClientAuth ClientAuth
CcmEval CcmEval
ccmsetup ccmsetup
CoManagementHandler CoManagementHandler
smsts TSManager
SCClient SCClient
SCNotify SCNotify
SmsWusHandler SmsWusHandler
MP_GetPolicy MP_GetPolicy_ISAPI
MP_Policy MP_PolicyManager
MP_Relay MP_RelayEndpoint
MP_Status MP_StatusForwarder
MP_CliReg MP_CliReg
MP_RegistrationManager MP_RegistrationManager
MP_Framework MP_Framework
CcmIsapi CcmIsapi
BDD
LiteTouch LiteTouch
`

// Logs of site servers.
const serverLogs = `
WCM SMS_WSUS_CONFIGURATION_MANAGER
WSUSCtrl SMS_WSUS_CONTROL_MANAGER
wsyncmgr SMS_WSUS_SYNC_MANAGER
mpcontrol SMS_MP_CONTROL_MANAGER
MPFDM SMS_MP_FILE_DISPATCH_MANAGER
objreplmgr SMS_OBJECT_REPLICATION_MANAGER
ruleengine SMS_RULE_ENGINE
PatchDownloader Software Updates Patch Downloader
SMS_ISVUPDATES_SYNCAGENT SMS_ISVUPDATES_SYNCAGENT
SMS_OrchestrationGroup SMS_ORCHESTRATION_GROUP
distmgr SMS_DISTRIBUTION_MANAGER
PkgXferMgr SMS_PACKAGE_TRANSFER_MANAGER
statesys SMS_STATE_SYSTEM
statmgr SMS_STATUS_MANAGER
sitecomp SMS_SITE_COMPONENT_MANAGER
sitestat SMS_SITE_SYSTEM_STATUS_SUMMARIZER
smsdbmon SMS_DATABASE_NOTIFICATION_MONITOR
SMSProv SMS Provider
hman SMS_HIERARCHY_MANAGER
policypv SMS_POLICY_PROVIDER
offermgr SMS_OFFER_MANAGER
colleval SMS_COLLECTION_EVALUATOR
ccm SMS_CLIENT_CONFIG_MANAGER
OfflineServicingMgr SMS_OFFLINE_SERVICING_MANAGER
ConfigMgrSetup Configuration Manager Setup
`

// Logs of role installations, with the component that their records do not print.
const setupLogs = `
SUPSetup SMSWSUS
MPSetup SMSMP
`
