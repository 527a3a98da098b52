package lines

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
)

// read returns each piece as number, marks for begin and end, and text, with the stream offset of every character.
func read(limit int, write func(*Splitter)) []string {
	var got []string
	s := New(limit, charmap.Windows1252, func(l *Line) {
		text := ""
		for i, r := range string(l.Text) {
			text += fmt.Sprintf(" %c@%d", r, l.At(i))
		}
		got = append(got, fmt.Sprintf("%d %v %v%s end@%d", l.Number, l.First, l.Last, text, l.At(len(l.Text))))
	})
	write(s)
	s.Release(true)
	return got
}

func TestOffsets(t *testing.T) {
	for name, tt := range map[string]struct {
		in   string
		want []string
	}{
		"ascii":     {"ab\r\nc", []string{"1 true true a@0 b@1 end@4", "2 true true c@4 end@5"}},
		"mark":      {"\xef\xbb\xbfa\n\xef\xbb\xbfb\n", []string{"1 true true a@3 end@5", "2 true true b@8 end@10"}},
		"nul":       {"a\x00\x00b\x00\r\x00\n", []string{"1 true true a@0 b@3 end@8"}},
		"code page": {"\x80\xe9z\n", []string{"1 true true €@0 é@1 z@2 end@4"}},
		"utf16":     {"\xff\xfea\x00\x3d\xd8\x00\xdez\x00\r\x00\n\x00", []string{"1 true true a@2 \U0001F600@4 z@8 end@14"}},
		"utf16 odd": {"\xfe\xff\x00a\x00\n\x00", []string{"1 true true a@2 end@6", "2 true true \ufffd@6 end@7"}},
		"long":      {"0123456789abcdefgh\nx", []string{"1 true false 0@0 1@1 2@2 3@3 4@4 5@5 6@6 7@7 8@8 9@9 a@10 b@11 c@12 d@13 e@14 f@15 end@16", "1 false true g@16 h@17 end@19", "2 true true x@19 end@20"}},
		"all nul":   {"\x00\x00\x00\x00", []string{"1 true true end@4"}},
	} {
		t.Run(name, func(t *testing.T) {
			whole := read(16, func(s *Splitter) { s.Write([]byte(tt.in)) })
			if diff := cmp.Diff(tt.want, whole); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			bytewise := read(16, func(s *Splitter) {
				for i := range len(tt.in) {
					s.Write([]byte{tt.in[i]})
				}
			})
			if diff := cmp.Diff(tt.want, bytewise); diff != "" {
				t.Errorf("byte by byte (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReleaseKeepsHalfACharacter(t *testing.T) {
	got := read(16, func(s *Splitter) {
		s.Write([]byte("ab\xe2\x82"))
		s.Release(false)
		s.Write([]byte("\xac\nc"))
	})
	want := []string{"1 true true a@0 b@1 end@2", "1 true true €@2 end@6", "2 true true c@6 end@7"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
