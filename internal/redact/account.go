package redact

import "strings"

// maxAccount is the longest name of an account that is looked for.
const maxAccount = 64

// account replaces DOMAIN\name around the backslash at i. A path looks much the same: it goes on with another backslash, or
// begins with what no domain is called, or ends like a file.
func (sc *scan) account(i int, names []known) int {
	from := sc.back(i, isHostByte)
	to := sc.ahead(i, func(c byte) bool { return c == '\\' }) // two are one, written twice
	domain := sc.s[from:i]
	before := sc.at(from - 1)
	if to-i > 2 || domain == "" || isPseudonym(domain) && domain[0] != prefixDomain[0] && domain[0] != prefixHost[0] || !hasLetter(domain) || isSlash(before) || isWord(before) || before == ':' && isLetter(sc.at(from-2)) && !isLetter(sc.at(from-3)) ||
		strings.IndexByte(")%}*$~@", before) >= 0 && before != 0 {
		return sc.afterDomain(from, i, to)
	}
	end := sc.accountEnd(to, before)
	name := sc.s[to:end]
	next := sc.at(end)
	if name == "" || isSlash(next) || next == '*' || next == '%' || next == '@' || next == ':' && isSlash(sc.at(end+1)) || isFile(name) || isNobody(name) || !hasLetter(name) ||
		notDomains.has(domain) || strings.Contains(domain, ".") && !isFullName(domain) && !isPseudonym(domain) ||
		!strings.Contains(domain, ".") && len(domain) > 15 && !isPseudonym(domain) {
		return sc.afterDomain(from, i, to)
	}
	if !sc.classes.has(User) || isPseudonym(name) {
		return end
	}
	switch {
	case isPseudonymHost(domain):
	case isKnownHost(domain, names):
		sc.replaceHost(from, i)
	default:
		sc.replace(from, i, prefixDomain, domain)
	}
	prefix := prefixUser
	if next == '$' { // the account of a machine
		prefix = prefixHost
	}
	return sc.replace(to, end, prefix, name)
}

// accountEnd returns where the name of an account ends. In quotes it may have blanks.
func (sc *scan) accountEnd(from int, quote byte) int {
	end := sc.ahead(from, isAccountByte)
	if isQuote(quote) && end < len(sc.s) && sc.s[end] == ' ' {
		quoted := sc.ahead(end, func(c byte) bool { return isAccountByte(c) || c == ' ' })
		if sc.at(quoted) == quote && quoted-from <= maxAccount && sc.s[quoted-1] != ' ' {
			return quoted
		}
	}
	for end > from && (sc.s[end-1] == '.' || sc.s[end-1] == '-') {
		end--
	}
	return end
}

// afterDomain goes on behind a backslash that belongs to no account. What stands before it may be a host still.
func (sc *scan) afterDomain(from, i, to int) int {
	if strings.IndexByte(sc.s[from:i], '.') >= 0 {
		sc.fullName(from, i)
	}
	return to
}

// profile replaces the name of a user's folder, behind the slash at i: C:\Users\name\.
func (sc *scan) profile(i int) int {
	if !sc.classes.has(User) || lower(sc.at(i-1)) != 's' {
		return 0
	}
	before := sc.s[sc.done:i]
	folder := ""
	for _, f := range []string{"users", "documents and settings"} {
		if endsFold(before, f) && len(before) > len(f) && isSlash(before[len(before)-len(f)-1]) {
			folder = f
		}
	}
	if folder == "" || !isRoot(strings.TrimRight(before[:len(before)-len(folder)], `\/`)) {
		return 0
	}
	from := sc.ahead(i, isSlashByte)
	to := sc.ahead(from, func(c byte) bool { return c >= ' ' && strings.IndexByte(`\/:*?"<>|`, c) < 0 })
	if !isSlash(sc.at(to)) { // nothing but a word is sure to be the name
		to = sc.ahead(from, func(c byte) bool { return isAccountByte(c) || c == '~' || c == '$' })
		for to > from && (sc.s[to-1] == '.' || sc.s[to-1] == '-') {
			to--
		}
	}
	name := sc.s[from:to]
	if name == "" || len(name) > maxAccount || isNobody(name) || isPseudonym(name) || !hasName(name) {
		return from
	}
	return sc.replace(from, to, prefixUser, name)
}

// isRoot tells whether a path is a drive, or a share of one.
func isRoot(path string) bool {
	n := len(path)
	return n >= 2 && (path[n-1] == ':' && isLetter(path[n-2]) || path[n-1] == '$' && isLetter(path[n-2]))
}

func hasName(s string) bool { return hasLetter(s) || strings.ContainsAny(s, "0123456789") }

// isFile tells whether a word ends like a file.
func isFile(s string) bool {
	at := strings.LastIndexByte(s, '.')
	return at >= 0 && fileEndings.has(s[at+1:])
}

// isNobody tells of accounts that are the same on every machine.
func isNobody(s string) bool { return nobody.has(s) }

var fileEndings = setOf("exe dll sys log lo_ txt xml ini inf cab msi msp msu mum cat dat tmp cmd bat ps1 vbs js json yaml yml htm html asp aspx asmx svc css cfm " +
	"mof cpp cxx c h hpp cs edb db chk jrs etl evtx evt wim esd iso appx msix pol adm admx adml cfg config box smx svf sql syn ful sha hta " +
	"reg lnk ico png jpg gif zip 7z gz tlb ocx cpl drv mui nls ttf sdf rul out bak old csv pdf doc docx xls xlsx jar manifest pckgdep psf")

// nobody are names of accounts and profiles that every Windows has, and words that stand where one would.
var nobody = setOf("system localsystem localservice networkservice service administrator administrators admin admins guest guests users everyone anonymous public default " +
	"defaultuser defaultuser0 defaultaccount wdagutilityaccount defaultapppool systemprofile krbtgt trustedinstaller interactive network local machine " +
	"computer user all any none null nil unknown true false yes no not is the was has and for to of at in on or by a an failed logged empty name " +
	"nobody root domain anonymouslogon")

// notDomains begin paths, keys of the registry and names in WMI, or are domains that every Windows has.
var notDomains = setOf("software system root hklm hkcu hkcr hku hkey_local_machine hkey_current_user hkey_users hkey_classes_root microsoft windows system32 syswow64 " +
	"sysnative winsxs servicing files data settings policies policy policymanager currentversion currentcontrolset controlset001 services classes wow6432node " +
	"authority builtin service apppool host manager sms sms_ccm ccm ccmsetup ccmcache client clients logs log temp tmp cache bin i386 x64 x86 amd64 drivers " +
	"inboxes inbox outboxes outbox inetpub wwwroot wsus updateservices updates update cimv2 default users programdata appdata local locallow roaming desktop " +
	"documents downloads program common content contentlib packages package sources source scripts tools device global harddiskvolume1 harddiskvolume2 harddiskvolume3 " +
	"harddiskvolume4 volume globalroot pipe mp dp sup mpa site server cd_latest osd boot efi recovery player framework framework64 assembly registry machine user")
