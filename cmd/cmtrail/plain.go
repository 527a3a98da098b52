package main

import (
	"io"
	"unicode/utf8"

	"github.com/cmtrail/cmtrail/internal/display"
)

// plain keeps control characters of logs, rule files and names of files from a terminal: each but tabs and line feeds comes
// out as U+FFFD, and so does a byte that is no UTF-8.
type plain struct {
	to   io.Writer
	held []byte // of a character that the last write cut
	out  []byte
}

// beneath returns what a writer of the command writes to: a file when it is one. It is for what escapes control characters
// itself, or writes its own.
func beneath(w io.Writer) io.Writer {
	if p, ok := w.(*plain); ok {
		return p.to
	}
	return w
}

func (p *plain) Write(b []byte) (int, error) {
	text := append(p.held, b...)
	p.out = p.out[:0]
	for len(text) > 0 && utf8.FullRune(text) {
		c, size := utf8.DecodeRune(text)
		if raw(c) {
			c = utf8.RuneError
		}
		p.out, text = utf8.AppendRune(p.out, c), text[size:]
	}
	p.held = append([]byte(nil), text...)
	if _, err := p.to.Write(p.out); err != nil {
		return 0, err
	}
	return len(b), nil
}

// end writes what is held of a character whose rest never came.
func (p *plain) end() {
	if len(p.held) > 0 {
		p.held = nil
		_, _ = io.WriteString(p.to, string(utf8.RuneError)) // as a last word it has nobody to tell
	}
}

// raw tells whether a terminal may take a character as a command.
func raw(c rune) bool { return display.Obeyed(c) && c != '\n' && c != '\t' }

// escaped writes JSON whose control characters are escaped, those as well that JSON itself may hold.
type escaped struct{ to io.Writer }

func (e escaped) Write(b []byte) (int, error) {
	out := display.EscapeJSON(make([]byte, 0, len(b)), b)
	if _, err := e.to.Write(out); err != nil {
		return 0, err
	}
	return len(b), nil
}
