package redact

// classOf returns the class of what a field holds, by the field's name: a hole of a rule, a column, an attribute. It is
// what a rule's author promises by calling a hole host or ending its name in _host, _server, _user and so on.
func classOf(field string) (Class, bool) {
	if !mayName(field) {
		return 0, false
	}
	last := lastPart(field)
	if equalFold(last, "name") && len(last) < len(field) { // host.name, user_name
		rest := field[:len(field)-len(last)-1]
		last = lastPart(rest)
		if equalFold(last, "remote") {
			return Host, true
		}
	}
	switch {
	case hostFields.has(last), endsAny(field, hostEndings), endsFold(field, "server"), endsFold(field, "machine"), endsFold(field, "computer"):
		return Host, true
	case userFields.has(last), endsAny(field, userEndings):
		return User, true
	}
	return 0, false
}

// What a field is called whose value is a name.
var (
	hostFields  = setOf("host server machine computer sup mp dp workstation node fqdn netbios hostname servername computername machinename")
	userFields  = setOf("user username account owner login logon sender")
	hostEndings = []string{"hostname", "servername", "computername", "machinename", "netbiosname"}
	userEndings = []string{"username", "accountname", "useraccount", "loggedonuser"}
)

// lastPart returns what stands behind the last mark between words.
func lastPart(s string) string {
	for i := len(s); i > 0; i-- {
		switch s[i-1] {
		case '.', '_', '-', ' ':
			return s[i:]
		}
	}
	return s
}

// lastTwo are the last two letters of the names of fields that hold a name, five bits each: few other words end so.
var lastTwo = func() (ends [1 << 10]bool) {
	for _, list := range []words{hostFields, userFields, setOf("name sys dc")} {
		for w := range list {
			ends[twoBits(w)] = true
		}
	}
	return ends
}()

func twoBits(s string) int { return int(s[len(s)-2]&31)<<5 | int(s[len(s)-1]&31) }

// mayName tells quickly of most words that they are no field's name that counts.
func mayName(s string) bool { return len(s) >= 2 && lastTwo[twoBits(s)] }

func endsAny(s string, endings []string) bool {
	for _, e := range endings {
		if endsFold(s, e) {
			return true
		}
	}
	return false
}

// isName tells whether the value of a field can be a name of its class. Fields hold other things as well: a number, none,
// the name of everyone's account.
func isName(class Class, s string) bool {
	if s == "" || len(s) > maxHost || isPseudonymHost(s) || !hasLetter(s) || isNobody(s) || isValue(s) {
		return false
	}
	for i := range len(s) {
		if !isAccountByte(s[i]) && s[i] != '$' && (class != User || s[i] != ' ') {
			return false
		}
	}
	if class == Host {
		return wholeLabels(s) && !isFile(s) && !staysReadable(s)
	}
	return true
}

// isValue tells of words that stand where a name is unknown.
func isValue(s string) bool { return notNames.has(s) }

var notNames = setOf("error success succeeded ok offline online active inactive enabled disabled found started stopped available unavailable invalid valid " +
	"connected connecting disconnected running pending created deleted added removed changed set unset missing required optional " +
	"http https server client host site mp dp sup wsus sms")
