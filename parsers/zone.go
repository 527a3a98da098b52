package parsers

import (
	"fmt"
	"time"
)

// ParseZone reads the IANA name of a zone, "Local" or an offset such as "-05:00"; nil for "".
func ParseZone(name string) (*time.Location, error) {
	if name == "" {
		return nil, nil
	}
	if t, err := time.Parse("-07:00", name); err == nil {
		_, offset := t.Zone()
		return time.FixedZone(name, offset), nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("%q is neither the name of a zone, such as Europe/Berlin, nor an offset, such as -05:00", name)
	}
	return loc, nil
}
