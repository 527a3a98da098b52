package corpus

import (
	"math/rand/v2"
	"strconv"
)

// noise are messages that no rule asks for, with the marks that writer.text fills. Most logs repeat a few dozen sentences.
var noise = []string{
	"Entering C::N",
	"Leaving C::N, nothing was changed",
	"C::N - cached entry G is still valid and will be used",
	"C::N - policy version D is not newer than the one at hand (D), skipped",
	"Existing record G of H found, no update is necessary",
	"Found D instances of class CCM_W, D of them are targeted to this machine",
	"Queue 'mp_[http]mp_W' is empty, next look in D seconds",
	"Sending heartbeat to H succeeded after D ms, message {G}",
	"Locality of content {G} is LOCAL, bytes D of D",
	"State of update ({G}) is unchanged since the last evaluation at T",
	"Timer {G} set to D minutes, randomized by D",
	"C::N called by thread D with flags 0xX",
	"Successfully initialized W with correlation id G",
	"Connection to H:D reused, keep alive D",
	"Job {G} is in state D and has D of D files, nothing to do",
	"Checking whether file C:\\Windows\\ccmcache\\W\\W-xD.cab is there ... yes",
	"Refreshed D entries, removed D, kept D",
	"   evaluating rule ScopeId_G/RequiredApplication_G/D against the device of W",
	"C::N - the user W is not logged on, deferred",
	"Policy body of {G} downloaded from http://H/SMS_MP/.sms_pol?W.D_D",
	"Service window {G} has D occurrences, next one begins at T",
	"Inbox W holds D files",
	"Update W (Article KD) is already installed, revision D",
	"Thread D has no work and ends",
	"Read value W = D of SOFTWARE\\Microsoft\\CCM\\W",
	"Message with topic D and id G accepted",
	"[W] D of D items compared with the catalog version D, D differ, hash X",
	"C::N got S_OK (0x00000000) from H",
}

// near are messages that name the method of a rule and say something else of it.
var near = []string{
	"C::M - begins with D entries",
	"C::M was asked for G by W",
	"Waiting D ms for C::M to be ready",
}

var words = []string{
	"policymanager", "relay", "hinv", "SoftwareUpdate", "UpdateCI", "locationmanager", "ddr", "polreq", "statusreceiver", "contoso",
	"Assignment", "Deployment", "scanjob", "svc-update", "wsus", "jdoe", "asmith", "bits", "detection", "compliance", "CI_Model",
}

var hosts = []string{
	"CM01.contoso.com", "MP-EAST.contoso.com", "sup02.fabrikam.example", "DP-LONDON-3.contoso.com", "LAB-PC-0117", "wsus.contoso.com",
}

const hexDigits = "0123456789abcdef"

// writer appends made-up text.
type writer struct {
	*rand.Rand
	buf []byte
}

func (w *writer) str(s string) { w.buf = append(w.buf, s...) }

func (w *writer) int(n int) { w.buf = strconv.AppendInt(w.buf, int64(n), 10) }

// digits appends n with leading zeros.
func (w *writer) digits(n, width int) {
	for range width {
		w.buf = append(w.buf, '0')
	}
	for at := len(w.buf) - 1; width > 0; width-- {
		w.buf[at] = '0' + byte(n%10)
		n /= 10
		at--
	}
}

func (w *writer) hex(width int) {
	for v := w.Uint64(); width > 0; width-- {
		w.buf = append(w.buf, hexDigits[v&15])
		v >>= 4
	}
}

func (w *writer) guid() {
	w.hex(8)
	for range 3 {
		w.str("-")
		w.hex(4)
	}
	w.str("-")
	w.hex(12)
}

// text appends a template: C the class, N a method without rules, M one of a rule, G an id, D a number, X hexadecimal
// digits, W a word, H a host, T a time. A mark stands alone: no letter is beside it.
func (w *writer) text(log *Log, template string) {
	for i := range len(template) {
		c := template[i]
		if i > 0 && letter(template[i-1]) && template[i-1] != 'x' && template[i-1] != 'K' || i+1 < len(template) && letter(template[i+1]) {
			w.buf = append(w.buf, c)
			continue
		}
		switch c {
		case 'C':
			if i+1 < len(template) && template[i+1] == ':' && i+2 < len(template) && template[i+2] == '\\' {
				w.buf = append(w.buf, c)
				break
			}
			w.str(log.Class)
		case 'N':
			w.str(methods[MaxRules+w.IntN(400)])
		case 'M':
			w.str(methods[w.IntN(MaxRules)])
		case 'G':
			w.guid()
		case 'D':
			w.int(w.IntN(1 << (1 + w.IntN(22))))
		case 'X':
			w.str("0") // with 8 or C in front it could be an error code
			w.hex(7)
		case 'W':
			w.str(words[w.IntN(len(words))])
		case 'H':
			w.str(hosts[w.IntN(len(hosts))])
		case 'T':
			w.digits(w.IntN(24), 2)
			w.str(":")
			w.digits(w.IntN(60), 2)
		default:
			w.buf = append(w.buf, c)
		}
	}
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' }

// hit appends a message that the rule asks for.
func (w *writer) hit(r *Rule) {
	for i, p := range r.pieces {
		if i%2 == 0 {
			w.str(p)
			continue
		}
		switch p {
		case "guid":
			w.str("{")
			w.guid()
			w.str("}")
		case "int":
			w.int(w.IntN(100_000))
		case "word":
			w.str(words[w.IntN(len(words))])
		case "hresult":
			w.str("0x8024")
			w.hex(4)
		}
	}
}
