package redact

import (
	"fmt"
	"strings"

	"github.com/cmtrail/cmtrail/internal/sentence"
)

// Class is a kind of name.
type Class uint8

// The classes.
const (
	User  Class = iota // DOMAIN\name, the folder of a profile, fields that hold a user
	Host               // host and domain names, in addresses of pages and shares and by themselves
	SID                // security identifiers of people and machines
	IP                 // IPv4 and IPv6 addresses
	Email              // name@domain, mail addresses and user principal names alike
)

var classNames = [...]string{User: "user", Host: "host", SID: "sid", IP: "ip", Email: "email"}

func (c Class) String() string { return classNames[c] }

// Names returns the names of all classes.
func Names() []string { return classNames[:] }

// All stands for every class.
const All = "all"

// ParseClasses reads names of classes; "all" is every one.
func ParseClasses(names []string) ([]Class, error) {
	var classes []Class
	for _, name := range names {
		name = strings.TrimSpace(name)
		if name == All {
			for c := range classNames {
				classes = append(classes, Class(c))
			}
			continue
		}
		found := false
		for c, n := range classNames {
			if n == name {
				classes, found = append(classes, Class(c)), true
			}
		}
		if !found {
			return nil, fmt.Errorf("unknown class %q, expected %s or %s%s", name, strings.Join(classNames[:], ", "), All, meant(name))
		}
	}
	return classes, nil
}

func meant(name string) string {
	if n := sentence.Nearest(name, classNames[:]); n != "" {
		return fmt.Sprintf("; did you mean %q?", n)
	}
	return ""
}

type classSet uint8

func (s classSet) has(c Class) bool { return s&(1<<c) != 0 }
