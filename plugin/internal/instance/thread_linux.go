package instance

import "syscall"

// thread returns a number for the thread of the operating system that calls.
func thread() int { return syscall.Gettid() }
