package parsers_test

import (
	"testing"

	"github.com/cmtrail/cmtrail/parsers"
)

func TestLogName(t *testing.T) {
	for path, want := range map[string]struct {
		name    string
		rotated bool
	}{
		"":                                        {"", false},
		`C:\Windows\CCM\Logs\WUAHandler.log`:      {"wuahandler.log", false},
		"/logs/WUAHandler.lo_":                    {"wuahandler.log", true},
		"WUAHandler-20260714-101112.log":          {"wuahandler.log", true},
		"ScanAgent.log.1":                         {"scanagent.log", true},
		"ScanAgent.log.20260714":                  {"scanagent.log", true},
		"ScanAgent.log.2026-07-14-101112":         {"scanagent.log", true},
		"SoftwareDistribution.log.old":            {"softwaredistribution.log", true},
		"client.msi.log":                          {"client.msi.log", false},
		"CbsPersist_20260517082408.log":           {"cbs.log", true},
		"SCClient_CONTOSO@user_1.log":             {"scclient_contoso@user.log", false},
		"u_ex260401.log":                          {"u_ex260401.log", false},
		"scanagent":                               {"scanagent.log", false},
		"SMS_ISVUPDATES_SYNCAGENT.log":            {"sms_isvupdates_syncagent.log", false},
		`\\CM01.contoso.com\SMS_P01\wsyncmgr.lo_`: {"wsyncmgr.log", true},
	} {
		if got := parsers.LogName(path); got != want.name {
			t.Errorf("LogName(%q) = %q, want %q", path, got, want.name)
		}
		if base, rotated := parsers.IsRotated(path); base != want.name || rotated != want.rotated {
			t.Errorf("IsRotated(%q) = %q, %v", path, base, rotated)
		}
	}
}

func TestLogOfComponent(t *testing.T) {
	for component, want := range map[string]string{
		"":                       "",
		"ScanAgent":              "scanagent.log",
		"scanagent":              "scanagent.log",
		"UpdatesDeploymentAgent": "updatesdeployment.log",
		"SMS_WSUS_SYNC_MANAGER":  "wsyncmgr.log",
		"SMS Provider":           "smsprov.log",
		"PolicyAgent_Something":  "policyagent.log",
		"MP_LocationManager":     "mp_location.log",
		"CSI":                    "cbs.log",

		"MaintenanceCoordinator":       "maintenancecoordinator.log",
		"SMS_MP_FILE_DISPATCH_MANAGER": "mpfdm.log",
		"no component of this name, and longer than any that there is in the table": "",
	} {
		if got := parsers.LogOfComponent(component); got != want {
			t.Errorf("LogOfComponent(%q) = %q, want %q", component, got, want)
		}
	}
}

// A record of a log that is known by its form alone, and one of a log that is known by its component.
func TestLogOf(t *testing.T) {
	for want, r := range map[string]*parsers.Record{
		"windowsupdate.log":        {Format: parsers.WUATab, Component: "Agent"},
		"softwaredistribution.log": {Format: parsers.WSUS, Component: "WsusService.27"},
		"cbs.log":                  {Format: parsers.CBS, Component: "CSI"},
		"":                         {Format: parsers.MSI, Component: "InstallFinalize"},
	} {
		if got := parsers.LogOf(r); got != want {
			t.Errorf("LogOf(%s, %s) = %q, want %q", r.Format, r.Component, got, want)
		}
	}
}

// The name settles what the content leaves open, which a lone line of text does.
func TestFormatByName(t *testing.T) {
	for name, want := range map[string]string{
		"SUPSetup.log":                           "plain component=SMSWSUS",
		"notes.log":                              "plain component=",
		`C:\Windows\Temp\contoso.msi.log`:        "msi component=",
		"wsyncmgr.log":                           "plain component=SMS_WSUS_SYNC_MANAGER",
		"ScanAgent.lo_":                          "plain component=ScanAgent",
		"SCNotify_CONTOSO@user_1.log":            "plain component=SCNotify",
		`C:\Windows\CCM\Logs\SomeOtherAgent.log`: "plain component=",
	} {
		got := readLines(name, parsers.Options{}, []string{"a line of text"})
		if len(got) != 1 || string(got[0].Format)+" component="+got[0].Component != want {
			t.Errorf("%s: %d records, %s component=%s, want %s", name, len(got), got[0].Format, got[0].Component, want)
		}
	}
}

func TestFormatAndBiasNames(t *testing.T) {
	for _, f := range parsers.FormatNames() {
		if got, ok := parsers.ParseFormat(string(f)); !ok || got != f {
			t.Errorf("ParseFormat(%q) = %q, %v", f, got, ok)
		}
	}
	if _, ok := parsers.ParseFormat("ccm2"); ok {
		t.Error("ParseFormat took a name that is none")
	}
	for name, want := range map[string]parsers.BiasSense{
		"": parsers.BiasWindows, "windows": parsers.BiasWindows, "iso": parsers.BiasISO, "ignore": parsers.BiasIgnore,
	} {
		if got, ok := parsers.ParseBias(name); !ok || got != want {
			t.Errorf("ParseBias(%q) = %v, %v", name, got, ok)
		}
	}
	if _, ok := parsers.ParseBias("utc"); ok {
		t.Error("ParseBias took a name that is none")
	}
}

func TestHeldAndLines(t *testing.T) {
	p := open("", parsers.Options{})
	steps := []struct {
		do          func()
		held, lines int
	}{
		{func() { p.WriteLine("at first nothing can be told") }, 1, 1},
		{func() { p.WriteLine(cbsLine) }, 1, 2},
		{func() { p.WriteLine(" hash: 12\n hash: 13") }, 3, 4},
		{func() { p.Idle() }, 0, 4},
		{func() { p.WriteLine("") }, 0, 5},
		{func() { p.write("half a li") }, 1, 5},
		{func() { p.write("ne\n") }, 0, 6},
		{func() { p.Reset() }, 0, 0},
		{func() { p.WriteLine(ccmLine) }, 0, 1},
	}
	for i, step := range steps {
		step.do()
		if p.Held() != step.held || p.Lines() != step.lines {
			t.Errorf("step %d: %d held of %d lines, want %d of %d", i, p.Held(), p.Lines(), step.held, step.lines)
		}
	}
}

func TestCloneStays(t *testing.T) {
	line := []byte(ccmLine + "\n")
	p := open("", parsers.Options{})
	_, _ = p.Write(line)
	for i := range line {
		line[i] = 'x'
	}
	r := p.records[0]
	if r.Message != "Scan started" || r.Component != "ScanAgent" || r.SourceFile != "scan.cpp" {
		t.Errorf("clone changed with the buffer: %q %q %q", r.Message, r.Component, r.SourceFile)
	}
	if at, ok := r.Time(); !ok || at.Format("2006-01-02T15:04:05.000Z07:00") != "2026-07-14T08:52:46.657-04:00" {
		t.Errorf("time %v, %v", at, ok)
	}
	if names := (parsers.Unterminated | parsers.Oversize).Names(); len(names) != 2 || names[0] != "unterminated" {
		t.Errorf("flag names %v", names)
	}
}
