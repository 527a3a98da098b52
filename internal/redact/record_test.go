package redact

import (
	"os"
	"strings"
	"testing"

	"github.com/cmtrail/cmtrail/internal/pipeline"
	"github.com/cmtrail/cmtrail/parsers"
	"github.com/cmtrail/cmtrail/rules"
)

// What the machine is called, what a rule has caught and what a column holds is replaced wherever it stands as a word.
func TestKnownNames(t *testing.T) {
	r := newRedactor(t)
	for _, tt := range []struct {
		host, message, want string
		keys                []rules.Key
		attrs               []parsers.Attr
	}{
		{host: "LAB-07", message: "LAB-07 and lab-07, not LAB-071 or XLAB-07", want: "<host> and <host>, not LAB-071 or XLAB-07"},
		{host: "LAB-07.contoso.com", message: "CN=LAB-07; LAB-07.contoso.com; LAB-07$", want: "CN=<host>; <host>.<domain>; <host>$"},
		{host: "PARIS", message: "PARIS or Paris", want: "<host> or Paris"},
		{host: "WSUS", message: "the WSUS server", want: "the WSUS server"},
		{host: "LAB-07", message: `LAB-07\ina logs on`, want: `<host>\<user> logs on`},
		{message: "SUP01 is active, says SUP01.", want: "<host> is active, says <host>.", keys: []rules.Key{{Name: "sup", Value: "SUP01"}}},
		{message: "modified by ina and not by inaki", want: "modified by <user> and not by inaki", keys: []rules.Key{{Name: "user", Value: "ina"}}},
		{message: "recorded for SYSTEM", want: "recorded for SYSTEM", keys: []rules.Key{{Name: "for_user", Value: "SYSTEM"}}},
		{message: "GET / - 80 ina", want: "GET / - 80 <user>", attrs: []parsers.Attr{{Key: "cs-username", Str: "ina"}}},
		{message: "GET / SITE01W3 80", want: "GET / <host> 80", attrs: []parsers.Attr{{Key: "s-computername", Str: "SITE01W3"}}},
	} {
		res := &pipeline.Result{
			Source: pipeline.Source{Host: tt.host}, Verdict: &rules.Verdict{Keys: tt.keys},
			Record: &parsers.Record{Message: tt.message, Original: tt.message, Attrs: tt.attrs},
		}
		got := r.Result(res)
		if shape(got.Record.Message) != tt.want || got.Record.Original != got.Record.Message {
			t.Errorf("%q of %q:\n got %q\nwant %q", tt.message, tt.host, shape(got.Record.Message), tt.want)
		}
		if tt.host != "" && got.Source.Host == tt.host {
			t.Errorf("the host %q stays", tt.host)
		}
		for i, k := range got.Verdict.Keys {
			if (k.Value == tt.keys[i].Value) != (k.Value == "SYSTEM") {
				t.Errorf("the key %s is %q", k.Name, k.Value)
			}
		}
		if res.Record.Message != tt.message || len(tt.keys) > 0 && res.Verdict.Keys[0] != tt.keys[0] {
			t.Error("the original has changed")
		}
	}
}

// Correlation cuts evidence, perhaps inside a name, which nobody could tell from its half.
func TestCutEvidence(t *testing.T) {
	r := newRedactor(t)
	long := strings.Repeat("word ", 100) + "sup01.cont"
	f := r.Finding(&rules.Finding{First: rules.Reference{Message: (long + "oso.com and more")[:maxEvidence-2]}, Last: rules.Reference{Message: long[:200] + "sup01.contoso.com"}})
	if strings.Contains(f.First.Message, "sup01") || len(f.First.Message) > maxEvidence {
		t.Errorf("evidence %q", f.First.Message)
	}
	if !strings.HasPrefix(f.Last.Message, long[:200]+"host-") {
		t.Errorf("evidence %q", f.Last.Message)
	}
}

// Who reads the documentation can see which hosts stay readable.
func TestPublicHostsAreDocumented(t *testing.T) {
	data, err := os.ReadFile("../../otelprocessor/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range Public {
		if !strings.Contains(string(data), "`"+host+"`") {
			t.Errorf("otelprocessor/README.md does not name %s", host)
		}
	}
}
