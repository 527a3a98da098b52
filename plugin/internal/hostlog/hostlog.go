// Package hostlog writes lines to the log in Fluent Bit's own form, as a plugin in Go has no other way to it than the
// process's standard error.
package hostlog

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// Level is how much is written.
type Level int

// The levels, as Fluent Bit names them.
const (
	Off Level = iota
	Error
	Warn
	Info
	Debug
)

var names = [...]string{Off: "off", Error: "error", Warn: "warn", Info: "info", Debug: "debug"}

// ParseLevel reads the name of a level.
func ParseLevel(name string) (Level, bool) {
	for l, n := range names {
		if n == name {
			return Level(l), true
		}
	}
	return Off, false
}

// String returns the name of the level.
func (l Level) String() string { return names[l] }

// Logger writes the lines of one instance. It is safe for concurrent use.
type Logger struct {
	mu    sync.Mutex
	to    io.Writer
	level Level
	name  string
	now   func() time.Time
}

// New returns a logger that writes to w up to the level, in the name of the instance, such as "cmtrail.0".
func New(w io.Writer, level Level, name string, now func() time.Time) *Logger {
	return &Logger{to: w, level: level, name: name, now: now}
}

// Errorf writes what needs a person.
func (l *Logger) Errorf(format string, args ...any) { l.write(Error, "error", format, args) }

// Warnf writes what may need a person.
func (l *Logger) Warnf(format string, args ...any) { l.write(Warn, " warn", format, args) }

// Infof writes what a person may want to know.
func (l *Logger) Infof(format string, args ...any) { l.write(Info, " info", format, args) }

// Debugf writes a line that only those look for who hunt a fault.
func (l *Logger) Debugf(format string, args ...any) { l.write(Debug, "debug", format, args) }

func (l *Logger) write(level Level, name, format string, args []any) {
	if level > l.level {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(l.to, "[%s] [%s] [output:cmtrail:%s] %s\n",
		l.now().Format("2006/01/02 15:04:05.000"), name, l.name, fmt.Sprintf(format, args...))
}
