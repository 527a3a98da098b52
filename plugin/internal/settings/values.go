package settings

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/cmtrail/cmtrail/plugin/internal/output"
)

type setter = func(s *Settings, value string) error

func text(at func(*Settings) *string) setter {
	return func(s *Settings, v string) error {
		*at(s) = v
		return nil
	}
}

// key is the name of a key that the plugin replaces, and so cannot be one that it writes.
func key(at func(*Settings) *string) setter {
	return func(s *Settings, v string) error {
		switch {
		case v == "":
			return errors.New("must not be empty")
		case output.Writes(v):
			return fmt.Errorf("%q is a key that the plugin writes itself", v)
		}
		*at(s) = v
		return nil
	}
}

func list(at func(*Settings) *[]string) setter {
	return func(s *Settings, v string) error {
		*at(s) = split(v)
		return nil
	}
}

// split cuts a list at its commas.
func split(v string) (items []string) {
	for item := range strings.SplitSeq(v, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

func choice(at func(*Settings) *string, options ...string) setter {
	return func(s *Settings, v string) error {
		for _, o := range options {
			if v == o {
				*at(s) = v
				return nil
			}
		}
		return fmt.Errorf("found %q, expected %s or %s", v, strings.Join(options[:len(options)-1], ", "), options[len(options)-1])
	}
}

func yes(at func(*Settings) *bool) setter {
	return func(s *Settings, v string) error {
		switch strings.ToLower(v) {
		case "on", "true", "yes":
			*at(s) = true
		case "off", "false", "no":
			*at(s) = false
		default:
			return fmt.Errorf("found %q, expected on or off", v)
		}
		return nil
	}
}

// no sets the opposite.
func no(at func(*Settings) *bool) setter {
	return func(s *Settings, v string) error {
		var on bool
		err := yes(func(*Settings) *bool { return &on })(s, v)
		*at(s) = !on
		return err
	}
}

// span reads a duration: Go's form, or a number of seconds as Fluent Bit has it.
func span(at func(*Settings) *time.Duration) setter {
	return func(s *Settings, v string) error {
		if n, err := strconv.ParseUint(v, 10, 31); err == nil {
			*at(s) = time.Duration(n) * time.Second
			return nil
		}
		d, err := time.ParseDuration(v)
		if err != nil || d < 0 {
			return fmt.Errorf("found %q, expected a duration such as 500ms, 10s or 2h", v)
		}
		*at(s) = d
		return nil
	}
}

func above(at func(*Settings) *time.Duration) setter {
	set := span(at)
	return func(s *Settings, v string) error {
		if err := set(s, v); err != nil {
			return err
		}
		if *at(s) == 0 {
			return errors.New("must be above zero")
		}
		return nil
	}
}

func bytes(at func(*Settings) *int64) setter {
	return func(s *Settings, v string) (err error) {
		*at(s), err = size(v)
		return err
	}
}

// size reads a number of bytes as Fluent Bit has it: 512, 64k, 16M, 1G.
func size(v string) (int64, error) {
	digits := strings.TrimRight(strings.ToLower(strings.TrimSpace(v)), "kmgb")
	unit := strings.ToLower(strings.TrimSpace(v))[len(digits):]
	factor, ok := map[string]int64{"": 1, "b": 1, "k": 1 << 10, "kb": 1 << 10, "m": 1 << 20, "mb": 1 << 20, "g": 1 << 30, "gb": 1 << 30}[unit]
	n, err := strconv.ParseInt(strings.TrimSpace(digits), 10, 64)
	if !ok || err != nil || n <= 0 || n > math.MaxInt64/factor || n*factor > 1<<50 {
		return 0, fmt.Errorf("found %q, expected a size such as 64k, 16M or 1G", v)
	}
	return n * factor, nil
}

func count(field func(*Settings) *int) setter {
	return func(s *Settings, v string) error {
		n, err := strconv.Atoi(v)
		if err != nil || n <= 0 {
			return errors.New("expected a whole number above zero")
		}
		*field(s) = n
		return nil
	}
}
