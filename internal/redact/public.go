package redact

// Public are the hosts that stay readable, with all below them: every machine in the world asks them, so they identify
// nobody. What customers have a name of their own below, such as cloudapp.net, blob.core.windows.net, sharepoint.com or
// onmicrosoft.com, is not among them.
var Public = []string{
	"microsoft.com", "windowsupdate.com", "windows.com", "msftncsi.com", "msftconnecttest.com", "msedge.net", "aka.ms",
	"officecdn.microsoft.com.edgesuite.net", "login.windows.net", "login.microsoftonline.com", "graph.windows.net",
	"enterpriseregistration.windows.net", "digicert.com", "verisign.com", "symcb.com", "globalsign.com", "w3.org", "xmlsoap.org", "tempuri.org",
}

// staysReadable tells of hosts that identify nobody, and of what has a pseudonym already.
func staysReadable(name string) bool {
	if isPseudonymHost(name) {
		return true
	}
	for _, p := range Public {
		if endsFold(name, p) && (len(name) == len(p) || name[len(name)-len(p)-1] == '.') {
			return true
		}
	}
	return equalFold(name, "localhost") || equalFold(name, "localhost.localdomain") || equalFold(name, "wpad")
}

// topDomains are last labels of hosts that belong to no country.
var topDomains = setOf("com net org edu gov mil int info biz aero coop museum arpa local lan localdomain internal intranet corp " +
	"cloud test example invalid ad dmz")

// countries are the last labels of countries.
var countries = setOf("ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc cd cf cg ch " +
	"ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gd ge gf gg gh gi gl gm gn gp gq gr " +
	"gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu " +
	"lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl " +
	"pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm " +
	"tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw")

// ambiguousCountries are endings of files or words of a sentence as well. They count with three labels or more.
var ambiguousCountries = setOf("ad ai am as at be by cc cd co do hm id ie il im in io is it la md me ml mn mo ms my ne no np om pl pm ps py re rs sc " +
	"sh si sm so st su sv td tm to us va vs ws")

// notHosts look like hosts and are none.
var notHosts = setOf("asp.net ado.net vb.net system.net microsoft.net odp.net ml.net command.com chcp.com more.com format.com mode.com tree.com diskcopy.com " +
	"diskcomp.com")
