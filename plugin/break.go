//go:build cmtrail_break

package main

import (
	"strings"

	"github.com/cmtrail/cmtrail/internal/fault"
)

// The library of the tests breaks wherever a record says so: "break rules" breaks the rules on it.
func init() {
	fault.Inject = func(at fault.Place, text string) {
		if strings.Contains(text, "break "+at.String()) {
			panic("broken on purpose: " + at.String())
		}
	}
}
