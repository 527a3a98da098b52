package parsers

import (
	"strings"

	"github.com/cmtrail/cmtrail/parsers/internal/record"
	"github.com/cmtrail/cmtrail/parsers/internal/scan"
)

// hint is what a file's name says of its format: nothing, one, or two between which only the content decides.
type hint struct{ first, second Format }

func (h hint) allows(f Format) bool { return f != "" && (f == h.first || f == h.second) }

// hintOf reads the name and directory of a log file.
func hintOf(path string) hint {
	name, _ := stem(path)
	dir := strings.ToLower(strings.ReplaceAll(path, `\`, "/"))
	dir = dir[:strings.LastIndexByte(dir, '/')+1]
	if name == "" {
		return hint{}
	}
	if h := hintOfFamily(name, dir); h.first != "" {
		return h
	}
	if l, ok := logs[name]; ok {
		return hint{first: l.format}
	}
	switch {
	case strings.HasSuffix(name, "setup"):
		return hint{first: record.RoleSetup}
	case strings.Contains(dir, "/ccm/logs/"), strings.Contains(dir, "sms_ccm/logs/"), strings.Contains(dir, "/ccmsetup/logs/"):
		return hint{first: record.CCM}
	}
	return hint{}
}

// hintOfFamily knows names that stand for a kind of log rather than one component.
func hintOfFamily(name, dir string) hint {
	switch {
	case name == "windowsupdate":
		return hint{record.WUATab, record.WUAETL}
	case name == "softwaredistribution":
		return hint{first: record.WSUS}
	case name == "change" && (dir == "" || strings.Contains(dir, "update services")):
		return hint{first: record.WSUS}
	case name == "cbs", name == "dism", name == "setupact", name == "setuperr":
		return hint{first: record.CBS}
	case strings.HasPrefix(name, "u_ex"), strings.HasPrefix(name, "httperr"),
		strings.HasPrefix(name, "ex") && len(name) > 2 && scan.IsDigit(name[2]):
		return hint{first: record.W3C}
	case name == "reportingevents":
		return hint{first: record.Reporting}
	case strings.HasSuffix(name, "msi"), strings.HasPrefix(name, "wsussetupmsi"),
		strings.HasPrefix(name, "msi") && len(name) == len("msi1a2b3"):
		return hint{first: record.MSI}
	}
	return hint{}
}

// componentOf returns the component of a log's records that print none.
func componentOf(path string) string {
	name, _ := stem(path)
	if l, ok := logs[name]; ok {
		return l.component
	}
	for _, prefix := range []string{"scclient", "scnotify"} {
		if strings.HasPrefix(name, prefix) {
			return logs[prefix].component
		}
	}
	return ""
}
