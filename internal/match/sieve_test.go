package match

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// FuzzSieve holds the sieve to its promise: no text that stands in the message is missed, whatever the case of its letters.
func FuzzSieve(f *testing.F) {
	f.Add("scan failed|searching completed|hr=0x", "Async searching Completed, the SCAN FAILED with hr=0x80240022")
	f.Add("abcd", "xabcabcdabcd")
	f.Add("task1x with|task12x with|task123x with", "task123x with task12x with")
	f.Add("aaaaaaaa|aaaaaaaaaaaaaaaa", strings.Repeat("a", 40))
	f.Fuzz(func(t *testing.T, list, message string) {
		var texts []string
		var wanted [][]int32
		for text := range strings.SplitSeq(list, "|") {
			text = lowerASCII(text)
			if len(text) >= gramSize && !slices.Contains(texts, text) {
				wanted = append(wanted, []int32{int32(len(texts))})
				texts = append(texts, text)
			}
		}
		if len(texts) == 0 {
			return
		}
		got := map[int32]bool{}
		scan(newSieve(texts, wanted), message, func(ids []int32) {
			for _, id := range ids {
				got[id] = true
			}
		})
		low := lowerASCII(message)
		for id, text := range texts {
			if strings.Contains(low, text) && !got[int32(id)] {
				t.Errorf("%q of %q is missed in %q", text, texts, message)
			}
		}
	})
}

func lowerASCII(s string) string {
	low := []byte(s)
	for i, c := range low {
		if c >= 'A' && c <= 'Z' {
			low[i] = c + 'a' - 'A'
		}
	}
	return string(low)
}

// Texts are found in lines of all lengths, at every place, beside thousands of others.
func TestSieveAtEveryPlace(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, shortest := range []int{4, 5, 6, 7, 8, 20} {
		var texts []string
		var wanted [][]int32
		for len(texts) < 3000 {
			b := make([]byte, shortest+r.IntN(12))
			for i := range b {
				b[i] = "abcdefgh 123-="[r.IntN(14)]
			}
			if !slices.Contains(texts, string(b)) {
				wanted = append(wanted, []int32{int32(len(texts))})
				texts = append(texts, string(b))
			}
		}
		s := newSieve(texts, wanted)
		for range 2000 {
			id := r.IntN(len(texts))
			message := strings.Repeat("x", r.IntN(20)) + strings.ToUpper(texts[id]) + strings.Repeat("y", r.IntN(20))
			hit := false
			scan(s, message, func(ids []int32) { hit = hit || slices.Contains(ids, int32(id)) })
			if !hit {
				t.Fatalf("%q is missed in %q", texts[id], message)
			}
		}
	}
}
