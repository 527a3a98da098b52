package match

import (
	"sync/atomic"
	"time"

	"github.com/cmtrail/cmtrail/internal/bounded"
	"github.com/cmtrail/cmtrail/internal/ruleset"
	"github.com/cmtrail/cmtrail/parsers"
)

// once remembers when issues that are reported once a period were last reported. Records without a time are always
// reported: nothing tells whether their period is over.
type once struct {
	cases     map[string]*reported
	key       []byte
	forgotten *atomic.Uint64
}

type reported struct {
	at   time.Time
	more int
}

// maxOnce bounds the cases remembered; beyond it all are forgotten and counted, which reports an issue once too often rather
// than never.
const maxOnce = 10_000

// report tells whether the issue is to be reported, and how often it showed unreported in the period that is over.
func (o *once) report(rule *ruleset.Rule, r *parsers.Record, keys []Key, host string) (bool, int) {
	now, ok := r.Time()
	if !ok {
		return true, 0
	}
	o.key = append(append(o.key[:0], rule.ID...), 0)
	for _, by := range rule.Once.By {
		if by == "host" {
			o.key = append(o.key, host...)
		}
		for _, k := range keys {
			if k.Name == by {
				o.key = append(o.key, k.Value...)
			}
		}
		o.key = append(o.key, 0)
	}
	if len(o.key) > bounded.MaxText {
		o.key = append(o.key[:0], bounded.Text(string(o.key))...)
	}
	c := o.cases[string(o.key)]
	if c != nil && now.Sub(c.at) < rule.Once.Per {
		c.more++
		return false, 0
	}
	if c == nil {
		if o.cases == nil || len(o.cases) >= maxOnce {
			o.forgotten.Add(uint64(len(o.cases)))
			o.cases = map[string]*reported{}
		}
		c = &reported{}
		o.cases[string(o.key)] = c
	}
	repeats := c.more
	c.at, c.more = now, 0
	return true, repeats
}
