package instance

import "golang.org/x/sys/windows"

// thread returns a number for the thread of the operating system that calls.
func thread() int { return int(windows.GetCurrentThreadId()) }
