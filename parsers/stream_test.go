package parsers_test

import (
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/cmtrail/cmtrail/parsers"
)

const (
	ccmLine    = `<![LOG[Scan started]LOG]!><time="08:52:46.657+240" date="07-14-2026" component="ScanAgent" context="" type="1" thread="10472" file="scan.cpp:31">`
	legacyLine = `Sync started  $$<SMS_WSUS_SYNC_MANAGER><07-14-2026 08:52:46.657+240><thread=1042 (0x412)>`
	wsusLine   = "2026-07-14 12:52:46.231 UTC\tInfo\tWsusService.15\tSync.Run\tdone"
	cbsLine    = "2026-07-14 08:24:08, Info                  CBS    Lock added"
	msiLine    = "MSI (s) (18:A8) [09:13:23:309]: MainEngineThread is returning 0"
)

// brief prints what the stream tests look at.
func brief(r *parsers.Record) string {
	text := r.Message
	if len(text) > 60 {
		text = text[:60]
	}
	return strings.TrimRight(string(r.Format)+" ["+r.Flags.String()+"] "+strings.ReplaceAll(text, "\n", "|"), " ")
}

// played is a stream that remembers its records.
type played struct {
	*parsers.Stream
	records []*parsers.Record
}

func open(name string, opt parsers.Options) *played {
	p := &played{}
	p.Stream = parsers.NewStream(name, opt, func(r *parsers.Record) { p.records = append(p.records, r.Clone()) })
	return p
}

func (p *played) briefs() []string {
	list := []string{}
	for _, r := range p.records {
		list = append(list, brief(r))
	}
	return list
}

func utf16le(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		b.WriteByte(byte(u))
		b.WriteByte(byte(u >> 8))
	}
	return b.String()
}

func utf16be(s string) string {
	b := []byte(utf16le(s))
	for i := 0; i+1 < len(b); i += 2 {
		b[i], b[i+1] = b[i+1], b[i]
	}
	return string(b)
}

func TestStream(t *testing.T) {
	opened := "<![LOG[a message that goes on"
	closing := "and ends" + ccmLine[strings.Index(ccmLine, "]LOG]!>"):]
	for name, tt := range map[string]struct {
		name string
		opt  parsers.Options
		play func(*played)
		want []string
	}{
		"utf16 with mark":                 {play: writes("\xff\xfe" + utf16le(msiLine+"\r\n")), want: []string{"msi [] MainEngineThread is returning 0"}},
		"utf16 without mark":              {play: writes(utf16le(msiLine + "\r\n")), want: []string{"msi [] MainEngineThread is returning 0"}},
		"utf16 big-endian with mark":      {play: writes("\xfe\xff" + utf16be(msiLine+"\r\n")), want: []string{"msi [] MainEngineThread is returning 0"}},
		"utf16 big-endian without mark":   {play: writes(utf16be(msiLine)), want: []string{"msi [] MainEngineThread is returning 0"}},
		"utf16 with characters of a pair": {play: writes("\xff\xfe" + utf16le("MSI (s) (18:A8) [09:13:23:309]: smile \U0001F600 Grüße\r\n")), want: []string{"msi [] smile \U0001F600 Grüße"}},
		"split read":                      {play: writes(ccmLine[:60], ccmLine[60:]+"\r\n"), want: []string{"ccm [] Scan started"}},
		"split line end":                  {play: writes(ccmLine+"\r", "\n"+ccmLine+"\r", "\n"), want: []string{"ccm [] Scan started", "ccm [] Scan started"}},
		"split rune":                      {play: writes("<![LOG[caf\xc3", "\xa9"+ccmLine[len("<![LOG[Scan started"):]+"\n"), want: []string{"ccm [] café"}},
		"code page":                       {play: writes("<![LOG[caf\xe9" + ccmLine[len("<![LOG[Scan started"):] + "\n"), want: []string{"ccm [] café"}},
		"code page beyond Latin 1":        {play: writes("<![LOG[\x80 5 \x96 10" + ccmLine[len("<![LOG[Scan started"):] + "\n"), want: []string{"ccm [] € 5 – 10"}},
		"marks and NUL":                   {play: writes("\xef\xbb\xbf" + ccmLine + "\r\n\xef\xbb\xbf" + ccmLine + "\r\n\x00\x00\x00\r\n" + "\x00\x00" + ccmLine), want: []string{"ccm [] Scan started", "ccm [] Scan started", "ccm [] Scan started"}},
		"idle cuts a headed record": {
			play: func(p *played) {
				p.WriteLine(cbsLine)
				p.Idle()
				p.Idle()
				p.WriteLine(" hash: 12")
				p.WriteLine(cbsLine)
				p.WriteLine(" hash: 13")
			},
			want: []string{"cbs [] Lock added", "plain [recovered]  hash: 12", "cbs [] Lock added| hash: 13"},
		},
		"idle cuts a bracketed record": {
			play: func(p *played) { p.WriteLine(opened); p.Idle(); p.WriteLine(closing); p.WriteLine("stray") },
			want: []string{"ccm [unterminated] a message that goes on", "ccm [truncated_head] and ends", "plain [] stray"},
		},
		"idle within a line": {
			play: func(p *played) {
				p.write("just a li")
				p.Idle()
				p.write("ne\nand another\n")
			},
			want: []string{"plain [] just a li", "plain [recovered] ne", "plain [] and another"},
		},
		"idle within a character": {
			play: func(p *played) { p.write("caf\xc3"); p.Idle(); p.write("\xa9\n") },
			want: []string{"plain [] caf", "plain [recovered] é"},
		},
		"idle before a byte order mark is whole": {
			play: func(p *played) { p.write("\xff"); p.Idle(); p.write("\xfe" + utf16le("text")) },
			want: []string{"plain [] text"},
		},
		"truncation": {
			play: func(p *played) {
				p.write(opened + "\r\nmore")
				p.Reset()
				p.write("\xff\xfe" + utf16le(ccmLine))
			},
			want: []string{"ccm [unterminated] a message that goes on|more", "ccm [] Scan started"},
		},
		"runaway": {
			opt: parsers.Options{MaxLines: 10},
			play: func(p *played) {
				p.WriteLine("<![LOG[open")
				for range 12 {
					p.WriteLine("f")
				}
				p.WriteLine(ccmLine)
			},
			want: []string{"ccm [unterminated,oversize] open" + strings.Repeat("|f", 9), "plain [] f", "plain [] f", "plain [] f", "ccm [] Scan started"},
		},
		"line longer than a record": {
			opt:  parsers.Options{MaxLine: 64, MaxRecord: 64},
			play: writes("<![LOG[" + strings.Repeat("x", 500) + ccmLine[len("<![LOG[Scan started"):] + "\r\n" + ccmLine + "\n"),
			want: []string{"ccm [oversize] " + strings.Repeat("x", 57), "ccm [oversize] Scan started"},
		},
		"long line of a short record": {
			opt:  parsers.Options{MaxLine: 64},
			play: writes(ccmLine),
			want: []string{"ccm [oversize] Scan started"},
		},
		"interleaved": {
			play: writes(ccmLine + "\r\n" + "ding file /x range 0-4" + ccmLine[strings.Index(ccmLine, "]LOG]!>"):] + "\r\n" + ccmLine + "\r\n"),
			want: []string{"ccm [] Scan started", "ccm [truncated_head] ding file /x range 0-4", "ccm [] Scan started"},
		},
		"mixed family": {
			play: writes(strings.Repeat(ccmLine+"\n", 3) + strings.Repeat(legacyLine+"\n", 2)),
			want: []string{"ccm [] Scan started", "ccm [] Scan started", "ccm [] Scan started", "ccm-legacy [] Sync started", "ccm-legacy [] Sync started"},
		},
		"family mixed the other way": {
			play: writes(legacyLine + "\nheld\n" + ccmLine + "\nfirst\n" + legacyLine),
			want: []string{"ccm-legacy [] Sync started", "plain [] held", "ccm [] Scan started", "ccm-legacy [] first|Sync started"},
		},
		"continuation first": {
			play: writes("   at System.Web.Page()\n" + wsusLine + "\n" + wsusLine + "\n"),
			want: []string{"plain []    at System.Web.Page()", "wsus [] done", "wsus [] done"},
		},
		"name decides, content corrects it": {
			name: `C:\Windows\CCM\Logs\ScanAgent.log`,
			play: writes(strings.Repeat("junk\n", 25) + wsusLine + "\n more\n"),
			want: append(repeat("plain [] junk", 25), "wsus [] done| more"),
		},
		"content after patience": {
			play: writes(strings.Repeat("junk\n", 25) + ccmLine + "\n"),
			want: append(repeat("plain [] junk", 25), "ccm [] Scan started"),
		},
		"trailer cut at the end": {
			name: "wsyncmgr.log",
			play: writes(legacyLine + "\nSync failed $$<SMS_WSUS_SYNC_MANAGER><07-14-20"),
			want: []string{"ccm-legacy [] Sync started", "plain [unterminated] Sync failed $$<SMS_WSUS_SYNC_MANAGER><07-14-20"},
		},
		"too many lines before a trailer": {
			opt:  parsers.Options{Format: parsers.CCMLegacy},
			play: writes(strings.Repeat("x\n", 65) + legacyLine),
			want: append(repeat("plain [] x", 64), "ccm-legacy [] x|Sync started"),
		},
		"rollover mark": {
			play: writes(legacyLine + "\nROLLOVER\n" + legacyLine),
			want: []string{"ccm-legacy [] Sync started", "ccm-legacy [] Sync started"},
		},
		"continuation cap": {
			opt:  parsers.Options{ContinuationLines: 2},
			play: writes(cbsLine + "\n a\n b\n c\n d\n" + cbsLine),
			want: []string{"cbs [oversize] Lock added| a| b", "plain []  c", "plain []  d", "cbs [] Lock added"},
		},
		"long plain line": {
			opt:  parsers.Options{MaxLine: 16},
			play: writes(strings.Repeat("é", 15) + "\nshort"),
			want: []string{"plain [oversize] éééééééé", "plain [oversize] ééééééé", "plain [] short"},
		},
		"long lines that wait for a trailer": {
			opt:  parsers.Options{Format: parsers.CCMLegacy, MaxLine: 32},
			play: writes("first\n" + legacyLine + "\n" + strings.Repeat("y", 40)),
			want: []string{"ccm-legacy [oversize] first|Sync started", "plain [oversize] " + strings.Repeat("y", 40)},
		},
		"directives alone": {
			play: writes("#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n"),
			want: []string{"w3c [] #Software: Microsoft Internet Information Services 10.0|#Ver"},
		},
		"blank lines in and after a headed record": {
			play: writes(cbsLine + "\n\n a\n\n\n" + cbsLine + "\n\n"),
			want: []string{"cbs [] Lock added|| a", "cbs [] Lock added"},
		},
		"several lines in one": {
			play: func(p *played) { p.WriteLine(cbsLine + "\r\n a\n b\r"); p.WriteLine(cbsLine) },
			want: []string{"cbs [] Lock added| a| b", "cbs [] Lock added"},
		},
		"plain on request": {
			opt:  parsers.Options{Format: parsers.Plain},
			play: writes(ccmLine[:20] + "\n" + cbsLine + "\n"),
			want: []string{"plain [] " + ccmLine[:20], "plain [] " + cbsLine},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := open(tt.name, tt.opt)
			tt.play(p)
			p.Flush()
			if diff := cmp.Diff(tt.want, p.briefs()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if n := p.Held(); n != 0 {
				t.Errorf("%d lines held after a flush", n)
			}
		})
	}
}

func (p *played) write(s string) { _, _ = p.Write([]byte(s)) }

func writes(chunks ...string) func(*played) {
	return func(p *played) {
		for _, c := range chunks {
			p.write(c)
		}
	}
}

func repeat(s string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = s
	}
	return list
}
