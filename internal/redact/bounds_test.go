package redact

import (
	"fmt"
	"strings"
	"testing"
)

// TestManyNames makes pseudonyms of more names than are remembered, and of long ones: they are the same the second time.
func TestManyNames(t *testing.T) {
	p := newPseudonyms([]byte("0123456789abcdef"))
	first := p.of(prefixHost, "pc0")
	long := strings.Repeat("x", 1<<20)
	ofLong := p.of(prefixHost, long)
	for i := range 200_000 {
		p.of(prefixHost, fmt.Sprint("pc", i))
		if len(p.remembered) > maxRemembered {
			t.Fatalf("%d names are remembered", len(p.remembered))
		}
	}
	if again := p.of(prefixHost, "pc0"); again != first {
		t.Errorf("%s became %s", first, again)
	}
	if again := p.of(prefixHost, long); again != ofLong || len(again) > 30 {
		t.Errorf("%s became %s", ofLong, again)
	}
	for name := range p.remembered {
		if len(name) > maxRememberedName {
			t.Errorf("a name of %d bytes is remembered", len(name))
		}
	}
}
