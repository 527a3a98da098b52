package redact

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// MinKey is the fewest bytes of a key. A shorter one can be guessed by trying.
const MinKey = 16

// Settings say what to replace and under which key. None at all mean that nothing is replaced.
type Settings struct {
	Classes []string // names of classes, or "all"
	Key     string
	KeyFile string // a file that holds the key instead; a line end behind it is no part of it
}

// Off tells whether nothing is to be replaced.
func (s Settings) Off() bool { return len(s.Classes) == 0 }

// Check returns what is wrong with the settings, the key file left aside.
func (s Settings) Check() error {
	if _, err := ParseClasses(s.Classes); err != nil {
		return fmt.Errorf("classes: %w", err)
	}
	switch {
	case s.Off() && (s.Key != "" || s.KeyFile != ""):
		return fmt.Errorf("a key is given but no classes: expected some of %s, or %s", strings.Join(Names(), ", "), All)
	case s.Off():
		return nil
	case s.Key == "" && s.KeyFile == "":
		return errors.New("no key: pseudonyms are made with a secret key of your own, the same on every machine whose names are to be comparable")
	case s.Key != "" && s.KeyFile != "":
		return errors.New("key and key_file are both given: expected one of them")
	case s.Key != "":
		return checkKey("key", s.Key)
	}
	return nil
}

// Redactor returns the redactor of the settings; nil when nothing is to be replaced.
func (s Settings) Redactor() (*Redactor, error) {
	if err := s.Check(); err != nil || s.Off() {
		return nil, err
	}
	key := s.Key
	if s.KeyFile != "" {
		data, err := os.ReadFile(s.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("key_file: %w", err)
		}
		key = strings.TrimRight(string(data), "\r\n")
		if err := checkKey("key_file: "+s.KeyFile, key); err != nil {
			return nil, err
		}
	}
	classes, err := ParseClasses(s.Classes)
	if err != nil {
		return nil, err
	}
	return New(classes, []byte(key)), nil
}

func checkKey(what, key string) error {
	if len(key) < MinKey {
		return fmt.Errorf("%s: the key has %d bytes, expected at least %d", what, len(key), MinKey)
	}
	return nil
}
