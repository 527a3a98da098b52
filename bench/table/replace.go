package table

import (
	"fmt"
	"strings"
)

// The marks in docs/performance.md between which the part stands.
const (
	Begin = "<!-- bench-peers: begin; written by make bench-peers -->"
	End   = "<!-- bench-peers: end -->"
)

// Replace puts the part between the marks of the document.
func Replace(doc, part string) (string, error) {
	before, rest, ok := strings.Cut(doc, Begin)
	_, behind, ended := strings.Cut(rest, End)
	if !ok || !ended {
		return "", fmt.Errorf("no %q with %q behind it", Begin, End)
	}
	return before + Begin + "\n" + part + End + behind, nil
}
