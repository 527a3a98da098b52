package ccm

import (
	"bytes"
	"testing"
)

// FuzzUsual holds the short way to what the long one gives.
func FuzzUsual(f *testing.F) {
	whole := `<time="08:52:46.657+240" date="07-14-2021" component="ScanAgent" context="" type="1" thread="4020" file="a.cpp:7">`
	f.Add([]byte(whole))
	for _, cut := range []int{1, 20, 50, len(whole) - 1} {
		f.Add([]byte(whole[:cut]))
	}
	f.Add(bytes.Replace([]byte(whole), []byte(" date"), []byte("  date"), 1))
	f.Add(bytes.Replace([]byte(whole), []byte(`type="1"`), []byte(`type="" time="x"`), 1))
	f.Add(bytes.Replace([]byte(whole), []byte("ScanAgent"), bytes.Repeat([]byte("x"), longestBlock-len(whole)+len("ScanAgent")), 1))
	f.Add(bytes.Replace([]byte(whole), []byte("ScanAgent"), bytes.Repeat([]byte("x"), longestBlock-len(whole)+len("ScanAgent")+1), 1))
	f.Add([]byte(whole + " and more"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var usual, unusual Tail
		if !usual.usual(text, 0) {
			return
		}
		if out := unusual.unusual(text, 0); out != Complete || usual.End != unusual.End {
			t.Fatalf("outcome %d, end %d: the short way ends at %d", out, unusual.End, usual.End)
		}
		for _, v := range [][2][]byte{
			{usual.time, unusual.time}, {usual.date, unusual.date}, {usual.component, unusual.component}, {usual.context, unusual.context},
			{usual.kind, unusual.kind}, {usual.thread, unusual.thread}, {usual.file, unusual.file},
		} {
			if !bytes.Equal(v[0], v[1]) || (v[0] == nil) != (v[1] == nil) {
				t.Errorf("%q, the long way gives %q", v[0], v[1])
			}
		}
	})
}

// The short way is taken for what ConfigMgr writes, or it would be no use.
func TestUsual(t *testing.T) {
	for _, tt := range []struct {
		text string
		want bool
	}{
		{`<time="08:52:46.657+240" date="07-14-2021" component="ScanAgent" context="" type="1" thread="4020" file="a.cpp:7">`, true},
		{`<time="1:2:3" date="" component="" context="" type="" thread="" file="">`, true},
		{`<time="08:52:46.657+240" date="07-14-2021" component="ScanAgent" type="1" context="" thread="4020" file="a.cpp:7">`, false},
		{`<time="08:52:46.657+240" date="07-14-2021" component="ScanAgent" context="" type="1" thread="4020" file="a.cpp:7"`, false},
		{`<time="08:52`, false},
		{``, false},
	} {
		var tail Tail
		if got := tail.usual([]byte(tt.text), 0); got != tt.want {
			t.Errorf("%q: %t", tt.text, got)
		}
	}
}
