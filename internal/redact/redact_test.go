package redact

import (
	"strings"
	"testing"
)

const testKey = "a key for tests, sixteen bytes or more"

func newRedactor(t testing.TB, classes ...string) *Redactor {
	t.Helper()
	if len(classes) == 0 {
		classes = []string{All}
	}
	r, err := Settings{Classes: classes, Key: testKey}.Redactor()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// shape writes a text with the digits of its pseudonyms left out: host-3f9a1c2b4d5e becomes <host>.
func shape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		found := false
		for _, p := range prefixes {
			end := i + len(p) + 1 + digits
			if end <= len(s) && strings.HasPrefix(s[i:], p) && isPseudonym(s[i:end]) {
				b.WriteString("<" + p + ">")
				i, found = end, true
				break
			}
		}
		if !found {
			b.WriteByte(s[i])
			i++
		}
	}
	return b.String()
}

// cases are texts and what becomes of them; "" = they stay as they are.
type cases []struct{ in, want string }

func (c cases) run(t *testing.T, r *Redactor) {
	t.Helper()
	for _, tt := range c {
		want := tt.want
		if want == "" {
			want = tt.in
		}
		got := r.Text(tt.in)
		if shape(got) != want {
			t.Errorf("Text(%q)\n got %q\nwant %q", tt.in, shape(got), want)
		}
		if again := r.Text(got); again != got {
			t.Errorf("Text(%q) gives %q, and of that %q", tt.in, got, again)
		}
	}
}

func TestAddress(t *testing.T) {
	cases{
		{"Client 10.20.4.51 asked", "Client <ip> asked"},
		{"10.20.4.51", "<ip>"},
		{"from 192.168.20.109.", "from <ip>."},
		{"connect 10.20.4.51:8530 failed", "connect <ip>:8530 failed"},
		{"subnet 10.20.4.0/24", "subnet <ip>/24"},
		{`<IPAddress SubnetAddress="10.20.4.0" Address="10.20.4.51"/>`, `<IPAddress SubnetAddress="<ip>" Address="<ip>"/>`},
		{"10.20.4.1-10.20.4.254", "<ip>-<ip>"},
		{"10.20.4.1,10.20.4.2;10.20.4.3", "<ip>,<ip>;<ip>"},
		{"(8.8.8.8)", "(<ip>)"},
		{"IP address is 1.2.3.0", "IP address is <ip>"},
		{"http://10.20.4.51/SMS_MP", "http://<ip>/SMS_MP"},
		{`\\10.20.4.51\Sources`, `\\<ip>\Sources`},
		{"2026-04-01 00:00:21 10.0.0.5 POST /ClientWebService/client.asmx - 8530 - 10.0.1.0 Windows-Update-Agent", "2026-04-01 00:00:21 <ip> POST /ClientWebService/client.asmx - 8530 - <ip> Windows-Update-Agent"},
		{"fe80::1c2:3d4e on the wire", "<ip> on the wire"},
		{"[2001:db8::8]:8530", "[<ip>]:8530"},
		{"http://[2001:DB8::8]:8530/x", "http://[<ip>]:8530/x"},
		{"2001:db8:0:0:0:0:0:8/64", "<ip>/64"},
		{"fe80::1%12", "<ip>%12"},
		{"::ffff:10.20.4.51", "<ip>"},
		{"IPv6 2001:db8::.", "IPv6 <ip>."},

		{"127.0.0.1", ""}, {"http://127.0.0.1:8530/", ""}, {"::1", ""}, {"0.0.0.0", ""}, {"mask 255.255.255.0", ""}, {"group 239.255.255.250", ""}, {"ff02::1", ""},
	}.run(t, newRedactor(t))
}

// Versions of files and products are what a reader needs most, and they look like addresses.
func TestVersion(t *testing.T) {
	cases{
		{"ccmsetup version: 5.00.9106.1000", ""},
		{"Windows 10.0.19045.3803", ""},
		{"5.0.8458.1007", ""},
		{"version 7.9.1.2 of the agent", ""},
		{"client version is 5.0.12.1", ""},
		{`Version="4.0.30.19"`, ""},
		{"<Version>4.0.30.19</Version>", ""},
		{"ProductVersion = 11.0.2.5", ""},
		{"FileVersion: 11.0.2.5", ""},
		{"WUAVer=7.6.1.2", ""},
		{"build 10.1.2.3", ""},
		{"build number 10.1.2.3", ""},
		{"v10.1.2.3", ""},
		{"upgraded from version 7.1.0.2 to 7.1.0.3", ""},
		{"Windows-Update-Agent/7.6.1.2", ""},
		{"Safari/35.0.0.48.273", ""},
		{"[FB_IAB/FB4A;FBAV/35.0.0.48.273;]", ""},
		{"Package_for_KB5034441~31bf3856ad364e35~amd64~~10.0.1.1", ""},
		{"msxml_6.10.1129.0_none", ""},
		{"Microsoft.NET.Native.Framework.2.2_2.2.27.1_x64", ""},
		{"defender-4.18.1.3.exe", ""},
		{"1.2.3.4-beta", ""},
		{"1.2.3.4.dll", ""},
		{`C:\Program Files\Tool\2.4.6.8\tool.exe`, ""},
		{"Content 2.2.0.0 is there", ""},
		{"1.0.0.1 is there", ""},
		{"cV = xS24Yd5ZFEOijniv.1.0.1.1", ""},
		{"cV = xS24Yd5ZFEOijniv.1.0.1.0.0.2.1", ""},
		{"cV: esyKVmZYVEachI+1.1.0.1.0", ""},
		{"cV: /bVTgLadpUyWh1/2.1.0.1.0", ""},
		{"OID 1.3.6.1.5.5.7.3.2", ""},
		{"12:03:07.668 and 08:11", ""},
		{"CScanAgent::ScanByUpdates Add::Bad", ""},
		{"00:15:5D:01:02:03", ""},

		// In doubt it is an address.
		{"got version 5.1.2.3 from 10.20.4.51", "got version 5.1.2.3 from <ip>"},
		{"server version 5.00.9106.1000 at 10.20.4.51", "server version 5.00.9106.1000 at <ip>"},
		{"agent 10.1.2.3", "agent <ip>"},
	}.run(t, newRedactor(t))
}

func TestHost(t *testing.T) {
	cases{
		{"SUP01.CONTOSO.COM and sup01.contoso.com.", "<host>.<domain> and <host>.<domain>."},
		{"in contoso.com", "in <domain>"},
		{"wsus.contoso.de, wsus.corp.contoso.local", "<host>.<domain>, <host>.<domain>"},
		{"http://sup01.contoso.com:8530/ClientWebService/client.asmx", "http://<host>.<domain>:8530/ClientWebService/client.asmx"},
		{"https://SUP01:8531", "https://<host>:8531"},
		{"'http://SUP01'", "'http://<host>'"},
		{"http://ina:secret@sup01/x", "http://<user>@<host>/x"},
		{"file://SUP01/share", "file://<host>/share"},
		{"LDAP://SUP01.contoso.com/CN=x,DC=contoso,DC=com", "LDAP://<host>.<domain>/CN=x,DC=<host>,DC=<host>"},
		{`\\SUP01\Sources$\a`, `\\<host>\Sources$\a`},
		{`path \\sup01.contoso.com\Sources, next`, `path \\<host>.<domain>\Sources, next`},
		{`Path:\\SUP01\x`, `Path:\\<host>\x`},
		{`"\\\\SUP01\\Sources\\a"`, `"\\\\<host>\\Sources\\a"`},
		{`\\?\UNC\SUP01\Sources`, `\\?\UNC\<host>\Sources`},
		{`["Display=\\SUP01\"]MSWNET:["SMS_SITE=ABC"]\\SUP01\SMS_ABC\`, `["Display=\\<host>\"]MSWNET:["SMS_SITE=ABC"]\\<host>\SMS_ABC\`},
		{"SYS=SITE01.CONTOSO.COM SITE=CM1", "SYS=<host>.<domain> SITE=CM1"},
		{"SYS=SITE01 SITE=CM1", "SYS=<host> SITE=CM1"},
		{`ServerName="SUP01"`, `ServerName="<host>"`},
		{"Machine name: lab", "Machine name: <host>"},
		{"Computer Name = LAB-01", "Computer Name = <host>"},
		{"<MachineName>LAB</MachineName>", "<MachineName><host></MachineName>"},
		{"NetbiosName='LAB'", "NetbiosName='<host>'"},
		{"delivered to host 'SUP01'", "delivered to host '<host>'"},
		{"WSUS server: SUP01, port: 8530", "WSUS server: <host>, port: 8530"},
		{"Host=SUP01, Path=/ccm_system/request", "Host=<host>, Path=/ccm_system/request"},
		{"_ldap._tcp.contoso.com", "<host>.<domain>"},
		{`C:\inetpub\sup01.contoso.com\logs`, `C:\inetpub\<host>.<domain>\logs`},

		{"runs on machine LAB-07, which", "runs on machine <host>, which"},
		{"WSUS server SUP01.", "WSUS server <host>."},
		{"to server SUP01:8530", "to server <host>:8530"},
		{"computer LAB-07", "computer <host>"},

		{"Windows Server 2019 and server v10", ""}, {"machine S-1-5-18", ""}, {"Server KB5034441", ""}, {"client x64", ""}, {"client is v5.1", ""},
		{"host name1.dll", ""},
		{"http://wsus.ds.download.windowsupdate.com/c", ""}, {"fe2.update.microsoft.com", ""}, {"xmlns=\"http://www.w3.org/2001\"", ""},
		{"http://localhost:8530", ""}, {"host 'localhost'", ""}, {"http://+:80/", ""}, {"http://%s/x", ""}, {"uup://a1b2c3/", ""},
		{"WUAHandler.log wuaueng.dll setup.exe scanagent.cpp:1287", ""}, {"System.Net.WebException: x", ""}, {`C:\Windows\Microsoft.NET\Framework64`, ""},
		{"ASP.NET", ""}, {"System.Info", ""}, {"failed.It is", ""}, {"done.in", ""}, {"command.com", ""}, {"Microsoft.Update.Session", ""},
		{`\\.\root\cimv2`, ""}, {`\\?\C:\Windows`, ""}, {`C:\\Windows\\System32`, ""}, {`root\ccm:CCM_Policy`, ""}, {`SMS\\Client`, ""},
		{"Server: none", ""}, {"host is not found", ""}, {"server: failed to start", ""}, {"Host = 5", ""},
		{"contoso.cloudapp.net contoso.blob.core.windows.net contoso.onmicrosoft.com", "<host>.<domain> <host>.<domain> <host>.<domain>"},
		{"not-microsoft.com.contoso.com", "<host>.<domain>"}, {"evilmicrosoft.com", "<domain>"},
	}.run(t, newRedactor(t))
}

func TestUser(t *testing.T) {
	cases{
		{`runs as CONTOSO\ina.`, `runs as <domain>\<user>.`},
		{`User "CONTOSO\ina" modified`, `User "<domain>\<user>" modified`},
		{`'CONTOSO\Ina Berg' did`, `'<domain>\<user>' did`},
		{`contoso.com\ina`, `<domain>\<user>`},
		{`CONTOSO\LAB-01$ asked`, `<domain>\<host>$ asked`},
		{`user=CONTOSO\\ina`, `user=<domain>\\<user>`},
		{`C:\Users\ina\AppData\Local\Temp`, `C:\Users\<user>\AppData\Local\Temp`},
		{`C:\Users\Ina Berg\AppData`, `C:\Users\<user>\AppData`},
		{`"C:\Users\ina"`, `"C:\Users\<user>"`},
		{`C:\\Users\\ina\\AppData`, `C:\\Users\\<user>\\AppData`},
		{`file:///C:/Users/ina/a.txt`, `file:///C:/Users/<user>/a.txt`},
		{`\\LAB-01\c$\Users\ina\x`, `\\<host>\c$\Users\<user>\x`},
		{`C:\Documents and Settings\ina\x`, `C:\Documents and Settings\<user>\x`},
		{`C:\Users\ina.berg\x`, `C:\Users\<user>\x`},
		{"UserName=ina", "UserName=<user>"},
		{"User: ina_b", "User: <user>"},
		{"user name: ina", "user name: <user>"},
		{"user 'Ina Berg' logged on", "user '<user>' logged on"},

		{`NT AUTHORITY\SYSTEM`, ""}, {`BUILTIN\Administrators`, ""}, {`IIS APPPOOL\WsusPool`, ""}, {`NT SERVICE\TrustedInstaller`, ""},
		{`.\Administrator`, ""}, {`C:\Users\Public\Desktop`, ""}, {`C:\Users\Default\x`, ""}, {`C:\Windows\CCM\Logs`, ""},
		{`Software\Microsoft`, ""}, {`root\ccm`, ""}, {`system32\wuaueng.dll`, ""}, {`Program Files\Update Services\x`, ""}, {`WSyncMgr.box\FULL.SYN`, ""},
		{`Tools\setup.exe`, ""}, {"user: SYSTEM", ""}, {"User: not logged on", ""}, {`Users\x`, ""}, {`\Users\`, ""},
	}.run(t, newRedactor(t))
}

func TestSIDAndMail(t *testing.T) {
	cases{
		{"user S-1-5-21-97727556-1234567890-2345678901-1001 logged on", "user <sid> logged on"},
		{`ROOT\ccm\Policy\S_1_5_21_97727556_1234567890_2345678901_1001\ActualConfig`, `ROOT\ccm\Policy\<sid>\ActualConfig`},
		{`HKU\S-1-5-21-97727556-1234567890-2345678901-1001_Classes`, `HKU\<sid>_Classes`},
		{"domain S-1-5-21-97727556-1234567890-2345678901", "domain <sid>"},
		{"S-1-12-1-1234567890-1234567890-1234567890-1234567890", "<sid>"},
		{"ina.berg+x@contoso.com wrote", "<email> wrote"},
		{"mailto:ina@contoso.com>", "mailto:<email>>"},
		{"UPN ina@corp.contoso.local.", "UPN <email>."},

		{"S-1-5-18", ""}, {"S-1-5-32-544", ""}, {"S-1-1-0", ""}, {"S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464", ""}, {"S-1-5-21", ""},
		{"KS-1-5-21-97727556-1234567890-2345678901-1001", ""},
		{"?Run@Scan@@QAE", ""}, {"func@12", ""}, {"a@b.1", ""}, {"@contoso", ""},
	}.run(t, newRedactor(t))
}

// The same name gives the same pseudonym, however it is spelt and wherever it stands; under another key another.
func TestStable(t *testing.T) {
	r := newRedactor(t)
	for _, same := range [][]string{
		{"http://SUP01.contoso.com/", "http://sup01.CONTOSO.com/"},
		{"ip 10.20.4.51", "ip ::ffff:10.20.4.51"},
		{"ip fe80::1", "ip FE80:0:0:0:0:0:0:1"},
		{"sid S-1-5-21-1-2-3-1001", "sid S_1_5_21_1_2_3_1001"},
		{"CONTOSO\\ina ", "contoso\\INA "},
	} {
		if a, b := r.Text(same[0]), newRedactor(t).Text(same[1]); !strings.EqualFold(a, b) {
			t.Errorf("%q gives %q, %q gives %q", same[0], a, same[1], b)
		}
	}
	if name := r.Host("SUP01"); !strings.HasPrefix(r.Host("sup01.contoso.com"), name+".domain-") || !strings.Contains(r.Text(`\\sup01\x`), name) || !strings.Contains(r.Text("C:\\Users\\sup01\\"), "user-") {
		t.Error("a host is one with a domain and without")
	}
	if a, b := r.Text(`C:\Users\ina\x`), r.Text(`CONTOSO\ina`); a[len(`C:\Users\`):len(a)-2] != b[strings.IndexByte(b, '\\')+1:] {
		t.Errorf("a user is one in a path and an account: %q, %q", a, b)
	}
	other := New([]Class{Host}, []byte("another key, of sixteen bytes or more"))
	if a, b := r.Host("SUP01"), other.Host("SUP01"); a == b {
		t.Errorf("two keys give %q", a)
	}
	if got := other.Text(r.Text("http://SUP01/")); got != r.Text("http://SUP01/") {
		t.Errorf("a pseudonym is replaced: %q", got)
	}
}

// A class that was not asked for stays, whatever stands beside it.
func TestClasses(t *testing.T) {
	const line = `http://SUP01.contoso.com 10.20.4.51 CONTOSO\ina S-1-5-21-1-2-3-1001 ina@contoso.com`
	for _, tt := range []struct{ class, want string }{
		{"host", `http://<host>.<domain> 10.20.4.51 CONTOSO\ina S-1-5-21-1-2-3-1001 ina@<domain>`},
		{"ip", `http://SUP01.contoso.com <ip> CONTOSO\ina S-1-5-21-1-2-3-1001 ina@contoso.com`},
		{"user", `http://SUP01.contoso.com 10.20.4.51 <domain>\<user> S-1-5-21-1-2-3-1001 ina@contoso.com`},
		{"sid", `http://SUP01.contoso.com 10.20.4.51 CONTOSO\ina <sid> ina@contoso.com`},
		{"email", `http://SUP01.contoso.com 10.20.4.51 CONTOSO\ina S-1-5-21-1-2-3-1001 <email>`},
	} {
		if got := shape(newRedactor(t, tt.class).Text(line)); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.class, got, tt.want)
		}
	}
}
