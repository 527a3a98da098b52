package corpus

// Log is one log file of the corpus.
type Log struct {
	Name      string // of the file
	Component string // as the records name it
	Class     string // as the messages name it
	Source    string // source file that the records name
	Legacy    bool   // written as site servers write, else as clients do
	weight    int    // share of the lines
}

// Logs are the files of the corpus: a client's, and a site server's behind them.
var Logs = []*Log{
	{Name: "UpdatesStore.log", Component: "UpdatesStore", Class: "CUpdatesStore", Source: "updatesstore.cpp", weight: 14},
	{Name: "ScanAgent.log", Component: "ScanAgent", Class: "CScanAgent", Source: "scanagent.cpp", weight: 8},
	{Name: "WUAHandler.log", Component: "WUAHandler", Class: "CWuaHandler", Source: "cwuahandler.cpp", weight: 6},
	{Name: "UpdatesDeployment.log", Component: "UpdatesDeploymentAgent", Class: "CUpdateAssignmentsManager", Source: "updatesmanager.cpp", weight: 8},
	{Name: "UpdatesHandler.log", Component: "UpdatesHandler", Class: "CAtomicUpdate", Source: "atomicupdate.cpp", weight: 6},
	{Name: "LocationServices.log", Component: "LocationServices", Class: "CLSRequest", Source: "lsrequest.cpp", weight: 6},
	{Name: "StateMessage.log", Component: "StateMessage", Class: "CStateMessageManager", Source: "statemessage.cpp", weight: 8},
	{Name: "CcmMessaging.log", Component: "CcmMessaging", Class: "CEndpointQueue", Source: "endpointqueue.cpp", weight: 8},
	{Name: "PolicyAgent.log", Component: "PolicyAgent_RequestAssignments", Class: "CPolicyAgent", Source: "policyagent.cpp", weight: 5},
	{Name: "DataTransferService.log", Component: "DataTransferService", Class: "CDTSJob", Source: "dtsjob.cpp", weight: 5},
	{Name: "ContentTransferManager.log", Component: "ContentTransferManager", Class: "CCTMJob", Source: "ctmjob.cpp", weight: 4},
	{Name: "CAS.log", Component: "ContentAccess", Class: "CContentAccess", Source: "contentaccess.cpp", weight: 3},
	{Name: "Scheduler.log", Component: "Scheduler", Class: "CSchedule", Source: "schedule.cpp", weight: 2},
	{Name: "ServiceWindowManager.log", Component: "ServiceWindowManager", Class: "CServiceWindow", Source: "servicewindow.cpp", weight: 2},
	{Name: "PolicyEvaluator.log", Component: "PolicyEvaluator", Class: "CPolicyEvaluator", Source: "policyevaluator.cpp", weight: 3},
	{Name: "CcmExec.log", Component: "CcmExec", Class: "CSystemTask", Source: "systemtask.cpp", weight: 2},
	{Name: "wsyncmgr.log", Component: "SMS_WSUS_SYNC_MANAGER", Class: "CSyncManager", Legacy: true, weight: 4},
	{Name: "WCM.log", Component: "SMS_WSUS_CONFIGURATION_MANAGER", Class: "CConfigManager", Legacy: true, weight: 2},
	{Name: "statesys.log", Component: "SMS_STATE_SYSTEM", Class: "CStateSystem", Legacy: true, weight: 2},
	{Name: "distmgr.log", Component: "SMS_DISTRIBUTION_MANAGER", Class: "CDistribution", Legacy: true, weight: 2},
}

// drawn holds each log as often as its weight says.
var drawn = func() (all []*Log) {
	for _, l := range Logs {
		for range l.weight {
			all = append(all, l)
		}
	}
	return all
}()
