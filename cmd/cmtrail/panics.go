package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cmtrail/cmtrail/internal/fault"
	"github.com/cmtrail/cmtrail/internal/pipeline"
)

// tellPanics says at the end how many faults of our own were contained, and where. It tells whether there were any.
func tellPanics(c *cobra.Command, p *pipeline.Pipeline) bool {
	var where []string
	for _, at := range fault.Places() {
		if n := p.Faults().Count(at); n > 0 {
			where = append(where, fmt.Sprintf("%d in %s", n, at))
		}
	}
	if len(where) == 0 {
		return false
	}
	c.PrintErrf("cmtrail: faults of its own were contained (%s); the records they concern are untagged or plain; please report this\n", strings.Join(where, ", "))
	return true
}

// watchPanics tells of panics as they come, at most one a minute.
func watchPanics(c *cobra.Command, p *pipeline.Pipeline) {
	p.Faults().TellTo(time.Now, func(r fault.Report) {
		c.PrintErrf("cmtrail: contained a panic (%s): %q\n", r.Place, r.What)
	})
}
