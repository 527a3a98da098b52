package propose

import (
	"errors"
	"strings"
	"testing"

	"github.com/cmtrail/cmtrail/internal/sentence"
	"github.com/cmtrail/cmtrail/rules"
)

func proposer(t testing.TB) *Proposer {
	t.Helper()
	set, faults, err := rules.Load(rules.Options{})
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	return New(set, rules.ErrorCodes())
}

func TestPropose(t *testing.T) {
	p := proposer(t)
	for _, tt := range []struct{ name, log, message, want string }{
		{"names of the packs", "locationservices.log", "Created and Sent Location Request '{D15E8A37-0B62-4F9C-8D24-7A3F6C91E0B5}' for package {6d0c4f1e-2a97-4b58-9e36-f18b7a5c2d04}",
			"Created and Sent Location Request '<location_request_id:guid>' for package <update_source_id:guid>"},
		{"error code", "x.log", "The transfer failed, hr=0x80070005.", "The transfer failed, hr=<hr:hresult>."},
		{"decimal code", "x.log", "Gave up (-2147024891) on it", "Gave up (<hr:hresult>) on it"},
		{"short code", "x.log", "Open failed with error 5 today", "Open failed with error <hr:int> today"},
		{"a code that says success", "x.log", "The job ended, hr=0x00000000 after 3 tries", "The job ended, hr=0x00000000 after <tries:int> tries"},
		{"no code", "x.log", "Wrote 80070005 bytes", "Wrote <bytes:int> bytes"},
		{"two codes", "x.log", "failed with 0x80070005, then 0x80072ee2", "failed with <error_code:hresult>, then <hr:hresult>"},
		{"a package", "distmgr.log", "Package CT100012 in version 3 was sent", "Package <package_id:word> in version <version:int> was sent"},
		{"an assignment", "x.log", "Evaluating assignment SMS00042 again", "Evaluating assignment <assignment_id:word> again"},
		{"capitals are no id", "x.log", "ABCDEFAB is a word", "ABCDEFAB is a word"},
		{"keys", "x.log", "CIVersion=12, ModelName: Scope_1, ProductID = {6d0c4f1e-2a97-4b58-9e36-f18b7a5c2d04}", "CIVersion=<ci_version:int>, ModelName: Scope_1, ProductID = <product_id:guid>"},
		{"url", "x.log", "Asking http://sup01.contoso.com:8530/x.asmx, please wait", "Asking <url:url>, please wait"},
		{"drive", "x.log", `Could not open C:\Program Files\Update Services\a b.cab now`, `Could not open <path:path> b.cab now`},
		{"drive in quotes", "x.log", `Could not open 'C:\Program Files\a b.cab' now`, `Could not open '<path:path>' now`},
		{"share", "x.log", `Copying to \\ps1.contoso.com\share\x, then done`, `Copying to <path:path>, then done`},
		{"registry", "x.log", `Reading HKLM\SOFTWARE\Policies\X failed`, `Reading <path:path> failed`},
		{"user", "x.log", `Logon of CONTOSO\svc-wsus failed for 'CONTOSO\bob$'`, `Logon of <user:word> failed for '<user_2:word>'`},
		{"system", "x.log", `Runs as NT AUTHORITY\SYSTEM here`, `Runs as <user> here`},
		{"quoted", "x.log", `The rule 'All Windows 11' couldn't find the client's "group"`, `The rule '<rule>' couldn't find the client's "<find_client>"`},
		{"empty quotes", "x.log", `The user is '' and "" here`, `The user is '' and "" here`},
		{"article", "x.log", "Installing KB5067890 on it", "Installing KB<kb:int> on it"},
		{"date and time", "x.log", "Next run at 11/23/2026 08:00:01 PM, last 2026-11-22T10:00:00Z, at 12:01:02.123 sharp", "Next run at <date:word> <time:word> PM, last <time_2:word>, at <time_3:word> sharp"},
		{"server", "x.log", "Connecting to sup01.contoso.com:8530 (10.0.0.7) now", "Connecting to <server:word>:<port:int> (<address:word>) now"},
		{"machines", "x.log", "Depot LAB-DP07 sends to DESKTOP-8HJ2K1A and not to WSUS-SUP", "Depot <machine:word> sends to <machine_2:word> and not to WSUS-SUP"},
		{"a standard", "x.log", "Text in UTF-16 was read", "Text in UTF-<text_utf:int> was read"},
		{"no server", "x.log", "Microsoft.UpdateServices.Internal threw in wsyncact.dll", "Microsoft.UpdateServices.Internal threw in wsyncact.dll"},
		{"version", "x.log", "Version: 5.00.9128.1007 is there", "Version: <version:word> is there"},
		{"noise", "x.log", "Job 7 on thread=4412 (0x113C) with handle 0x00000abc", "Job <job:int> on thread=<_:int> (<_:word>) with handle <_:word>"},
		{"names kept for conditions", "x.log", "file=12 severity=3", "file=<file_id:int> severity=<severity_id:int>"},
		{"markup", "x.log", `<Foo Count="3"><Bar/></Foo> was read`, `<<Foo Count="<count:int>"><<Bar/><</Foo> was read`},
		{"anchors of its own", "x.log", "^from 5 to US$", "^^from <_:int> to US$$"},
		{"digits in words", "x.log", "GetUpdateMetadata2 on x64 Windows10 took 12ms", "GetUpdateMetadata2 on x64 Windows10 took <took:int>ms"},
		{"the line that tells", "x.log", "\n--\nThe call failed with 5 errors\n at Foo.Bar()", "The call failed with <errors:int> errors"},
		{"a find alone", "x.log", "0x80070005", "0x80070005"},
		{"a minus and a hyphen", "x.log", "offset -5 of part-6", "offset <offset:int> of part-<part:int>"},
		{"a name with dots", "x.log", "Using libfoo.1.0.2 here", "Using libfoo.1.0.2 here"},
		{"a correlation vector", "x.log", "Started (cV: +PPcEUmui0CXfOH7.1.0.1.0)", "Started (cV: <_:word>)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := p.Propose(tt.log, tt.message)
			if err != nil {
				t.Fatal(err)
			}
			if got.Sentence != tt.want {
				t.Errorf("%s\ngave %s\nwant %s", tt.message, got.Sentence, tt.want)
			}
		})
	}
}

func TestProposeNothing(t *testing.T) {
	p := proposer(t)
	for _, message := range []string{"", " \t\n", "\xff\xfe"} {
		if got, err := p.Propose("x.log", message); !errors.Is(err, ErrNoSentence) {
			t.Errorf("%q gave %q, %v", message, got.Sentence, err)
		}
	}
}

// A long message gives a sentence of its beginning, with no more holes than a reader can take in.
func TestProposeLong(t *testing.T) {
	p := proposer(t)
	got, err := p.Propose("x.log", "The list of ids is long: "+strings.Repeat("{6d0c4f1e-2a97-4b58-9e36-f18b7a5c2d04}, ", 40))
	if n := strings.Count(got.Sentence, ":guid>"); err != nil || n < 5 || n > maxHoles || len(got.Sentence) > 2*maxBytes {
		t.Errorf("%d holes in %q, %v", n, got.Sentence, err)
	}
	if got, err = p.Propose("x.log", "The word "+strings.Repeat("é", 3000)); err != nil || len(got.Sentence) > maxBytes {
		t.Errorf("%d bytes, %v", len(got.Sentence), err)
	}
}

// What is proposed matches the message it was made of, or it is said that nothing can be proposed.
func FuzzPropose(f *testing.F) {
	for _, seed := range []string{
		"Created and Sent Location Request '{D15E8A37-0B62-4F9C-8D24-7A3F6C91E0B5}' for package x", "failed, hr=8007000E", "<a> << 'x' $", "^.",
		`C:\a b\c \\x\y HKLM\z CONTOSO\bob http://a/b KB1234567`, "1 2 3 4.5 6:07:08 'a' \"b\" \u00e9\u2028", "Message '{a}' got '' \"\" 'x'y'",
	} {
		f.Add(seed)
	}
	p := proposer(f)
	f.Fuzz(func(t *testing.T, message string) {
		got, err := p.Propose("locationservices.log", message)
		if err != nil {
			if !errors.Is(err, ErrNoSentence) || got.Sentence != "" {
				t.Fatalf("%q gave %q, %v", message, got.Sentence, err)
			}
			return
		}
		s, err := sentence.Compile(got.Sentence)
		if err != nil {
			t.Fatalf("%q of %q: %v", got.Sentence, message, err)
		}
		holes, ok := s.Match(message, nil)
		if !ok || len(holes) != len(got.Holes) || s.Literal() == "" {
			t.Fatalf("%q of %q matches: %t, %d holes of %d, literal %q", got.Sentence, message, ok, len(holes), len(got.Holes), s.Literal())
		}
		for i := range holes {
			if holes[i] != got.Holes[i] {
				t.Fatalf("%q of %q: %v, promised %v", got.Sentence, message, holes[i], got.Holes[i])
			}
		}
	})
}
