package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// However many processors read, the output is that of one.
func TestTagInOrder(t *testing.T) {
	folder := t.TempDir()
	for i := range 7 {
		var log strings.Builder
		for n := range 40 * (7 - i) * (7 - i) { // the first input takes longest
			fmt.Fprintf(&log, "<![LOG[OnSearchComplete - Failed to end search job. Error = 0x80244022, try %d.]LOG]!><time=\"08:%02d:%02d.417+0\" date=\"03-12-2026\" component=\"WUAHandler\" context=\"\" type=\"3\" thread=\"%d\" file=\"wuahandler.cpp:210\">\r\n",
				n, n/60%60, n%60, 4000+i)
		}
		if err := os.MkdirAll(filepath.Join(folder, fmt.Sprint("LAB-", i)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprint("LAB-", i), "WUAHandler.log"), []byte(log.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	want, _, status := call("", "tag", folder)
	if status != 0 || strings.Count(want, "\n") < 5000 {
		t.Fatalf("status %d, %d lines", status, strings.Count(want, "\n"))
	}
	for _, processors := range []int{2, 8} {
		runtime.GOMAXPROCS(processors)
		got, _, _ := call("", "tag", folder)
		if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
			t.Errorf("with %d processors (-one +several):\n%s", processors, diff)
		}
	}
}

// What waits for its turn is bounded, and the input whose turn it is goes on all the same.
func TestAheadIsBounded(t *testing.T) {
	const inputs, batches = 4, maxAhead
	a := newAhead(inputs)
	var put atomic.Int64
	for i := inputs - 1; i >= 0; i-- {
		go func() {
			if i == 0 { // the others come first
				for put.Load() < maxAhead {
					time.Sleep(time.Millisecond)
				}
			}
			for range batches {
				a.put(i, &batch{})
				put.Add(1)
			}
			a.end(i, errors.New(fmt.Sprint(i)))
		}()
	}
	for i := range inputs {
		n := 0
		for ; a.next(i, func() {}) != nil; n++ {
			a.mu.Lock()
			if a.held > maxAhead+1 {
				t.Fatalf("%d batches wait, expected %d and one at the most", a.held, maxAhead)
			}
			a.mu.Unlock()
		}
		if n != batches || a.failed[i].Error() != fmt.Sprint(i) {
			t.Errorf("input %d gave %d batches and %v", i, n, a.failed[i])
		}
	}
}

// A reader whose output nobody wants stops.
func TestAheadStops(t *testing.T) {
	a := newAhead(2)
	for range maxAhead {
		a.put(0, &batch{})
	}
	refused := make(chan bool)
	go func() { refused <- !a.put(1, &batch{}) }()
	a.stop()
	if !<-refused {
		t.Error("a batch is taken after the end")
	}
}
