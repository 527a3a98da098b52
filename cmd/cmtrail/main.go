// Command cmtrail reads ConfigMgr software-update logs, tags each record with its pipeline step and known issues, and
// serves those who write rules.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/cmtrail/cmtrail/internal/display"
)

// Exit statuses, as scripts rely on them.
const (
	exitUnread = 1 // an input could not be read whole
	exitUsage  = 2 // usage or rule errors
)

// exitError ends the program with a status of its own. An empty text has been told already.
type exitError struct {
	status int
	text   string
}

func (e *exitError) Error() string { return e.text }

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run is main with its surroundings given, and returns the exit status.
func run(args []string, in io.Reader, out, errOut io.Writer) int {
	plainOut, plainErr := &plain{to: out}, &plain{to: errOut}
	defer plainOut.end()
	defer plainErr.end()
	root := newRoot(in)
	root.SetArgs(args)
	root.SetOut(plainOut)
	root.SetErr(plainErr)
	err := root.Execute()
	if err == nil || errors.Is(err, errBrokenPipe) {
		return 0
	}
	var e *exitError
	if !errors.As(err, &e) {
		e = &exitError{exitUsage, err.Error()}
	}
	if e.status == exitUnread { // it is of one file, whose name may hold anything
		e.text = display.Line(e.text)
	}
	if e.text != "" {
		_, _ = fmt.Fprintln(plainErr, "cmtrail:", e.text)
	}
	return e.status
}
